//! What happened in a project of the predecessor, in order, as changes that the log can tell.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::{
    change::{Change, Reported},
    id::{ActivityId, ProjectId},
    project::ProjectStatus,
    workflow::{Move, PhaseName, PhaseStatus, Standing, Workflow},
};

/// What a person reads of a phase that was being worked on.
const PAUSED: &str = "because the project was brought over; say “continue” to go on";

/// Something that happened.
enum Event {
    /// A change as the log takes it.
    Change(Box<Change>, Option<PhaseName>),
    /// A phase came to stand so; from where follows from what was before.
    Phase(PhaseName, PhaseStatus),
}

/// What happened in a project.
pub(super) struct Story {
    project: ProjectId,
    /// Before it nothing can have happened.
    begins: DateTime<Utc>,
    events: Vec<(DateTime<Utc>, Event)>,
}

/// A story as it is to be written down.
pub(super) struct Told {
    /// The changes, in order.
    pub(super) changes: Vec<Reported>,
    /// Where the project stands if its workflow had to be paused.
    pub(super) paused: Option<ProjectStatus>,
}

impl Story {
    /// The story of a project that was made then.
    pub(super) fn new(project: ProjectId, begins: DateTime<Utc>) -> Self {
        Self {
            project,
            begins,
            events: Vec::new(),
        }
    }

    /// Whose it is.
    pub(super) fn project(&self) -> ProjectId {
        self.project
    }

    /// Since when the project is there.
    pub(super) fn begins(&self) -> DateTime<Utc> {
        self.begins
    }

    /// Something happened. What is added first comes first where two things have the same time.
    pub(super) fn add(&mut self, at: DateTime<Utc>, change: Change) {
        self.add_in(at, change, None);
    }

    /// Something happened in a phase.
    pub(super) fn add_in(&mut self, at: DateTime<Utc>, change: Change, phase: Option<PhaseName>) {
        let event = Event::Change(Box::new(change), phase);
        self.events.push((at.max(self.begins), event));
    }

    /// A phase came to stand so.
    pub(super) fn move_phase(&mut self, at: DateTime<Utc>, phase: PhaseName, to: PhaseStatus) {
        let event = Event::Phase(phase, to);
        self.events.push((at.max(self.begins), event));
    }

    /// All of it in the order in which it happened. A workflow that would go on by itself as soon as a server starts is
    /// paused at the end: nothing is to run here that nobody asked for here.
    pub(super) fn tell(mut self, now: DateTime<Utc>) -> Told {
        self.events.sort_by_key(|(at, _)| *at);
        let mut stands = BTreeMap::new();
        let mut changes = Vec::with_capacity(self.events.len());
        for (at, event) in self.events {
            let (change, phase) = match event {
                Event::Change(change, phase) => (Some(*change), phase),
                Event::Phase(phase, to) => (moved(&mut stands, phase, to, None), None),
            };
            changes.extend(change.map(|change| reported(self.project, at, change, phase)));
        }
        let workflow = Workflow::of(stands.clone());
        let standing = workflow.standing();
        let asks_or_works = matches!(standing, Standing::InProgress | Standing::AwaitingApproval);
        let current = workflow.current().filter(|_| asks_or_works);
        let paused = current.and_then(|current| {
            moved(
                &mut stands,
                current,
                PhaseStatus::Paused,
                Some(PAUSED.to_owned()),
            )
        });
        let is_paused = paused.is_some();
        changes.extend(paused.map(|change| reported(self.project, now, change, None)));
        Told {
            changes,
            paused: is_paused.then(|| Workflow::of(stands).project_status()),
        }
    }
}

fn reported(
    project: ProjectId,
    at: DateTime<Utc>,
    change: Change,
    phase: Option<PhaseName>,
) -> Reported {
    Reported {
        id: ActivityId::new(),
        project,
        at,
        phase,
        holder: None,
        by: None,
        change,
    }
}

/// The move of a phase, if it is one.
fn moved(
    stands: &mut BTreeMap<PhaseName, PhaseStatus>,
    phase: PhaseName,
    to: PhaseStatus,
    why: Option<String>,
) -> Option<Change> {
    let from = stands.insert(phase, to).unwrap_or(PhaseStatus::Pending);
    let workflow = Workflow::of(stands.clone());
    (from != to).then(|| Change::PhaseMoved {
        moved: Move { phase, from, to },
        standing: workflow.standing(),
        project: workflow.project_status(),
        why,
    })
}
