//! A program that is talked to: what it reads and writes is a conversation, its complaints come beside.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    path::Path,
};

use tokio::net::{
    UnixStream,
    unix::{OwnedReadHalf, OwnedWriteHalf, pipe},
};

use super::{CommandLine, Guarded, StartError, receiver};

/// A program that is talked to.
#[derive(Debug)]
pub struct Talk {
    /// The program. Ending it ends the conversation.
    pub program: Guarded,
    /// What it reads.
    pub input: OwnedWriteHalf,
    /// What it writes.
    pub output: pipe::Receiver,
    /// What it complains about.
    pub errors: OwnedReadHalf,
}

impl Talk {
    /// Starts `line` under the guard, as [`Running::start`](super::Running::start) does.
    ///
    /// # Errors
    /// As there.
    pub fn start(guard: &Path, line: &CommandLine) -> Result<Self, StartError> {
        Self::spawn(guard, line).map_err(|source| StartError {
            guard: guard.to_owned(),
            source,
        })
    }

    fn spawn(guard: &Path, line: &CommandLine) -> io::Result<Self> {
        let (output, output_writer) = io::pipe()?;
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let program = Guarded::spawn(guard, line, true, output_writer, OwnedFd::from(theirs))?;
        let (errors, input) = UnixStream::from_std(ours)?.into_split();
        Ok(Self {
            program,
            input,
            output: receiver(output)?,
            errors,
        })
    }
}
