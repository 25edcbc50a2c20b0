//! Programs that the server runs: without a shell, in a project's folder, as a guarded process group.
//!
//! Every program is started through the guard process (`crate::guard`), which ends the program and everything it
//! started as soon as the [`Guarded`] here is dropped or the server dies. The guard's standard input is one end of a
//! socket pair: closing ours is the order to end, and through it come the guard's [`Report`]s.
//!
//! [`collect`] is for programs whose answer is read as a whole, [`Running::read`] for those whose output is shown as it
//! comes, [`Talk`] for those that are talked to. None buffers without a limit.

mod collect;
mod command_line;
mod environment;
mod guarded;
mod limits;
mod report;
mod talk;

use std::{
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{io::AsyncReadExt, net::unix::pipe, time::timeout};

pub use self::{
    collect::{Collected, collect},
    command_line::CommandLine,
    guarded::Guarded,
    limits::{Limits, Stop},
    report::Report,
    talk::Talk,
};

/// How long output may still come after the guard reported the end. All who could write are gone by then; only a process
/// that escaped the guard, or could not be ended, still holds the pipe.
const OUTPUT_LINGER: Duration = Duration::from_secs(2);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was never started: the system's error number says why (2 not found, 13 not allowed).
    Refused(i32),
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
    /// Nobody knows: the guard was ended from outside, and the group with it.
    GuardLost,
}

/// The guard could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the guard process {guard}: {source}")]
pub struct StartError {
    guard: PathBuf,
    source: io::Error,
}

/// Where a program's standard output and standard error go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outputs {
    /// Both into one pipe, in the order in which they were written.
    Merged,
    /// Each into its own.
    Apart,
}

/// A program whose output is read. Dropping it ends the whole group soon; [`Running::end`] also waits until it is gone.
#[derive(Debug)]
pub struct Running {
    program: Guarded,
    output: pipe::Receiver,
    errors: Option<pipe::Receiver>,
}

impl Running {
    /// Starts `line` under the guard, which is `guard`'s hidden subcommand. `guard` has to be an absolute path: it is
    /// started in the program's folder.
    ///
    /// # Errors
    /// If the guard itself cannot be started. Whether the program could be is known when it has [`Ended`].
    pub fn start(guard: &Path, line: &CommandLine, outputs: Outputs) -> Result<Self, StartError> {
        Self::spawn(guard, line, outputs).map_err(|source| StartError {
            guard: guard.to_owned(),
            source,
        })
    }

    fn spawn(guard: &Path, line: &CommandLine, outputs: Outputs) -> io::Result<Self> {
        let (output, output_writer) = io::pipe()?;
        let (errors, errors_writer) = match outputs {
            Outputs::Merged => (None, output_writer.try_clone()?),
            Outputs::Apart => {
                let (reader, writer) = io::pipe()?;
                (Some(reader), writer)
            }
        };
        Ok(Self {
            program: Guarded::spawn(guard, line, false, output_writer, errors_writer)?,
            output: receiver(output)?,
            errors: errors.map(receiver).transpose()?,
        })
    }

    /// Reads what the program writes, as it comes; 0 at the end. Cancel safe.
    ///
    /// # Errors
    /// If the pipe cannot be read.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.program.has_ended() {
            tokio::select! {
                biased;
                read = self.output.read(buffer) => return read,
                () = self.program.heard() => {}
            }
        }
        match timeout(OUTPUT_LINGER, self.output.read(buffer)).await {
            Ok(read) => read,
            Err(_elapsed) => Ok(0),
        }
    }

    /// Waits for the end of the program and of everything it started.
    /// Cancel safe.
    pub async fn ended(&mut self) -> Ended {
        self.program.ended().await
    }

    /// Ends the program and everything it started, and returns when all of it is gone.
    pub async fn end(self) {
        self.program.end().await;
    }
}

fn receiver(reader: io::PipeReader) -> io::Result<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}
