//! One server for one SQLite file: a second one would take the first one's running commands for left behind. Whoever
//! changes the tables counts as one, so that no server loses a column it reads.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

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
    let file = open(&path, true)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "{}; stop that one, or choose another folder with PM__DATA__DIR",
            taken(&path)
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| {
            format!(
                "cannot lock {}, so it is not certain that no other server uses it",
                path.display()
            )
        }),
    }
}

/// The file itself, which SQLite locks in another way, so that nothing is left beside it. It must stay open as long as SQLite
/// has it: closing it would take SQLite's locks along.
fn open(path: &Path, create: bool) -> anyhow::Result<File> {
    let file = OpenOptions::new()
        .create(create)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path);
    file.with_context(|| {
        format!(
            "cannot open the database {}; check that the folder and the file can be read and written, or choose \
             another folder with PM__DATA__DIR",
            path.display()
        )
    })
}

/// That another server has a database.
pub fn taken(path: &Path) -> String {
    format!("another server is using the database {}", path.display())
}

/// Whoever has a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Its process, where the system tells.
    pub pid: Option<u32>,
}

/// Who has the SQLite file at `path`, which is there, if anybody. To be asked while this process has it not open itself.
///
/// # Errors
/// When it cannot be opened for reading and writing.
pub fn holder(path: &Path) -> anyhow::Result<Option<Holder>> {
    let file = open(path, false)?;
    // Shared, and given back at once: of two that only look neither is in the other's way.
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Ok(Some(Holder { pid: pid(&file) })),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// The process that Linux says has locked a file.
fn pid(file: &File) -> Option<u32> {
    let about = file.metadata().ok()?;
    let (major, minor) = (
        rustix::fs::major(about.dev()),
        rustix::fs::minor(about.dev()),
    );
    // `1: FLOCK  ADVISORY  WRITE 4242 fe:01:131 0 EOF`
    let place = format!(" {major:02x}:{minor:02x}:{} ", about.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let line = locks
        .lines()
        .find(|line| line.contains(" FLOCK ") && line.contains(&place))?;
    let (before, _) = line.split_once(&place)?;
    // 0 is a process of somewhere else, such as another container.
    let pid: u32 = before.rsplit(' ').next()?.parse().ok()?;
    (pid > 0).then_some(pid)
}
