//! `projects`: what people made, and the counter that gives out `seq`.

mod agent;
mod counter;
mod delete;
mod edit;
mod issues;
mod names;
mod repositories;
mod usage;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, QueryOrder, QuerySelect,
    entity::prelude::*,
};
use serde::Serialize;

use self::agent::{packed, unpacked};
pub(super) use self::{
    counter::{lock, raise_head},
    delete::{clear, delete},
    edit::{edit, keep_vision, put},
    issues::count as count_issues,
    usage::count as count_usage,
};
pub use self::{
    delete::deleted,
    names::{all_names, names},
    repositories::repositories,
    usage::Usage,
};
use super::{execution, gate, message, phase, word};
use crate::domain::{
    activity::millis,
    change::NewProject,
    id::{ProjectId, ServerId},
    project::{AgentSettings, AgentShown, ProjectStatus, without_values},
};

/// A row of `projects`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "projects")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub github_repo_url: Option<String>,
    pub telegram_chat_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub workspace_path: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub vision_document: Option<Json>,
    pub head_seq: i64,
    pub model_input_tokens: i64,
    pub model_output_tokens: i64,
    pub open_issues_count: i64,
    pub closed_issues_count: i64,
    #[sea_orm(column_type = "Text", nullable, unique)]
    pub idempotency_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub backend: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub agent: Option<Json>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub leased_by: Option<Uuid>,
}

/// No joins are made: what belongs to a project is read by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A project as lists and pages show it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    #[schema(example = "Shop")]
    pub name: String,
    /// What it is about.
    #[schema(required)]
    pub description: Option<String>,
    /// Where it stands.
    pub status: ProjectStatus,
    /// Where its repository is on the web.
    #[schema(required)]
    pub github_repo_url: Option<String>,
    /// The Telegram chat of an earlier deployment.
    #[schema(required)]
    pub telegram_chat_id: Option<i64>,
    /// When it was made.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When something last happened in it.
    #[serde(serialize_with = "millis")]
    pub updated_at: DateTime<Utc>,
    /// Messages said in it.
    pub message_count: i64,
    /// Phases of its workflow that are done.
    pub completed_phases: i64,
    /// Open issues of its repository, as last seen.
    pub open_issues_count: i64,
    /// Closed issues of its repository, as last seen.
    pub closed_issues_count: i64,
    /// Where its checkout is on this machine.
    #[schema(required)]
    pub workspace_path: Option<String>,
    /// Where its commands run, if it chose; else where the server runs them.
    #[schema(required)]
    pub backend: Option<String>,
    /// How its coding agent works.
    #[serde(serialize_with = "without_values")]
    #[schema(value_type = AgentShown)]
    pub agent: AgentSettings,
    /// What runs in it now.
    #[schema(required)]
    pub running: Option<execution::Execution>,
    /// Gates that wait for a person.
    pub needs_attention: i64,
    /// The `seq` of its last activity, 0 where there is none.
    pub head: i64,
    /// What a language model took for it.
    pub usage: Usage,
}

/// The projects there are: one that was deleted has a row for only as long as its log is being cleared away.
pub(super) fn there() -> Select<Entity> {
    Entity::find().filter(Column::DeletedAt.is_null())
}

fn one(id: ProjectId) -> Select<Entity> {
    there().filter(Column::Id.eq(id.0))
}

/// All projects, newest first: a query for the projects and one for each thing counted, however many projects.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Project>, DbErr> {
    let rows = there()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await?;
    with_counts(db, rows, None).await
}

/// One project.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl ConnectionTrait, id: ProjectId) -> Result<Option<Project>, DbErr> {
    let row = one(id).all(db).await?;
    Ok(with_counts(db, row, Some(id)).await?.pop())
}

async fn with_counts(
    db: &impl ConnectionTrait,
    rows: Vec<Model>,
    only: Option<ProjectId>,
) -> Result<Vec<Project>, DbErr> {
    let messages = message::counts(db, only).await?;
    let phases = phase::counts_completed(db, only).await?;
    let gates = gate::counts_open(db, only).await?;
    let mut running = execution::running(db, only).await?;
    rows.into_iter()
        .map(|row| {
            let count = |counts: &BTreeMap<Uuid, i64>| counts.get(&row.id).copied().unwrap_or(0);
            Ok(Project {
                message_count: count(&messages),
                completed_phases: count(&phases),
                needs_attention: count(&gates),
                running: running.remove(&row.id),
                ..Project::bare(row)?
            })
        })
        .collect()
}

