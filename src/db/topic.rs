//! `conversation_topics`: stretches of a conversation; one at most is active in a project.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, QueryOrder, entity::prelude::*,
};

use crate::domain::id::{ProjectId, TopicId};

/// A row of `conversation_topics`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_topics")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    #[sea_orm(column_type = "Text", nullable)]
    pub title: Option<String>,
    pub is_active: bool,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The topic a project's conversation is in; none before the first message.
///
/// # Errors
/// Those of the database.
pub async fn active(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<Option<TopicId>, DbErr> {
    let row = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::IsActive.eq(true))
        .order_by_desc(Column::StartedAt)
        .one(db)
        .await?;
    Ok(row.map(|row| TopicId(row.id)))
}

/// Begins a topic and ends the one before it.
pub(super) async fn start(
    txn: &DatabaseTransaction,
    project: ProjectId,
    topic: TopicId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::IsActive, false.into())
        .col_expr(Column::EndedAt, Some(at).into())
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::IsActive.eq(true))
        .exec(txn)
        .await?;
    Entity::insert(ActiveModel {
        id: Set(topic.0),
        project_id: Set(project.0),
        title: Set(None),
        is_active: Set(true),
        started_at: Set(at),
        ended_at: Set(None),
    })
    .exec_without_returning(txn)
    .await?;
    Ok(())
}
