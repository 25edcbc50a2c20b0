//! Reading, with a limit on how long it may take.

use std::sync::{Mutex, PoisonError};

use sea_orm::{DatabaseConnection, DbErr};

use super::{Database, Fault, broken, fault};
use crate::failpoint::FailPoint;

/// Reads for everybody but the writer. Clones share one pool.
#[derive(Clone)]
pub struct Reader {
    shared: std::sync::Arc<Shared>,
}

struct Shared {
    database: Database,
    /// Held only to clone or replace it, never across an await.
    pool: Mutex<Pool>,
}

#[derive(Clone)]
struct Pool {
    connections: DatabaseConnection,
    /// Which one it is: of many that time out together only the first replaces it.
    generation: u64,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No answer in time. The pool was replaced: a connection to a black hole never comes back to it.
    #[error("the database did not answer within {0:?}")]
    TimedOut(std::time::Duration),
    /// It answered with an error.
    #[error("the database could not be read")]
    Failed(#[from] DbErr),
}

impl ReadError {
    /// Whether the database is away, so that the same question may be answered later.
    pub fn is_away(&self) -> bool {
        match self {
            Self::TimedOut(_) => true,
            Self::Failed(error) => fault(error) == Fault::Away,
        }
    }
}

impl Reader {
    pub(super) fn new(database: Database, pool: DatabaseConnection) -> Self {
        Self {
            shared: std::sync::Arc::new(Shared {
                database,
                pool: Mutex::new(Pool {
                    connections: pool,
                    generation: 0,
                }),
            }),
        }
    }

    /// Reads with `query`, for as long as getting a connection and a statement may take together.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read<T>(
        &self,
        query: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr>,
    ) -> Result<T, ReadError> {
        let pool = self.pool().clone();
        let limit = self.shared.database.acquire_timeout + self.shared.database.statement_timeout;
        // Both on the heap: these futures are large, and who reads now and then, such as a stream, should not carry room
        // for them all the time.
        let query = Box::pin(async {
            FailPoint::DatabaseRead.pass().await.map_err(broken)?;
            query(&pool.connections).await
        });
        match tokio::time::timeout(limit, query).await {
            Ok(answer) => Ok(answer?),
            Err(_) => {
                Box::pin(self.replace(pool.generation)).await;
                Err(ReadError::TimedOut(limit))
            }
        }
    }

    /// Which database this reads.
    pub fn database(&self) -> &Database {
        &self.shared.database
    }

    fn pool(&self) -> std::sync::MutexGuard<'_, Pool> {
        self.shared
            .pool
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn replace(&self, timed_out: u64) {
        let database = &self.shared.database;
        // Connects when it is first used, so this does not wait for a database that is away.
        let fresh = match database.open_later(database.readers).await {
            Ok(fresh) => fresh,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the pool for reading could not be replaced");
                return;
            }
        };
        let mut pool = self.pool();
        if pool.generation == timed_out {
            *pool = Pool {
                connections: fresh,
                generation: timed_out + 1,
            };
        }
    }
}
