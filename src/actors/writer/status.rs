//! How the writer fares, for diagnostics and for the streams.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::{
    clock,
    domain::{
        activity::{Activity, millis_opt},
        canary,
        change::{Change, Reported},
        id::ProjectId,
        message::{replied_to, reported},
        notification,
    },
    metrics::{Ending, StoredFigures},
};

/// Commits the percentiles are taken over.
const COMMITS_REMEMBERED: usize = 512;

/// Shared by the writer and who looks at it.
#[derive(Clone, Default)]
pub struct WriterStatus {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    progress: watch::Sender<Progress>,
    commits: Mutex<Commits>,
    degraded: watch::Sender<Option<Degraded>>,
    counted: StoredFigures,
    notable: Arc<Notify>,
    pulls: Arc<Notify>,
    mentions: Arc<Notify>,
}

#[derive(Default)]
struct Commits {
    last_at: Option<DateTime<Utc>>,
    took_ms: VecDeque<f64>,
}

/// How far the writer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Appends that wait or are being stored.
    pub waiting: usize,
    /// Activities stored since the start.
    pub stored: u64,
}

impl Progress {
    /// Whether it has nothing to do.
    pub fn is_idle(&self) -> bool {
        self.waiting == 0
    }
}

/// The database is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degraded {
    /// Since when.
    pub since: DateTime<Utc>,
    /// What it said last.
    pub reason: String,
}

/// The writer in figures.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct WriterFigures {
    /// Appends that wait or are being stored.
    pub queue: usize,
    /// When a commit last succeeded.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub last_commit_at: Option<DateTime<Utc>>,
    /// How long half of the last commits took at most, in milliseconds.
    #[schema(required)]
    pub commit_ms_p50: Option<f64>,
    /// How long all but one in a hundred took at most, in milliseconds.
    #[schema(required)]
    pub commit_ms_p99: Option<f64>,
}

impl WriterStatus {
    /// The figures as they are now.
    pub fn figures(&self) -> WriterFigures {
        let commits = self.commits();
        let mut sorted: Vec<f64> = commits.took_ms.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let percentile = |hundredths: usize| {
            sorted
                .get((sorted.len().saturating_sub(1)) * hundredths / 100)
                .copied()
        };
        WriterFigures {
            queue: self.shared.progress.borrow().waiting,
            last_commit_at: commits.last_at,
            commit_ms_p50: percentile(50),
            commit_ms_p99: percentile(99),
        }
    }

    /// Whether the database is away, and word of each change of that.
    pub fn degraded(&self) -> watch::Receiver<Option<Degraded>> {
        self.shared.degraded.subscribe()
    }

    pub(super) fn is_degraded(&self) -> bool {
        self.shared.degraded.borrow().is_some()
    }

    pub(super) fn set_waiting(&self, waiting: usize) {
        self.shared
            .progress
            .send_modify(|progress| progress.waiting = waiting);
    }

    pub(super) fn add_stored(&self, project: ProjectId, activities: &[Activity]) {
        // Nothing of a canary is ever looked for.
        if project == canary::LOG {
            return;
        }
        for activity in activities {
            self.shared.counted.logged(&activity.entry);
        }
        let more = u64::try_from(activities.len()).unwrap_or(0);
        self.shared
            .progress
            .send_modify(|progress| progress.stored += more);
    }

    /// These changes are stored.
    pub(super) fn count_endings(&self, changes: &[Reported]) {
        for ending in changes
            .iter()
            .filter_map(|reported| Ending::of(&reported.change))
        {
            self.shared.counted.ended(ending);
        }
    }

    /// These changes are stored: wakes who tells somebody outside, if there may be something to tell, and who looks at pull
    /// requests.
    pub(super) fn wake_for(&self, changes: &[Reported]) {
        let mut kinds = changes
            .iter()
            .filter_map(|reported| notification::Kind::of(&reported.change));
        if kinds.next().is_some() {
            self.shared.notable.notify_one();
        }
        let is_to_be_looked_at = |reported: &Reported| match &reported.change {
            Change::PullRequest(change) => change.is_to_be_looked_at(),
            _ => false,
        };
        if changes.iter().any(is_to_be_looked_at) {
            self.shared.pulls.notify_one();
        }
        if changes.iter().any(|one| concerns_mentions(&one.change)) {
            self.shared.mentions.notify_one();
        }
    }

    /// Wakes everybody whom a change may wake: others may have stored something.
    pub(in crate::actors) fn wake_all(&self) {
        self.shared.notable.notify_one();
        self.shared.pulls.notify_one();
        self.shared.mentions.notify_one();
    }

    /// Rung when something was stored that a pull request is to be looked at for.
    pub fn pulls(&self) -> Arc<Notify> {
        Arc::clone(&self.shared.pulls)
    }

    /// Rung when somebody said something to the project manager on GitHub, or what it says may be an answer to that.
    pub fn mentions(&self) -> Arc<Notify> {
        Arc::clone(&self.shared.mentions)
    }

    /// Rung when something was stored that somebody outside may be told of.
    pub fn notable(&self) -> Arc<Notify> {
        Arc::clone(&self.shared.notable)
    }

    /// What the writer counts.
    pub fn counted(&self) -> &StoredFigures {
        &self.shared.counted
    }

    /// How far the writer is, and word of each change of that.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.shared.progress.subscribe()
    }

    pub(super) fn committed(&self, changes: usize, took: Duration) {
        self.shared.counted.committed(changes, took);
        let mut commits = self.commits();
        commits.last_at = Some(clock::now());
        if commits.took_ms.len() == COMMITS_REMEMBERED {
            commits.took_ms.pop_front();
        }
        commits.took_ms.push_back(took.as_secs_f64() * 1_000.0);
        drop(commits);
        let recovered = self
            .shared
            .degraded
            .send_if_modified(|degraded| degraded.take().is_some());
        if recovered {
            tracing::info!("the database is back; everything that waited is being stored");
        }
    }

    pub(super) fn failed(&self, reason: &str) {
        self.shared.counted.failed();
        let first = self.shared.degraded.send_if_modified(|degraded| {
            let first = degraded.is_none();
            let degraded = degraded.get_or_insert_with(|| Degraded {
                since: clock::now(),
                reason: String::new(),
            });
            // The last one is what is in the way now; who was told that it is away is not told again.
            reason.clone_into(&mut degraded.reason);
            first
        });
        if first {
            tracing::error!(
                reason,
                "the database is away; what happens is kept and stored when it is back"
            );
        }
    }

    fn commits(&self) -> std::sync::MutexGuard<'_, Commits> {
        self.shared
            .commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether there may be something to do for what was said on GitHub.
fn concerns_mentions(change: &Change) -> bool {
    match change {
        Change::GitHubHeard(heard) => heard.mention.is_some(),
        Change::MessagePosted(new) => {
            let key = new.key.as_deref().unwrap_or_default();
            replied_to(key).is_some() || reported(key).is_some()
        }
        _ => false,
    }
}
