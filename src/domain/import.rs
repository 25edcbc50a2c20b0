//! Projects that are made for repositories people already have: what is asked for, and how far it is.

mod file;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use file::read_file;

use super::{
    activity::millis_opt,
    github::{RepositoryAbout, RepositoryName},
};

/// Entries that failed and are told by name; of the others only how many.
const FAILED_MAX: usize = 100;

/// What is to be imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The text of a file of projects, and how it is called.
    pub file: Option<(String, String)>,
    /// Repositories, as somebody wrote them.
    pub repositories: Vec<String>,
    /// The user whose repositories they are; may be empty.
    pub user: String,
    /// The organisation whose repositories they are; may be empty.
    pub organisation: String,
}

impl Wanted {
    /// Whether it is anything at all.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A project to be made, if it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is to be called.
    pub name: String,
    /// Where its repository is on the web.
    pub url: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The Telegram chat of an earlier deployment.
    pub telegram_chat_id: Option<i64>,
}

impl Entry {
    /// A project for a repository.
    pub fn of(about: RepositoryAbout, url: String) -> Self {
        Self {
            name: about.name.name,
            url: Some(url),
            description: about.description,
            telegram_chat_id: None,
        }
    }
}

/// Something that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportFailure)]
pub struct Failed {
    /// What it is called where it was found.
    #[schema(example = "you/gone")]
    pub name: String,
    /// Why not, and what to do.
    #[schema(example = "GitHub knows no repository you/gone")]
    pub why: String,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportState)]
pub enum State {
    /// Nothing was imported since the server started.
    #[default]
    Idle,
    /// It is going on.
    Running,
    /// It has ended.
    Done,
}

/// How far an import is, or how the last one ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Import)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// Where projects were looked for, in words.
    pub sources: Vec<String>,
    /// How many were found so far.
    pub total: u64,
    /// How many of them were dealt with.
    pub done: u64,
    /// Projects that were made.
    pub created: u64,
    /// Those that were there already, and were left as they are.
    pub present: u64,
    /// How many could not be imported.
    pub failed_count: u64,
    /// Which, and why; a hundred at most.
    pub failed: Vec<Failed>,
    /// When it began.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
}

impl Progress {
    /// One more could not be imported.
    pub fn fails(&mut self, failed: Failed) {
        self.failed_count += 1;
        if self.failed.len() < FAILED_MAX {
            self.failed.push(failed);
        }
    }
}

/// The names in a list of repositories, as settings and people write them: with commas or spaces between.
pub fn split(list: &[String]) -> Vec<String> {
    let names = list
        .iter()
        .flat_map(|item| item.split([',', ' ', '\n', '\t']));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The repository somebody means by a name or an address.
///
/// # Errors
/// [`Failed`], when it is neither.
pub fn meant(
    text: &str,
    of_address: impl Fn(&str) -> Option<RepositoryName>,
) -> Result<RepositoryName, Failed> {
    let found = match text.contains("://") {
        true => of_address(text),
        false => RepositoryName::parse(text),
    };
    found.ok_or_else(|| Failed {
        name: text.to_owned(),
        why: "it is neither owner/name nor the address of a repository of the GitHub this server uses".to_owned(),
    })
}
