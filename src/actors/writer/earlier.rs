//! What an earlier attempt stored: an outcome that is not known is looked up, never guessed.

use std::collections::HashMap;

use super::{
    group::Pending,
    ledger::{Connection, Failure},
};
use crate::{
    db::apply::Logged,
    domain::{
        change::{Change, Reported},
        id::ActivityId,
    },
};

/// Those changes of a group that an earlier attempt stored, with the activity where there is one.
pub(super) struct Earlier(HashMap<ActivityId, Option<Logged>>);

impl Earlier {
    /// Looks for what may have been stored. Without such a thing the database is not asked.
    pub(super) async fn look_up(
        connection: &dyn Connection,
        group: &[Pending],
    ) -> Result<Self, Failure> {
        let unsure: HashMap<ActivityId, &Reported> = group
            .iter()
            .filter(|pending| pending.maybe_stored)
            .flat_map(|pending| pending.changes.iter())
            .map(|reported| (reported.id, reported))
            .collect();
        let mut stored = HashMap::new();
        if unsure.is_empty() {
            return Ok(Self(stored));
        }
        let ids: Vec<ActivityId> = unsure.keys().copied().collect();
        for activity in connection.stored(&ids).await? {
            let project = unsure[&activity.id].project;
            stored.insert(activity.id, Some(Logged { project, activity }));
        }
        for reported in unsure.values() {
            let leaves_it = match reported.change {
                Change::ProjectCreated(_) => true,
                Change::ProjectDeleted => false,
                _ => continue,
            };
            if connection.has_project(reported.project).await? == leaves_it {
                stored.insert(reported.id, None);
            }
        }
        Ok(Self(stored))
    }

    /// Whether this append was stored. It was as a whole or not at all, so whatever leaves a trace tells of the rest; what
    /// leaves none is stored once more, which changes nothing.
    pub(super) fn has(&self, append: &Pending) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let leaves_trace = |reported: &&Reported| leaves_trace(&reported.change);
        let mut traces = append.changes.iter().filter(leaves_trace).peekable();
        traces.peek().is_some() && traces.all(|reported| self.0.contains_key(&reported.id))
    }

    /// The activities they led to.
    pub(super) fn into_logged(self) -> impl Iterator<Item = Logged> {
        self.0.into_values().flatten()
    }
}

/// Whether it can be seen afterwards that a change was stored: its activity is there, or the project it made, or the one it
/// deleted is not.
fn leaves_trace(change: &Change) -> bool {
    matches!(change, Change::ProjectCreated(_) | Change::ProjectDeleted) || change.entry().is_some()
}
