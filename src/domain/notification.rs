//! Notifications: what somebody outside is told of what happened, by webhook. Which events there are, what is said of one,
//! how it is signed, and what an attempt to deliver it may come to.
//!
//! They follow Standard Webhooks (standardwebhooks.com), so that there is something to check the signature with in every
//! language. `docs/notifications.md` is for whoever receives them.

mod body;
mod key;
mod trouble;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::{
    body::{Body, shortly, test},
    key::SigningKey,
    trouble::{Failure, Trouble},
};
use super::{
    activity::Activity,
    change::Change,
    execution::ExecutionStatus,
    id::{ActivityId, ProjectId},
};

/// What somebody may want to be told of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A command ended, however it did.
    CommandEnded,
    /// A command failed.
    CommandFailed,
    /// A person is asked to decide.
    GateOpened,
}

/// The events somebody is told of; none where nobody is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted(BTreeSet<Event>);

impl Wanted {
    /// These, and no others.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        Self(events.into_iter().collect())
    }

    /// Whether nobody is told of anything.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something of this kind is among them. A command that failed has ended, too, and is told of once.
    pub fn has(&self, kind: Kind) -> bool {
        let events: &[Event] = match kind {
            Kind::CommandEnded => &[Event::CommandEnded],
            Kind::CommandFailed => &[Event::CommandEnded, Event::CommandFailed],
            Kind::GateOpened => &[Event::GateOpened],
            Kind::Test => &[],
        };
        events.iter().any(|event| self.0.contains(event))
    }
}

/// What sort of thing a notification tells: its `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::EnumString, strum::IntoStaticStr)]
pub enum Kind {
    /// A command has finished, or was stopped.
    #[serde(rename = "command.ended")]
    #[strum(serialize = "command.ended")]
    CommandEnded,
    /// A command failed.
    #[serde(rename = "command.failed")]
    #[strum(serialize = "command.failed")]
    CommandFailed,
    /// A person is asked to decide.
    #[serde(rename = "gate.opened")]
    #[strum(serialize = "gate.opened")]
    GateOpened,
    /// Somebody wanted to see whether they arrive.
    #[serde(rename = "test")]
    #[strum(serialize = "test")]
    Test,
}

impl Kind {
    /// What a change is to whoever is told of it; none for what nobody is told of.
    pub fn of(change: &Change) -> Option<Self> {
        match change {
            Change::ExecutionFinished { outcome, .. } => Some(match outcome.status() {
                ExecutionStatus::Failed => Self::CommandFailed,
                _ => Self::CommandEnded,
            }),
            Change::GateOpened(_) => Some(Self::GateOpened),
            _ => None,
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A notification that is to be delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id, on every attempt the same: the activity's.
    pub id: ActivityId,
    /// What sort of thing it tells.
    pub kind: Kind,
    /// In which project.
    pub project: ProjectId,
    /// What that is called.
    pub project_name: String,
    /// What it tells of.
    pub activity: Activity,
    /// Since when it is to be delivered.
    pub since: DateTime<Utc>,
    /// How often that was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: DateTime<Utc>,
}

/// An attempt to deliver one, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub id: ActivityId,
    /// How often it was tried by now. Not one more, so that it may be stored twice.
    pub attempts: i64,
    /// What came of it.
    pub came: Came,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// The receiver has it.
    Delivered,
    /// It has to be tried again.
    Failed {
        /// Why it was not delivered.
        failure: Failure,
        /// When it is tried again.
        next_at: DateTime<Utc>,
    },
    /// It is not tried again.
    GivenUp(Failure),
}

/// How far deliveries are counted: how many more there are helps nobody, and counting them takes long just when the receiver is
/// away. One more stands for all that are more.
pub const COUNTED_MAX: u64 = 10_000;

/// What is known of the deliveries of a database.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// How many are to be delivered, as far as they are counted.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub oldest_waiting_at: Option<DateTime<Utc>>,
    /// When one was last delivered.
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// The last attempt that failed.
    pub last_failure: Option<(DateTime<Utc>, Failure)>,
    /// How many were given up lately, as far as they are counted.
    pub given_up: u64,
    /// The newest ones, newest first.
    pub recent: Vec<Recent>,
}

/// Where a notification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It is to be delivered.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It was tried for long enough, or the receiver does not want it.
    GivenUp,
}

impl State {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A notification of these days, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RecentNotification)]
pub struct Recent {
    /// Its id, which the receiver is sent as `webhook-id`.
    pub id: ActivityId,
    /// What sort of thing it tells: `command.ended`, `command.failed`, `gate.opened`, or the word of another version.
    #[serde(rename = "type")]
    #[schema(example = "command.failed")]
    pub kind: String,
    /// In which project.
    pub project_id: ProjectId,
    /// The place of what it tells of in the project's log.
    pub seq: i64,
    /// Where it stands: `waiting`, `delivered`, `given_up`, or the word of another version.
    #[schema(example = "waiting")]
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; none when it is over.
    #[serde(serialize_with = "super::activity::millis_opt")]
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// What came of the last attempt that failed.
    #[schema(required)]
    pub last_error: Option<String>,
}
