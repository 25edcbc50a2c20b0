//! `workflow_phases`: the steps of a project's workflow.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryOrder, entity::prelude::*};
use serde::Serialize;

use crate::domain::{activity::millis_opt, id::ProjectId};

/// The status of a phase that is done.
const COMPLETED: &str = "COMPLETED";

/// The status of the phase that is being worked on.
const IN_PROGRESS: &str = "IN_PROGRESS";

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phase {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What happens in it.
    pub description: Option<String>,
    /// Where it stands.
    pub status: String,
    /// Its place, from 1.
    pub order: i32,
    /// Whether it is done.
    pub is_completed: bool,
    /// Whether it is being worked on.
    pub is_current: bool,
    /// When it began.
    #[serde(serialize_with = "millis_opt")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done.
    #[serde(serialize_with = "millis_opt")]
    pub completed_at: Option<DateTime<Utc>>,
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
    Ok(rows.into_iter().map(Phase::from).collect())
}

/// How many phases of each project are done, or of only this one.
pub(super) async fn counts_completed(
    db: &impl ConnectionTrait,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let completed = Entity::find().filter(Column::Status.eq(COMPLETED));
    super::counts(db, completed, Column::ProjectId, only).await
}

impl From<Model> for Phase {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            order: row.phase_number,
            is_completed: row.status == COMPLETED,
            is_current: row.status == IN_PROGRESS,
            status: row.status,
            started_at: row.started_at,
            completed_at: row.completed_at,
        }
    }
}
