//! The places where a command can run.
//!
//! A backend is handed a [`Job`], sends typed [`Step`](crate::domain::step::Step)s as they happen and returns the
//! [`Outcome`]. It knows nothing of the log, the feed or the actors: whoever runs it takes the steps and stores them, and
//! by taking them slowly slows it.

pub mod acp;
pub mod child;
mod git;
pub mod offline;
mod registry;
pub mod scar;
mod silence;
mod steps;
mod workspace;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{leases::Hold, metrics::Registry};

pub use self::{
    registry::Backends,
    steps::{Answer, NobodyListens, Question, Report, Steps},
};
use crate::domain::{
    execution::{Order, Outcome},
    id::{ExecutionId, ProjectId},
    project::AgentSettings,
};

/// One execution, as a backend needs to know it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which execution.
    pub execution: ExecutionId,
    /// Whose.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// The command and its arguments.
    pub order: Order,
    /// The project's folder on this machine, if it has one. Not checked: it may be gone by now.
    pub workspace: Option<PathBuf>,
    /// Where the project's repository is on the web, if it has one.
    pub repository_url: Option<String>,
    /// When it began to run.
    pub started_at: DateTime<Utc>,
    /// How the project wants a coding agent on this machine to be used.
    pub agent: AgentSettings,
    /// What it is run with, for who does what cannot be taken back: another server may have taken it over.
    pub hold: Hold,
    /// What this backend [kept](Steps::keep) last in the project's execution before this one.
    pub before: Option<Value>,
    /// Where somebody who followed it before stood; only ever for a backend that [survives](Backend::survives).
    pub resume: Option<Resume>,
}

/// Where an execution stands that was followed before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resume {
    /// What the backend [kept](Steps::keep) last, if it kept anything.
    pub place: Option<Value>,
    /// How many of its steps are stored.
    pub steps: usize,
}

/// Commands on this machine side by side: each may start compilers and tests.
const USUAL_SLOTS: usize = 4;

/// A place where a command can run.
pub trait Backend: Send + Sync + 'static {
    /// Its name in settings, tables and diagnostics.
    fn name(&self) -> &'static str;

    /// Its name for people.
    fn label(&self) -> &'static str;

    /// Where its commands run, as a part of a sentence: "a command runs in …".
    fn place(&self) -> &'static str {
        self.label()
    }

    /// How many commands it runs side by side without making all of them slow.
    fn usual_slots(&self) -> usize {
        USUAL_SLOTS
    }

    /// Whether what it runs works in the project's folder on this machine.
    fn needs_folder(&self) -> bool {
        true
    }

    /// Whether what it runs goes on without this server, and can be followed again.
    fn survives(&self) -> bool {
        false
    }

    /// Runs `job` to its end, or follows it to its end if it was begun before. When `cancel` fires it ends what it
    /// started, if it can, and returns [`Outcome::Cancelled`] soon. Dropping the future ends what it started, too,
    /// unless that [survives](Backend::survives).
    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome>;

    /// How it fares, as far as is known without asking.
    fn health(&self) -> Health {
        Health::default()
    }

    /// The copies of projects it works in, if it does.
    fn copies(&self) -> Option<&acp::Worktrees> {
        None
    }

    /// Asks whether it could run a command now.
    ///
    /// # Errors
    /// Why not, and what to look at.
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    /// Looks after what all its commands share, for as long as it is polled; somebody has to.
    fn tend(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    /// Enters what it counts.
    fn register(&self, _: &mut Registry) {}

    /// Tells when it stops answering and when it answers again, for a backend that can be away.
    fn trouble(&self) -> Option<tokio::sync::watch::Receiver<Option<Trouble>>> {
        None
    }
}

/// How a backend fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = BackendHealth)]
pub struct Health {
    /// Where it is, if it is elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub address: Option<String>,
    /// What is wrong, while something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trouble: Option<Trouble>,
    /// Why this one is in use, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// The last lines of what it wrote for who looks for a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub log: Option<Vec<String>>,
    /// What a person who wonders should know about how it works here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<String>,
}

/// A backend does not answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = BackendTrouble)]
pub struct Trouble {
    /// Since when.
    #[serde(serialize_with = "crate::domain::activity::millis")]
    pub since: DateTime<Utc>,
    /// What was tried, and what came of it.
    #[schema(example = "http://localhost:3000/health did not answer within 5 s")]
    pub reason: String,
}
