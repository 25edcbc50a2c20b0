//! `conversation_messages`: what was said, and what waits to be.

mod queue;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, ExprTrait, QueryOrder,
    QuerySelect, Select, entity::prelude::*,
};
use serde::Serialize;

pub use self::queue::{count_queued, first_queued, has_queued, projects_with_queued};
pub(super) use self::queue::{edit, take, withdraw};
use super::{Among, word};
use crate::domain::{
    activity::millis,
    change::NewMessage,
    id::{MessageId, ProjectId, TopicId},
    message::Role,
};

/// A row of `conversation_messages`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_messages")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub topic_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub role: String,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub timestamp: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub idempotency_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub queue_state: Option<String>,
}

/// Where a message stands that is no part of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
enum QueueState {
    /// It waits for its turn.
    Queued,
    /// It was taken back while it waited. Kept for its key: sent once more, it is not said after all.
    Withdrawn,
}

impl QueueState {
    fn as_str(self) -> &'static str {
        self.into()
    }
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A message as chat windows show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who said it.
    pub role: Role,
    /// What was said.
    #[schema(example = "analyze the codebase")]
    pub content: String,
    /// When.
    #[serde(serialize_with = "millis")]
    pub timestamp: DateTime<Utc>,
    /// In which topic.
    pub topic_id: TopicId,
    /// The id its sender gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client_id: Option<String>,
    /// Whether it waits for its turn.
    pub queued: bool,
    /// Whether it was taken back while it waited.
    #[serde(skip)]
    pub withdrawn: bool,
}

/// Which messages to read.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// How many at most.
    pub limit: u64,
    /// Only those before this one.
    pub before: Option<MessageId>,
    /// Only those of this topic.
    pub topic: Option<TopicId>,
}

/// Without what was taken back.
fn said_or_queued() -> Select<Entity> {
    let withdrawn = QueueState::Withdrawn.as_str();
    let state = Column::QueueState;
    Entity::find().filter(state.is_null().or(state.ne(withdrawn)))
}

/// The newest messages that fit `page`, oldest first; what waits among them, as of when it was posted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    project: ProjectId,
    page: Page,
) -> Result<Vec<Message>, DbErr> {
    let mut query = said_or_queued().filter(Column::ProjectId.eq(project.0));
    if let Some(topic) = page.topic {
        query = query.filter(Column::TopicId.eq(topic.0));
    }
    if let Some(before) = page.before {
        let Some(before) = Entity::find_by_id(before.0).one(db).await? else {
            return Ok(Vec::new());
        };
        query = query.filter(
            Column::Timestamp.lt(before.timestamp).or(Column::Timestamp
                .eq(before.timestamp)
                .and(Column::Id.lt(before.id))),
        );
    }
    let rows = query
        .order_by_desc(Column::Timestamp)
        .order_by_desc(Column::Id)
        .limit(page.limit)
        .all(db)
        .await?;
    rows.into_iter().rev().map(Message::try_from).collect()
}

/// A message, and whose it is; none that was taken back.
///
/// # Errors
/// Those of the database.
pub async fn find(
    db: &impl ConnectionTrait,
    id: MessageId,
) -> Result<Option<(ProjectId, Message)>, DbErr> {
    let row = said_or_queued().filter(Column::Id.eq(id.0)).one(db).await?;
    row.map(|row| Ok((ProjectId(row.project_id), row.try_into()?)))
        .transpose()
}

/// When somebody last said something in a project.
///
/// # Errors
/// Those of the database.
pub async fn last_at(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let row = said_or_queued()
        .filter(Column::ProjectId.eq(project.0))
        .order_by_desc(Column::Timestamp)
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    Ok(row.map(|row| row.timestamp))
}

/// The message posted with this key in this project, also one that was taken back.
///
/// # Errors
/// Those of the database.
pub async fn by_key(
    db: &impl ConnectionTrait,
    project: ProjectId,
    key: &str,
) -> Result<Option<Message>, DbErr> {
    let row = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    row.map(Message::try_from).transpose()
}

/// Those of these keys with which a message was posted in one of these projects.
///
/// # Errors
/// Those of the database.
pub async fn keys_used(
    db: &impl ConnectionTrait,
    projects: &[ProjectId],
    keys: &[String],
) -> Result<BTreeSet<String>, DbErr> {
    let used: Vec<String> = Entity::find()
        .select_only()
        .column(Column::IdempotencyKey)
        .filter(Column::ProjectId.is_in(projects.iter().map(|id| id.0)))
        .filter(Column::IdempotencyKey.is_in(keys))
        .into_tuple()
        .all(db)
        .await?;
    Ok(used.into_iter().collect())
}

/// The projects in which one of the last `limit` messages, over all projects, came from a person: where somebody may
/// still wait for an answer.
///
/// # Errors
/// Those of the database.
pub async fn projects_unanswered(
    db: &impl ConnectionTrait,
    among: Among,
    limit: u64,
) -> Result<Vec<ProjectId>, DbErr> {
    let last: Vec<(Uuid, String)> = Entity::find()
        .filter(Column::QueueState.is_null())
        .filter(among.condition(Column::ProjectId))
        .select_only()
        .columns([Column::ProjectId, Column::Role])
        .order_by_desc(Column::Timestamp)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let user: &'static str = Role::User.into();
    let projects: BTreeSet<Uuid> = last
        .into_iter()
        .filter(|(_, role)| role == user)
        .map(|(project, _)| project)
        .collect();
    Ok(projects.into_iter().map(ProjectId).collect())
}

/// How many messages each project has, or only this one.
pub(super) async fn counts(
    db: &impl ConnectionTrait,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    super::counts(db, said_or_queued(), Column::ProjectId, only).await
}

/// Posts a message.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    rows: Vec<(ProjectId, DateTime<Utc>, &NewMessage)>,
) -> Result<(), DbErr> {
    let rows = rows.into_iter().map(|(project, at, new)| {
        let role: &'static str = new.role.into();
        ActiveModel {
            id: Set(new.id.0),
            project_id: Set(project.0),
            topic_id: Set(new.topic.0),
            role: Set(role.to_owned()),
            content: Set(new.text.as_str().to_owned()),
            timestamp: Set(at),
            idempotency_key: Set(new.key.clone()),
            queue_state: Set(new.queued.then(|| QueueState::Queued.as_str().to_owned())),
        }
    });
    Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

impl TryFrom<Model> for Message {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let state = row.queue_state.as_deref();
        let state = state
            .map(|state| word("conversation_messages.queue_state", state))
            .transpose()?;
        Ok(Self {
            id: MessageId(row.id),
            role: word("conversation_messages.role", &row.role)?,
            content: row.content,
            timestamp: row.timestamp,
            topic_id: TopicId(row.topic_id),
            client_id: row.idempotency_key,
            queued: state == Some(QueueState::Queued),
            withdrawn: state == Some(QueueState::Withdrawn),
        })
    }
}
