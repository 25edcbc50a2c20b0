//! `approval_gates`: questions only a person may answer.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, entity::prelude::*};

use crate::domain::id::ProjectId;

/// The status of a gate that waits for a person.
const PENDING: &str = "PENDING";

/// A row of `approval_gates`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_gates")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub phase_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub gate_type: String,
    #[sea_orm(column_type = "Text")]
    pub question: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
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
    let open = Entity::find().filter(Column::Status.eq(PENDING));
    super::counts(db, open, Column::ProjectId, only).await
}
