//! What is wrong with the settings, in the words of whoever set them.

/// One thing that is wrong. Names are given as the person used them: the variable, or the file and the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A key or variable nobody reads; most likely a slip of the pen.
    #[error("{name} is no setting; {}", meant(nearest))]
    Unknown {
        /// The variable, or the file and the key.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A known setting with a value it cannot have.
    #[error("{name} is {given}; expected {expected}")]
    Value {
        /// The variable, or the file and the key.
        name: String,
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
    /// A file that cannot be read or is no TOML.
    #[error("{name} cannot be used: {reason}")]
    File {
        /// Which file, or the variable that names it.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A secret that is given twice, so that either could be meant.
    #[error("{name} and {name}_FILE are both set; set only one of them")]
    Twice {
        /// The variable without `_FILE`.
        name: String,
    },
    /// A file for a setting that is no secret.
    #[error("{name}_FILE is set, but only a secret is read from a file; set {name} itself")]
    NoSecret {
        /// The variable without `_FILE`.
        name: String,
    },
    /// A setting that another one needs.
    #[error("{because} is set, and {name} is not: {how}")]
    Missing {
        /// What is to be set.
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
