//! One server for one SQLite file: a second one would take the first one's running commands for left behind. Whoever
//! changes the tables counts as one, so that no server loses a column it reads.

use std::fs::{File, OpenOptions, TryLockError};

use anyhow::{Context as _, bail};

use crate::db::Database;

/// Takes the database for this process, for as long as the file is held; the system gives it back when the process ends,
/// however it ends. PostgreSQL has no file to lock.
///
/// # Errors
/// When another server has it, or its folder cannot be written.
pub fn take(database: &Database) -> anyhow::Result<Option<File>> {
    let Some(path) = database.sqlite_file() else {
        return Ok(None);
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| {
            format!(
                "cannot make the folder {} for the database; choose another one with PM__DATA__DIR",
                folder.display()
            )
        })?;
    }
    // The file itself, which SQLite locks in another way, so that nothing is left beside it. It must stay open as long
    // as SQLite has it: closing it would take SQLite's locks along.
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .with_context(|| {
            format!(
                "cannot open the database {}; check that the folder and the file can be read and written, or choose \
                 another folder with PM__DATA__DIR",
                path.display()
            )
        })?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another server is using the database {}; stop that one, or choose another folder with PM__DATA__DIR",
            path.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| {
            format!(
                "cannot lock {}, so it is not certain that no other server uses it",
                path.display()
            )
        }),
    }
}