/// The project that was made by the request with this key.
///
/// # Errors
/// Those of the database.
pub async fn id_by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<ProjectId>, DbErr> {
    let row = there()
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(row.map(|row| ProjectId(row.id)))
}

/// The `seq` of a project's last activity; none for an unknown project.
///
/// # Errors
/// Those of the database.
pub async fn head(db: &impl ConnectionTrait, id: ProjectId) -> Result<Option<i64>, DbErr> {
    one(id)
        .select_only()
        .column(Column::HeadSeq)
        .into_tuple()
        .one(db)
        .await
}

/// The `seq` of the last activity of each of these projects that is there.
///
/// # Errors
/// Those of the database.
pub async fn heads(
    db: &impl ConnectionTrait,
    ids: &[ProjectId],
) -> Result<BTreeMap<ProjectId, i64>, DbErr> {
    let ids = ids.iter().map(|id| id.0);
    let heads: Vec<(Uuid, i64)> = Entity::find()
        .filter(Column::Id.is_in(ids))
        .filter(Column::DeletedAt.is_null())
        .select_only()
        .columns([Column::Id, Column::HeadSeq])
        .into_tuple()
        .all(db)
        .await?;
    let heads = heads.into_iter();
    Ok(heads.map(|(id, head)| (ProjectId(id), head)).collect())
}

/// The `seq` of a project's last activity and where its commands run, if it chose; none for an unknown project.
///
/// # Errors
/// Those of the database.
pub async fn feed_of(
    db: &impl ConnectionTrait,
    id: ProjectId,
) -> Result<Option<(i64, Option<String>)>, DbErr> {
    one(id)
        .select_only()
        .columns([Column::HeadSeq, Column::Backend])
        .into_tuple()
        .one(db)
        .await
}

/// Where the commands of these projects run, for those that chose.
///
/// # Errors
/// Those of the database.
pub async fn backends_of(
    db: &impl ConnectionTrait,
    ids: &[ProjectId],
) -> Result<BTreeMap<ProjectId, String>, DbErr> {
    let chosen: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Backend])
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(Column::Backend.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let chosen = chosen.into_iter();
    Ok(chosen.map(|(id, name)| (ProjectId(id), name)).collect())
}

/// Whether there is a project: the cheapest question that needs the tables.
///
/// # Errors
/// Those of the database.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let id: Option<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.is_some())
}

/// A project's vision document, as it was stored.
///
/// # Errors
/// Those of the database.
pub async fn vision_document(
    db: &impl ConnectionTrait,
    id: ProjectId,
) -> Result<Option<Json>, DbErr> {
    let row = one(id).one(db).await?;
    Ok(row.and_then(|row| row.vision_document))
}

/// Makes a project.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    id: ProjectId,
    new: &NewProject,
    holder: Option<ServerId>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let status: &'static str = ProjectStatus::Brainstorming.into();
    Entity::insert(ActiveModel {
        id: Set(id.0),
        name: Set(new.name.as_str().to_owned()),
        description: Set(new.description.clone()),
        status: Set(status.to_owned()),
        github_repo_url: Set(new.github_repo_url.clone()),
        telegram_chat_id: Set(new.telegram_chat_id),
        workspace_path: Set(new.workspace_path.clone()),
        vision_document: Set(None),
        head_seq: Set(0),
        model_input_tokens: Set(0),
        model_output_tokens: Set(0),
        open_issues_count: Set(0),
        closed_issues_count: Set(0),
        idempotency_key: Set(new.key.clone()),
        backend: Set(new.backend.clone()),
        agent: Set(packed(&new.agent)?),
        created_at: Set(at),
        updated_at: Set(at),
        deleted_at: Set(None),
        leased_by: Set(holder.map(|holder| holder.0)),
    })
    .exec_without_returning(txn)
    .await?;
    Ok(())
}

impl Project {
    fn bare(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: ProjectId(row.id),
            name: row.name,
            description: row.description,
            status: word("projects.status", &row.status)?,
            github_repo_url: row.github_repo_url,
            telegram_chat_id: row.telegram_chat_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            message_count: 0,
            completed_phases: 0,
            open_issues_count: row.open_issues_count,
            closed_issues_count: row.closed_issues_count,
            workspace_path: row.workspace_path,
            backend: row.backend,
            agent: unpacked(row.agent)?,
            running: None,
            needs_attention: 0,
            head: row.head_seq,
            usage: Usage {
                input_tokens: row.model_input_tokens,
                output_tokens: row.model_output_tokens,
            },
        })
    }
}
