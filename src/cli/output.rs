//! What a command prints. Whoever reads it may have enough before its end, as `head` has: that is no error.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// Prints a line, or several.
///
/// # Errors
/// When it cannot be written although somebody reads.
pub(super) fn line(words: impl Display) -> io::Result<()> {
    bytes(format!("{words}\n").as_bytes())
}

/// Prints just this.
///
/// # Errors
/// As [`line`].
pub(super) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    unless_nobody_reads(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Prints what `write` writes, without its styles where they are not to be seen.
///
/// # Errors
/// As [`line`].
pub(super) fn styled(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let mut all = Vec::new();
    write(&mut all)?;
    let mut out = anstream::stdout();
    unless_nobody_reads(out.write_all(&all).and_then(|()| out.flush()))
}

fn unless_nobody_reads(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
