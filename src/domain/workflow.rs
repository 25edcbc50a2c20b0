//! The workflow: five phases from an idea to checked work, and the gates at which a person decides.
//!
//! A pure state machine: [`Workflow::apply`] takes what happened and says which phases moved and what is to be done
//! next. Nothing is kept but each phase's status, so a restart reads it back and goes on.

mod gate;
mod phase;

use serde::{Deserialize, Serialize};

pub use self::{
    gate::{Gate, GateContext, GateOption, GateStatus, GateType, OptionKind, RESPONSE_CHARS_MAX},
    phase::{InPhase, PhaseName, PhaseStatus},
};
use super::project::ProjectStatus;

/// Where a workflow stands as a whole.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = WorkflowStanding)]
pub enum Standing {
    /// Nothing has been begun.
    NotStarted,
    /// A phase's command is queued or runs.
    InProgress,
    /// A person is asked.
    AwaitingApproval,
    /// It goes on when somebody says so.
    Paused,
    /// A phase's command failed.
    Failed,
    /// All phases are done.
    Completed,
}

/// What happened to a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A vision document was written or changed, or there is one and the workflow is to start.
    VisionReady,
    /// The command of the phase that is being worked on has ended.
    CommandEnded(End),
    /// A person said yes at the open gate.
    Approved,
    /// A person said no at the open gate.
    Rejected,
    /// The open gate was not decided in time.
    Expired,
    /// A person wants it to go on after a pause or a failure.
    Continued,
    /// A person wants to be asked again what was not decided in time.
    AskedAgain,
    /// A person wants it to begin again.
    Reset,
}

/// How a phase's command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Well.
    Completed,
    /// Not well.
    Failed,
    /// Because a person asked.
    Stopped,
}

/// What is to be done because of what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Ask a person at the end of this phase.
    Ask(PhaseName),
    /// Run the command of this phase.
    Run(PhaseName),
}

/// A phase that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub phase: PhaseName,
    /// From where.
    pub from: PhaseStatus,
    /// To where.
    pub to: PhaseStatus,
}

/// Why something cannot be done with a workflow as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It has not begun.
    #[error("the workflow has not begun; it begins with a vision document")]
    NotStarted,
    /// A command runs.
    #[error("the workflow is at work; it goes on by itself, and stops when you stop what runs")]
    AtWork,
    /// A person is asked.
    #[error("the workflow waits for a decision; approve or reject what it asks")]
    Asking,
    /// No person is asked.
    #[error("the workflow asks nothing at the moment")]
    NotAsking,
    /// All is done.
    #[error("the workflow is completed; start it over to go through it again")]
    Completed,
}

/// A project's workflow: each phase's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workflow {
    phases: [PhaseStatus; PhaseName::ALL.len()],
}

impl Default for Workflow {
    fn default() -> Self {
        Self {
            phases: [PhaseStatus::Pending; PhaseName::ALL.len()],
        }
    }
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The workflow afterwards.
    pub workflow: Workflow,
    /// The phases that moved, in order.
    pub moves: Vec<Move>,
    /// What is to be done now.
    pub task: Option<Task>,
}

impl Workflow {
    /// The workflow with these phases; those that are not named have not begun.
    pub fn of(phases: impl IntoIterator<Item = (PhaseName, PhaseStatus)>) -> Self {
        let mut workflow = Self::default();
        for (phase, status) in phases {
            workflow.phases[phase as usize] = status;
        }
        workflow
    }

    /// A phase's status.
    pub fn status(&self, phase: PhaseName) -> PhaseStatus {
        self.phases[phase as usize]
    }

    /// The first phase that is not done; none when all are.
    pub fn current(&self) -> Option<PhaseName> {
        PhaseName::ALL
            .into_iter()
            .find(|phase| self.status(*phase) != PhaseStatus::Completed)
    }

    /// Where it stands as a whole.
    pub fn standing(&self) -> Standing {
        let Some(current) = self.current() else {
            return Standing::Completed;
        };
        match self.status(current) {
            PhaseStatus::Pending if current == PhaseName::VisionReview => Standing::NotStarted,
            // Between two phases only for as long as one transaction.
            PhaseStatus::Pending | PhaseStatus::InProgress | PhaseStatus::Completed => {
                Standing::InProgress
            }
            PhaseStatus::AwaitingApproval => Standing::AwaitingApproval,
            PhaseStatus::Paused => Standing::Paused,
            PhaseStatus::Failed => Standing::Failed,
        }
    }

