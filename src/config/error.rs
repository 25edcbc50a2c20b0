//! What is wrong with the settings, in the words of whoever set them.

use super::{Key, Origin};

/// One thing that is wrong. Names are given as the person used them: the variable, or the file and the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A key or variable nobody reads; most likely a slip of the pen.
    #[error("{at} is no setting; {}", meant(nearest))]
    Unknown {
        /// The variable, or the file and the key.
        at: Origin,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A known setting with a value it cannot have.
    #[error("{at} is {given}; expected {expected}")]
    Value {
        /// Which setting.
        key: &'static str,
        /// The variable, or the file and the key.
        at: Origin,
        /// What it was set to; hidden where it may hold a secret.
        given: String,
        /// What it may be, and why where that is not obvious.
        expected: String,
    },
    /// `PM_ENV` names an environment there is no file for.
    #[error(
        "PM_ENV is {given:?}; expected development, test or production, or the name of a file: there is no {} here",
        file
    )]
    Environment {
        /// What it was set to.
        given: String,
        /// The file that would have made it a known one.
        file: String,
    },
    /// A file of settings that cannot be read or is no TOML.
    #[error("{file} cannot be used: {reason}")]
    File {
        /// Which file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// A file with a secret that cannot be read, or holds none.
    #[error("{} cannot be used: {reason}", named(variable, path))]
    SecretFile {
        /// Which setting.
        key: &'static str,
        /// The variable that names the file, with `_FILE`.
        variable: String,
        /// The file; none where that looks like no path, so that it may be the secret itself.
        path: Option<String>,
        /// Why not.
        reason: String,
    },
    /// A secret that is given twice, so that either could be meant.
    #[error("{name} and {name}_FILE are both set; set only one of them")]
    Twice {
        /// Which setting.
        key: &'static str,
        /// The variable without `_FILE`.
        name: String,
    },
    /// A file for a setting that is no secret.
    #[error("{name}_FILE is set, but only a secret is read from a file; set {name} itself")]
    NoSecret {
        /// The variable without `_FILE`.
        name: String,
    },
    /// The place where this machine keeps the data of programs cannot be used.
    #[error(
        "the folder to keep data in (set PM__DATA__DIR to another) is {given}; expected {expected}"
    )]
    DataFolder {
        /// Where it is.
        given: String,
        /// What it may be.
        expected: String,
    },
    /// A setting that another one needs.
    #[error("{because} is set, and {name} is not: {how}")]
    Missing {
        /// Which setting.
        key: &'static str,
        /// The variable to set it with.
        name: String,
        /// What needs it.
        because: String,
        /// What it is for, and where to take it from.
        how: String,
    },
    /// There is nowhere to keep data.
    #[error(
        "there is no folder to keep data in: neither XDG_DATA_HOME nor HOME is set; set PM__DATA__DIR to a folder"
    )]
    NoDataFolder,
}

impl Problem {
    /// The setting whose value is not known because of it, if it is one.
    pub fn hides(&self) -> Option<&'static str> {
        match self {
            Self::Value { key, .. }
            | Self::SecretFile { key, .. }
            | Self::Twice { key, .. }
            | Self::Missing { key, .. } => Some(key),
            Self::Unknown { nearest, .. } => nearest
                .as_deref()
                .and_then(Key::find_by_name)
                .map(|key| key.name),
            Self::NoSecret { name } => Key::find_by_name(name).map(|key| key.name),
            Self::DataFolder { .. } | Self::NoDataFolder => Some("data.dir"),
            Self::Environment { .. } | Self::File { .. } => None,
        }
    }
}

fn named(variable: &str, path: &Option<String>) -> String {
    match path {
        Some(path) => format!("{variable}={path}"),
        None => format!(
            "{variable} (it is to name a file, as a path that begins with /; what it has is not shown, as it may be the secret itself)"
        ),
    }
}

fn meant(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!("did you mean {name}?"),
        None => "config/default.toml lists every one".to_owned(),
    }
}

/// Why the server does not start: everything that is wrong with its settings at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings cannot be used:{}", list(problems))]
pub struct SettingsInvalid {
    /// In the order in which they were found; at least one.
    pub problems: Vec<Problem>,
}

fn list(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n  - {problem}"))
        .collect()
}
