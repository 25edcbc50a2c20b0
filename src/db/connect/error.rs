//! Why a database cannot be opened, and what to do about it.

use std::path::PathBuf;

use sea_orm::DbErr;

use super::advice;

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder of a SQLite file could not be made.
    #[error("cannot make the folder {} for the database; {advice}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What to do.
        advice: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It could not be opened.
    #[error("cannot open the database {url}; {advice}")]
    Open {
        /// Which one, without its password.
        url: String,
        /// What to do.
        advice: String,
        /// Why not.
        source: DbErr,
    },
    /// PostgreSQL is older than what this program asks of it.
    #[error(
        "the database {url} is in PostgreSQL {}.{}; PostgreSQL {} or newer is needed: {advice}",
        found / 10_000, found % 10_000, super::POSTGRES_MIN / 10_000
    )]
    TooOld {
        /// Which one, without its password.
        url: String,
        /// What to do.
        advice: String,
        /// Its version, as `server_version_num` has it.
        found: u32,
    },
    /// There is none.
    #[error("there is no database {}; {advice}", path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// The version of its tables could not be read or changed.
    #[error("cannot read or change the version of the tables in the database {url}; {advice}")]
    Migrate {
        /// Which one, without its password.
        url: String,
        /// What to do.
        advice: String,
        /// Why not.
        source: DbErr,
    },
}

impl ConnectError {
    /// What to do about it.
    pub fn advice(&self) -> &str {
        match self {
            Self::Folder { advice, .. }
            | Self::Open { advice, .. }
            | Self::TooOld { advice, .. }
            | Self::Missing { advice, .. }
            | Self::Migrate { advice, .. } => advice,
        }
    }

    /// The code by which PostgreSQL names what is wrong, where it was PostgreSQL that said so.
    pub fn sqlstate(&self) -> Option<String> {
        let (Self::Open { source, .. } | Self::Migrate { source, .. }) = self else {
            return None;
        };
        advice::sqlstate(source)
    }
}
