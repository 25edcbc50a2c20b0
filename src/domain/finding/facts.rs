//! What is known of a server when it is asked what is wrong with it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::{
    canary::Flight,
    id::{ExecutionId, ProjectId},
    notification::Failure,
};

/// Something that is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// What it is called.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What it said last.
    pub reason: String,
    /// What somebody can do about it, where it says so itself.
    pub advice: Option<String>,
}

/// A part of the program that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Whether it runs now.
    pub runs: bool,
    /// Whether something is missing for as long as it does not: what followed a command that has ended by that is not missed.
    pub is_missed: bool,
    /// How often it was restarted.
    pub restarts: usize,
    /// When it failed last.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

/// A command that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Which.
    pub id: ExecutionId,
    /// In which project.
    pub project: ProjectId,
    /// What that is called.
    pub project_name: String,
    /// What runs.
    pub command: &'static str,
    /// When it last said something, or began.
    pub last_word: DateTime<Utc>,
}

/// Somebody who watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    /// Which project.
    pub project: ProjectId,
    /// How many activities they are behind.
    pub lag: i64,
}

/// Notifications do not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Where they are sent: scheme and host.
    pub target: String,
    /// When the last attempt failed.
    pub at: DateTime<Utc>,
    /// Why.
    pub failure: Failure,
    /// How many wait.
    pub waiting: u64,
    /// How many were given up lately.
    pub given_up: u64,
}

/// What was said on GitHub cannot be answered there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// When the last attempt failed.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
    /// How much is not answered yet.
    pub waiting: u64,
    /// How much was given up lately.
    pub given_up: u64,
}

/// What is known of a server.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What time it is; what is told is measured against it.
    pub now: DateTime<Utc>,
    /// The database cannot be written.
    pub unwritten: Option<Away>,
    /// The database cannot be read, and why.
    pub unread: Option<String>,
    /// How long a question to it took.
    pub read_took: Option<Duration>,
    /// Bytes left on the disk with the data.
    pub disk_free: Option<u64>,
    /// What the canary found.
    pub canary: Option<Flight>,
    /// Whether the canary is gone for good.
    pub canary_is_gone: bool,
    /// Appends that wait.
    pub queue: usize,
    /// Backends that are away.
    pub backends: Vec<Away>,
    /// The language model is away.
    pub model: Option<Away>,
    /// Parts of the program that failed since the start and are remembered.
    pub parts: Vec<Part>,
    /// Who watches.
    pub watching: Vec<Watching>,
    /// What runs.
    pub running: Vec<Running>,
    /// The last attempt to notify somebody failed.
    pub undelivered: Option<Undelivered>,
    /// GitHub, if it does not do what it is asked.
    pub github: Option<Away>,
    /// The last attempt to answer somebody on GitHub failed.
    pub unanswered: Option<Unanswered>,
    /// Of several servers: whether this one is not certain that it works for its projects.
    pub lease_is_lost: bool,
}
