//! Who is there and how they fare: what `/api/diagnostics/actors` shows.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;

use super::Escalation;
use crate::{actors::reply::Gauge, clock};

/// How many children that ended by a crash are remembered for diagnostics. Sessions and streamers come and go
/// by the thousand; enough to see what went wrong last, and too few to notice in memory.
pub const REMEMBERED_ENDS: usize = 32;

/// How one child fares.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Actor)]
pub struct Status {
    /// The child's name, such as `writer` or `session 0198…`.
    #[schema(example = "writer")]
    pub name: String,
    /// Whose child it is in the tree.
    #[schema(example = "supervisor")]
    pub parent: &'static str,
    /// What it does now.
    pub state: State,
    /// When it was first started.
    pub started_at: DateTime<Utc>,
    /// How often it was restarted since then.
    pub restarts: usize,
    /// When it last crashed or stopped itself, and why; none as long as it never did.
    #[schema(required)]
    pub last_exit: Option<LastExit>,
    /// Questions queued and unanswered. Facts are not counted.
    pub mailbox: usize,
}

impl Status {
    /// What sort of child it is: its name without the id in it.
    pub fn kind(&self) -> &str {
        match self.name.rsplit_once(' ') {
            Some((kind, id)) if id.parse::<uuid::Uuid>().is_ok() => kind,
            _ => &self.name,
        }
    }
}

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ActorState)]
pub enum State {
    /// It takes messages, or will in a moment.
    Running,
    /// It waits to be restarted; its messages stay queued.
    Restarting,
    /// Restarted too often: it ended for good and whoever cares was told.
    SetAside,
    /// It crashed and does not come back.
    Ended,
}

/// A child's last crash or stop.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ActorExit)]
pub struct LastExit {
    /// When.
    pub at: DateTime<Utc>,
    /// The panic's message, or what else ended it.
    #[schema(example = "panicked: index out of bounds")]
    pub why: String,
}

/// How often children of a kind failed since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// And were restarted.
    pub restarts: u64,
    /// And came to an end.
    pub ends: u64,
}

/// The list of children, shared by the supervisor and every child's post.
pub(super) struct Register {
    records: Mutex<Records>,
    escalation: watch::Sender<Option<Escalation>>,
    standing_down: AtomicBool,
}

/// Names one record; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId(u64);

#[derive(Default)]
struct Records {
    next: u64,
    crashes: u64,
    /// By kind of child.
    failures: BTreeMap<String, Failures>,
    // By id, which is the order of starting.
    living: BTreeMap<RecordId, Record>,
    ended: VecDeque<Record>,
}

struct Record {
    status: Status,
    gauge: Gauge,
}

impl Register {
    pub(super) fn new() -> Self {
        Self {
            records: Mutex::default(),
            escalation: watch::Sender::new(None),
            standing_down: AtomicBool::new(false),
        }
    }

    /// Enters a child. What is remembered of an ended one with the same name gives way to it.
    pub(super) fn enter(&self, name: String, parent: &'static str, gauge: Gauge) -> RecordId {
        let mut records = self.records();
        records
            .ended
            .retain(|record| record.status.name != name || record.status.parent != parent);
        let id = RecordId(records.next);
        records.next += 1;
        let status = Status {
            name,
            parent,
            state: State::Running,
            started_at: clock::now(),
            restarts: 0,
            last_exit: None,
            mailbox: 0,
        };
        records.living.insert(id, Record { status, gauge });
        id
    }

    /// The child crashed, or stopped itself against its policy, and will be restarted. Gives the number of
    /// restarts before this one.
    pub(super) fn waits_for_restart(&self, id: RecordId, why: &str) -> usize {
        let mut records = self.records();
        records.crashes += 1;
        let Some(record) = records.living.get(&id) else {
            return 0;
        };
        let kind = record.status.kind().to_owned();
        records.failures.entry(kind).or_default().restarts += 1;
        let Some(record) = records.living.get_mut(&id) else {
            return 0;
        };
        record.status.state = State::Restarting;
        record.status.last_exit = Some(LastExit {
            at: clock::now(),
            why: why.to_owned(),
        });
        record.status.restarts
    }

    /// The child runs again.
    pub(super) fn restarted(&self, id: RecordId) {
        if let Some(record) = self.records().living.get_mut(&id) {
            record.status.state = State::Running;
            record.status.restarts += 1;
        }
    }

    /// The child ended against its will; it is remembered for a while. Gives the number of its restarts.
    pub(super) fn ended_badly(&self, id: RecordId, state: State, why: &str) -> usize {
        let mut records = self.records();
        records.crashes += 1;
        let Some(mut record) = records.living.remove(&id) else {
            return 0;
        };
        let kind = record.status.kind().to_owned();
        records.failures.entry(kind).or_default().ends += 1;
        record.status.state = state;
        record.status.last_exit = Some(LastExit {
            at: clock::now(),
            why: why.to_owned(),
        });
        let restarts = record.status.restarts;
        records.ended.push_back(record);
        if records.ended.len() > REMEMBERED_ENDS {
            records.ended.pop_front();
        }
        restarts
    }

    /// The child ended in order and is forgotten.
    pub(super) fn left(&self, id: RecordId) {
        self.records().living.remove(&id);
    }

    pub(super) fn statuses(&self) -> Vec<Status> {
        let records = self.records();
        records
            .living
            .values()
            .chain(&records.ended)
            .map(Record::status)
            .collect()
    }

    pub(super) fn crashes(&self) -> u64 {
        self.records().crashes
    }

    pub(super) fn failures(&self) -> BTreeMap<String, Failures> {
        let records = self.records();
        let kinds = records.living.values().map(|record| record.status.kind());
        let mut failures: BTreeMap<String, Failures> = kinds
            .map(|kind| (kind.to_owned(), Failures::default()))
            .collect();
        failures.extend(records.failures.clone());
        failures
    }

    /// Passes a failure up. The first one counts: what follows is likely to follow from it.
    pub(super) fn escalate(&self, escalation: Escalation) {
        self.escalation.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(escalation);
            is_first
        });
    }

    pub(super) async fn escalated(&self) -> Escalation {
        let mut watcher = self.escalation.subscribe();
        loop {
            if let Some(escalation) = watcher.borrow_and_update().clone() {
                return escalation;
            }
            watcher
                .changed()
                .await
                .expect("the sender lives in self, which is borrowed");
        }
    }

    pub(super) fn stand_down(&self) {
        self.standing_down.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_standing_down(&self) -> bool {
        self.standing_down.load(Ordering::Relaxed)
    }

    // No code that can panic runs under the lock, and a list for diagnostics is worth reading in any state.
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    fn status(&self) -> Status {
        Status {
            mailbox: self.gauge.unanswered(),
            ..self.status.clone()
        }
    }
}
