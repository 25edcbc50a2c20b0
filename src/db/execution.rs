//! `scar_executions`: one row for each run of a command.

mod found;
mod last;
mod write;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, ExprTrait as _, PaginatorTrait as _, QueryOrder,
    QuerySelect, QueryTrait as _, entity::prelude::*, sea_query::Expr,
};
use serde::Serialize;

pub use self::found::{Page, by_key, find, list};
pub(super) use self::last::branches_of_phases;
pub use self::last::{branches, last_before, last_of_phase, ordered_by, place_before};
pub(super) use self::write::{
    ask_to_stop, finish, insert, keep_branch, keep_place, link, start, unlink,
};
use super::{Among, pull, word};
use crate::domain::{
    activity::{millis, millis_opt},
    execution::{Command, CommandType, ErrorCode, ExecutionStatus, Order},
    id::{ExecutionId, MessageId, PhaseId, ProjectId},
    workflow::{InPhase, PhaseName},
};

/// The statuses from which an execution can still end.
const UNFINISHED: [ExecutionStatus; 2] = [ExecutionStatus::Queued, ExecutionStatus::Running];

/// A row of `scar_executions`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scar_executions")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub phase_id: Option<Uuid>,
    pub message_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub command_type: String,
    #[sea_orm(column_type = "Text")]
    pub command_args: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub then_orders: Json,
    #[sea_orm(column_type = "Text", nullable)]
    pub branch_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub output: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    pub attempt: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub idempotency_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub backend: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub backend_place: Option<Json>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phase: Option<String>,
    pub queued_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub completed_at: Option<DateTimeUtc>,
    pub stop_asked_at: Option<DateTimeUtc>,
    pub pull_number: Option<i64>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An execution as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// Whose.
    pub project_id: ProjectId,
    /// The workflow phase it belongs to.
    #[schema(required)]
    pub phase_id: Option<Uuid>,
    /// Its command, as tables name it.
    #[schema(value_type = CommandType)]
    pub command_type: &'static str,
    /// The command's arguments.
    #[schema(example = "")]
    pub command_args: String,
    /// The branch it works on.
    #[schema(required)]
    pub branch_name: Option<String>,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// What it had to say.
    #[schema(required)]
    pub output: Option<String>,
    /// Why it failed, for people.
    #[schema(required)]
    pub error: Option<String>,
    /// Why it failed, for programs.
    #[schema(required)]
    pub error_code: Option<ErrorCode>,
    /// When it got its place in the queue.
    #[serde(serialize_with = "millis")]
    pub queued_at: DateTime<Utc>,
    /// When it began to run.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub completed_at: Option<DateTime<Utc>>,
    /// How long it ran.
    #[schema(required)]
    pub duration_ms: Option<i64>,
    /// Which try it is, from 1.
    #[schema(example = 1)]
    pub attempt: i32,
    /// The backend it was started in.
    #[schema(required)]
    pub backend: Option<String>,
    /// Where it stands there: whatever the backend wants back after a restart.
    #[serde(skip)]
    pub place: Option<Json>,
    /// What it runs.
    #[serde(skip)]
    pub order: Order,
    /// What runs next if it completes.
    #[serde(skip)]
    pub then: Vec<Order>,
    /// The message that ordered it.
    #[serde(skip)]
    pub message: Option<MessageId>,
    /// That phase's name.
    #[schema(required)]
    pub phase: Option<PhaseName>,
    /// The pull request it told of, where it is shown.
    #[schema(required)]
    pub pull_request: Option<pull::InShort>,
    /// The number of that.
    #[serde(skip)]
    pub pull_number: Option<u64>,
    /// Whether a person asked for its end on another server than the one it runs on.
    #[serde(skip)]
    pub stop_asked: bool,
}

impl Execution {
    /// The phase it belongs to, if the workflow ordered it.
    pub fn in_phase(&self) -> Option<InPhase> {
        let (id, name) = (PhaseId(self.phase_id?), self.phase?);
        Some(InPhase { id, name })
    }
}

/// Everything queued or running, in all projects, in the order it was queued.
///
/// # Errors
/// Those of the database.
pub async fn unfinished(db: &impl ConnectionTrait) -> Result<Vec<Execution>, DbErr> {
    // As text and not as values: SQLite must see that these are the rows of the index of unfinished ones.
    let statuses = UNFINISHED.map(|status| Expr::Constant(status.as_str().into()));
    let rows = Entity::find()
        .filter(Expr::col((Entity, Column::Status)).is_in(statuses))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    Ok(readable(rows).collect())
}

