//! The database: one table a file, each with its rows, its reads and its writes.
//!
//! Reads take `&impl ConnectionTrait` and run through a [`Reader`]; writes take a `&DatabaseTransaction`, which only the
//! writer can make. So the types keep the rule that one actor writes.

pub mod activity;
pub mod apply;
pub mod block;
pub mod canary;
mod connect;
pub mod delivery;
pub mod execution;
mod fault;
pub mod gate;
pub mod github_event;
pub mod lease;
mod log;
pub mod message;
pub mod notice;
pub mod phase;
pub mod project;
pub mod pull;
mod reader;
pub mod sign_in;
pub mod token;
pub mod topic;
mod version;

pub use connect::{ConnectError, Database, Kept, Sight, connect, discard};
pub use fault::{Fault, broken, fault, reason};
pub use log::LogReader;
pub use reader::{ReadError, Reader};
pub use version::{Version, unknown_changes, version};

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Select, prelude::Uuid,
};

use crate::domain::id::{ProjectId, ServerId};

/// Among which projects something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All there are.
    All,
    /// Those that this server works for.
    HeldBy(ServerId),
    /// This one.
    One(ProjectId),
}

impl Among {
    /// That a row is of one of them.
    fn condition(self, project: impl ColumnTrait) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::HeldBy(server) => {
                Condition::all().add(project.in_subquery(lease::held_by(server)))
            }
            Self::One(only) => Condition::all().add(project.eq(only.0)),
        }
    }
}

/// Counts rows by project, or those of only one.
async fn counts<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    by: E::Column,
    only: Option<ProjectId>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let rows = match only {
        Some(project) => rows.filter(by.eq(project.0)),
        None => rows,
    };
    let counts: Vec<(Uuid, i64)> = rows
        .select_only()
        .column(by)
        .column_as(by.count(), "count")
        .group_by(by)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Deletes rows by project.
async fn delete<E: EntityTrait>(
    txn: &DatabaseTransaction,
    by: E::Column,
    project: ProjectId,
) -> Result<(), DbErr> {
    E::delete_many().filter(by.eq(project.0)).exec(txn).await?;
    Ok(())
}

/// Reads a stored word back into its type.
///
/// # Errors
/// [`DbErr::Type`] when the table holds a word this version does not know.
fn word<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T, DbErr> {
    text.parse().map_err(|_| {
        DbErr::Type(format!(
            "{column} holds {text:?}, which this version does not know"
        ))
    })
}
