//! One of the databases of a move, taken so that no server runs on it.

use std::{fs::File, time::Duration};

use anyhow::{Context as _, bail};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, TryGetable};

use crate::{app::lock, db::Database};

/// How long one statement may take: one that moves some hundred rows takes far less, also on a slow machine, and one that
/// takes longer waits for something that somebody has to look at.
const STATEMENT_MAX: Duration = Duration::from_secs(120);

/// By this a server is known among the sessions of a PostgreSQL database (`db/connect.rs`).
const SERVER: &str = "project-manager";

/// What a move calls itself there, so that it is not taken for a server.
const MOVE: &str = "project-manager move";

/// The advisory lock of a move, so that there are no two at once in one PostgreSQL database: `pm move` in ASCII.
const LOCK: i64 = 0x70_6d20_6d6f_7665;

/// A database with nobody else at work on it.
pub(super) struct Side {
    /// Which one.
    pub(super) database: Database,
    /// The one connection to it. It keeps the lock in PostgreSQL.
    pub(super) connection: DatabaseConnection,
    /// Closed after the connection.
    lock: Option<File>,
}

impl Side {
    /// Takes a database. The SQLite file is made where there is none.
    ///
    /// # Errors
    /// When a server or another move is at work on it, or it cannot be opened.
    pub(super) async fn take(database: &Database) -> anyhow::Result<Self> {
        let database = Database {
            statement_timeout: STATEMENT_MAX,
            ..database.clone()
        };
        let lock = lock::take(&database)?;
        let side = Self {
            connection: database.open_for_writing().await?,
            database,
            lock,
        };
        if !side.database.is_sqlite() {
            side.lock_out_others().await?;
        }
        Ok(side)
    }

    async fn lock_out_others(&self) -> anyhow::Result<()> {
        let shown = self.database.shown();
        let name = format!("SET application_name = '{MOVE}'");
        self.connection.execute_unprepared(&name).await?;
        let lock = format!("SELECT pg_try_advisory_lock({LOCK})");
        if !self.ask::<bool>(&lock).await? {
            bail!(
                "another `pm copy` or `pm import-legacy` is at work on the database {shown}; wait until it has ended"
            );
        }
        let servers = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{SERVER}'"
        );
        if self.ask::<i64>(&servers).await? > 0 {
            bail!(
                "a server is using the database {shown}; stop every server that uses it, and try again"
            );
        }
        Ok(())
    }

    async fn ask<T: TryGetable>(&self, sql: &str) -> anyhow::Result<T> {
        let question = Statement::from_string(DbBackend::Postgres, sql);
        let row = self.connection.query_one_raw(question).await?;
        let row = row.context("PostgreSQL gave no answer")?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Closes it, so that a SQLite database is all in its one file, and lets others have it.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        let closed = self.connection.close().await;
        closed.with_context(|| format!("cannot close the database {}", self.database.shown()))?;
        drop(self.lock);
        Ok(())
    }
}
