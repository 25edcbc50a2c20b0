//! A project, as people name and see it.

mod agent;
mod repository;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    agent::{AgentEdit, AgentShown, ENV_MAX, check_variable, parse_agent_command, without_values},
    repository::{Reach, parse_repository_url},
};
use super::{Invalid, bounded};

/// Characters in a project's name at most: it must fit a line of the project list.
pub const NAME_CHARS_MAX: usize = 200;

/// Characters in a project's description at most: a page of text.
pub const DESCRIPTION_CHARS_MAX: usize = 10_000;

/// Characters in a repository URL or a workspace path at most: Linux' `PATH_MAX`.
pub const LOCATION_CHARS_MAX: usize = 4_096;

/// A project's name: trimmed, not empty, at most [`NAME_CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectName(String);

impl ProjectName {
    /// Accepts a name.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, blank, or too long.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        bounded("a project's name", text, NAME_CHARS_MAX).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Accepts a description; an empty or blank one counts as none.
///
/// # Errors
/// [`Invalid`] when it is longer than [`DESCRIPTION_CHARS_MAX`] characters.
pub fn parse_description(text: &str) -> Result<Option<String>, Invalid> {
    optional("a project's description", text, DESCRIPTION_CHARS_MAX)
}

fn optional(what: &str, text: &str, longest: usize) -> Result<Option<String>, Invalid> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    bounded(what, text, longest).map(Some)
}

/// Where a project stands as a whole.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ProjectStatus {
    /// Being talked about; nothing is decided.
    Brainstorming,
    /// The vision document waits for a decision.
    VisionReview,
    /// Work is being planned.
    Planning,
    /// Work is being done.
    InProgress,
    /// Nothing goes on until a person says so.
    Paused,
    /// Done.
    Completed,
}

/// How a project's commands use a coding agent on this machine; what is not said here is as the server has it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentSettings {
    /// The command line that starts it, as a person types it.
    pub command: Option<String>,
    /// Variables of its environment. Some are keys: their values are never shown.
    pub env: BTreeMap<String, String>,
    /// What it may do without asking.
    pub permissions: Option<Permissions>,
}

/// What a coding agent may do in a project without asking a person.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = AgentPermissions)]
pub enum Permissions {
    /// Nothing it asks about: a person decides each time.
    #[default]
    Ask,
    /// Read and search.
    Reading,
    /// Everything it does in its own copy of the project.
    Worktree,
}
