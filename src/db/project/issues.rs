//! How many issues a project's repository has, as last seen.

use sea_orm::{DatabaseTransaction, DbErr, entity::prelude::*};

use super::{Column, Entity};
use crate::domain::{github::IssueCounts, id::ProjectId};

/// Keeps how many there are.
pub(in crate::db) async fn count(
    txn: &DatabaseTransaction,
    id: ProjectId,
    counts: IssueCounts,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OpenIssuesCount, counts.open.into())
        .col_expr(Column::ClosedIssuesCount, counts.closed.into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}
