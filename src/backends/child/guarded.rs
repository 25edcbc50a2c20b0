//! A program under guard, whatever is done with its output.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    path::Path,
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    process::{Child, Command},
    time::timeout,
};

use super::{CommandLine, Ended, Report, environment};
use crate::failpoint::FailPoint;

/// How long the guard may take to end its group: its own two waits (2 and 3 seconds) and as much again for a machine
/// under load. After that the group is killed over its head.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// A report line is shorter than this; a longer one is not the guard's.
const REPORT_BYTES_MAX: usize = 64;

/// A program under guard. Dropping it ends the whole group soon; [`Guarded::end`] also waits until it is gone.
#[derive(Debug)]
pub struct Guarded {
    guard: Child,
    lifeline: UnixStream,
    unread: Vec<u8>,
    ended: Option<Ended>,
}

impl Guarded {
    /// Starts `line` under the guard with these outputs. With `talks`, `errors` is a socket, from which the program also
    /// reads.
    pub(super) fn spawn(
        guard: &Path,
        line: &CommandLine,
        talks: bool,
        output: impl Into<Stdio>,
        errors: impl Into<Stdio>,
    ) -> io::Result<Self> {
        FailPoint::ChildStart
            .pass_at_once()
            .map_err(io::Error::other)?;
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = Command::new(guard);
        command
            // What the list of processes shows, whatever way `guard` names the program.
            .arg0("pm")
            .arg("guard")
            .args(talks.then_some("--talks"))
            .arg("--")
            .arg(&line.program)
            .args(&line.args)
            .current_dir(&line.dir)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(output)
            .stderr(errors);
        environment::prepare(command.as_std_mut(), &line.env);
        // `command` holds the writing ends, too; it ends here, without which the pipes would never end.
        let guard = command.spawn()?;
        Ok(Self {
            guard,
            lifeline: UnixStream::from_std(ours)?,
            unread: Vec::new(),
            ended: None,
        })
    }

    /// Whether its end is known.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Waits for the end of the program and of everything it started.
    /// Cancel safe.
    pub async fn ended(&mut self) -> Ended {
        self.heard().await;
        self.tidy().await
    }

    /// Ends the program and everything it started, and returns when all of it is gone.
    pub async fn end(mut self) {
        // Ends only our direction: the guard sees the end of its input, its reports still arrive. An error means that
        // it is gone already.
        let _ = self.lifeline.shutdown().await;
        if timeout(END_PATIENCE, self.heard()).await.is_err() {
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

    /// Waits for the guard's last report, or for its end. Cancel safe: what was read stays in `unread`.
    pub(super) async fn heard(&mut self) {
        while self.ended.is_none() {
            if let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                self.ended = final_word(&String::from_utf8_lossy(&line));
                continue;
            }
            let mut buffer = [0; REPORT_BYTES_MAX];
            match self.lifeline.read(&mut buffer).await {
                Ok(read) if read > 0 && self.unread.len() < REPORT_BYTES_MAX => {
                    self.unread.extend_from_slice(&buffer[..read]);
                }
                Ok(_) | Err(_) => self.ended = Some(Ended::GuardLost),
            }
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
