//! The one end of an execution.

use super::Follow;
use crate::{
    actors::{executor::Ended, patience::tell_patiently, supervisor::Unsent, writer::AppendError},
    domain::{
        change::{Change, Reported},
        execution::{ErrorCode, NewExecution, Outcome},
        id::ExecutionId,
    },
    failpoint::FailPoint,
};

impl Follow {
    pub(super) async fn finish(&self, outcome: Outcome) {
        self.finish_after(outcome, None).await;
    }

    /// Ends the execution and, in the same transaction, queues what follows in its sequence.
    pub(super) async fn finish_after(&self, outcome: Outcome, duration_ms: Option<i64>) {
        FailPoint::BackendEnd.cross();
        // Who asked for the end while the last command was ending asked for the end of the sequence, too.
        let goes_on = matches!(outcome, Outcome::Completed { .. }) && !self.cancel.is_cancelled();
        let by = self.cancelled_by.get().cloned();
        let by = by.filter(|_| outcome == Outcome::Cancelled);
        let finished = self.report(self.finished(outcome.storable(), duration_ms));
        let mut changes = vec![Reported { by, ..finished }];
        if goes_on && let Some((next, rest)) = self.execution.then.split_first() {
            changes.push(self.report(Change::ExecutionQueued(NewExecution {
                id: ExecutionId::new(),
                order: next.clone(),
                then: rest.to_vec(),
                message: self.execution.message,
                phase: self.execution.in_phase(),
                key: None,
                attempt: 1,
            })));
        }
        let Err(error) = self.end_with(changes).await else {
            return;
        };
        // Whatever it was about the outcome that could not be stored: the execution must not stay running.
        let why = format!("how this ended could not be stored: {error}");
        let plain = self.finished(Outcome::failed(ErrorCode::Interrupted, why), duration_ms);
        if let Err(error) = self.end_with(vec![self.report(plain)]).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, execution.id = %self.id(), "the end of an execution could not be stored");
        }
    }

    /// Stores the end. That it has ended already is as good.
    async fn end_with(&self, changes: Vec<Reported>) -> Result<(), AppendError> {
        match self.append(changes).await {
            Err(AppendError::ExecutionPast) => Ok(()),
            decided => decided,
        }
    }

    fn finished(&self, outcome: Outcome, duration_ms: Option<i64>) -> Change {
        Change::ExecutionFinished {
            execution: self.id(),
            command: self.execution.order.command,
            outcome,
            duration_ms,
        }
    }

    /// Tells the executor, however full its mailbox.
    pub(super) async fn tell_ended(&self) {
        let ended = Ended {
            execution: self.id(),
            project: self.project(),
        };
        tell_patiently(|| self.executor.try_send(ended).map_err(Unsent::from)).await;
    }
}
