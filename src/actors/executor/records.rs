//! What the executor has stored, and what it reads back.

use sea_orm::{DatabaseConnection, DbErr};

use super::{Ended, Parts, QueueError, elsewhere::Ahead};
use crate::{
    actors::{
        patience::read_patiently,
        writer::{AppendError, WriterHandle},
    },
    db::{
        Reader,
        execution::{self, Execution},
        project,
    },
    domain::{
        change::{Change, Reported},
        execution::{Command, ErrorCode, NewExecution, Outcome},
        id::ProjectId,
    },
};

/// An execution, and where its project wants it to run, if it chose.
pub(super) struct Chosen {
    pub(super) execution: Execution,
    pub(super) choice: Option<String>,
}

/// An execution that was to be stored, and is.
pub(super) struct Stored {
    pub(super) chosen: Chosen,
    /// False when it was stored before, by a request with the same key.
    pub(super) is_fresh: bool,
    /// What is before it in its project, where another server runs it.
    pub(super) ahead: Option<Ahead>,
}

/// Stores a new execution; or finds the one that was queued with the same key, which is not fresh. With the queue full it
/// only looks; `is_full` is none where another server keeps the queue. Each part of it has a time limit, because a person
/// waits.
pub(super) async fn store(
    parts: Parts,
    project: ProjectId,
    new: NewExecution,
    is_full: Option<bool>,
) -> Result<Stored, QueueError> {
    let ahead = match is_full {
        Some(_) => None,
        None => Some(Ahead::read(&parts.reader, project).await?),
    };
    let is_full = is_full.or(ahead.as_ref().map(Ahead::is_full));

    let (id, key) = (new.id, new.key.clone());
    let phase = new.phase.map(|phase| phase.name);
    let queued = Reported::now(project, Change::ExecutionQueued(new)).in_phase(phase);
    let error = match is_full {
        Some(true) => QueueError::Full,
        Some(false) | None => match parts.writer.append_now(vec![queued]).await {
            // Read back below.
            Ok(_) => AppendError::Unknown.into(),
            Err(error) => error.into(),
        },
    };
    let known_by = match (&error, key) {
        (QueueError::Append(AppendError::Unknown), _) => None,
        (QueueError::Full | QueueError::Append(AppendError::Duplicate), Some(key)) => Some(key),
        (QueueError::Full | QueueError::Append(_), _) => return Err(error),
    };
    let query = async |db: &DatabaseConnection| {
        let found = match &known_by {
            Some(key) => execution::by_key(db, project, key).await?,
            None => execution::find(db, id).await?,
        };
        Ok(with_choices(db, found.into_iter().collect()).await?.pop())
    };
    match parts.reader.read(query).await {
        Ok(Some(chosen)) => Ok(Stored {
            is_fresh: chosen.execution.id == id,
            chosen,
            ahead,
        }),
        Ok(None) => Err(error),
        Err(unread) => {
            tracing::error!(error = &unread as &dyn std::error::Error, execution.id = %id, "a queued execution could not be read back");
            Err(error)
        }
    }
}

/// Reads what has not ended, however long the database is away. None where it cannot be read at all.
pub(super) async fn unfinished(reader: Reader) -> Option<Vec<Chosen>> {
    let query = async |db: &DatabaseConnection| {
        let unfinished = execution::unfinished(db).await?;
        with_choices(db, unfinished).await
    };
    let read = read_patiently(&reader, "unfinished executions", query).await;
    read.inspect_err(|error| {
        // Going on without them is better than not going on; the log says that they are left as they are.
        let error = error as &dyn std::error::Error;
        tracing::error!(
            error,
            "the unfinished executions cannot be read, and wait for a version that can"
        );
    })
    .ok()
}

async fn with_choices(
    db: &DatabaseConnection,
    executions: Vec<Execution>,
) -> Result<Vec<Chosen>, DbErr> {
    let projects: Vec<ProjectId> = executions.iter().map(|found| found.project_id).collect();
    let choices = project::backends_of(db, &projects).await?;
    let chosen = |execution: Execution| Chosen {
        choice: choices.get(&execution.project_id).cloned(),
        execution,
    };
    Ok(executions.into_iter().map(chosen).collect())
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
        .append_now(vec![
            Reported::now(execution.project_id, change).in_phase(execution.phase),
        ])
        .await
    {
        Ok(_) => Ok(true),
        Err(AppendError::ExecutionPast) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Ends an execution nobody follows any more. That it has ended already is as good. False when another server follows it.
pub(super) async fn close(
    writer: WriterHandle,
    ended: Ended,
    command: Command,
    error: String,
) -> bool {
    let Ended { execution, project } = ended;
    let change = Change::ExecutionFinished {
        execution,
        command,
        outcome: Outcome::failed(ErrorCode::Interrupted, error),
        duration_ms: None,
    };
    match writer.append(vec![Reported::now(project, change)]).await {
        Ok(_) | Err(AppendError::ExecutionPast) => {}
        Err(AppendError::NotHeld) => return false,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, execution.id = %execution, "an interrupted execution could not be closed");
        }
    }
    true
}

/// Says that an execution waits for a slot. Said once, however often it is found waiting: the id tells.
pub(super) async fn say_waiting(writer: WriterHandle, waits: Reported) {
    let project = waits.project;
    match writer.append(vec![waits]).await {
        Ok(_) | Err(AppendError::Duplicate) => {}
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, project.id = %project, "it could not be said that a command waits for a slot");
        }
    }
}
