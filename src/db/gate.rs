//! `approval_gates`: questions only a person may answer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DatabaseTransaction, DbErr, QueryOrder,
    QuerySelect, entity::prelude::*, sea_query::SimpleExpr,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{phase, word};
use crate::domain::{
    id::{ExecutionId, GateId, PhaseId, ProjectId},
    workflow::{Gate, GateStatus, GateType, PhaseName},
};

/// A row of `approval_gates`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_gates")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub phase_id: Option<Uuid>,
    pub execution_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub gate_type: String,
    #[sea_orm(column_type = "Text")]
    pub question: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub options: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub chosen: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub response: Option<String>,
    pub created_at: DateTimeUtc,
    pub responded_at: Option<DateTimeUtc>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How many gates of each project wait, or of only this one.
pub(super) async fn counts_open(
    db: &impl ConnectionTrait,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let open = Entity::find().filter(Column::Status.eq(GateStatus::Pending.as_str()));
    super::counts(db, open, Column::ProjectId, only).await
}

/// A project's gates, newest first; all of them, or only those in one status.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    project: ProjectId,
    status: Option<GateStatus>,
    limit: u64,
) -> Result<Vec<Gate>, DbErr> {
    select(db, project, status, limit, None).await
}

/// A project's gates at the ends of its phases, newest first: what a coding agent asks while it works is not among them.
///
/// # Errors
/// Those of the database.
pub async fn of_workflow(
    db: &impl ConnectionTrait,
    project: ProjectId,
    status: Option<GateStatus>,
    limit: u64,
) -> Result<Vec<Gate>, DbErr> {
    select(db, project, status, limit, Some(at_the_end_of_a_phase())).await
}

fn at_the_end_of_a_phase() -> SimpleExpr {
    Column::GateType.ne(<&str>::from(GateType::Permission))
}

async fn select(
    db: &impl ConnectionTrait,
    project: ProjectId,
    status: Option<GateStatus>,
    limit: u64,
    only: Option<SimpleExpr>,
) -> Result<Vec<Gate>, DbErr> {
    let wanted = Condition::all()
        .add(Column::ProjectId.eq(project.0))
        .add_option(status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(only);
    let rows = Entity::find()
        .filter(wanted)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let names = names(db, project).await?;
    rows.into_iter().map(|row| read(row, &names)).collect()
}

/// One gate.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl ConnectionTrait, id: GateId) -> Result<Option<Gate>, DbErr> {
    let Some(row) = Entity::find_by_id(id.0).one(db).await? else {
        return Ok(None);
    };
    let names = names(db, ProjectId(row.project_id)).await?;
    read(row, &names).map(Some)
}

/// The gates of workflows, in all projects, that were opened before `before` and wait for a person.
///
/// # Errors
/// Those of the database.
pub async fn open_since(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<Vec<(ProjectId, GateId)>, DbErr> {
    let rows: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::ProjectId, Column::Id])
        .filter(Column::Status.eq(GateStatus::Pending.as_str()))
        .filter(Column::CreatedAt.lt(before))
        .filter(at_the_end_of_a_phase())
        .into_tuple()
        .all(db)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(project, gate)| (ProjectId(project), GateId(gate)))
        .collect())
}

async fn names(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<BTreeMap<PhaseId, PhaseName>, DbErr> {
    let phases = phase::list(db, project).await?.into_iter();
    Ok(phases.map(|phase| (phase.id, phase.name)).collect())
}

fn read(row: Model, names: &BTreeMap<PhaseId, PhaseName>) -> Result<Gate, DbErr> {
    let phase_id = row.phase_id.map(PhaseId);
    Ok(Gate {
        id: GateId(row.id),
        project_id: ProjectId(row.project_id),
        phase_id,
        phase: phase_id.and_then(|id| names.get(&id).copied()),
        execution_id: row.execution_id.map(ExecutionId),
        gate_type: word("approval_gates.gate_type", &row.gate_type)?,
        question: row.question,
        context: unpacked(row.context)?,
        options: unpacked(row.options)?,
        chosen: row.chosen,
        status: word("approval_gates.status", &row.status)?,
        response: row.response,
        created_at: row.created_at,
        responded_at: row.responded_at,
    })
}

fn unpacked<T: DeserializeOwned + Default>(column: Option<Json>) -> Result<T, DbErr> {
    let value = column.map(serde_json::from_value).transpose();
    let value = value.map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(value.unwrap_or_default())
}

fn packed<T: Serialize + ?Sized>(value: &T) -> Result<Json, DbErr> {
    serde_json::to_value(value).map_err(|error| DbErr::Json(error.to_string()))
}

/// Opens a gate.
pub(super) async fn insert(txn: &DatabaseTransaction, gate: &Gate) -> Result<(), DbErr> {
    let gate_type: &'static str = gate.gate_type.into();
    Entity::insert(ActiveModel {
        id: Set(gate.id.0),
        project_id: Set(gate.project_id.0),
        phase_id: Set(gate.phase_id.map(|phase| phase.0)),
        gate_type: Set(gate_type.to_owned()),
        question: Set(gate.question.clone()),
        execution_id: Set(gate.execution_id.map(|execution| execution.0)),
        context: Set(Some(packed(&gate.context)?)),
        options: Set(match gate.options.as_slice() {
            [] => None,
            options => Some(packed(options)?),
        }),
        status: Set(gate.status.as_str().to_owned()),
        chosen: Set(None),
        response: Set(None),
        created_at: Set(gate.created_at),
        responded_at: Set(None),
    })
    .exec_without_returning(txn)
    .await?;
    Ok(())
}

/// Decides a gate. False when it was decided before: the first decision stays.
pub(super) async fn decide(txn: &DatabaseTransaction, gate: &Gate) -> Result<bool, DbErr> {
    let decided = Entity::update_many()
        .col_expr(Column::Status, gate.status.as_str().into())
        .col_expr(Column::Chosen, gate.chosen.clone().into())
        .col_expr(Column::Response, gate.response.clone().into())
        .col_expr(Column::RespondedAt, gate.responded_at.into())
        .filter(Column::Id.eq(gate.id.0))
        .filter(Column::Status.eq(GateStatus::Pending.as_str()))
        .exec(txn)
        .await?;
    Ok(decided.rows_affected == 1)
}

/// What a person reads of a question whose command ended.
const ENDED: &str = "The command ended before this was answered.";

/// The gates of an execution that wait for a person, as they are when it ends.
pub(super) async fn withdrawn_with(
    txn: &DatabaseTransaction,
    execution: ExecutionId,
    at: DateTime<Utc>,
) -> Result<Vec<Gate>, DbErr> {
    let open = Entity::find()
        .filter(Column::ExecutionId.eq(execution.0))
        .filter(Column::Status.eq(GateStatus::Pending.as_str()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(txn)
        .await?;
    let Some(first) = open.first() else {
        return Ok(Vec::new());
    };
    let names = names(txn, ProjectId(first.project_id)).await?;
    let withdrawn = |gate: Gate| Gate {
        status: GateStatus::Withdrawn,
        response: Some(ENDED.to_owned()),
        responded_at: Some(at),
        ..gate
    };
    let open = open.into_iter();
    open.map(|row| read(row, &names).map(withdrawn)).collect()
}
