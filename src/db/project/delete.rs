//! Deleting a project: for everybody at once, and its log, which may be long, bit by bit afterwards.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QuerySelect as _, entity::prelude::*};

use super::{Column, Entity};
use crate::{
    db::{self, activity, delivery, execution, gate, github_event, message, phase, pull, topic},
    domain::id::ProjectId,
};

/// Deletes all of a project but its log; the project itself is there only for its log's sake, and for nobody to see.
pub(in crate::db) async fn delete(
    txn: &DatabaseTransaction,
    id: ProjectId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    // Nobody is told any more of what is gone.
    db::delete::<delivery::Entity>(txn, delivery::Column::ProjectId, id).await?;
    db::delete::<pull::Entity>(txn, pull::Column::ProjectId, id).await?;
    db::delete::<github_event::Entity>(txn, github_event::Column::ProjectId, id).await?;
    // What refers to others first: nothing has to be looked for by its references.
    db::delete::<execution::Entity>(txn, execution::Column::ProjectId, id).await?;
    db::delete::<gate::Entity>(txn, gate::Column::ProjectId, id).await?;
    db::delete::<phase::Entity>(txn, phase::Column::ProjectId, id).await?;
    db::delete::<message::Entity>(txn, message::Column::ProjectId, id).await?;
    db::delete::<topic::Entity>(txn, topic::Column::ProjectId, id).await?;
    Entity::update_many()
        .col_expr(Column::DeletedAt, Some(at).into())
        // A request with the same key makes another one.
        .col_expr(Column::IdempotencyKey, Option::<String>::None.into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Clears away a part of a deleted project's log; with the last of it the project.
pub(in crate::db) async fn clear(txn: &DatabaseTransaction, id: ProjectId) -> Result<(), DbErr> {
    let deleted = Entity::find_by_id(id.0).filter(Column::DeletedAt.is_not_null());
    if deleted.one(txn).await?.is_some() && activity::clear(txn, id).await? {
        Entity::delete_by_id(id.0).exec(txn).await?;
    }
    Ok(())
}

/// The deleted projects whose log is still to be cleared away.
///
/// # Errors
/// Those of the database.
pub async fn deleted(db: &impl ConnectionTrait) -> Result<Vec<ProjectId>, DbErr> {
    let deleted: Vec<Uuid> = Entity::find()
        .filter(Column::DeletedAt.is_not_null())
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(deleted.into_iter().map(ProjectId).collect())
}
