//! Opening the database: a pool of one for the writer, a small one for everybody else.

use std::{fmt, path::PathBuf, time::Duration};

use futures_util::FutureExt as _;
use migration::MigratorTrait;
use sea_orm::{ConnectOptions, DatabaseConnection, DbErr};

use super::{Reader, apply::Retention};
use crate::domain::id::ServerId;

/// How long SQLite waits for a lock another process holds, before it reports it. At most: it is a statement that waits.
const BUSY_TIMEOUT_MAX: Duration = Duration::from_secs(5);

/// How long a connection of a PostgreSQL pool may rest before it is asked whether it still lives.
const PING_IF_IDLE: Duration = Duration::from_secs(5);

/// How PostgreSQL finds out that the way to this server is gone, in seconds of silence, seconds between questions, and
/// questions without an answer. Without it a connection that was forgotten on the way is kept for two hours, and one that
/// rests for some minutes is forgotten by many a router.
const KEEPALIVE: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

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
    /// How much of each log is kept.
    pub retention: Retention,
    /// Who this is, for other servers on the same database.
    pub server: ServerId,
}

impl fmt::Debug for Database {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.shown())
            .finish_non_exhaustive()
    }
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder of a SQLite file could not be made.
    #[error("cannot make the folder {} for the database; choose another one with PM__DATA__DIR", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It could not be opened.
    #[error("cannot open the database {url}; {advice}")]
    Open {
        /// Which one, without its password.
        url: String,
        /// What to do.
        advice: &'static str,
        /// Why not.
        source: DbErr,
    },
    /// There is none.
    #[error("there is no database {}; `pm serve` and `pm migrate up` make it, or choose another folder with PM__DATA__DIR", path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// The version of its tables could not be read or changed.
    #[error("cannot read or change the version of the tables in the database {url}; {advice}")]
    Migrate {
        /// Which one, without its password.
        url: String,
        /// What to do.
        advice: &'static str,
        /// Why not.
        source: DbErr,
    },
}

/// Opens the database, makes the SQLite file where there is none and brings the tables up to date. Returns the reader
/// for everybody and the connection for the writer alone.
///
/// # Errors
/// [`ConnectError`], which says what to do.
pub async fn connect(database: &Database) -> Result<(Reader, DatabaseConnection), ConnectError> {
    let writer = database.open_for_writing().await?;
    migration::Migrator::up(&writer, None)
        .await
        .map_err(|error| database.not_migrated(error))?;
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
                source,
            })?;
        }
        self.open(1).await
    }

    /// Makes sure that a SQLite file is there, for whoever is not to make it. PostgreSQL says so itself.
    ///
    /// # Errors
    /// [`ConnectError::Missing`].
    pub fn ensure_exists(&self) -> Result<(), ConnectError> {
        match self.sqlite_file() {
            Some(path) if !path.exists() => Err(ConnectError::Missing { path }),
            _ => Ok(()),
        }
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
        let opened = Box::pin(sea_orm::Database::connect(options)).await;
        opened.map_err(|source| self.not_opened(source))
    }

    pub(super) fn not_opened(&self, source: DbErr) -> ConnectError {
        ConnectError::Open {
            url: self.shown(),
            advice: advice(&source, self),
            source,
        }
    }

    /// What to say of migrations that failed.
    pub fn not_migrated(&self, source: DbErr) -> ConnectError {
        ConnectError::Migrate {
            url: self.shown(),
            advice: advice(&source, self),
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

    /// The address as it may be shown: without a password.
    pub fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return self.url.clone();
        };
        match rest.rsplit_once('@') {
            Some((who, place)) => {
                let user = who.split(':').next().unwrap_or(who);
                format!("{scheme}://{user}:…@{place}")
            }
            None => self.url.clone(),
        }
    }
}

fn advice(source: &DbErr, database: &Database) -> &'static str {
    let words = source.to_string();
    if !database.is_sqlite() {
        return "check DATABASE_URL, and that PostgreSQL is running and lets this user in";
    }
    // SQLite says these in words only: the code is lost on the way when opening fails.
    if words.contains("not a database") || words.contains("malformed") {
        "the file is damaged or is no SQLite database: move it away or restore it from a backup; it was left untouched"
    } else if words.contains("unable to open") || words.contains("readonly") {
        "check that the folder and the file can be read and written, or choose another folder with PM__DATA__DIR"
    } else if words.contains("Migration file") || words.contains("is missing") {
        "it was made by a newer version of this program: use that version, or another folder with PM__DATA__DIR"
    } else {
        "check that nothing else has it locked and that the disk is not full"
    }
}
