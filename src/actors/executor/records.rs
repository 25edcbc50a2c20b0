//! Storing what the queue does, and reading it back.

use actix::prelude::Addr;
use sea_orm::DatabaseConnection;

use super::{Cancel, Executor, Parts, QueueError};
use crate::{
    actors::{
        patience::read_patiently,
        reply::Reply,
        writer::{AppendError, WriterHandle},
    },
    db::execution::{self, Execution},
    domain::{
        change::{Change, Reported},
        execution::{NewExecution, Outcome},
        id::{ExecutionId, ProjectId},
    },
};

/// Asks the executor itself to end one of its executions.
pub(super) async fn cancel(
    executor: &Addr<Executor>,
    execution: ExecutionId,
) -> Result<bool, AppendError> {
    let (reply, answer) = Reply::uncounted();
    executor
        .try_send(Cancel { execution, reply })
        .map_err(|_| AppendError::Overloaded)?;
    answer.await?
}

/// Stores a new execution; or finds the one that was queued with the same key, which is not fresh. With the queue
/// `full` it only looks.
pub(super) async fn store(
    parts: Parts,
    project: ProjectId,
    new: NewExecution,
    full: bool,
) -> Result<(Execution, bool), QueueError> {
    let (id, key) = (new.id, new.key.clone());
    let queued = vec![Reported::now(project, Change::ExecutionQueued(new))];
    let (stored, error) = match full {
        true => (false, QueueError::Full),
        false => match parts.writer.append_now(queued).await {
            Ok(_) => (true, AppendError::Unknown.into()),
            // It is found out below: what is stored would be run at the next look at the queue, whoever was told what.
            Err(error @ AppendError::Unknown) => (true, error.into()),
            Err(error) => (false, error.into()),
        },
    };
    let query = async |db: &DatabaseConnection| match (stored, &key) {
        (true, _) => execution::find(db, id).await,
        (false, Some(key)) => execution::by_key(db, project, key).await,
        (false, None) => Ok(None),
    };
    let found = read_patiently(&parts.reader, "a queued execution", query).await;
    match found {
        Ok(Some(execution)) => {
            let fresh = execution.id == id;
            Ok((execution, fresh))
        }
        Ok(None) => Err(error),
        Err(unread) => {
            tracing::error!(error = &unread as &dyn std::error::Error, execution.id = %id, "a queued execution could not be read back");
            Err(error)
        }
    }
}

/// Ends an execution that has no slot yet. False when it had ended.
pub(super) async fn cancel_waiting(
    writer: WriterHandle,
    execution: Execution,
) -> Result<bool, AppendError> {
    let change = Change::ExecutionFinished {
        execution: execution.id,
        command: execution.order.command,
        outcome: Outcome::Cancelled,
        duration_ms: None,
    };
    match writer
        .append_now(vec![Reported::now(execution.project_id, change)])
        .await
    {
        Ok(_) => Ok(true),
        Err(AppendError::ExecutionPast) => Ok(false),
        Err(error) => Err(error),
    }
}
