//! A database in memory that fails as the real ones do: it goes away, falls silent, commits without anybody hearing of it,
//! and keeps its lock for a transaction whose owner has gone.
//!
//! It knows what is committed and what is in doubt, which is what answers and streams are held against.

use std::{
    collections::{BTreeSet, HashSet},
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use project_manager::domain::{
    activity::Verbosity,
    change::Reported,
    id::{ActivityId, ProjectId},
};
use tokio::time::Instant;

use super::{
    tables::{Added, Tables},
    trace::Pen,
    weather::{Asked, Fate, Weather},
};
use crate::support::Chance;

/// The writer may crash this often within this time, and is restarted: one time more, and the program would end.
const CRASHES_MAX: usize = 5;
const CRASHES_WITHIN: Duration = Duration::from_secs(10);

/// How long a transaction may stay open whose owner has gone, in milliseconds.
const LEFT_OPEN_MS: usize = 3_000;

/// The database. Clones are the same one.
#[derive(Clone)]
pub(super) struct Database(Arc<Inside>);

struct Inside {
    weather: Weather,
    patience: Duration,
    locks_early: bool,
    pen: Pen,
    state: Mutex<State>,
}

/// What is committed, and what is going on.
pub(super) struct State {
    pub(super) tables: Tables,
    /// What the writer meets with follows from this. Streams have their own.
    pub(super) chance: Chance,
    /// Whether a transaction has the lock, and its owner is there.
    locked: bool,
    /// The transaction that has the lock, and its owner has gone.
    left: Option<Left>,
    /// Changes of which the writer was once not told whether they were committed.
    in_doubt: HashSet<ActivityId>,
    crashes: Vec<Instant>,
    /// Where something was committed after its owner had gone.
    late: BTreeSet<ProjectId>,
}

struct Left {
    ends_at: Instant,
    /// What it commits in the end, if it was told to.
    added: Option<Added>,
}

impl Database {
    /// One with these projects, and nothing in their logs.
    pub(super) fn new(projects: &[ProjectId], pen: Pen, mut chance: Chance) -> Self {
        Self(Arc::new(Inside {
            weather: Weather::new(&mut chance),
            patience: Duration::from_millis(500) + chance.millis(5_000),
            locks_early: chance.once_in(2),
            pen,
            state: Mutex::new(State {
                tables: Tables::with(projects),
                chance,
                locked: false,
                left: None,
                in_doubt: HashSet::new(),
                crashes: Vec::new(),
                late: BTreeSet::new(),
            }),
        }))
    }

    pub(super) fn weather(&self) -> &Weather {
        &self.0.weather
    }

    /// How long whoever asks it waits for an answer.
    pub(super) fn patience(&self) -> Duration {
        self.0.patience
    }

    /// Whether a transaction takes its lock when it begins, as in SQLite, or with its first change, as in PostgreSQL.
    pub(super) fn locks_early(&self) -> bool {
        self.0.locks_early
    }

    pub(super) fn note(&self, what: impl Into<String>) {
        self.0.pen.note(what);
    }

    /// What is committed by now, and what is going on.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(left) = state.left.take_if(|left| left.ends_at <= now) {
            let committed = left.added.is_some();
            self.note(format!("what was left open ends, committed: {committed}"));
            if let Some(added) = left.added {
                state.late.extend(added.projects());
                state.tables.add(added);
            }
        }
        state
    }

    /// A project's last `seq`.
    pub(super) fn head(&self, project: ProjectId) -> Option<i64> {
        let log = self.state().tables.logs.get(&project)?.len();
        Some(i64::try_from(log).expect("it fits"))
    }

    /// The activity that is committed at this place.
    pub(super) fn at(&self, project: ProjectId, seq: i64) -> Option<ActivityId> {
        let place = usize::try_from(seq).ok()?.checked_sub(1)?;
        Some(self.state().tables.logs.get(&project)?.get(place)?.id)
    }

    /// The first place after `seq` that is shown at this verbosity.
    pub(super) fn next_shown(
        &self,
        project: ProjectId,
        seq: i64,
        verbosity: Verbosity,
    ) -> Option<i64> {
        let place = usize::try_from(seq).expect("a place in the log");
        let state = self.state();
        let mut rest = state.tables.logs[&project].iter().skip(place);
        rest.find(|activity| activity.entry.verbosity <= verbosity)
            .map(|activity| activity.seq)
    }

    /// What becomes of something the writer asks now.
    pub(super) fn fate(&self, doing: &'static str) -> Fate {
        let mut state = self.state();
        let fate = match self.0.weather.fate(Asked::ToWrite, &mut state.chance) {
            Fate::Crashes if !state.may_crash() => Fate::Fails,
            fate => fate,
        };
        drop(state);
        if fate != Fate::Answers {
            self.note(format!("{doing}: {fate:?}"));
        }
        fate
    }

    /// Crashes the writer.
    pub(super) fn crash(&self) -> ! {
        self.state().crashes.push(Instant::now());
        // Without the hook, which would print each of thousands.
        resume_unwind(Box::new("the simulation crashes the writer"))
    }

    /// How often the writer was crashed since then.
    pub(super) fn crashes_since(&self, at: Instant) -> usize {
        let state = self.state();
        state.crashes.iter().filter(|crash| **crash >= at).count()
    }

    /// The projects in which something was committed after its owner had gone.
    pub(super) fn late(&self) -> BTreeSet<ProjectId> {
        self.state().late.clone()
    }

    /// Whether the writer could once not know of one of these whether it was committed.
    pub(super) fn was_in_doubt(&self, changes: &[Reported]) -> bool {
        let state = self.state();
        let mut ids = changes.iter().map(|reported| reported.id);
        ids.any(|id| state.in_doubt.contains(&id))
    }
}

impl State {
    /// Takes the lock, or says when it is free.
    pub(super) fn lock(&mut self) -> Result<(), Instant> {
        assert!(!self.locked, "the writer has two transactions open at once");
        match &self.left {
            Some(left) => Err(left.ends_at),
            None => {
                self.locked = true;
                Ok(())
            }
        }
    }

    pub(super) fn unlock(&mut self) {
        self.locked = false;
    }

    /// Whoever has the lock goes without giving it back. What it `added` is committed in the end, if it is given.
    pub(super) fn leave(&mut self, added: Option<Added>) {
        self.locked = false;
        let ends_at = Instant::now() + self.chance.millis(LEFT_OPEN_MS);
        self.left = Some(Left { ends_at, added });
    }

    /// From now on these are in doubt. Gives those that were not before.
    pub(super) fn doubt(&mut self, changes: &[ActivityId]) -> Vec<ActivityId> {
        let mut fresh = changes.to_vec();
        fresh.retain(|id| self.in_doubt.insert(*id));
        fresh
    }

    pub(super) fn know(&mut self, changes: &[ActivityId]) {
        for id in changes {
            self.in_doubt.remove(id);
        }
    }

    pub(super) fn may_crash(&self) -> bool {
        let now = Instant::now();
        let within = |crash: &&Instant| now.duration_since(**crash) < CRASHES_WITHIN;
        self.crashes.iter().filter(within).count() < CRASHES_MAX
    }
}
