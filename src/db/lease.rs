//! Who works for which project, of several servers on one PostgreSQL: `servers`, and `projects.leased_by`.
//!
//! A server is there as long as its row is, which it has to renew; `leased_by` of a project is the server that works for it.
//! A row that was not renewed in time is deleted by whichever server notices first, and then its projects are free to be
//! taken. A server that comes back too late finds no row, has a new one with another id, and so nothing of what it had: the
//! id is what tells an old lease from a new one. All times are the database's: servers' clocks may differ, and what else
//! is stored has its time as well, which a server learns here (`clock.rs`).
//!
//! What a transaction writes in the name of a server is refused when the project is another's by then (`apply.rs`).

use std::time::Duration;

use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DbErr, QuerySelect as _, QueryTrait as _, Statement,
    Value,
    entity::prelude::*,
    sea_query::{LockBehavior, LockType, SelectStatement},
};

use super::{ConnectError, Database, project};
use crate::{
    clock,
    domain::id::{ProjectId, ServerId},
};

/// Projects taken at once: few enough that their rows are locked for a moment only.
const TAKE_MAX: u64 = 100;

/// Beats in a lease: some may come late, or be lost with a connection.
pub const BEATS: u32 = 5;

/// For how long a row is good once it is renewed: so much less than a lease that another server, which looks with each of its
/// beats, has taken over within one.
pub fn good_for(lease: Duration) -> Duration {
    lease - lease / BEATS
}

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
    pub expires_at: DateTimeUtc,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

fn postgres(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// Makes this server one of those that are there; see [`good_for`].
///
/// # Errors
/// Those of the database.
pub async fn arrive(
    db: &impl ConnectionTrait,
    server: ServerId,
    lease: Duration,
) -> Result<(), DbErr> {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_string_lossy();
    let name = format!("{machine}, process {}", std::process::id());
    let sql = "INSERT INTO servers (id, name, started_at, expires_at) \
               VALUES ($1, $2, now(), now() + make_interval(secs => $3)) \
               RETURNING clock_timestamp()";
    let values = [
        server.0.into(),
        name.clone().into(),
        good_for(lease).as_secs_f64().into(),
    ];
    let asked = clock::ask();
    let row = db.query_one_raw(postgres(sql, values)).await?;
    if let Some(row) = row {
        asked.answered(row.try_get_by_index(0)?);
    }
    tracing::info!(server.id = %server, name, "this server is one of those on this database");
    Ok(())
}

impl Database {
    /// Has a server arrive, over the connection on which its lease is renewed from then on.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn arrive(&self, server: ServerId) -> Result<(), ConnectError> {
        let connection = self.open(1).await?;
        let arrived = arrive(&connection, server, self.lease).await;
        arrived.map_err(|error| self.not_opened(error))?;
        self.kept_for_leases(Some(connection));
        Ok(())
    }
}

/// How a server found its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Renewed in time.
    InTime,
    /// It had expired, and nobody took note.
    Expired,
    /// It is not there: the server was taken for dead.
    Gone,
}

/// Renews this server's row; see [`good_for`].
///
/// # Errors
/// Those of the database.
pub async fn renew(
    db: &impl ConnectionTrait,
    server: ServerId,
    lease: Duration,
) -> Result<Found, DbErr> {
    let sql = "WITH before AS (SELECT expires_at FROM servers WHERE id = $1 FOR UPDATE) \
               UPDATE servers SET expires_at = now() + make_interval(secs => $2) FROM before WHERE id = $1 \
               RETURNING before.expires_at < now(), clock_timestamp()";
    let renew = postgres(sql, [server.0.into(), good_for(lease).as_secs_f64().into()]);
    let asked = clock::ask();
    let Some(row) = db.query_one_raw(renew).await? else {
        return Ok(Found::Gone);
    };
    asked.answered(row.try_get_by_index(1)?);
    Ok(match row.try_get_by_index(0)? {
        false => Found::InTime,
        true => Found::Expired,
    })
}

/// Takes a server's row away: what it works for is free.
///
/// # Errors
/// Those of the database.
pub async fn leave(db: &impl ConnectionTrait, server: ServerId) -> Result<(), DbErr> {
    Entity::delete_by_id(server.0).exec(db).await?;
    Ok(())
}

/// Takes the rows away of those that did not renew them in time, if `server` did: what comes out of a network late, when its
/// own has expired, too, changes nothing. How many.
///
/// # Errors
/// Those of the database.
pub async fn bury(db: &impl ConnectionTrait, server: ServerId) -> Result<u64, DbErr> {
    let sql = "DELETE FROM servers WHERE expires_at < now() \
               AND EXISTS (SELECT 1 FROM servers me WHERE me.id = $1 AND me.expires_at > now())";
    let buried = db.execute_raw(postgres(sql, [server.0.into()])).await?;
    Ok(buried.rows_affected())
}

/// Takes projects that nobody works for, a few at a time; those that another server is just taking are passed over. How many.
///
/// Who is not there is looked up first, along the index, because an id never comes back: a condition on who is there would
/// be judged with what was there when the statement began, also of a project that a newcomer took meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn take(db: &impl ConnectionTrait, server: ServerId) -> Result<u64, DbErr> {
    let gone = "WITH RECURSIVE holders AS ( \
                  (SELECT leased_by FROM projects WHERE leased_by IS NOT NULL ORDER BY 1 LIMIT 1) \
                  UNION ALL \
                  SELECT (SELECT p.leased_by FROM projects p WHERE p.leased_by > holders.leased_by ORDER BY 1 LIMIT 1) \
                  FROM holders WHERE holders.leased_by IS NOT NULL) \
                SELECT leased_by FROM holders WHERE leased_by IS NOT NULL \
                AND NOT EXISTS (SELECT 1 FROM servers WHERE servers.id = holders.leased_by)";
    let rows = db.query_all_raw(postgres(gone, [])).await?.into_iter();
    let mut free = Condition::any().add(project::Column::LeasedBy.is_null());
    for row in rows {
        free = free.add(project::Column::LeasedBy.eq(row.try_get_by_index::<Uuid>(0)?));
    }
    let some: Vec<Uuid> = project::there()
        .select_only()
        .column(project::Column::Id)
        .filter(free.clone())
        .limit(TAKE_MAX)
        .into_tuple()
        .all(db)
        .await?;
    if some.is_empty() {
        return Ok(0);
    }
    let unlocked = project::there()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::Id.is_in(some))
        .filter(free)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query();
    let taken = project::Entity::update_many()
        .col_expr(project::Column::LeasedBy, Some(server.0).into())
        .filter(project::Column::Id.in_subquery(unlocked))
        .exec(db)
        .await?;
    Ok(taken.rows_affected)
}

/// The projects a server works for.
///
/// # Errors
/// Those of the database.
pub async fn held(db: &impl ConnectionTrait, server: ServerId) -> Result<Vec<ProjectId>, DbErr> {
    let held: Vec<Uuid> = ids_held_by(server).into_tuple().all(db).await?;
    Ok(held.into_iter().map(ProjectId).collect())
}

/// Their ids, as part of a larger query.
pub(super) fn held_by(server: ServerId) -> SelectStatement {
    ids_held_by(server).into_query()
}

fn ids_held_by(server: ServerId) -> Select<project::Entity> {
    project::there()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::LeasedBy.eq(server.0))
}
