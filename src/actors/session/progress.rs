//! Carrying a workflow on: what a phase's command has come to is taken in, and the next one gets its place in the queue.

use sea_orm::DatabaseConnection;

use super::{
    report::outcome,
    turn::{Conversation, TurnError},
    workflow::{Stage, WorkflowError},
};
use crate::{
    actors::{executor::QueueError, patience::read_patiently, writer::AppendError},
    agent::{self, workflow as words},
    db::{
        ReadError,
        execution::{self, Execution},
        phase::Phase,
    },
    domain::{
        change::Change,
        execution::Order,
        message::report_key,
        workflow::{End, Event, InPhase, PhaseName, Standing},
    },
};

/// Phases that may follow one another in one turn: all of them, and one more to notice that it does not end.
const ROUNDS_MAX: usize = PhaseName::ALL.len() + 1;

impl Conversation {
    /// Carries the workflow on: tells how a phase's command has ended and takes it in, and gives what is to run next its place
    /// in the queue. Taken again, it does nothing twice: an execution has the key of its phase and of when that began.
    pub(super) async fn carry_on(&self) -> Result<(), TurnError> {
        for _ in 0..ROUNDS_MAX {
            let stage = self.stage().await?;
            let workflow = stage.workflow();
            let Some(current) = workflow
                .current()
                .filter(|_| workflow.standing() == Standing::InProgress)
            else {
                return Ok(());
            };
            let Some(execution) = self.last_of(&stage, current).await? else {
                return self.order(&stage, current).await;
            };
            let Some(end) = words::end_of(execution.status) else {
                return Ok(());
            };
            match self.take_in(&stage, &execution, end).await {
                // It has moved on meanwhile, or could not be read: looked at again.
                Ok(()) | Err(WorkflowError::NotNow(_) | WorkflowError::Unread) => {}
                Err(WorkflowError::Append(
                    AppendError::PhasePast | AppendError::GatePast | AppendError::Duplicate,
                )) => {}
                Err(WorkflowError::Append(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Takes in how the command of a phase has ended, and tells it, in one append.
    async fn take_in(
        &self,
        stage: &Stage,
        execution: &Execution,
        end: End,
    ) -> Result<(), WorkflowError> {
        let mut planned = self.plan(stage, Event::CommandEnded(end), None).await?;
        let then = execution
            .phase
            .map(|phase| words::after_phase(phase, planned.workflow));
        let report = agent::report_in_phase(
            &execution.order,
            &outcome(execution),
            &then.unwrap_or_default(),
        );
        let report = self.message(report_key(execution.id), &report).await?;
        planned.changes.push(report);
        Ok(self.append_all(planned.changes).await?)
    }

    /// The execution of a phase since that has begun.
    pub(super) async fn last_of(
        &self,
        stage: &Stage,
        name: PhaseName,
    ) -> Result<Option<Execution>, ReadError> {
        let (project, Some(key)) = (self.project, stage.phase(name).and_then(key_of)) else {
            return Ok(None);
        };
        let query = async |db: &DatabaseConnection| execution::by_key(db, project, &key).await;
        read_patiently(&self.parts.reader, "a phase's command", query).await
    }

    async fn order(&self, stage: &Stage, name: PhaseName) -> Result<(), TurnError> {
        let (Some(phase), Some(command)) = (stage.phase(name), name.command()) else {
            return Ok(());
        };
        let Some(key) = key_of(phase) else {
            return Ok(());
        };
        let order = Order {
            command,
            args: words::arguments(name, stage.vision.as_ref(), stage.rejected()),
        };
        let belongs = InPhase { id: phase.id, name };
        let queued = self
            .parts
            .executor
            .queue_phase(self.project, order, belongs, key.clone())
            .await;
        if let Err(error @ QueueError::Full) = &queued {
            return self.give_up(stage, name, key, &error.to_string()).await;
        }
        if let Err(error) = queued {
            tracing::error!(error = &error as &dyn std::error::Error, project.id = %self.project, "a phase's command got no place in the queue");
            let notice = Change::Noticed {
                message: format!(
                    "The workflow could not go on with {}: {error}. It is tried again when the server starts the next time.",
                    name.as_str()
                ),
                status: "failed",
            };
            self.append(notice).await?;
        }
        Ok(())
    }

    /// A phase whose command gets no place has failed: somebody can have it tried again.
    async fn give_up(
        &self,
        stage: &Stage,
        name: PhaseName,
        key: String,
        why: &str,
    ) -> Result<(), TurnError> {
        let Ok(mut planned) = self
            .plan(stage, Event::CommandEnded(End::Failed), None)
            .await
        else {
            return Ok(());
        };
        let words = words::no_place(name, planned.workflow, why);
        let said = self.message(format!("no place:{key}"), &words).await?;
        planned.changes.push(said);
        match self.append_all(planned.changes).await {
            // It has moved on meanwhile.
            Ok(()) | Err(AppendError::PhasePast | AppendError::Duplicate) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Names the execution of a phase, anew each time the phase begins.
fn key_of(phase: &Phase) -> Option<String> {
    let begun = phase.started_at?;
    Some(format!("phase:{}:{}", phase.id, begun.timestamp_micros()))
}
