//! The canary: a change that goes the way of every other, from the writer to the end of a stream, to see that the way is
//! free. It belongs to no project.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{activity::millis, id::ProjectId};

/// The log the canary's changes stand in: of no project, so that no list, count, search or export has it. Each server has its
/// own under this one name.
pub const LOG: ProjectId = ProjectId(Uuid::from_u128(0x0063_616e_6172_7980_8000_0000_0000_0001));

/// Where a change is on its way; in this order.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    strum::IntoStaticStr,
    strum::EnumIter,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// The writer has begun a transaction for it.
    Write,
    /// The transaction is committed, and the writer has said so.
    Commit,
    /// Whoever reads the database finds it.
    Table,
    /// It is in the ring of the feed, and who watches was woken.
    Feed,
    /// An event stream has sent it.
    Stream,
    /// What came out of the stream is what was written.
    Back,
}

impl Stage {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What it means when a change does not get this far.
    pub fn means(self) -> &'static str {
        match self {
            Self::Write => {
                "nothing can be stored now: the database is away or locked, or the writer is stuck"
            }
            Self::Commit => "the database takes changes and does not keep them",
            Self::Table => {
                "what is stored cannot be read, so pages that are opened or come back stay empty"
            }
            Self::Feed => "what is stored is not shown to those who watch",
            Self::Stream => "streams do not send what is there, so open pages stand still",
            Self::Back => "streams send something else than what was stored",
        }
    }

    /// What somebody can do about it.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Write => {
                "Look whether the database runs and is reachable, whether another program holds a lock on it, and whether \
                 it may be written. What happens meanwhile is kept, and stored when it is back."
            }
            Self::Commit => {
                "Look whether the disk of the database is full or broken; the server's log has its words."
            }
            Self::Table => {
                "Look whether the database takes more connections and is fast enough; the server's log has its words."
            }
            Self::Feed | Self::Stream | Self::Back => {
                "Restart the server: pages come back by themselves and lack nothing. If it comes again, keep the server's \
                 log and report it."
            }
        }
    }
}

/// A stage that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = CanaryStage)]
pub struct Passed {
    /// Which.
    pub stage: Stage,
    /// How old the change was then, in milliseconds.
    pub age_ms: f64,
}

/// The stage that was not passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// Which: the first.
    pub stage: Stage,
    /// What was found there.
    pub why: String,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub struct Flight {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What it has passed, in order.
    pub passed: Vec<Passed>,
    /// Where it is stuck, if it is.
    pub stuck: Option<Stuck>,
}

impl Flight {
    /// One that did not begin.
    pub fn grounded(at: DateTime<Utc>, why: impl Into<String>) -> Self {
        let (stage, why) = (Stage::Write, why.into());
        Self {
            at,
            passed: Vec::new(),
            stuck: Some(Stuck { stage, why }),
        }
    }

    /// `passed` or `failed`.
    pub fn status(&self) -> &'static str {
        match self.stuck {
            None => "passed",
            Some(_) => "failed",
        }
    }
}

/// As diagnostics show it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Canary)]
pub struct Shown {
    /// `passed` or `failed`.
    status: &'static str,
    /// The stage that was not passed; null when all were.
    #[schema(required)]
    stage: Option<Stage>,
    /// What was found there.
    #[schema(required)]
    why: Option<String>,
    /// What that means for who watches.
    #[schema(required)]
    means: Option<&'static str>,
    /// What to do next.
    #[schema(required)]
    next_step: Option<&'static str>,
    #[serde(serialize_with = "millis")]
    at: DateTime<Utc>,
    /// What was passed, in order.
    stages: Vec<Passed>,
}

impl Shown {
    /// What is wrong, in words, if something is.
    pub fn problem(&self) -> Option<String> {
        let (stage, means) = (self.stage?, self.means?);
        let why = self.why.as_deref().unwrap_or_default();
        Some(format!(
            "what is written does not arrive; {means} (stage {}: {why})",
            stage.as_str()
        ))
    }
}

impl From<&Flight> for Shown {
    fn from(flight: &Flight) -> Self {
        let stuck = flight.stuck.as_ref();
        Self {
            status: flight.status(),
            stage: stuck.map(|stuck| stuck.stage),
            why: stuck.map(|stuck| stuck.why.clone()),
            means: stuck.map(|stuck| stuck.stage.means()),
            next_step: stuck.map(|stuck| stuck.stage.next_step()),
            at: flight.at,
            stages: flight.passed.clone(),
        }
    }
}
