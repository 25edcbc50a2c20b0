//! Where a value of a setting stands, as the person knows it who put it there.

use std::fmt;

/// The file with every setting's default, which is the manual.
pub(super) const DEFAULT_FILE: &str = "config/default.toml";

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A key in a file of settings.
    File {
        /// The key as it is written there.
        key: String,
        /// The file, as seen from the folder the program is started from.
        file: String,
    },
    /// A variable of the environment.
    Variable(String),
    /// A file that a variable names.
    SecretFile {
        /// The variable, with `_FILE`.
        variable: String,
        /// The file.
        path: String,
    },
}

impl Origin {
    /// Whether it is the default, which nobody chose.
    pub fn is_default(&self) -> bool {
        matches!(self, Self::File { file, .. } if file == DEFAULT_FILE)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { key, file } => write!(f, "{key} in {file}"),
            Self::Variable(name) | Self::SecretFile { variable: name, .. } => f.write_str(name),
        }
    }
}
