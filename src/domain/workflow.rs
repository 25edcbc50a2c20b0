//! The workflow: five phases from an idea to checked work, and the gates at which a person decides.
//!
//! A pure state machine: [`Workflow::apply`] takes what happened and says which phases moved and what is to be done
//! next. Nothing is kept but each phase's status, so a restart reads it back and goes on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    activity::{millis, millis_opt},
    execution::Command,
    id::{GateId, PhaseId, ProjectId},
    project::ProjectStatus,
};

/// Characters of a reason or a note at most: a page of text.
pub const RESPONSE_CHARS_MAX: usize = 4_000;

/// A phase, in the order in which they come.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumIter,
)]
pub enum PhaseName {
    /// The vision document is read and approved.
    #[serde(rename = "Vision Document Review")]
    #[strum(serialize = "Vision Document Review")]
    VisionReview,
    /// The coding agent looks through the code.
    #[serde(rename = "Prime Context")]
    #[strum(serialize = "Prime Context")]
    Prime,
    /// A plan is written, read and approved.
    #[serde(rename = "Plan Feature")]
    #[strum(serialize = "Plan Feature")]
    Plan,
    /// The plan is carried out.
    #[serde(rename = "Execute Implementation")]
    #[strum(serialize = "Execute Implementation")]
    Execute,
    /// The project's checks run, and the result is approved.
    #[serde(rename = "Validate & Test")]
    #[strum(serialize = "Validate & Test")]
    Validate,
}

impl PhaseName {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::VisionReview,
        Self::Prime,
        Self::Plan,
        Self::Execute,
        Self::Validate,
    ];

    /// The name in tables, in JSON and on the screen.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its place, from 1.
    pub fn number(self) -> i32 {
        self as i32 + 1
    }

    /// What happens in it.
    pub fn description(self) -> &'static str {
        match self {
            Self::VisionReview => {
                "You read the vision document and say whether it is what you want."
            }
            Self::Prime => "The coding agent looks through the project.",
            Self::Plan => "A plan is written. You read it and say whether it is to be built.",
            Self::Execute => "The plan is carried out.",
            Self::Validate => {
                "The project's own checks run. You look at the result and say whether it is done."
            }
        }
    }

    /// What runs in it.
    pub fn command(self) -> Option<Command> {
        match self {
            Self::VisionReview => None,
            Self::Prime => Some(Command::Prime),
            Self::Plan => Some(Command::PlanFeatureGithub),
            Self::Execute => Some(Command::ExecuteGithub),
            Self::Validate => Some(Command::Validate),
        }
    }

    /// What a person decides at its end.
    pub fn gate(self) -> Option<GateType> {
        match self {
            Self::VisionReview => Some(GateType::Vision),
            Self::Plan => Some(GateType::Plan),
            Self::Validate => Some(GateType::Validation),
            Self::Prime | Self::Execute => None,
        }
    }

    fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| *phase > self)
    }

    /// Where the project stands while this phase is being worked on.
    fn project_status(self) -> ProjectStatus {
        match self {
            Self::VisionReview => ProjectStatus::VisionReview,
            Self::Prime | Self::Plan => ProjectStatus::Planning,
            Self::Execute | Self::Validate => ProjectStatus::InProgress,
        }
    }
}

/// Where a phase stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PhaseStatus {
    /// Its turn has not come.
    Pending,
    /// Its command is queued or runs.
    InProgress,
    /// A person is asked.
    AwaitingApproval,
    /// A person said no, stopped it, or did not answer in time: it goes on when somebody says so.
    Paused,
    /// Its command failed.
    Failed,
    /// Done.
    Completed,
}

impl PhaseStatus {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a person is asked at a gate.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GateType {
    /// Whether the vision document is what they want.
    Vision,
    /// Whether the plan is to be built.
    Plan,
    /// Whether the work is done.
    Validation,
}

/// How a gate stands; decided once.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum GateStatus {
    /// A person is asked.
    Pending,
    /// A person said yes.
    Approved,
    /// A person said no, and why.
    Rejected,
    /// Nobody answered in time.
    Expired,
    /// The question does not stand any more: the workflow began again, or what it was about has changed.
    Withdrawn,
}

impl GateStatus {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A question only a person may answer, and the answer. Its field names are the wire's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// Its id.
    pub id: GateId,
    /// Whose.
    pub project_id: ProjectId,
    /// The phase at whose end it stands.
    pub phase_id: Option<PhaseId>,
    /// That phase's name.
    pub phase: Option<PhaseName>,
    /// What sort of question it is.
    pub gate_type: GateType,
    /// What is asked, in a sentence.
    pub question: String,
    /// What it is about, for a person who has to decide.
    pub context: GateContext,
    /// How it stands.
    pub status: GateStatus,
    /// The reason or the note of who decided.
    pub response: Option<String>,
    /// When it was opened.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    #[serde(serialize_with = "millis_opt")]
    pub responded_at: Option<DateTime<Utc>>,
}

/// What a person needs to know to decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateContext {
    /// What is to be decided on.
    pub what: String,
    /// Why they are asked.
    pub why: String,
    /// What happens after a yes.
    pub next: String,
    /// Where to read it.
    pub document_url: Option<String>,
}

/// Where a workflow stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

/// The phase an execution belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPhase {
    /// Its id.
    pub id: PhaseId,
    /// Its name.
    pub name: PhaseName,
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
    #[error("the workflow is at work already; it goes on by itself")]
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
                Ok(Some(self.begin(current)))
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
        phase.next().map(|next| self.begin(next))
    }

    fn begin(&mut self, phase: PhaseName) -> Task {
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
