//! What was run last.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryOrder, QuerySelect, entity::prelude::*};

use super::{Column, Entity, Execution, found::one};
use crate::domain::id::{ExecutionId, MessageId, PhaseId, ProjectId};

/// The execution that was queued last in a project before `at`.
///
/// # Errors
/// Those of the database.
pub async fn last_before(
    db: &impl ConnectionTrait,
    project: ProjectId,
    at: DateTime<Utc>,
) -> Result<Option<Execution>, DbErr> {
    let row = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::QueuedAt.lt(at))
        .order_by_desc(Column::QueuedAt)
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    row.map(Execution::try_from).transpose()
}

/// What a backend kept last in the newest execution of a project that was queued before this one and in which it kept
/// something.
///
/// # Errors
/// Those of the database.
pub async fn place_before(
    db: &impl ConnectionTrait,
    execution: &Execution,
    backend: &str,
) -> Result<Option<Json>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::BackendPlace)
        .filter(Column::ProjectId.eq(execution.project_id.0))
        .filter(Column::Backend.eq(backend))
        .filter(Column::BackendPlace.is_not_null())
        .filter(Column::QueuedAt.lt(execution.queued_at))
        .order_by_desc(Column::QueuedAt)
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(db)
        .await
}

/// The branches a project's commands worked on, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn branches(db: &impl ConnectionTrait, project: ProjectId) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::BranchName)
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::BranchName.is_not_null())
        .group_by(Column::BranchName)
        .order_by_desc(Column::QueuedAt.max())
        .into_tuple()
        .all(db)
        .await
}

/// The newest execution of a phase.
///
/// # Errors
/// Those of the database.
pub async fn last_of_phase(
    db: &impl ConnectionTrait,
    phase: PhaseId,
) -> Result<Option<Execution>, DbErr> {
    let row = Entity::find()
        .filter(Column::PhaseId.eq(phase.0))
        .order_by_desc(Column::QueuedAt)
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    one(db, row).await
}

/// The last branch that each phase of a project's workflow worked on.
///
/// # Errors
/// Those of the database.
pub(in crate::db) async fn branches_of_phases(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<BTreeMap<PhaseId, String>, DbErr> {
    let rows: Vec<(Option<Uuid>, Option<String>)> = Entity::find()
        .select_only()
        .columns([Column::PhaseId, Column::BranchName])
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::PhaseId.is_not_null())
        .filter(Column::BranchName.is_not_null())
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|(phase, branch)| Some((PhaseId(phase?), branch?)))
        .collect())
}

/// The executions that these messages ordered, and which message each, in the order in which they were queued; what follows one
/// of them among them.
///
/// # Errors
/// Those of the database.
pub async fn ordered_by(
    db: &impl ConnectionTrait,
    messages: &[MessageId],
) -> Result<Vec<(MessageId, ExecutionId)>, DbErr> {
    let ordered: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::MessageId, Column::Id])
        .filter(Column::MessageId.is_in(messages.iter().map(|id| id.0)))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let ordered = ordered.into_iter();
    Ok(ordered
        .map(|(message, id)| (MessageId(message), ExecutionId(id)))
        .collect())
}
