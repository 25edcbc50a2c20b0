//! What people want of a project's commands while another server runs them: stored here, and found there.

use std::time::Duration;

use actix::Recipient;
use chrono::SubsecRound as _;
use sea_orm::DatabaseConnection;
use tokio::time::{Instant, timeout};

use super::{
    DecideError, Decision, LookAgain, QUEUE_MAX, QueueError, Queued, ending::END_WITHIN,
    records::cancel_waiting,
};
use crate::{
    actors::writer::{AppendError, WriterHandle},
    clock,
    db::{
        ReadError, Reader,
        execution::{self, Execution},
        gate,
    },
    delay::pause,
    domain::{
        access::By,
        change::{Change, Reported},
        execution::{Command, ExecutionStatus},
        id::{ExecutionId, GateId, ProjectId},
        workflow::Gate,
    },
};

/// How often it is looked whether something has ended: a person waits, and each look is one small read.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is needed to ask another server for something.
#[derive(Clone)]
pub(super) struct Elsewhere {
    writer: WriterHandle,
    reader: Reader,
    /// This server's own executor: the project may be its own by the time it is stored.
    here: Recipient<LookAgain>,
}

/// What is before a new execution in a project whose queue another server keeps.
pub(super) struct Ahead(Vec<Execution>);

impl Ahead {
    pub(super) async fn read(reader: &Reader, project: ProjectId) -> Result<Self, QueueError> {
        let query = async |db: &DatabaseConnection| execution::unfinished_in(db, project).await;
        Ok(Self(reader.read(query).await.map_err(unread)?))
    }

    pub(super) fn is_full(&self) -> bool {
        let waiting = self.0.iter();
        let waiting = waiting.filter(|ahead| ahead.status == ExecutionStatus::Queued);
        waiting.count() >= QUEUE_MAX
    }

    /// The place of an execution behind these.
    pub(super) fn of(self, execution: Execution) -> Queued {
        let before = self.0.iter().take_while(|ahead| ahead.id != execution.id);
        Queued {
            position: match execution.status {
                ExecutionStatus::Queued => before.count(),
                _ => 0,
            },
            running: self.runs(),
            started: false,
            execution,
        }
    }

    fn runs(&self) -> Option<Command> {
        let mut ahead = self.0.iter();
        let running = ahead.find(|ahead| ahead.status == ExecutionStatus::Running);
        running.map(|running| running.order.command)
    }
}

impl Elsewhere {
    pub(super) fn new(writer: WriterHandle, reader: Reader, here: Recipient<LookAgain>) -> Self {
        Self {
            writer,
            reader,
            here,
        }
    }

    /// Ends an execution; see [`Cancel`](super::Cancel). False also when it has not ended within `END_WITHIN`: it still
    /// The same for what somebody asks for.
    pub(super) fn signed(&self, by: &By) -> Self {
        Self {
            writer: self.writer.signed(by.clone()),
            ..self.clone()
        }
    }

    /// will.
    pub(super) async fn cancel(&self, id: ExecutionId) -> Result<bool, AppendError> {
        let Some(execution) = self.find(id).await? else {
            return Ok(false);
        };
        self.ask_to_end(execution).await?;
        self.ended(&[id]).await?;
        let execution = self.find(id).await?;
        Ok(execution.is_some_and(|execution| execution.status == ExecutionStatus::Cancelled))
    }

    /// Ends whatever runs or waits in a project; see [`Stop`](super::Stop).
    pub(super) async fn stop(&self, project: ProjectId) -> Result<(), AppendError> {
        let query = async |db: &DatabaseConnection| execution::unfinished_in(db, project).await;
        let until = Instant::now() + END_WITHIN;
        loop {
            let unfinished = self.reader.read(query).await.map_err(unread)?;
            if unfinished.is_empty() || Instant::now() >= until {
                return Ok(());
            }
            let ids: Vec<ExecutionId> = unfinished.iter().map(|execution| execution.id).collect();
            // What waits first, so that it does not start in between.
            for execution in unfinished.into_iter().rev() {
                self.ask_to_end(execution).await?;
            }
            self.ended(&ids).await?;
            // Once more: what follows in a sequence may have been queued just before.
        }
    }

    /// Answers what a coding agent asked; see [`Decide`](super::Decide). Who follows the command finds the answer.
    pub(super) async fn decide(
        &self,
        project: ProjectId,
        decision: Decision,
    ) -> Result<(), DecideError> {
        let gate = self.gate(decision.gate).await?;
        let gate = gate.ok_or(DecideError::NotAsked)?;
        let decided = Gate {
            status: decision.status,
            chosen: Some(decision.option),
            response: decision.response,
            responded_at: Some(clock::now().trunc_subsecs(6)),
            ..gate
        };
        let phase = decided.phase;
        let change = Reported::now(project, Change::GateDecided(decided)).in_phase(phase);
        self.writer.append_now(vec![change]).await?;
        Ok(())
    }

    /// Ends one that waits, and has one that runs be ended by who runs it.
    async fn ask_to_end(&self, execution: Execution) -> Result<(), AppendError> {
        let is_waiting = execution.status == ExecutionStatus::Queued;
        if is_waiting && cancel_waiting(self.writer.clone(), execution.clone()).await? {
            return Ok(());
        }
        let asked = Change::StopAsked {
            execution: execution.id,
            command: execution.order.command,
        };
        let asked = Reported::now(execution.project_id, asked).in_phase(execution.phase);
        match self.writer.append_now(vec![asked]).await {
            Ok(_) => {
                // Full, it looks soon enough.
                drop(self.here.try_send(LookAgain));
                Ok(())
            }
            // It has ended, or was asked before.
            Err(AppendError::ExecutionPast) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Returns when these have ended, or have taken too long.
    async fn ended(&self, ids: &[ExecutionId]) -> Result<(), AppendError> {
        let all = async {
            for id in ids {
                while self
                    .find(*id)
                    .await?
                    .is_some_and(|it| it.completed_at.is_none())
                {
                    pause(LOOK_EVERY).await;
                }
            }
            Ok(())
        };
        timeout(END_WITHIN, all).await.unwrap_or(Ok(()))
    }

    async fn find(&self, id: ExecutionId) -> Result<Option<Execution>, AppendError> {
        let query = async |db: &DatabaseConnection| execution::find(db, id).await;
        self.reader.read(query).await.map_err(unread)
    }

    async fn gate(&self, id: GateId) -> Result<Option<Gate>, AppendError> {
        let query = async |db: &DatabaseConnection| gate::find(db, id).await;
        self.reader.read(query).await.map_err(unread)
    }
}

fn unread(error: ReadError) -> AppendError {
    let error = &error as &dyn std::error::Error;
    tracing::error!(error, "what another server runs could not be read");
    AppendError::Unavailable
}
