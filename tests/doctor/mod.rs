//! `pm doctor` and `pm config`: what is wrong with a set-up, what to do about it, and where each setting comes from.

mod cases;
mod databases;
mod github;
mod looking;
mod mending;
mod postgres;
mod showing;

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Done, ProgramBuilder};

/// What somebody has who installs the program: a home, a folder for data, and the program in the `PATH`.
pub(crate) struct Setup {
    folder: TempDir,
    /// The environment of whatever is run.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Setup {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let programs = folder.path().join("bin");
        std::fs::create_dir(&programs).expect("a folder");
        std::fs::create_dir(folder.path().join("home")).expect("a folder");
        let program = env!("CARGO_BIN_EXE_pm");
        std::os::unix::fs::symlink(program, programs.join("pm")).expect("a link");
        let mut setup = Self {
            folder,
            variables: BTreeMap::new(),
        };
        let path = std::env::var("PATH").expect("there are programs");
        let path = format!("{}:{path}", programs.display());
        setup.set("PATH", path);
        setup.set("HOME", setup.at("home").display());
        setup.set("PM__DATA__DIR", setup.at("data").display());
        setup
    }

    /// A place of this set-up.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database, where nothing else is set.
    pub(crate) fn database(&self) -> PathBuf {
        self.at("data/project-manager.db")
    }

    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.variables.insert(name.to_owned(), value.to_string());
    }

    pub(crate) fn program(&self, arguments: &[&str]) -> ProgramBuilder {
        let program = ProgramBuilder::with(arguments).inside(self.folder.path());
        let variables = self.variables.iter();
        variables.fold(program, |program, (name, value)| program.set(name, value))
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Done {
        self.program(arguments).run().await
    }

    /// What the doctor finds.
    pub(crate) async fn doctor(&self) -> Report {
        let done = self.run(&["doctor", "--json"]).await;
        assert_eq!(done.errors, "", "a report is all it has to say");
        let found = serde_json::from_str(&done.output).expect("its report is JSON");
        Report {
            code: done.code,
            found,
        }
    }

    /// Does what a fix says, and nothing else.
    pub(crate) fn apply(&mut self, fix: &Value) {
        let list = |name: &str| {
            let list = fix[name].as_array().cloned().unwrap_or_default();
            let text = |one: Value| one.as_str().expect("a text").to_owned();
            list.into_iter().map(text).collect::<Vec<_>>()
        };
        let (unset, run) = (list("unset"), list("run"));
        for name in &unset {
            assert!(self.variables.remove(name).is_some(), "{name} was not set");
        }
        let set = fix["set"].as_object().cloned().unwrap_or_default();
        assert!(
            !(unset.is_empty() && set.is_empty() && run.is_empty()),
            "nothing can be done with {fix}"
        );
        for (name, value) in set {
            self.set(&name, value.as_str().expect("a text"));
        }
        for line in run {
            let done = Command::new("/bin/sh")
                .args(["-c", &line])
                .current_dir(self.folder.path())
                .env_clear()
                .env("PM_ENV", "test")
                .envs(&self.variables)
                .output()
                .expect("a shell");
            assert!(
                done.status.success(),
                "{line}: {}",
                String::from_utf8_lossy(&done.stderr)
            );
        }
    }

    /// Every file and folder of the set-up but the program, with what is in each file.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path == self.at("bin") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path.clone());
                    found.insert(path, Vec::new());
                } else {
                    let bytes = std::fs::read(&path).expect("a file");
                    found.insert(path, bytes);
                }
            }
        }
        found
    }
}

/// What the doctor found.
pub(crate) struct Report {
    pub(crate) code: Option<i32>,
    pub(crate) found: Value,
}

impl Report {
    /// The checks that came out so.
    pub(crate) fn all(&self, status: &str) -> Vec<&Value> {
        let checks = self.found["checks"].as_array().expect("a list");
        let mut checks: Vec<&Value> = checks.iter().collect();
        checks.retain(|check| check["status"] == status);
        checks
    }

    /// The check of this name that came out so.
    pub(crate) fn check(&self, name: &str, status: &str) -> &Value {
        let all = self.all(status);
        let found = all.iter().find(|check| check["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not {status} in {:#}", self.found))
    }

    /// What was found by the check of this name that came out so.
    pub(crate) fn words(&self, name: &str, status: &str) -> &str {
        let found = &self.check(name, status)["found"];
        found.as_str().expect("words")
    }

    pub(crate) fn is_well(&self) {
        assert_eq!(self.all("broken"), Vec::<&Value>::new());
        assert_eq!(self.code, Some(0), "{:#}", self.found);
    }
}
