//! Opening the database: a pool of one for the writer, a small one for everybody else.

mod advice;
mod error;
mod looking;
mod migrating;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use sea_orm::{
    ConnectOptions, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions as _, postgres::PgConnectOptions},
};

pub use self::{error::ConnectError, looking::Sight};
use super::{Reader, apply::Retention};
use crate::domain::{id::ServerId, notification::Wanted};

/// How long SQLite waits for a lock another process holds, before it reports it. At most: it is a statement that waits.
const BUSY_TIMEOUT_MAX: Duration = Duration::from_secs(5);

/// How long a connection of a PostgreSQL pool may rest before it is asked whether it still lives.
const PING_IF_IDLE: Duration = Duration::from_secs(5);

/// The oldest PostgreSQL this program works with, as the server tells its version. Nothing older was tried, and older ones
/// have had no repairs since November 2024. Its SQL is meant for this one.
const POSTGRES_MIN: u32 = 130_000;

/// How PostgreSQL finds out that the way to this server is gone, in seconds of silence, seconds between questions, and
/// questions without an answer. Without it a connection that was forgotten on the way is kept for two hours, and one that
/// rests for some minutes is forgotten by many a router.
const KEEPALIVE: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// A connection that was opened and is kept for somebody; none is there as a rule.
pub type Kept = Arc<Mutex<Option<DatabaseConnection>>>;

/// Where the database is and how patient to be with it.
#[derive(Clone)]
pub struct Database {
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
    /// Connections for reading.
    pub readers: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// After how long of silence a server is taken for dead, where there are several.
    pub lease: Duration,
    /// How much of each log is kept.
    pub retention: Retention,
    /// What somebody outside is told of.
    pub wanted: Wanted,
    /// Who this is, for other servers on the same database.
    pub server: ServerId,
    /// The option of the command line that names it; none where the settings do.
    pub option: Option<&'static str>,
    /// The connection on which this server arrived, until the lease is renewed on it.
    pub for_leases: Kept,
}

impl fmt::Debug for Database {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.shown())
            .finish_non_exhaustive()
    }
}

/// Opens the database, makes the SQLite file where there is none and brings the tables up to date. Returns the reader
/// for everybody and the connection for the writer alone.
///
/// # Errors
/// [`ConnectError`], which says what to do.
pub async fn connect(database: &Database) -> Result<(Reader, DatabaseConnection), ConnectError> {
    let writer = database.open_for_writing().await?;
    database.migrate(&writer).await?;
    let readers = database.open(database.readers).await?;
    Ok((Reader::new(database.clone(), readers), writer))
}

/// Gives a pool up: nobody gets a connection of it any more, and one that is in use is closed when it comes back. Else it
/// would first be asked whether it still lives, which in a black hole takes until TCP gives up, a quarter of an hour. (One
/// that is being asked just now stays that long all the same.)
pub fn discard(pool: &DatabaseConnection) {
    // It is closed at once, and nobody waits for what is in use.
    if let Some(Err(error)) = pool.close_by_ref().now_or_never() {
        let error = &error as &dyn std::error::Error;
        tracing::debug!(error, "a pool was given up and not closed");
    }
}

