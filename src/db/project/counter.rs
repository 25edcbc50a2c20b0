//! The counter of a project that gives out `seq`, and the lock on it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column, Entity, there};

/// What a transaction that writes to a project's log has to know of it.
pub(in crate::db) struct Locked {
    /// The `seq` of the last activity.
    pub(in crate::db) head: i64,
    /// The server that works for it.
    pub(in crate::db) leased_by: Option<Uuid>,
}

/// Reads and locks these projects, in id order: unsorted, two writers would deadlock.
pub(in crate::db) async fn lock(
    txn: &DatabaseTransaction,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Locked>, DbErr> {
    let rows: Vec<(Uuid, i64, Option<Uuid>)> = there()
        .select_only()
        .columns([Column::Id, Column::HeadSeq, Column::LeasedBy])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(txn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(id, head, leased_by)| (id, Locked { head, leased_by }))
        .collect())
}

/// Raises a project's counter to the last `seq` given out.
pub(in crate::db) async fn raise_head(
    txn: &DatabaseTransaction,
    id: Uuid,
    head: i64,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::HeadSeq, head.into())
        .col_expr(Column::UpdatedAt, at.into())
        .filter(Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}
