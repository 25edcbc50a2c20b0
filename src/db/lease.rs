//! Who works for which project, of several servers on one PostgreSQL: `servers`, and `projects.leased_by`.
//!
//! A server is there as long as its row is, which it has to renew; `leased_by` of a project is the server that works for it.
//! A row that was not renewed in time is deleted by whichever server notices first, and then its projects are free to be
//! taken. A server that comes back too late finds no row, has a new one with another id, and so nothing of what it had: the
//! id is what tells an old lease from a new one. All times are the database's: servers' clocks may differ.
//!
//! What a transaction writes in the name of a server is refused when the project is another's by then (`apply.rs`).

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, PaginatorTrait as _, QuerySelect as _, Statement, Value,
    entity::prelude::*,
};

use super::{ConnectError, Database, discard, project};
use crate::domain::id::{ProjectId, ServerId};

/// Projects taken at once: few enough that their rows are locked for a moment only.
const TAKE_MAX: i64 = 100;

/// A row of `servers`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "servers")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub started_at: DateTimeUtc,
    pub beat_at: DateTimeUtc,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

fn postgres(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// Makes this server one of those that are there.
///
/// # Errors
/// Those of the database.
pub async fn arrive(db: &impl ConnectionTrait, server: ServerId) -> Result<(), DbErr> {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_string_lossy();
    let name = format!("{machine}, process {}", std::process::id());
    let sql = "INSERT INTO servers (id, name, started_at, beat_at) VALUES ($1, $2, now(), now())";
    let values = [server.0.into(), name.clone().into()];
    db.execute_raw(postgres(sql, values)).await?;
    tracing::info!(server.id = %server, name, "this server is one of those on this database");
    Ok(())
}

impl Database {
    /// Has a server arrive, over a connection for only that.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn take_in(&self, server: ServerId) -> Result<(), ConnectError> {
        let connection = self.open_for_leases().await?;
        let arrived = arrive(&connection, server).await;
        discard(&connection);
        arrived.map_err(|error| self.not_opened(error))
    }
}

/// Renews this server's row. False when it was taken for dead.
///
/// # Errors
/// Those of the database.
pub async fn beat(db: &impl ConnectionTrait, server: ServerId) -> Result<bool, DbErr> {
    let sql = "UPDATE servers SET beat_at = now() WHERE id = $1";
    let renewed = db.execute_raw(postgres(sql, [server.0.into()])).await?;
    Ok(renewed.rows_affected() == 1)
}

/// Takes a server's row away: what it works for is free.
///
/// # Errors
/// Those of the database.
pub async fn leave(db: &impl ConnectionTrait, server: ServerId) -> Result<(), DbErr> {
    Entity::delete_by_id(server.0).exec(db).await?;
    Ok(())
}

/// Takes the rows away of those that did not renew them for so long. How many.
///
/// # Errors
/// Those of the database.
pub async fn bury(db: &impl ConnectionTrait, silent_for: Duration) -> Result<u64, DbErr> {
    let sql = "DELETE FROM servers WHERE beat_at < now() - make_interval(secs => $1)";
    let buried = db
        .execute_raw(postgres(sql, [silent_for.as_secs_f64().into()]))
        .await?;
    Ok(buried.rows_affected())
}

/// Takes projects that nobody works for, a few at a time; those that another server is just taking are passed over. How many.
///
/// # Errors
/// Those of the database.
pub async fn take(db: &impl ConnectionTrait, server: ServerId) -> Result<u64, DbErr> {
    let sql = "UPDATE projects SET leased_by = $1 WHERE id IN ( \
                 SELECT id FROM projects WHERE deleted_at IS NULL \
                 AND (leased_by IS NULL OR leased_by NOT IN (SELECT id FROM servers)) \
                 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)";
    let taken = postgres(sql, [server.0.into(), TAKE_MAX.into()]);
    Ok(db.execute_raw(taken).await?.rows_affected())
}

/// How many projects a server works for.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl ConnectionTrait, server: ServerId) -> Result<u64, DbErr> {
    project::there().filter(is_of(server)).count(db).await
}

/// The projects a server works for.
///
/// # Errors
/// Those of the database.
pub async fn held(db: &impl ConnectionTrait, server: ServerId) -> Result<Vec<ProjectId>, DbErr> {
    let held: Vec<Uuid> = project::there()
        .filter(is_of(server))
        .select_only()
        .column(project::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(held.into_iter().map(ProjectId).collect())
}

fn is_of(server: ServerId) -> sea_orm::sea_query::SimpleExpr {
    project::Column::LeasedBy.eq(server.0)
}
