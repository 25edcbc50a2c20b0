//! `activities`: the log.

mod filter;
mod indexing;
mod insert;
mod places;
mod replay;
mod search;

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseTransaction, DbErr, PaginatorTrait, QueryOrder,
    QuerySelect, Select, entity::prelude::*,
};

pub(super) use self::insert::{Row, insert};
pub use self::{
    filter::Filter,
    indexing::next_block,
    replay::{Replay, replay},
    search::{Walk, search},
};
use super::{block, execution, word};
use crate::domain::{
    activity::{Activity, Entry, Verbosity},
    id::{ActivityId, ExecutionId, ProjectId},
};

/// Rows deleted at once at most: a log of millions that is to be short is trimmed bit by bit, and nobody waits for it.
const TRIM_ROWS_MAX: i64 = 2_000;

/// A row of `activities`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activities")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub seq: i64,
    pub timestamp: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub source: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub verbosity: i16,
    #[sea_orm(column_type = "Text")]
    pub message: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub phase: Option<String>,
    pub execution_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub command: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub tool: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
    pub duration_ms: Option<i64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub data: Option<Json>,
    pub source_index: Option<i64>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Which part of a log to read.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Only what comes after this `seq`.
    pub after: Option<i64>,
    /// Only what comes before this `seq`.
    pub before: Option<i64>,
    /// Only what a reader of this verbosity is shown.
    pub verbosity: Verbosity,
    /// How many at most.
    pub limit: u64,
}

/// A page of a project's log, ascending by `seq`: the oldest that fit when `after` is given, else the newest.
///
/// # Errors
/// Those of the database.
pub async fn page(
    db: &impl ConnectionTrait,
    project: ProjectId,
    page: Page,
) -> Result<Vec<Activity>, DbErr> {
    let query = in_project(project, page.verbosity)
        .filter(page.places())
        .limit(page.limit);
    let mut rows = match page.after {
        Some(_) => query.order_by_asc(Column::Seq).all(db).await?,
        None => query.order_by_desc(Column::Seq).all(db).await?,
    };
    if page.after.is_none() {
        rows.reverse();
    }
    rows.into_iter().map(Activity::try_from).collect()
}

impl Page {
    /// The places it is of.
    fn places(&self) -> Condition {
        Condition::all()
            .add_option(self.after.map(|after| Column::Seq.gt(after)))
            .add_option(self.before.map(|before| Column::Seq.lt(before)))
    }
}

/// What a reader of this verbosity is shown of a project's log.
fn in_project(project: ProjectId, verbosity: Verbosity) -> Select<Entity> {
    let query = Entity::find().filter(Column::ProjectId.eq(project.0));
    match verbosity {
        Verbosity::Full => query,
        less => query.filter(Column::Verbosity.lte(i16::from(less))),
    }
}

/// Those of these activities that the log holds.
///
/// # Errors
/// Those of the database.
pub async fn stored(db: &impl ConnectionTrait, ids: &[ActivityId]) -> Result<Vec<Activity>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(db)
        .await?;
    rows.into_iter().map(Activity::try_from).collect()
}

/// How many activities a project's log holds.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl ConnectionTrait, project: ProjectId) -> Result<i64, DbErr> {
    let count = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .count(db)
        .await?;
    Ok(count.try_into().unwrap_or(i64::MAX))
}

/// When an execution last did or said something.
///
/// # Errors
/// Those of the database.
pub async fn last_of_execution(
    db: &impl ConnectionTrait,
    execution: ExecutionId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let last = Entity::find()
        .filter(Column::ExecutionId.eq(execution.0))
        .filter(Column::SourceIndex.is_not_null())
        .order_by_desc(Column::SourceIndex)
        .one(db)
        .await?;
    Ok(last.map(|row| row.timestamp))
}

/// How many steps of an execution were taken in: the place of the next one.
///
/// # Errors
/// Those of the database.
pub async fn next_source_index(
    db: &impl ConnectionTrait,
    execution: ExecutionId,
) -> Result<i64, DbErr> {
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::SourceIndex.max(), "last")
        .filter(Column::ExecutionId.eq(execution.0))
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten().map_or(0, |last| last + 1))
}

/// The first `seq` a log holds.
async fn first(db: &impl ConnectionTrait, project: ProjectId) -> Result<Option<i64>, DbErr> {
    let first: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::Seq.min(), "first")
        .filter(Column::ProjectId.eq(project.0))
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.flatten())
}

/// Trims a log so that it holds its last `keep` activities; but only [`TRIM_ROWS_MAX`] at a time, and none of what has
/// not ended: from the steps that are stored it is known which is the next.
pub(super) async fn trim(
    txn: &DatabaseTransaction,
    project: ProjectId,
    head: i64,
    keep: i64,
) -> Result<(), DbErr> {
    let Some(first) = first(txn, project).await? else {
        return Ok(());
    };
    let unfinished = execution::unfinished_of(project);
    let needed: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::Seq.min(), "needed")
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::ExecutionId.in_subquery(unfinished))
        .into_tuple()
        .one(txn)
        .await?;
    let keep_from = (head - keep + 1)
        .min(needed.flatten().unwrap_or(i64::MAX))
        .min(first + TRIM_ROWS_MAX);
    if keep_from > first {
        Entity::delete_many()
            .filter(Column::ProjectId.eq(project.0))
            .filter(Column::Seq.lt(keep_from))
            .exec(txn)
            .await?;
        block::forget(txn, project, keep_from).await?;
    }
    Ok(())
}

/// Clears away the beginning of a log, at most [`TRIM_ROWS_MAX`] at a time; whether nothing is left of it.
pub(super) async fn clear(txn: &DatabaseTransaction, project: ProjectId) -> Result<bool, DbErr> {
    let Some(first) = first(txn, project).await? else {
        return Ok(true);
    };
    Entity::delete_many()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Seq.lt(first + TRIM_ROWS_MAX))
        .exec(txn)
        .await?;
    block::forget(txn, project, first + TRIM_ROWS_MAX).await?;
    Ok(self::first(txn, project).await?.is_none())
}

/// Deletes an activity that there cannot be: done when the log can be written, and changes nothing.
pub(super) async fn write_nothing(txn: &DatabaseTransaction) -> Result<(), DbErr> {
    Entity::delete_by_id(Uuid::nil()).exec(txn).await?;
    Ok(())
}

impl TryFrom<Model> for Activity {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: ActivityId(row.id),
            seq: row.seq,
            timestamp: row.timestamp,
            entry: Entry {
                source: word("activities.source", &row.source)?,
                message: row.message,
                phase: row.phase,
                kind: word("activities.kind", &row.kind)?,
                verbosity: row.verbosity.try_into().map_err(DbErr::Type)?,
                execution_id: row.execution_id.map(ExecutionId),
                command: row.command,
                status: row.status,
                tool: row.tool,
                detail: row.detail,
                duration_ms: row.duration_ms,
                data: row.data,
            },
        })
    }
}
