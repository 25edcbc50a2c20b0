//! One way back for a boot and for a restart: what is queued waits again, what runs is kept if its poller lives and
//! closed if not.

use actix::{ActorFutureExt as _, AsyncContext as _, WrapFuture as _, prelude::Context};
use sea_orm::DatabaseConnection;

use super::{Ended, Executor};
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

/// What a person reads of an execution the server could not see to its end.
const INTERRUPTED: &str =
    "the server stopped while this was running, so its end is not known; run it again";

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
                    let mut orphans = Vec::new();
                    for execution in unfinished {
                        if executor.running.contains_key(&execution.id) {
                            continue;
                        }
                        match execution.status {
                            ExecutionStatus::Queued => executor.waiting.push_back(execution),
                            ExecutionStatus::Running => orphans.push(execution),
                            ExecutionStatus::Completed
                            | ExecutionStatus::Failed
                            | ExecutionStatus::Cancelled => {}
                        }
                    }
                    executor.close_orphans(orphans, ctx);
                }),
        );
    }

    fn close_orphans(&mut self, orphans: Vec<Execution>, ctx: &mut Context<Self>) {
        let writer = self.parts.writer.clone();
        let close_all = async move {
            for orphan in &orphans {
                close(
                    &writer,
                    orphan.project_id,
                    orphan.id,
                    orphan.order.command,
                    INTERRUPTED.to_owned(),
                )
                .await;
            }
            orphans
        };
        ctx.wait(close_all.into_actor(self).map(|closed, executor, ctx| {
            for execution in closed {
                executor.tell_follower(
                    Ended {
                        execution: execution.id,
                        project: execution.project_id,
                    },
                    ctx,
                );
            }
            executor.fill_slots(ctx);
        }));
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
