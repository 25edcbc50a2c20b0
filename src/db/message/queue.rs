//! Messages that wait for their turn.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, PaginatorTrait as _, QueryOrder as _,
    QuerySelect as _, Select, UpdateMany, entity::prelude::*,
};

use super::{Column, Entity, Message, QueueState};
use crate::domain::{
    id::{MessageId, ProjectId, TopicId},
    message::MessageText,
};

fn waiting() -> Select<Entity> {
    Entity::find().filter(Column::QueueState.eq(QueueState::Queued.as_str()))
}

fn waiting_in(project: ProjectId) -> Select<Entity> {
    waiting().filter(Column::ProjectId.eq(project.0))
}

/// The message of a project that has waited longest.
///
/// # Errors
/// Those of the database.
pub async fn first_queued(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<Option<Message>, DbErr> {
    let first = waiting_in(project)
        .order_by_asc(Column::Timestamp)
        .order_by_asc(Column::Id)
        .one(db)
        .await?;
    first.map(Message::try_from).transpose()
}

/// How many messages of a project wait.
///
/// # Errors
/// Those of the database.
pub async fn count_queued(db: &impl ConnectionTrait, project: ProjectId) -> Result<u64, DbErr> {
    waiting_in(project).count(db).await
}

/// Whether one waits in a project.
///
/// # Errors
/// Those of the database.
pub async fn has_queued(db: &impl ConnectionTrait, project: ProjectId) -> Result<bool, DbErr> {
    Ok(count_queued(db, project).await? > 0)
}

/// The projects in which one waits.
///
/// # Errors
/// Those of the database.
pub async fn projects_with_queued(db: &impl ConnectionTrait) -> Result<Vec<ProjectId>, DbErr> {
    let projects: Vec<Uuid> = waiting()
        .select_only()
        .column(Column::ProjectId)
        .into_tuple()
        .all(db)
        .await?;
    let projects: BTreeSet<Uuid> = projects.into_iter().collect();
    Ok(projects.into_iter().map(ProjectId).collect())
}

/// Puts other words into a message of a project that waits. False when none such does.
pub(in crate::db) async fn edit(
    txn: &DatabaseTransaction,
    project: ProjectId,
    id: MessageId,
    text: &MessageText,
) -> Result<bool, DbErr> {
    let words = Entity::update_many().col_expr(Column::Content, text.as_str().into());
    of_one_waiting(txn, words, project, id).await
}

/// Takes back a message of a project that waits. False when none such does.
pub(in crate::db) async fn withdraw(
    txn: &DatabaseTransaction,
    project: ProjectId,
    id: MessageId,
) -> Result<bool, DbErr> {
    let withdrawn = QueueState::Withdrawn.as_str();
    let withdrawn = Entity::update_many().col_expr(Column::QueueState, withdrawn.into());
    of_one_waiting(txn, withdrawn, project, id).await
}

/// Gives a message of a project that waits its turn, in the conversation as it is now. False when none such waits.
pub(in crate::db) async fn take(
    txn: &DatabaseTransaction,
    project: ProjectId,
    id: MessageId,
    topic: TopicId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::QueueState, Option::<String>::None.into())
        .col_expr(Column::TopicId, topic.0.into())
        .col_expr(Column::Timestamp, at.into());
    of_one_waiting(txn, taken, project, id).await
}

async fn of_one_waiting(
    txn: &DatabaseTransaction,
    update: UpdateMany<Entity>,
    project: ProjectId,
    id: MessageId,
) -> Result<bool, DbErr> {
    let updated = update
        .filter(Column::Id.eq(id.0))
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::QueueState.eq(QueueState::Queued.as_str()))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}
