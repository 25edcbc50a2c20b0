//! `workflow_phases`: the steps of a project's workflow.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, QueryOrder, QuerySelect,
    entity::prelude::*,
};
use serde::Serialize;

use super::{execution, pull, word};
use crate::domain::{
    activity::millis_opt,
    id::{PhaseId, ProjectId},
    workflow::{Move, PhaseName, PhaseStatus, Workflow},
};

/// A row of `workflow_phases`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workflow_phases")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub phase_number: i32,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub started_at: Option<DateTimeUtc>,
    pub completed_at: Option<DateTimeUtc>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A phase as a project's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Phase {
    /// Its id.
    pub id: PhaseId,
    /// Its name.
    pub name: PhaseName,
    /// What happens in it.
    #[schema(required)]
    pub description: Option<String>,
    /// Where it stands.
    pub status: PhaseStatus,
    /// Its place, from 1.
    pub order: i32,
    /// Whether it is done.
    pub is_completed: bool,
    /// Whether it is being worked on.
    pub is_current: bool,
    /// When it began.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub completed_at: Option<DateTime<Utc>>,
    /// The branch its last command worked on.
    #[schema(required)]
    pub branch: Option<String>,
    /// The pull request its last command told of.
    #[schema(required)]
    pub pull_request: Option<pull::InShort>,
}

/// A project's phases, in order.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &impl ConnectionTrait, project: ProjectId) -> Result<Vec<Phase>, DbErr> {
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .order_by_asc(Column::PhaseNumber)
        .all(db)
        .await?;
    rows.into_iter().map(Phase::try_from).collect()
}

/// A project's phases, in order, with what came of them: branches and pull requests.
///
/// # Errors
/// Those of the database.
pub async fn shown(db: &impl ConnectionTrait, project: ProjectId) -> Result<Vec<Phase>, DbErr> {
    let mut phases = list(db, project).await?;
    let mut branches = execution::branches_of_phases(db, project).await?;
    let mut pulls = pull::of_phases(db, project).await?;
    for phase in &mut phases {
        phase.branch = branches.remove(&phase.id);
        phase.pull_request = pulls.remove(&phase.id).map(|pull| pull.in_short());
    }
    Ok(phases)
}

/// The projects whose workflow is at work.
///
/// # Errors
/// Those of the database.
pub async fn projects_at_work(db: &impl ConnectionTrait) -> Result<Vec<ProjectId>, DbErr> {
    let projects: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::ProjectId)
        .filter(Column::Status.eq(PhaseStatus::InProgress.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(projects.into_iter().map(ProjectId).collect())
}

/// The workflow that these phases make.
pub fn workflow(phases: &[Phase]) -> Workflow {
    Workflow::of(phases.iter().map(|phase| (phase.name, phase.status)))
}

/// Gives a project its phases.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    project: ProjectId,
    ids: [PhaseId; PhaseName::ALL.len()],
) -> Result<(), DbErr> {
    let rows = PhaseName::ALL.into_iter().zip(ids);
    let rows = rows.map(|(phase, id)| ActiveModel {
        id: Set(id.0),
        project_id: Set(project.0),
        phase_number: Set(phase.number()),
        name: Set(phase.as_str().to_owned()),
        description: Set(Some(phase.description().to_owned())),
        status: Set(PhaseStatus::Pending.as_str().to_owned()),
        started_at: Set(None),
        completed_at: Set(None),
    });
    Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Moves a phase. False when it does not stand where the move begins.
pub(super) async fn put(
    txn: &DatabaseTransaction,
    project: ProjectId,
    moved: Move,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many().col_expr(Column::Status, moved.to.as_str().into());
    match moved.to {
        PhaseStatus::InProgress => update = update.col_expr(Column::StartedAt, Some(at).into()),
        PhaseStatus::Completed => update = update.col_expr(Column::CompletedAt, Some(at).into()),
        PhaseStatus::Pending => {
            let none: Option<DateTime<Utc>> = None;
            update = update
                .col_expr(Column::StartedAt, none.into())
                .col_expr(Column::CompletedAt, none.into());
        }
        PhaseStatus::AwaitingApproval | PhaseStatus::Paused | PhaseStatus::Failed => {}
    }
    let updated = update
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::PhaseNumber.eq(moved.phase.number()))
        .filter(Column::Status.eq(moved.from.as_str()))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// How many phases of each project are done, or of only this one.
pub(super) async fn counts_completed(
    db: &impl ConnectionTrait,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let completed = Entity::find().filter(Column::Status.eq(PhaseStatus::Completed.as_str()));
    super::counts(db, completed, Column::ProjectId, only).await
}

impl TryFrom<Model> for Phase {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let status: PhaseStatus = word("workflow_phases.status", &row.status)?;
        Ok(Self {
            id: PhaseId(row.id),
            name: word("workflow_phases.name", &row.name)?,
            description: row.description,
            order: row.phase_number,
            is_completed: status == PhaseStatus::Completed,
            is_current: !matches!(status, PhaseStatus::Pending | PhaseStatus::Completed),
            status,
            started_at: row.started_at,
            completed_at: row.completed_at,
            branch: None,
            pull_request: None,
        })
    }
}
