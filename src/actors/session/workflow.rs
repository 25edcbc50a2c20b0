//! What happens to a project's workflow: decided by the state machine, stored in one append, and then carried on.

use chrono::SubsecRound as _;
use sea_orm::DatabaseConnection;

use super::turn::Conversation;
use crate::{
    actors::{patience::read_patiently, writer::AppendError},
    agent::workflow as words,
    clock,
    db::{
        ReadError, gate,
        phase::{self, Phase},
        project,
    },
    domain::{
        access::By,
        change::Change,
        id::{GateId, PhaseId},
        vision::VisionDocument,
        workflow::{
            Applied, Event, Gate, GateStatus, GateType, NotNow, PhaseName, Standing, Task, Workflow,
        },
    },
};

/// Gates that are looked through for the last one of a phase: far more than a project has in a year.
const GATES_LOOKED_AT: u64 = 200;

/// What a person wants done with a workflow, by its interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkflowOrder {
    /// A gate is decided, or was not decided in time.
    Decide(Decision),
    /// It is to go on after a pause or a failure, or to begin.
    GoOn,
    /// It is to begin again.
    Reset,
}

/// How a gate is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which gate.
    pub gate: GateId,
    /// How it stands from now on.
    pub status: GateStatus,
    /// The reason or the note.
    pub response: Option<String>,
}

/// Why something was not done with a workflow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// It cannot be as the workflow stands.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// It could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The workflow could not be read.
    #[error("the database is not answering, so nothing was done; try again in a moment")]
    Unread,
}

impl From<ReadError> for WorkflowError {
    fn from(error: ReadError) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a workflow could not be read"
        );
        Self::Unread
    }
}

/// A workflow with all that is kept of it.
pub(super) struct Stage {
    phases: Vec<Phase>,
    /// The gates, newest first.
    gates: Vec<Gate>,
    pub(super) vision: Option<VisionDocument>,
}

impl Stage {
    pub(super) fn workflow(&self) -> Workflow {
        phase::workflow(&self.phases)
    }

    pub(super) fn phases(&self) -> &[Phase] {
        &self.phases
    }

    pub(super) fn open_gate(&self) -> Option<&Gate> {
        self.gates
            .iter()
            .find(|gate| gate.status == GateStatus::Pending)
    }

    pub(super) fn phase(&self, name: PhaseName) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// The last gate at the end of a phase.
    fn last_gate(&self, name: PhaseName) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.phase == Some(name))
    }

    /// What a wish to go on means: what was not decided in time is asked again, all else is done again.
    fn continued(&self) -> Event {
        let workflow = self.workflow();
        let last = workflow.current().and_then(|phase| self.last_gate(phase));
        match last.is_some_and(|gate| gate.status == GateStatus::Expired) {
            true if workflow.standing() == Standing::Paused => Event::AskedAgain,
            _ if workflow.standing() == Standing::NotStarted && self.vision.is_some() => {
                Event::VisionReady
            }
            _ => Event::Continued,
        }
    }

    /// Why what was made last was rejected, if it was: the newest gate says so.
    pub(super) fn rejected(&self) -> Option<&str> {
        let newest = self.gates.first()?;
        let is_rejected = newest.status == GateStatus::Rejected;
        newest.response.as_deref().filter(|_| is_rejected)
    }
}

/// What comes of an event: to be stored in one append.
pub(super) struct Planned {
    pub(super) workflow: Workflow,
    pub(super) changes: Vec<Change>,
}

impl Conversation {
    /// The same for what somebody wants.
    pub(super) fn signed(&self, by: By) -> Self {
        Self {
            parts: self.parts.signed(by),
            ..self.clone()
        }
    }

    /// The workflow as it is stored.
    pub(super) async fn stage(&self) -> Result<Stage, ReadError> {
        let project = self.project;
        let query = async |db: &DatabaseConnection| {
            Ok((
                phase::list(db, project).await?,
                gate::of_workflow(db, project, None, GATES_LOOKED_AT).await?,
                project::vision_document(db, project).await?,
            ))
        };
        let (phases, gates, vision) =
            read_patiently(&self.parts.reader, "the workflow", query).await?;
        let vision = vision.and_then(|vision| serde_json::from_value(vision).ok());
        Ok(Stage {
            phases,
            gates,
            vision,
        })
    }

    /// Does what a person wants done with the workflow.
    pub(super) async fn move_workflow(&self, order: WorkflowOrder) -> Result<(), WorkflowError> {
        let stage = self.stage().await?;
        let planned = self.planned(&stage, order).await?;
        Ok(self.append_all(planned.changes).await?)
    }

