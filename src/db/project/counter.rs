//! The counter of a project that gives out `seq`, and the lock on it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    DatabaseTransaction, DbErr, Order,
    entity::prelude::*,
    sea_query::{LockType, Query},
};

use super::{Column, Entity};

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
    // Not from the entity, which names each of its columns to have three of them: this is asked in every transaction.
    let lock = Query::select()
        .columns([Column::Id, Column::HeadSeq, Column::LeasedBy])
        .from(Entity)
        .and_where(Column::DeletedAt.is_null())
        .and_where(Column::Id.is_in(ids.iter().copied()))
        .order_by(Column::Id, Order::Asc)
        .lock(LockType::Update)
        .take();
    let mut locked = BTreeMap::new();
    for row in txn.query_all(&lock).await? {
        let (id, head, leased_by) = row.try_get_many_by_index()?;
        locked.insert(id, Locked { head, leased_by });
    }
    Ok(locked)
}

/// Raises a project's counter to the last `seq` given out.
pub(in crate::db) async fn raise_head(
    txn: &DatabaseTransaction,
    id: Uuid,
    head: i64,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let raise = Query::update()
        .table(Entity)
        .value(Column::HeadSeq, head)
        .value(Column::UpdatedAt, at)
        .and_where(Column::Id.eq(id))
        .take();
    txn.execute(&raise).await?;
    Ok(())
}
