//! Bringing the tables up to date, one server at a time.

use std::time::Duration;

use migration::MigratorTrait as _;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};

use super::ConnectError;
use crate::{db::Database, delay::pause};

/// Names the lock of whoever changes the tables, among all locks of this database: "pm" and "tables", so to say.
const MIGRATING: i64 = 0x706d_7461_626c;

/// How long another server may take to change the tables, and how often it is looked whether it still does.
const MIGRATED_WITHIN: Duration = Duration::from_secs(300);
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Database {
    /// Brings the tables up to date. Of several servers that start on one PostgreSQL one does, and the others wait for it.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn migrate(&self, connection: &DatabaseConnection) -> Result<(), ConnectError> {
        let migrated = async {
            if !self.is_sqlite() {
                alone(connection).await?;
            }
            // What is wrong here is why, also where the lock cannot be given back after it: then it goes with the connection.
            migration::Migrator::up(connection, None).await?;
            if !self.is_sqlite() {
                let unlock = format!("SELECT pg_advisory_unlock({MIGRATING})");
                connection.execute_unprepared(&unlock).await?;
            }
            Ok(())
        };
        Box::pin(migrated)
            .await
            .map_err(|error| self.not_migrated(error))
    }
}

/// Waits until nobody else changes the tables. The lock is the connection's, of which there is one, and goes with it.
async fn alone(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let lock = format!("SELECT pg_try_advisory_lock({MIGRATING})");
    let mut waited = Duration::ZERO;
    loop {
        let lock = Statement::from_string(DbBackend::Postgres, &lock);
        let row = connection.query_one_raw(lock).await?;
        if row.is_some_and(|row| row.try_get_by_index(0) == Ok(true)) {
            return Ok(());
        }
        if waited >= MIGRATED_WITHIN {
            return Err(DbErr::Custom(format!(
                "another server has been changing the tables for {MIGRATED_WITHIN:?}"
            )));
        }
        pause(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
}
