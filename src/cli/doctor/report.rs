//! What a check found: how it stands, why, and what to do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Key;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// As it should be.
    Ok,
    /// The server starts and works, and something is not as it should be.
    Warning,
    /// The server does not start, or does not do its work.
    Broken,
    /// It could not be looked at before something else is mended.
    Skipped,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Check {
    /// What it is about, in a word.
    pub(super) name: &'static str,
    pub(super) status: Status,
    /// What was looked at, and what was found.
    pub(super) found: String,
    /// The likely cause of what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
    /// Ways to mend it. The first one does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fixes: Vec<Fix>,
}

/// A way to mend something: what to unset, to set and to run, in this order.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Fix {
    /// What that does, for people.
    pub(super) say: String,
    /// Variables to take out of the server's environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unset: Vec<String>,
    /// Variables to put into it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) set: BTreeMap<String, String>,
    /// Lines for a shell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) run: Vec<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self::of(name, Status::Ok, found)
    }

    pub(super) fn skipped(name: &'static str, found: impl Into<String>) -> Self {
        Self::of(name, Status::Skipped, found)
    }

    pub(super) fn warning(name: &'static str, found: impl Into<String>) -> Self {
        Self::of(name, Status::Warning, found)
    }

    pub(super) fn broken(name: &'static str, found: impl Into<String>) -> Self {
        Self::of(name, Status::Broken, found)
    }

    fn of(name: &'static str, status: Status, found: impl Into<String>) -> Self {
        Self {
            name,
            status,
            found: found.into(),
            cause: None,
            fixes: Vec::new(),
        }
    }

    pub(super) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// One more way to mend it.
    pub(super) fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// More ways to mend it.
    pub(super) fn fixes(mut self, fixes: impl IntoIterator<Item = Fix>) -> Self {
        self.fixes.extend(fixes);
        self
    }
}

impl Fix {
    pub(super) fn to(say: impl Into<String>) -> Self {
        Self {
            say: say.into(),
            ..Self::default()
        }
    }

    pub(super) fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.set.insert(name.to_owned(), value.to_string());
        rivals(name)
            .into_iter()
            .fold(self, |fix, rival| fix.unset(&rival))
    }

    pub(super) fn unset(mut self, name: &str) -> Self {
        if !self.unset.iter().any(|one| one == name) {
            self.unset.push(name.to_owned());
        }
        self
    }

    pub(super) fn run(mut self, line: impl Into<String>) -> Self {
        self.run.push(line.into());
        self
    }

    /// The lines to copy.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let unset = self.unset.iter().map(|name| format!("unset {name}"));
        let set = self.set.iter().map(|(name, value)| match value.as_str() {
            // Not `''`, which a file of variables would take for two characters.
            "" => format!("{name}="),
            value => format!("{name}={}", shell_words::quote(value)),
        });
        unset.chain(set).chain(self.run.iter().cloned())
    }
}

/// What is in the environment and must not be beside the variable `name` of a setting: its file, or what the file is in place
/// of.
fn rivals(name: &str) -> Vec<String> {
    let Some(key) = Key::find_by_name(name) else {
        return Vec::new();
    };
    let rivals = match name.strip_suffix("_FILE") {
        Some(bare) => vec![bare.to_owned()],
        None => {
            let plain = key.plain.map(|plain| format!("{plain}_FILE"));
            [format!("{name}_FILE")].into_iter().chain(plain).collect()
        }
    };
    let is_set = |name: &String| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    rivals.into_iter().filter(is_set).collect()
}

/// A path as a word for a shell.
pub(super) fn word(path: &std::path::Path) -> String {
    shell_words::quote(&path.to_string_lossy()).into_owned()
}

/// A line that needs the rights of root.
pub(super) fn as_root(line: &str) -> String {
    match rustix::process::geteuid().is_root() {
        true => line.to_owned(),
        false => format!("sudo {line}"),
    }
}
