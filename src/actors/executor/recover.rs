//! One way back for a boot and for a restart: what is queued waits again, what runs is kept if its poller lives
//! and given a new one if not.

use actix::{ActorFutureExt as _, AsyncContext as _, WrapFuture as _, prelude::Context};
use sea_orm::DatabaseConnection;

use super::Executor;
use crate::{
    actors::{
        patience::read_patiently,
        writer::{AppendError, WriterHandle},
    },
    db::{
        Reader,
        execution::{self, Execution},
    },
    domain::{
        change::{Change, Reported},
        execution::{Command, ErrorCode, ExecutionStatus, Outcome},
        id::{ExecutionId, ProjectId},
    },
};

impl Executor {
    /// Reads everything back. Nothing else is done before.
    pub(super) fn recover(&mut self, ctx: &mut Context<Self>) {
        // Of a poller that ended while this was down, what is left to do is found in its record.
        self.running
            .retain(|_, running| running.poller.is_connected());
        let reader = self.parts.reader.clone();
        ctx.wait(
            unfinished(reader)
                .into_actor(self)
                .map(|unfinished, executor, ctx| {
                    for execution in unfinished {
                        if executor.running.contains_key(&execution.id) {
                            continue;
                        }
                        match execution.status {
                            ExecutionStatus::Queued => executor.waiting.push_back(execution),
                            // Whoever followed it is gone. A new poller finds out what has become of it.
                            ExecutionStatus::Running => executor.start(execution, ctx),
                            ExecutionStatus::Completed
                            | ExecutionStatus::Failed
                            | ExecutionStatus::Cancelled => {}
                        }
                    }
                    executor.fill_slots(ctx);
                }),
        );
    }

    /// Adds what was queued by others in the meantime.
    pub(super) fn reload(&mut self, ctx: &mut Context<Self>) {
        let reader = self.parts.reader.clone();
        ctx.wait(
            unfinished(reader)
                .into_actor(self)
                .map(|unfinished, executor, ctx| {
                    for execution in unfinished {
                        let known = executor.running.contains_key(&execution.id)
                            || executor
                                .waiting
                                .iter()
                                .any(|waiting| waiting.id == execution.id);
                        if !known && execution.status == ExecutionStatus::Queued {
                            executor.waiting.push_back(execution);
                        }
                    }
                    executor.fill_slots(ctx);
                }),
        );
    }
}

/// Reads what has not ended, however long the database is away.
async fn unfinished(reader: Reader) -> Vec<Execution> {
    let query = async |db: &DatabaseConnection| execution::unfinished(db).await;
    let read = read_patiently(&reader, "unfinished executions", query).await;
    read.unwrap_or_else(|error| {
        // Going on without them is better than not going on; the log says that they are left as they are.
        let error = &error as &dyn std::error::Error;
        tracing::error!(
            error,
            "the unfinished executions cannot be read, and wait for a version that can"
        );
        Vec::new()
    })
}

/// Ends an execution nobody follows any more. That it has ended already is as good.
pub(super) async fn close(
    writer: &WriterHandle,
    project: ProjectId,
    execution: ExecutionId,
    command: Command,
    error: String,
) {
    let outcome = Outcome::failed(ErrorCode::Interrupted, error);
    let change = Change::ExecutionFinished {
        execution,
        command,
        outcome,
        duration_ms: None,
    };
    match writer.append(vec![Reported::now(project, change)]).await {
        Ok(_) | Err(AppendError::ExecutionPast) => {}
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, execution.id = %execution, "an interrupted execution could not be closed");
        }
    }
}
