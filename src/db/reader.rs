//! Reading, with a limit on how long it may take.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr};
use tokio::{
    sync::watch,
    time::{Instant, timeout, timeout_at},
};

use super::{Database, Fault, broken, discard, fault};
use crate::failpoint::FailPoint;

/// Reads for everybody but the writer. Clones share one pool.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    /// Held only to clone or replace it, never across an await.
    pool: Mutex<Pool>,
    /// Sent to for each read that found the database away.
    failed: watch::Sender<()>,
}

#[derive(Clone)]
struct Pool {
    connections: DatabaseConnection,
    /// Which one it is: of many that fail together only the first replaces it.
    generation: u64,
    /// How many answers came from it.
    answers: Arc<AtomicU64>,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No answer in time.
    #[error("the database did not answer within {0:?}")]
    TimedOut(Duration),
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

    /// Whether all connections were in use for too long. By others, as long as these are answered.
    fn is_for_want_of_a_connection(&self) -> bool {
        let timeout = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        matches!(self, Self::Failed(error) if *error == timeout)
    }
}

impl Reader {
    /// Reads over connections that are open, until they fail.
    pub fn new(database: Database, connections: DatabaseConnection) -> Self {
        Self {
            shared: Arc::new(Shared {
                database,
                pool: Mutex::new(Pool::new(connections, 0)),
                failed: watch::Sender::new(()),
            }),
        }
    }

    /// Reads with `query`, for as long as getting a connection and a statement may take together.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read<T>(
        &self,
        query: impl AsyncFn(&DatabaseConnection) -> Result<T, DbErr>,
    ) -> Result<T, ReadError> {
        let limit = self.shared.database.acquire_timeout + self.shared.database.statement_timeout;
        let deadline = Instant::now() + limit;
        loop {
            let pool = self.pool().clone();
            let answers = pool.answers.load(Ordering::Relaxed);
            // Both on the heap: these futures are large, and who reads now and then, such as a stream, should not carry
            // room for them all the time.
            let query = Box::pin(async {
                FailPoint::DatabaseRead.pass().await.map_err(broken)?;
                query(&pool.connections).await
            });
            let failure = match timeout_at(deadline, query).await {
                Ok(Ok(answer)) => {
                    pool.answers.fetch_add(1, Ordering::Relaxed);
                    return Ok(answer);
                }
                // The pool was replaced before it was this one's turn.
                Ok(Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))) => continue,
                Ok(Err(error)) => ReadError::Failed(error),
                Err(_) => ReadError::TimedOut(limit),
            };
            if failure.is_away() {
                if !failure.is_for_want_of_a_connection()
                    || pool.answers.load(Ordering::Relaxed) == answers
                {
                    Box::pin(self.replace(pool.generation)).await;
                }
                self.shared.failed.send_replace(());
            }
            return Err(failure);
        }
    }

    /// As [`Self::read`], for somebody who does not wait that long.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read_within<T>(
        &self,
        limit: Duration,
        query: impl AsyncFn(&DatabaseConnection) -> Result<T, DbErr>,
    ) -> Result<T, ReadError> {
        match timeout(limit, Box::pin(self.read(query))).await {
            Ok(read) => read,
            Err(_) => {
                self.shared.failed.send_replace(());
                Err(ReadError::TimedOut(limit))
            }
        }
    }

    /// How many connections are open, and how many of them rest.
    pub fn connections(&self) -> (u32, usize) {
        let connections = self.pool().connections.clone();
        match self.database().is_sqlite() {
            true => {
                let pool = connections.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            false => {
                let pool = connections.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        }
    }

    /// Which database this reads.
    pub fn database(&self) -> &Database {
        &self.shared.database
    }

    /// Word of each read that finds the database away.
    pub fn failed(&self) -> watch::Receiver<()> {
        self.shared.failed.subscribe()
    }

    fn pool(&self) -> std::sync::MutexGuard<'_, Pool> {
        self.shared
            .pool
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces a pool that failed: where one connection has broken off the others have, too, and one to a black hole never
    /// comes back.
    async fn replace(&self, failed: u64) {
        if self.pool().generation != failed {
            return;
        }
        let database = &self.shared.database;
        // Connects when it is first used, so this does not wait for a database that is away.
        let fresh = match database.open_later(database.readers).await {
            Ok(fresh) => Pool::new(fresh, failed + 1),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the pool for reading could not be replaced");
                return;
            }
        };
        let mut pool = self.pool();
        let old = match pool.generation == failed {
            true => std::mem::replace(&mut *pool, fresh),
            false => fresh,
        };
        drop(pool);
        discard(&old.connections);
    }
}

impl Pool {
    fn new(connections: DatabaseConnection, generation: u64) -> Self {
        Self {
            connections,
            generation,
            answers: Arc::default(),
        }
    }
}