    /// What comes of what a person wants.
    pub(super) async fn planned(
        &self,
        stage: &Stage,
        order: WorkflowOrder,
    ) -> Result<Planned, WorkflowError> {
        match order {
            WorkflowOrder::Reset => self.plan(stage, Event::Reset, None).await,
            WorkflowOrder::GoOn => self.plan(stage, stage.continued(), None).await,
            WorkflowOrder::Decide(decision) => {
                // The one that is open is what the workflow waits for; any other was decided before.
                if stage
                    .open_gate()
                    .is_none_or(|open| open.id != decision.gate)
                {
                    return Err(AppendError::GatePast.into());
                }
                let event = match decision.status {
                    GateStatus::Approved => Event::Approved,
                    GateStatus::Rejected => Event::Rejected,
                    GateStatus::Expired | GateStatus::Withdrawn | GateStatus::Pending => {
                        Event::Expired
                    }
                };
                self.plan(stage, event, Some(&decision)).await
            }
        }
    }

    /// A vision document is there: kept, and asked about.
    pub(super) async fn plan_vision(
        &self,
        stage: Stage,
        document: VisionDocument,
    ) -> Result<Planned, WorkflowError> {
        let stage = Stage {
            vision: Some(document.clone()),
            ..stage
        };
        let mut planned = self.plan(&stage, Event::VisionReady, None).await?;
        planned.changes.insert(0, Change::VisionWritten(document));
        Ok(planned)
    }

    /// What comes of `event`; nothing is stored yet.
    pub(super) async fn plan(
        &self,
        stage: &Stage,
        event: Event,
        decision: Option<&Decision>,
    ) -> Result<Planned, WorkflowError> {
        let Applied {
            workflow,
            moves,
            task,
        } = stage.workflow().apply(event)?;
        let made: Option<[PhaseId; PhaseName::ALL.len()]> = stage
            .phases
            .is_empty()
            .then(|| PhaseName::ALL.map(|_| PhaseId::new()));
        let mut changes: Vec<Change> = made
            .map(|phases| Change::PhasesMade { phases })
            .into_iter()
            .collect();
        changes.extend(closed(stage, event, decision));
        let why = decision.and_then(|decision| decision.response.as_ref());
        let why = why.filter(|_| event == Event::Rejected);
        changes.extend(moves.into_iter().map(|moved| Change::PhaseMoved {
            moved,
            standing: workflow.standing(),
            project: workflow.project_status(),
            why: why.map(|why| format!("because: {why}")),
        }));
        if let Some(Task::Ask(phase)) = task {
            let id = match made {
                Some(ids) => Some(ids[phase as usize]),
                None => stage.phase(phase).map(|phase| phase.id),
            };
            changes.push(Change::GateOpened(self.question(stage, phase, id).await?));
        }
        Ok(Planned { workflow, changes })
    }

    /// The question at the end of a phase.
    async fn question(
        &self,
        stage: &Stage,
        name: PhaseName,
        phase: Option<PhaseId>,
    ) -> Result<Gate, ReadError> {
        let project = self.project;
        let (about, document_url) = match name {
            PhaseName::VisionReview => (
                stage
                    .vision
                    .as_ref()
                    .map(|vision| vision.what_it_is.clone()),
                Some(format!("/api/documents/vision/{project}")),
            ),
            _ => {
                let last = self.last_of(stage, name).await?;
                let url = last.as_ref().filter(|_| name == PhaseName::Plan);
                let url = url
                    .map(|last| format!("/api/documents/plans/{project}?execution_id={}", last.id));
                (last.and_then(|last| last.output), url)
            }
        };
        let (question, context) =
            words::question(name, about.as_deref().unwrap_or_default(), document_url);
        Ok(Gate {
            id: GateId::new(),
            project_id: project,
            phase_id: phase,
            phase: Some(name),
            execution_id: None,
            gate_type: name.gate().unwrap_or(GateType::Validation),
            question,
            context,
            options: Vec::new(),
            status: GateStatus::Pending,
            chosen: None,
            response: None,
            created_at: clock::now().trunc_subsecs(6),
            responded_at: None,
        })
    }
}

/// What becomes of the gate that is open: it is decided, or its question does not stand any more.
fn closed(stage: &Stage, event: Event, decision: Option<&Decision>) -> Option<Change> {
    let open = stage.open_gate()?;
    let status = match (event, decision) {
        (_, Some(decision)) => decision.status,
        (Event::Reset | Event::VisionReady, None) => GateStatus::Withdrawn,
        _ => return None,
    };
    Some(Change::GateDecided(Gate {
        status,
        response: decision.and_then(|decision| decision.response.clone()),
        responded_at: Some(clock::now().trunc_subsecs(6)),
        ..open.clone()
    }))
}
