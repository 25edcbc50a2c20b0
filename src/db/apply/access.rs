//! What concerns who may use the server, and no project: so no project is locked for it, and no log tells of it.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    db::{sign_in, token},
    domain::access::Access,
};

/// Stores it.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    access: &Access,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    match access {
        Access::SignedIn(new) => sign_in::insert(txn, new, at).await,
        Access::SignedOut(id) => sign_in::delete(txn, *id).await,
        Access::TokenUsed(id) => token::used(txn, *id, at).await,
    }
}
