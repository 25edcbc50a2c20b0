//! What the writer does with the table.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, entity::prelude::*};

use super::{ActiveModel, Column, Entity, UNFINISHED};
use crate::domain::{
    execution::{ExecutionStatus, NewExecution, Outcome},
    id::{ExecutionId, ProjectId},
};

/// Gives an execution its place in the queue.
pub(in crate::db) async fn insert(
    txn: &DatabaseTransaction,
    rows: Vec<(ProjectId, DateTime<Utc>, &NewExecution)>,
) -> Result<(), DbErr> {
    let rows = rows
        .into_iter()
        .map(|(project, at, new)| {
            Ok(ActiveModel {
                id: Set(new.id.0),
                project_id: Set(project.0),
                phase_id: Set(new.phase.map(|phase| phase.id.0)),
                message_id: Set(new.message.map(|message| message.0)),
                command_type: Set(new.order.command.as_type().to_owned()),
                command_args: Set(new.order.args.clone()),
                then_orders: Set(serde_json::to_value(&new.then)
                    .map_err(|error| DbErr::Json(error.to_string()))?),
                branch_name: Set(None),
                status: Set(ExecutionStatus::Queued.as_str().to_owned()),
                output: Set(None),
                error: Set(None),
                error_code: Set(None),
                attempt: Set(new.attempt),
                idempotency_key: Set(new.key.clone()),
                backend: Set(None),
                backend_place: Set(None),
                phase: Set(new.phase.map(|phase| phase.name.as_str().to_owned())),
                queued_at: Set(at),
                started_at: Set(None),
                completed_at: Set(None),
                stop_asked_at: Set(None),
                pull_number: Set(None),
            })
        })
        .collect::<Result<Vec<_>, DbErr>>()?;
    Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Marks a queued execution as running. False when it is not queued any more.
pub(in crate::db) async fn start(
    txn: &DatabaseTransaction,
    id: ExecutionId,
    backend: &str,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::Status, ExecutionStatus::Running.as_str().into())
        .col_expr(Column::Backend, backend.into())
        .col_expr(Column::StartedAt, Some(at).into())
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(ExecutionStatus::Queued.as_str()))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Keeps where a running execution stands in its backend, and its branch where that is known. False when it does not run any more.
pub(in crate::db) async fn keep_place(
    txn: &DatabaseTransaction,
    id: ExecutionId,
    place: &Json,
    branch: Option<&str>,
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many().col_expr(Column::BackendPlace, place.clone().into());
    if let Some(branch) = branch {
        update = update.col_expr(Column::BranchName, branch.into());
    }
    let updated = update
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(ExecutionStatus::Running.as_str()))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Has a running execution be ended by whoever runs it. False when it does not run, or was asked before.
pub(in crate::db) async fn ask_to_stop(
    txn: &DatabaseTransaction,
    id: ExecutionId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::StopAskedAt, Some(at).into())
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(ExecutionStatus::Running.as_str()))
        .filter(Column::StopAskedAt.is_null())
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends an execution. False when it has ended already: the one terminal status stays. What is stopped without a duration
/// never ran: one that was started meanwhile is not ended by that, but by who runs it.
pub(in crate::db) async fn finish(
    txn: &DatabaseTransaction,
    id: ExecutionId,
    outcome: &Outcome,
    duration_ms: Option<i64>,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let from = match (outcome, duration_ms) {
        (Outcome::Cancelled, None) => &UNFINISHED[..1],
        _ => &UNFINISHED[..],
    };

    let (output, error, code) = match outcome {
        Outcome::Completed { output } => (Some(output.clone()), None, None),
        Outcome::Failed {
            code,
            error,
            output,
        } => (
            (!output.is_empty()).then(|| output.clone()),
            Some(error.clone()),
            Some(code.as_str()),
        ),
        Outcome::Cancelled => (None, None, None),
    };
    let updated = Entity::update_many()
        .col_expr(Column::Status, outcome.status().as_str().into())
        .col_expr(Column::CompletedAt, Some(at).into())
        .col_expr(Column::Output, output.into())
        .col_expr(Column::Error, error.into())
        .col_expr(Column::ErrorCode, code.into())
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.is_in(from.iter().map(|status| status.as_str())))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The pull requests that a project's executions told of are another repository's now.
pub(in crate::db) async fn unlink(
    txn: &DatabaseTransaction,
    project: ProjectId,
) -> Result<(), DbErr> {
    let none: Option<i64> = None;
    Entity::update_many()
        .col_expr(Column::PullNumber, none.into())
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::PullNumber.is_not_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Keeps which pull request an execution told of last.
pub(in crate::db) async fn link(
    txn: &DatabaseTransaction,
    id: ExecutionId,
    number: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PullNumber, Some(number).into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Keeps the branch of a pull request where the executions that told of it have none.
pub(in crate::db) async fn keep_branch(
    txn: &DatabaseTransaction,
    project: ProjectId,
    number: i64,
    branch: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BranchName, Some(branch).into())
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::PullNumber.eq(number))
        .filter(Column::BranchName.is_null())
        .exec(txn)
        .await?;
    Ok(())
}
