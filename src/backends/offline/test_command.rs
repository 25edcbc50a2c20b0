//! Which command runs the project's own checks.
//!
//! The first that is there, in this order: the setting; Cargo; npm; pytest; Go; make. The tool of a language comes
//! before make, because a recipe called `test` may do anything (start containers, deploy), while these only test. Where
//! that is the wrong choice the setting decides.

use std::path::Path;

use super::{
    manifests::{Facts, Kind, real_npm_test},
    visit::{Halt, Visit},
    workspace,
};
use crate::backends::child::{CommandLine, Stop};

/// Bytes read of a manifest at most.
const MANIFEST_BYTES_MAX: usize = 256 * 1024;

/// Bytes of a list of test files: one name is enough.
const NAMES_BYTES_MAX: usize = 64 * 1024;

/// The project's own Python, if it has one: pytest and the libraries are installed there.
const PYTHONS: [&str; 2] = [".venv/bin/python", "venv/bin/python"];

/// Settings of pytest: the file, and the section in it.
const PYTEST_SETTINGS: [(&str, &str); 5] = [
    ("pytest.ini", ""),
    ("conftest.py", ""),
    ("pyproject.toml", "[tool.pytest"),
    ("setup.cfg", "[tool:pytest]"),
    ("tox.ini", "[pytest]"),
];

/// A command, and why it was chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) program: String,
    pub(super) args: Vec<String>,
    pub(super) why: String,
}

impl Choice {
    fn new(line: &[&str], why: impl Into<String>) -> Self {
        let mut words = line.iter().map(|&word| word.to_owned());
        Self {
            program: words.next().unwrap_or_default(),
            args: words.collect(),
            why: why.into(),
        }
    }

    /// The command in the project's folder. Its environment makes test tools say things as they happen, and run once
    /// instead of waiting for changes.
    pub(super) fn line(&self, root: &Path) -> CommandLine {
        CommandLine {
            program: self.program.clone(),
            args: self.args.clone(),
            dir: root.to_owned(),
            env: [("CI", "true"), ("PYTHONUNBUFFERED", "1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        }
    }
}

/// Finds the command; `None` if there is none.
pub(super) async fn choose(
    visit: &Visit<'_>,
    setting: Option<&[String]>,
) -> Result<Option<Choice>, Halt> {
    if let Some([program, args @ ..]) = setting {
        return Ok(Some(Choice {
            program: program.clone(),
            args: args.to_vec(),
            why: "the settings say so".to_owned(),
        }));
    }
    if text(visit, "Cargo.toml").await?.is_some() {
        return Ok(Some(Choice::new(
            &["cargo", "test"],
            "there is a Cargo.toml",
        )));
    }
    if let Some(script) = text(visit, "package.json")
        .await?
        .and_then(|text| real_npm_test(&text))
    {
        let why = format!("package.json has a test script, `{script}`");
        return Ok(Some(Choice::new(&["npm", "test"], why)));
    }
    if let Some(why) = pytest(visit).await? {
        let python = PYTHONS
            .into_iter()
            .find(|path| workspace::has(&visit.root, path))
            .unwrap_or("python3");
        return Ok(Some(Choice::new(&[python, "-m", "pytest"], why)));
    }
    if text(visit, "go.mod").await?.is_some() {
        return Ok(Some(Choice::new(
            &["go", "test", "./..."],
            "there is a go.mod",
        )));
    }
    make(visit).await
}

async fn pytest(visit: &Visit<'_>) -> Result<Option<String>, Halt> {
    for (file, section) in PYTEST_SETTINGS {
        if text(visit, file)
            .await?
            .is_some_and(|text| text.contains(section))
        {
            return Ok(Some(match section {
                "" => format!("there is a {file}"),
                _ => format!("{file} has settings for pytest"),
            }));
        }
    }
    let args = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        "test_*.py",
        "*/test_*.py",
        "*_test.py",
    ];
    let answer = visit.git(&args, NAMES_BYTES_MAX).await?;
    let names = answer.text();
    let first = names.split('\0').find(|name| !name.is_empty());
    Ok(first.map(|name| format!("there are tests in Python, such as {name}")))
}

async fn make(visit: &Visit<'_>) -> Result<Option<Choice>, Halt> {
    // The order in which make itself looks.
    for file in ["GNUmakefile", "makefile", "Makefile"] {
        if let Some(text) = text(visit, file).await? {
            let facts = Facts::read(Kind::Make, file, &text, |_| false).unwrap_or_default();
            let why = format!("the {file} has a recipe called test");
            return Ok(facts.tests.map(|_| Choice::new(&["make", "test"], why)));
        }
    }
    Ok(None)
}

/// The file's text, if it can be read: what is missing or leads outside is no reason to choose a command.
async fn text(visit: &Visit<'_>, path: &str) -> Result<Option<String>, Stop> {
    let content = visit
        .limits
        .hold(workspace::read(&visit.root, path, MANIFEST_BYTES_MAX))
        .await?;
    Ok(content.ok().map(|content| content.text))
}
