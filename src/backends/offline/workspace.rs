//! The project's folder: whether it is one, and reading from it without ever leaving it.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use rustix::fs::OFlags;
use tokio::{
    fs::{self, OpenOptions},
    io::AsyncReadExt,
};

use super::visit::{Halt, Visit};
use crate::{backends::workspace, domain::execution::ErrorCode};

/// Git's answer to `rev-parse --show-toplevel` is one path.
const PATH_BYTES_MAX: usize = 64 * 1024;

/// The folder with every link in its path resolved, if it is one.
pub(super) async fn folder(workspace: Option<&Path>) -> Result<PathBuf, Halt> {
    workspace::folder(workspace).await.map_err(failed)
}

/// Asks git whether the folder lies in a checkout.
pub(super) async fn ensure_checkout(visit: &Visit<'_>) -> Result<(), Halt> {
    let answer = visit
        .git(&["rev-parse", "--show-toplevel"], PATH_BYTES_MAX)
        .await?;
    if answer.code == Some(0) {
        Ok(())
    } else {
        let words = workspace::not_a_checkout(&visit.root, &answer.words());
        Err(failed(words))
    }
}

pub(super) fn missing(path: &Path) -> Halt {
    failed(workspace::missing(path))
}

fn failed(error: String) -> Halt {
    Halt::failed(ErrorCode::WorkspaceMissing, error)
}

/// A file's beginning.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) text: String,
    /// Bytes of the file that lie after `text`.
    pub(super) left_bytes: u64,
}

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error("it is not there any more, though git knows it")]
    Gone,
    #[error("it is a link to outside the project's folder")]
    Outside,
    #[error("it is not a file")]
    NotAFile,
    #[error("it cannot be read: {0}")]
    Denied(io::Error),
}

/// Reads at most `bytes_max` of the file at `path`, which counts from `root`. Never outside `root`, wherever links lead;
/// never from git's own folder, which holds addresses with passwords in them; and never from a pipe or a device, which
/// could wait for ever.
pub(super) async fn read(root: &Path, path: &str, bytes_max: usize) -> Result<Content, Unread> {
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unread::Gone,
        _ => Unread::Denied(error),
    };
    let real = fs::canonicalize(root.join(path)).await.map_err(unread)?;
    let inside = real
        .strip_prefix(root)
        .map_err(|_outside| Unread::Outside)?;
    if inside
        .components()
        .any(|part| part == Component::Normal(".git".as_ref()))
    {
        return Err(Unread::Outside);
    }
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags).expect("flags of open(2) are an int"))
        .open(&real)
        .await
        .map_err(unread)?;
    let about = file.metadata().await.map_err(unread)?;
    if !about.is_file() {
        return Err(Unread::NotAFile);
    }
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit)
        .read_to_end(&mut bytes)
        .await
        .map_err(unread)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(Content {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        left_bytes: about.len().saturating_sub(read),
    })
}

/// Whether there is something at `path` inside the folder that a program could be started from.
pub(super) fn has(root: &Path, path: &str) -> bool {
    root.join(path).exists()
}
