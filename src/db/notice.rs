//! Word to the other servers on the same PostgreSQL that a log has grown: `NOTIFY` within the transaction, so that it comes
//! with the commit or not at all, and `LISTEN`.
//!
//! It carries which logs have grown to where and nothing of what stands in them: the log is the truth, and word that got lost
//! costs the time until the next look. SQLite has one server, and nobody to tell.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    Statement,
    sqlx::{self, postgres::PgListener},
};
use serde::{Deserialize, Serialize};

use super::{ConnectError, Database, apply::Logged, discard};
use crate::domain::{
    canary,
    id::{ProjectId, ServerId},
};

/// What servers of this program listen to.
const CHANNEL: &str = "project_manager_log";

/// Logs in one notification at most: PostgreSQL takes 8,000 bytes, and each of these takes up to 80.
const LOGS_MAX: usize = 80;

/// That logs have grown.
#[derive(Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Who wrote.
    pub server: ServerId,
    /// The first and the last new `seq` of each log.
    pub logs: BTreeMap<ProjectId, (i64, i64)>,
}

/// Tells the other servers what a transaction adds to the logs, if it commits.
///
/// # Errors
/// Those of the database.
pub(crate) async fn send(
    txn: &DatabaseTransaction,
    server: ServerId,
    logged: &[Logged],
) -> Result<(), DbErr> {
    if txn.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let mut logs: BTreeMap<ProjectId, (i64, i64)> = BTreeMap::new();
    // What a canary sings is for nobody else.
    let news = logged.iter().filter(|logged| logged.project != canary::LOG);
    for Logged { project, activity } in news {
        logs.entry(*project)
            .and_modify(|(_, last)| *last = activity.seq)
            .or_insert((activity.seq, activity.seq));
    }
    while !logs.is_empty() {
        let rest = logs.keys().nth(LOGS_MAX).copied();
        let rest = rest.map_or_else(BTreeMap::new, |from| logs.split_off(&from));
        tell(txn, &Notice { server, logs }).await?;
        logs = rest;
    }
    Ok(())
}

/// Says something in which nothing is, for who said it to hear that it still hears.
///
/// # Errors
/// Those of the database.
pub async fn say_nothing(db: &DatabaseConnection, server: ServerId) -> Result<(), DbErr> {
    let logs = BTreeMap::new();
    tell(db, &Notice { server, logs }).await
}

async fn tell(db: &impl ConnectionTrait, notice: &Notice) -> Result<(), DbErr> {
    let notice = serde_json::to_string(notice).map_err(|error| DbErr::Json(error.to_string()))?;
    let notify = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_notify($1, $2)",
        [CHANNEL.into(), notice.into()],
    );
    db.execute_raw(notify).await?;
    Ok(())
}

/// A connection on which word comes in.
pub struct Listening {
    listener: PgListener,
    /// Its own: it is never given back.
    pool: DatabaseConnection,
}

impl Database {
    /// Begins to listen, on PostgreSQL. What was told before is not heard.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn listen(&self) -> Result<Listening, ConnectError> {
        let pool = self.open(1).await?;
        match listener(&pool).await {
            Ok(listener) => Ok(Listening { listener, pool }),
            Err(error) => {
                discard(&pool);
                Err(self.not_opened(DbErr::Conn(RuntimeErr::SqlxError(error.into()))))
            }
        }
    }
}

async fn listener(pool: &DatabaseConnection) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool.get_postgres_connection_pool()).await?;
    // What was told meanwhile would be missing without anybody knowing.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

impl Listening {
    /// Waits for the next word; none when the connection is lost, and what was told since.
    pub async fn next(&mut self) -> Option<Notice> {
        loop {
            let told = match self.listener.try_recv().await {
                Ok(told) => told?,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::debug!(error, "the connection to listen on failed");
                    return None;
                }
            };
            match serde_json::from_str(told.payload()) {
                Ok(notice) => return Some(notice),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        "another server says something this one does not understand"
                    );
                }
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        discard(&self.pool);
    }
}