    /// Where its project stands.
    pub fn project_status(&self) -> ProjectStatus {
        match (self.standing(), self.current()) {
            (Standing::NotStarted, _) => ProjectStatus::Brainstorming,
            (Standing::Paused | Standing::Failed, _) => ProjectStatus::Paused,
            (Standing::InProgress | Standing::AwaitingApproval, Some(phase)) => {
                phase.project_status()
            }
            (_, None) | (Standing::Completed, _) => ProjectStatus::Completed,
        }
    }

    /// What comes of `event`.
    ///
    /// # Errors
    /// [`NotNow`] when it cannot be as the workflow stands; then nothing changes.
    pub fn apply(self, event: Event) -> Result<Applied, NotNow> {
        let mut steps = Steps {
            workflow: self,
            moves: Vec::new(),
        };
        let task = steps.take(event)?;
        Ok(Applied {
            workflow: steps.workflow,
            moves: steps.moves,
            task,
        })
    }
}

/// A workflow while an event is applied to it.
struct Steps {
    workflow: Workflow,
    moves: Vec<Move>,
}

impl Steps {
    fn take(&mut self, event: Event) -> Result<Option<Task>, NotNow> {
        if event == Event::Reset {
            if self.workflow.standing() == Standing::InProgress {
                return Err(NotNow::AtWork);
            }
            for phase in PhaseName::ALL {
                self.put(phase, PhaseStatus::Pending);
            }
            return Ok(None);
        }
        let current = self.workflow.current().ok_or(NotNow::Completed)?;
        let status = self.workflow.status(current);
        match (event, status) {
            (Event::VisionReady, _) if current == PhaseName::VisionReview => {
                Ok(Some(self.ask(current)))
            }
            (Event::CommandEnded(end), PhaseStatus::InProgress) => Ok(self.ended(current, end)),
            (Event::Approved, PhaseStatus::AwaitingApproval) => Ok(self.complete(current)),
            (Event::Rejected, PhaseStatus::AwaitingApproval) => {
                self.rejected(current);
                Ok(None)
            }
            (Event::Expired, PhaseStatus::AwaitingApproval) => {
                self.put(current, PhaseStatus::Paused);
                Ok(None)
            }
            (Event::Continued, PhaseStatus::Paused | PhaseStatus::Failed) => {
                Ok(Some(self.enter(current)))
            }
            (Event::AskedAgain, PhaseStatus::Paused) if current.gate().is_some() => {
                Ok(Some(self.ask(current)))
            }
            (_, PhaseStatus::Pending) => Err(NotNow::NotStarted),
            (_, PhaseStatus::InProgress) => Err(NotNow::AtWork),
            (
                Event::Continued | Event::AskedAgain | Event::VisionReady,
                PhaseStatus::AwaitingApproval,
            ) => Err(NotNow::Asking),
            _ => Err(NotNow::NotAsking),
        }
    }

    fn ended(&mut self, phase: PhaseName, end: End) -> Option<Task> {
        match end {
            End::Failed => self.put(phase, PhaseStatus::Failed),
            End::Stopped => self.put(phase, PhaseStatus::Paused),
            End::Completed if phase.gate().is_some() => return Some(self.ask(phase)),
            End::Completed => return self.complete(phase),
        }
        None
    }

    /// Work that is not what it should be is planned anew, with the reason; what came after the plan has its turn again.
    fn rejected(&mut self, phase: PhaseName) {
        if phase == PhaseName::Validate {
            self.put(PhaseName::Validate, PhaseStatus::Pending);
            self.put(PhaseName::Execute, PhaseStatus::Pending);
            self.put(PhaseName::Plan, PhaseStatus::Paused);
        } else {
            self.put(phase, PhaseStatus::Paused);
        }
    }

    fn complete(&mut self, phase: PhaseName) -> Option<Task> {
        self.put(phase, PhaseStatus::Completed);
        phase.next().map(|next| self.enter(next))
    }

    fn enter(&mut self, phase: PhaseName) -> Task {
        match phase.command() {
            Some(_) => {
                self.put(phase, PhaseStatus::InProgress);
                Task::Run(phase)
            }
            None => self.ask(phase),
        }
    }

    fn ask(&mut self, phase: PhaseName) -> Task {
        self.put(phase, PhaseStatus::AwaitingApproval);
        Task::Ask(phase)
    }

    fn put(&mut self, phase: PhaseName, to: PhaseStatus) {
        let from = self.workflow.status(phase);
        if from != to {
            self.workflow.phases[phase as usize] = to;
            self.moves.push(Move { phase, from, to });
        }
    }
}
