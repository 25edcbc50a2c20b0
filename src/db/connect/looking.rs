//! Opening a database to look at it, which leaves it as it was.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, DatabaseConnection, DbErr};

use super::{ConnectError, Database};

/// A database as somebody finds it who only looks.
pub enum Sight {
    /// There is none yet.
    Nothing,
    /// A connection on which it is read.
    Open(DatabaseConnection),
    /// A SQLite file that was not closed and has lost what belongs to it: SQLite would have to mend it first.
    Unclosed(PathBuf),
}

impl Database {
    /// Opens a SQLite file that nobody writes, and leaves nothing in it or beside it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_to_look(file: &Path) -> Result<DatabaseConnection, DbErr> {
        Self::open_file(file, false).await
    }

    /// Opens the database as it is, whoever has it, and makes nothing in it or beside it.
    ///
    /// # Errors
    /// [`ConnectError`], which says what to do.
    pub async fn look(&self) -> Result<Sight, ConnectError> {
        let Some(file) = self.sqlite_file() else {
            return self.open_for_writing().await.map(Sight::Open);
        };
        if !file.exists() {
            return Ok(Sight::Nothing);
        }
        let beside = |suffix: &str| {
            let mut path = file.clone().into_os_string();
            path.push(suffix);
            std::fs::metadata(path).ok().map(|about| about.len())
        };
        // What was committed and is not in the file yet stands beside it, and the index of that as well. SQLite makes the
        // index where there is none, and takes it away only where it may write; one that a crash left it reads in anew, as
        // everybody who opens the file does. Without either the file is all there is.
        let immutable = match (beside("-wal").unwrap_or(0), beside("-shm")) {
            (0, _) => true,
            (_, Some(_)) => false,
            (_, None) => return Ok(Sight::Unclosed(file)),
        };
        let opened = Self::open_file(&file, immutable).await;
        opened
            .map(Sight::Open)
            .map_err(|source| self.not_opened(source))
    }

    async fn open_file(file: &Path, immutable: bool) -> Result<DatabaseConnection, DbErr> {
        let file = file.to_owned();
        let mut options = ConnectOptions::new("sqlite://copy");
        options
            .max_connections(1)
            .sqlx_logging(false)
            // Not by the address, in which a name would have to be escaped.
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite.filename(&file).read_only(true).immutable(immutable)
            });
        Box::pin(sea_orm::Database::connect(options)).await
    }
}