/// What is queued or runs in one project, in the order it was queued.
///
/// # Errors
/// Those of the database.
pub async fn unfinished_in(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<Vec<Execution>, DbErr> {
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Status.is_in(UNFINISHED.map(ExecutionStatus::as_str)))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    Ok(readable(rows).collect())
}

/// The last executions that a message or the workflow ordered and that have ended, newest first; in all projects, or in
/// only this one.
///
/// # Errors
/// Those of the database.
pub async fn ended_by_conversations(
    db: &impl ConnectionTrait,
    among: Among,
    limit: u64,
) -> Result<Vec<Execution>, DbErr> {
    let query = Entity::find()
        .filter(
            Condition::any()
                .add(Column::MessageId.is_not_null())
                .add(Column::PhaseId.is_not_null()),
        )
        .filter(Column::CompletedAt.is_not_null())
        .filter(among.condition(Column::ProjectId));
    let rows = query
        .order_by_desc(Column::QueuedAt)
        .limit(limit)
        .all(db)
        .await?;
    Ok(readable(rows).collect())
}

/// How many executions a project has in each status.
///
/// # Errors
/// Those of the database.
pub async fn counts_by_status(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<BTreeMap<String, i64>, DbErr> {
    let counts: Vec<(String, i64)> = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count(), "count")
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Whether something is queued or runs in a project.
///
/// # Errors
/// Those of the database.
pub async fn is_busy(db: &impl ConnectionTrait, project: ProjectId) -> Result<bool, DbErr> {
    let unfinished = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Status.is_in(UNFINISHED.map(ExecutionStatus::as_str)));
    Ok(unfinished.count(db).await? > 0)
}

/// The ids of what is queued or runs in a project, as part of a larger query.
pub(super) fn unfinished_of(project: ProjectId) -> sea_orm::sea_query::SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Status.is_in(UNFINISHED.map(ExecutionStatus::as_str)))
        .into_query()
}

/// What runs now, by project, or in only this one.
pub(super) async fn running(
    db: &impl ConnectionTrait,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, Execution>, DbErr> {
    let mut query = Entity::find().filter(Column::Status.eq(ExecutionStatus::Running.as_str()));
    if let Some(project) = only {
        query = query.filter(Column::ProjectId.eq(project.0));
    }
    let running = found::with_pulls(db, readable(query.all(db).await?).collect()).await?;
    Ok(running
        .into_iter()
        .map(|execution| (execution.project_id.0, execution))
        .collect())
}

/// What these rows say. One that cannot be read, such as one of a later version, costs only itself: it is left out, and
/// the server's log says which.
fn readable(rows: Vec<Model>) -> impl Iterator<Item = Execution> {
    rows.into_iter().filter_map(|row| {
        let (id, project) = (row.id, row.project_id);
        match Execution::try_from(row) {
            Ok(execution) => Some(execution),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, execution.id = %id, project.id = %project, "the record of an execution cannot be read and is left out");
                None
            }
        }
    })
}

impl TryFrom<Model> for Execution {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let command = Command::parse_recorded(&row.command_type)
            .map_err(|error| DbErr::Type(error.to_string()))?;
        let then = serde_json::from_value(row.then_orders)
            .map_err(|error| DbErr::Json(error.to_string()))?;
        Ok(Self {
            id: ExecutionId(row.id),
            project_id: ProjectId(row.project_id),
            phase_id: row.phase_id,
            command_type: command.as_type(),
            command_args: row.command_args.clone(),
            branch_name: row.branch_name,
            status: word("scar_executions.status", &row.status)?,
            output: row.output,
            error: row.error,
            error_code: row
                .error_code
                .map(|code| word("scar_executions.error_code", &code))
                .transpose()?,
            queued_at: row.queued_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            duration_ms: duration_ms(row.started_at, row.completed_at),
            stop_asked: row.stop_asked_at.is_some(),
            pull_request: None,
            pull_number: row.pull_number.and_then(|number| number.try_into().ok()),
            attempt: row.attempt,
            backend: row.backend,
            place: row.backend_place,
            order: Order {
                command,
                args: row.command_args,
            },
            then,
            message: row.message_id.map(MessageId),
            phase: row
                .phase
                .map(|phase| word("scar_executions.phase", &phase))
                .transpose()?,
        })
    }
}

/// How long something took that has begun and ended.
fn duration_ms(
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
) -> Option<i64> {
    Some((completed_at? - started_at?).num_milliseconds())
}