impl Database {
    /// Opens the one connection of the writer, making the SQLite file and its folder where there are none.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn open_for_writing(&self) -> Result<DatabaseConnection, ConnectError> {
        if let Some(folder) = self
            .sqlite_file()
            .and_then(|file| file.parent().map(PathBuf::from))
        {
            std::fs::create_dir_all(&folder).map_err(|source| ConnectError::Folder {
                path: folder,
                advice: self.advise("choose another folder with PM__DATA__DIR"),
                source,
            })?;
        }
        let connection = self.open(1).await?;
        if !self.is_sqlite() {
            Box::pin(self.ensure_new_enough(&connection)).await?;
        }
        Ok(connection)
    }

    async fn ensure_new_enough(&self, connection: &DatabaseConnection) -> Result<(), ConnectError> {
        let pool = connection.get_postgres_connection_pool();
        let opened = pool.acquire().await.map_err(not_connected);
        let opened = opened.map_err(|source| self.not_opened(source))?;
        match opened.server_version_num() {
            Some(found) if found < POSTGRES_MIN => Err(ConnectError::TooOld {
                url: self.shown(),
                advice: self.advise("upgrade it, or name another one in DATABASE_URL"),
                found,
            }),
            // What only speaks PostgreSQL's language may have a version of its own.
            _ => Ok(()),
        }
    }

    /// Makes sure that a SQLite file is there, for whoever is not to make it. PostgreSQL says so itself.
    ///
    /// # Errors
    /// [`ConnectError::Missing`].
    pub fn ensure_exists(&self) -> Result<(), ConnectError> {
        match self.sqlite_file() {
            Some(path) if !path.exists() => Err(ConnectError::Missing {
                path,
                advice: self.advise(
                    "`pm serve` and `pm migrate up` make it, or choose another folder with PM__DATA__DIR",
                ),
            }),
            _ => Ok(()),
        }
    }

    /// A connection for renewing the lease on this server's work, and nothing else: first the one on which it arrived, so
    /// that a server that has started has one. Opening another takes so little of the lease that why it cannot be opened is
    /// known before this server is taken for dead.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn open_for_leases(&self) -> Result<DatabaseConnection, ConnectError> {
        let kept = self.kept_for_leases(None);
        if let Some(connection) = kept {
            return Ok(connection);
        }
        let hasty = Self {
            acquire_timeout: self.acquire_timeout.min(self.lease / 4),
            ..self.clone()
        };
        hasty.open(1).await
    }

    /// Keeps a connection for the lease, or none; which one was kept before.
    pub(super) fn kept_for_leases(
        &self,
        connection: Option<DatabaseConnection>,
    ) -> Option<DatabaseConnection> {
        let mut kept = self
            .for_leases
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *kept, connection)
    }

    pub(super) async fn open(&self, connections: u32) -> Result<DatabaseConnection, ConnectError> {
        self.connect(self.options(connections)).await
    }

    /// As [`Self::open`], but connects when it is first used.
    pub(super) async fn open_later(
        &self,
        connections: u32,
    ) -> Result<DatabaseConnection, ConnectError> {
        let mut options = self.options(connections);
        options.connect_lazy(true);
        self.connect(options).await
    }

    async fn connect(&self, options: ConnectOptions) -> Result<DatabaseConnection, ConnectError> {
        // Boxed: it is most of what whoever connects would carry with it.
        match Box::pin(sea_orm::Database::connect(options)).await {
            Ok(connection) => Ok(connection),
            Err(source) => {
                let source = Box::pin(self.ask_why(source)).await;
                Err(self.not_opened(source))
            }
        }
    }

    /// A pool that waited in vain tells only that: it waits for a server that starts, and keeps to itself what it was told
    /// meanwhile. So PostgreSQL is asked once more without one, for as long.
    async fn ask_why(&self, source: DbErr) -> DbErr {
        let waited = matches!(
            &source,
            DbErr::Conn(RuntimeErr::SqlxError(error)) if matches!(**error, sqlx::Error::PoolTimedOut)
        );
        let Ok(options) = self.url.parse::<PgConnectOptions>() else {
            return source;
        };
        if !waited || self.is_sqlite() {
            return source;
        }
        match tokio::time::timeout(self.acquire_timeout, options.connect()).await {
            Ok(Err(error)) => not_connected(error),
            Ok(Ok(_)) | Err(_) => source,
        }
    }

    pub(super) fn not_opened(&self, source: DbErr) -> ConnectError {
        ConnectError::Open {
            url: self.shown(),
            advice: self.advice(&source),
            source,
        }
    }

    fn advice(&self, source: &DbErr) -> String {
        self.advise(match self.is_sqlite() {
            true => advice::for_sqlite(source),
            false => advice::for_postgres(source),
        })
    }

    /// Advice with what names this database, where that is no setting.
    fn advise(&self, advice: &str) -> String {
        match self.option {
            Some(option) => advice::with_option(advice, option),
            None => advice.to_owned(),
        }
    }

    /// What to say of migrations that failed.
    pub fn not_migrated(&self, source: DbErr) -> ConnectError {
        ConnectError::Migrate {
            url: self.shown(),
            advice: self.advice(&source),
            source,
        }
    }

    fn options(&self, connections: u32) -> ConnectOptions {
        let mut options = ConnectOptions::new(self.url.clone());
        let busy_timeout = BUSY_TIMEOUT_MAX.min(self.statement_timeout);
        options
            .max_connections(connections)
            .acquire_timeout(self.acquire_timeout)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |sqlite| {
                // FULL, because NORMAL may lose the last commits when the power goes.
                sqlite
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .busy_timeout(busy_timeout)
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
            });
        if self.is_sqlite() {
            // A file does not go away the way a server does, and the ping costs a statement each time.
            options.test_before_acquire(false);
        } else {
            // A transaction that hears no more of its server must not keep its locks: they are what the next one waits for.
            let silence_ms = self.statement_timeout.as_millis().to_string();
            options
                .statement_timeout(self.statement_timeout)
                .map_sqlx_postgres_opts(move |postgres| {
                    postgres
                        .options(KEEPALIVE)
                        .options([("idle_in_transaction_session_timeout", &silence_ms)])
                })
                .test_before_acquire_if_idle_for(PING_IF_IDLE)
                .set_application_name("project-manager");
        }
        options
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// The SQLite file, if it is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.url.strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// The address as it may be shown: without a password, and without what stands behind a question mark, where there may
    /// be another one.
    pub fn shown(&self) -> String {
        let (url, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let Some((scheme, rest)) = url.split_once("://") else {
            return url.to_owned();
        };
        match rest.rsplit_once('@') {
            // One behind the question mark may be that of the host, and what stands before it a password.
            _ if query.contains('@') => format!("{scheme}://…"),
            Some((who, place)) => {
                let user = who.split(':').next().unwrap_or(who);
                format!("{scheme}://{user}:…@{place}")
            }
            None => url.to_owned(),
        }
    }
}

fn not_connected(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
