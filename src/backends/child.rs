//! Programs that the server runs: without a shell, in a project's folder, as a guarded process group.
//!
//! Every program is started through the guard process (`crate::guard`), which ends the program and everything it
//! started as soon as the [`Running`] here is dropped or the server dies. The guard's standard input is one end of a
//! socket pair: closing ours is the order to end, and through it come the guard's [`Report`]s.
//!
//! [`collect`] is for programs whose answer is read as a whole, [`Running::read`] for those whose output is shown as it
//! comes. Neither buffers without a limit.

mod collect;
mod command_line;
mod environment;
mod limits;
mod report;

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixStream, unix::pipe},
    process::{Child, Command},
    time::timeout,
};

use crate::failpoint::FailPoint;

pub use self::{
    collect::{Collected, collect},
    command_line::CommandLine,
    limits::{Limits, Stop},
    report::Report,
};

/// How long output may still come after the guard reported the end. All who could write are gone by then; only a process
/// that escaped the guard, or could not be ended, still holds the pipe.
const OUTPUT_LINGER: Duration = Duration::from_secs(2);

/// How long the guard may take to end its group: its own two waits (2 and 3 seconds) and as much again for a machine
/// under load. After that the group is killed over its head.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// A report line is shorter than this; a longer one is not the guard's.
const REPORT_BYTES_MAX: usize = 64;

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

/// A program under guard. Dropping it ends the whole group soon; [`Running::end`] also waits until it is gone.
#[derive(Debug)]
pub struct Running {
    guard: Child,
    lifeline: UnixStream,
    unread: Vec<u8>,
    ended: Option<Ended>,
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
        FailPoint::ChildStart
            .pass_at_once()
            .map_err(io::Error::other)?;
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let (output, output_writer) = io::pipe()?;
        let (errors, errors_writer) = match outputs {
            Outputs::Merged => (None, output_writer.try_clone()?),
            Outputs::Apart => {
                let (reader, writer) = io::pipe()?;
                (Some(reader), writer)
            }
        };
        let mut command = Command::new(guard);
        command
            // What the list of processes shows, whatever way `guard` names the program.
            .arg0("pm")
            .args(["guard", "--"])
            .arg(&line.program)
            .args(&line.args)
            .current_dir(&line.dir)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(output_writer)
            .stderr(errors_writer);
        environment::prepare(command.as_std_mut(), &line.env);
        let guard = command.spawn()?;
        // `command` holds the writing ends, too: without this the pipes would never end.
        drop(command);
        Ok(Self {
            guard,
            lifeline: UnixStream::from_std(ours)?,
            unread: Vec::new(),
            ended: None,
            output: receiver(output)?,
            errors: errors.map(receiver).transpose()?,
        })
    }

    /// Reads what the program writes, as it comes; 0 at the end. Cancel safe.
    ///
    /// # Errors
    /// If the pipe cannot be read.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended.is_none() {
            tokio::select! {
                biased;
                read = self.output.read(buffer) => return read,
                () = heard(&mut self.lifeline, &mut self.unread, &mut self.ended) => {}
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
        heard(&mut self.lifeline, &mut self.unread, &mut self.ended).await;
        self.tidy().await
    }

    /// Ends the program and everything it started, and returns when all of it is gone.
    pub async fn end(mut self) {
        // Ends only our direction: the guard sees the end of its input, its reports still arrive. An error means that
        // it is gone already.
        let _ = self.lifeline.shutdown().await;
        let heard = heard(&mut self.lifeline, &mut self.unread, &mut self.ended);
        if timeout(END_PATIENCE, heard).await.is_err() {
            self.ended = Some(Ended::GuardLost);
        }
        self.tidy().await;
    }

    /// Takes the guard's process in.
    async fn tidy(&mut self) -> Ended {
        let ended = self.ended.unwrap_or(Ended::GuardLost);
        if ended == Ended::GuardLost {
            self.kill_group();
        }
        if let Err(error) = self.guard.wait().await {
            tracing::warn!(%error, "cannot wait for a guard process");
        }
        ended
    }

    /// For a guard that does not do its work any more. It has not been waited for, so that its process id, which is the
    /// group's, cannot be anybody else's.
    fn kill_group(&self) {
        let group = self
            .guard
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group
            && let Err(error) =
                rustix::process::kill_process_group(group, rustix::process::Signal::KILL)
        {
            tracing::warn!(%error, "cannot kill the process group of a lost guard");
        }
    }
}

fn receiver(reader: io::PipeReader) -> io::Result<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}

/// Waits for the guard's last report, or for its end. Cancel safe: what was read stays in `unread`.
async fn heard(lifeline: &mut UnixStream, unread: &mut Vec<u8>, ended: &mut Option<Ended>) {
    while ended.is_none() {
        if let Some(end) = unread.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = unread.drain(..=end).collect();
            *ended = final_word(&String::from_utf8_lossy(&line));
            continue;
        }
        let mut buffer = [0; REPORT_BYTES_MAX];
        match lifeline.read(&mut buffer).await {
            Ok(read) if read > 0 && unread.len() < REPORT_BYTES_MAX => {
                unread.extend_from_slice(&buffer[..read]);
            }
            Ok(_) | Err(_) => *ended = Some(Ended::GuardLost),
        }
    }
}

fn final_word(line: &str) -> Option<Ended> {
    match Report::parse(line)? {
        Report::Started => None,
        Report::Left(count) => {
            tracing::warn!(count, "processes could not be ended");
            None
        }
        Report::Refused(errno) => Some(Ended::Refused(errno)),
        Report::Exited(code) => Some(Ended::Exited(code)),
        Report::Signalled(signal) => Some(Ended::Signalled(signal)),
    }
}
