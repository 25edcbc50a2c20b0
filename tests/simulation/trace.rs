//! What happened in a run, part by part: compared when the run is had again, and printed when it failed.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

/// The notes of all parts. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Trace(Arc<Mutex<Vec<Note>>>);

/// What a part did at which millisecond. Ordered by that and by the part: two parts that do something at the same
/// moment do not have to do so in the same order each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    at_ms: u128,
    part: String,
    what: String,
}

/// Writes the notes of one part.
#[derive(Clone)]
pub(super) struct Pen {
    trace: Trace,
    since: Instant,
    part: String,
}

impl Trace {
    /// For the notes of a part of a run that begins now.
    pub(super) fn pen(&self, part: impl Into<String>) -> Pen {
        Pen {
            trace: self.clone(),
            since: Instant::now(),
            part: part.into(),
        }
    }

    /// What was noted so far.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = self.lock().clone();
        notes.sort_by(|a, b| (a.at_ms, &a.part).cmp(&(b.at_ms, &b.part)));
        notes
    }

    /// Whether something of that kind was noted.
    pub(super) fn tells(&self, what: &str) -> bool {
        self.lock().iter().any(|note| note.what.contains(what))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Note>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pen {
    pub(super) fn note(&self, what: impl Into<String>) {
        self.trace.lock().push(Note {
            at_ms: self.since.elapsed().as_millis(),
            part: self.part.clone(),
            what: what.into(),
        });
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at_ms, part, what } = self;
        write!(f, "{at_ms:>7} ms  {part:<10} {what}")
    }
}
