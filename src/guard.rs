//! The guard: one small process around one program, so that nothing it starts outlives what ordered it.
//!
//! ```text
//! server ──socket (guard's stdin)── guard ── launch ─exec→ program ── whatever it starts
//!    ▲                                                        │
//!    └──────────── pipes (stdout, stderr, inherited) ─────────┘
//! ```
//!
//! A program that is talked to reads from the guard's standard error, which is a socket then: a process can be handed three
//! streams without unsafe code, and the first is taken.
//!
//! The guard leads a session and a process group of its own, without a terminal, in which the program and its children
//! are born. It ends all of them when its standard input closes (the server dropped its end, or died, also by
//! `kill -9`), when it is asked to by SIGTERM, SIGINT or SIGHUP, and when the program ended and left others behind:
//! SIGTERM first, SIGKILL after a short grace. Only then does it report and exit.
//!
//! On Linux the guard is also the reaper of everything below it, so that a process which left the group with `setsid`
//! and lost its parent is found and ended as well (`descendants`), and the program dies with the guard should the
//! guard itself be killed (`launch`). Elsewhere the group is all that can be found.
//!
//! Rejected: the parent-death signal alone (it fires when the *thread* that started a process ends, and reaches only
//! the direct child), and `pre_exec` (unsafe code, in a process with many threads). The guard has one thread.

#[cfg(target_os = "linux")]
mod descendants;
#[cfg(target_os = "linux")]
mod launch;

use std::{
    ffi::OsString,
    io,
    os::fd::AsFd,
    process::{ExitCode, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use tokio::{
    io::AsyncReadExt,
    net::unix::pipe,
    signal::unix::{Signal as Signals, SignalKind, signal},
    time::{Instant, timeout},
};

use crate::backends::child::Report;

/// How long processes may take to end by themselves after SIGTERM: enough to remove a temporary file or to write a
/// last line, short enough for a person who pressed Cancel.
const TERM_GRACE: Duration = Duration::from_secs(2);

/// How long to wait for processes to be gone after SIGKILL. Only one that waits inside the kernel, for a disk or a
/// network file system that does not answer, takes longer; it is reported as left.
const KILL_PATIENCE: Duration = Duration::from_secs(3);

/// How often to look again for processes while ending them: the end of a grandchild is not signalled to the guard.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The guard's own exit code when it could not do its work at all, as `env`, `nohup` and `timeout` have it.
const EXIT_GUARD_FAILED: u8 = 125;

/// What the program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Nothing.
    Nothing,
    /// What comes from the other end of its standard error.
    FromErrors,
}

impl Input {
    fn stdio(self) -> io::Result<Stdio> {
        match self {
            Self::Nothing => Ok(Stdio::null()),
            Self::FromErrors => Ok(io::stderr().as_fd().try_clone_to_owned()?.into()),
        }
    }
}

/// The body of the hidden subcommand `pm guard [--talks] -- <program> <args…>`.
///
/// The exit code is the program's, 128 and the signal's number if a signal ended it, 127 if there is no such program
/// and 126 if it cannot be started. Whoever needs to tell these apart reads the [`Report`]s on the other end of the
/// guard's standard input, if that is a socket; on a plain pipe they are not written.
pub fn run(program: OsString, args: Vec<OsString>, input: Input) -> ExitCode {
    #[cfg(target_os = "linux")]
    if program == launch::WORD {
        return launch::exec(args, input);
    }
    let guarded = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(guard(program, args, input)));
    match guarded {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // The program's own standard error, which the server shows; there is no other place to say it.
            eprintln!("guard: {error}");
            ExitCode::from(EXIT_GUARD_FAILED)
        }
    }
}

/// What the guard listens to, all of it set up before the program starts, so that nothing is missed.
struct Ears {
    lifeline: pipe::Receiver,
    child: Signals,
    asked: [Signals; 3],
}

impl Ears {
    fn open() -> io::Result<Self> {
        let lifeline = io::stdin().as_fd().try_clone_to_owned()?;
        rustix::io::ioctl_fionbio(&lifeline, true)?;
        // Unchecked: it may as well be a socket, which reads alike.
        let lifeline = pipe::Receiver::from_owned_fd_unchecked(lifeline).map_err(|error| {
            io::Error::other(format!(
                "standard input has to be a pipe or a socket: {error}"
            ))
        })?;
        Ok(Self {
            lifeline,
            child: signal(SignalKind::child())?,
            asked: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::hangup())?,
            ],
        })
    }

    /// Returns when a child may have ended (`true`) or the guard has to end everything (`false`).
    async fn hear(&mut self) -> bool {
        let [terminate, interrupt, hangup] = &mut self.asked;
        tokio::select! {
            () = closed(&mut self.lifeline) => false,
            _ = terminate.recv() => false,
            _ = interrupt.recv() => false,
            _ = hangup.recv() => false,
            _ = self.child.recv() => true,
        }
    }
}

/// Returns when nobody holds the other end any more. What comes through it before is of no interest.
async fn closed(lifeline: &mut pipe::Receiver) {
    let mut scrap = [0; 64];
    loop {
        match lifeline.read(&mut scrap).await {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // An error means the same as the end: the server cannot be heard any more.
            Ok(0) | Err(_) => return,
        }
    }
}

async fn guard(program: OsString, args: Vec<OsString>, input: Input) -> io::Result<u8> {
    // Fails only for a process that leads a group already, which is what is wanted.
    if rustix::process::setsid().is_err() {
        rustix::process::setpgid(None, None)?;
    }
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;

    let mut ears = Ears::open()?;
    let pid = match start(&program, &args, input) {
        Ok(pid) => pid,
        Err(error) => {
            tell(Report::Refused(error.raw_os_error().unwrap_or(0)));
            return Ok(if error.kind() == io::ErrorKind::NotFound {
                127
            } else {
                126
            });
        }
    };
    tell(Report::Started);

    let mut status = None;
    while status.is_none() && ears.hear().await {
        status = reap(pid);
    }
    let (status, left) = end_all(pid, status, &mut ears.child).await;
    if left > 0 {
        tell(Report::Left(i32::try_from(left).unwrap_or(i32::MAX)));
    }
    let (report, code) = verdict(status);
    tell(report);
    // Where only the group can be found, what is left of it goes now, this process included.
    #[cfg(not(target_os = "linux"))]
    let _ = rustix::process::kill_current_process_group(Signal::KILL);
    Ok(code)
}

#[cfg(target_os = "linux")]
use launch::start;

#[cfg(not(target_os = "linux"))]
fn start(program: &std::ffi::OsStr, args: &[OsString], input: Input) -> io::Result<Pid> {
    let child = std::process::Command::new(program)
        .args(args)
        .stdin(input.stdio()?)
        .spawn()?;
    Ok(Pid::from_child(&child))
}

/// Takes in every child that ended, adopted ones included, and returns the program's status if it is among them.
fn reap(program: Pid) -> Option<WaitStatus> {
    let mut status = None;
    while let Ok(Some((pid, ended))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == program {
            status = Some(ended);
        }
    }
    status
}

/// Whether there is no child, not even one that only waits to be taken in. On Linux that means no descendant either:
/// whoever loses its parent becomes the guard's child.
fn alone() -> bool {
    matches!(
        rustix::process::wait(WaitOptions::NOHANG),
        Err(rustix::io::Errno::CHILD)
    )
}

/// Ends everything below the guard. Returns the program's status, and how many processes would not end.
async fn end_all(
    program: Pid,
    mut status: Option<WaitStatus>,
    child: &mut Signals,
) -> (Option<WaitStatus>, usize) {
    for (gently, patience) in [(true, TERM_GRACE), (false, KILL_PATIENCE)] {
        let until = Instant::now() + patience;
        let mut told = false;
        while Instant::now() < until {
            status = reap(program).or(status);
            if alone() {
                return (status, 0);
            }
            if gently {
                // Once: a second SIGTERM makes some programs skip their clean-up.
                if !told {
                    strike(program, Signal::TERM);
                    told = true;
                }
            } else {
                // Again and again: others may have been born between the look and the blow.
                strike(program, Signal::KILL);
            }
            // A condition with a second look, not a pause: see LOOK_AGAIN.
            let _ = timeout(LOOK_AGAIN, child.recv()).await;
        }
    }
    (status, survivors(program))
}

#[cfg(target_os = "linux")]
fn strike(_program: Pid, signal: Signal) {
    for pid in descendants::alive() {
        // Gone in the meantime, or somebody else's (set-uid): there is nothing more to do about either.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

#[cfg(target_os = "linux")]
fn survivors(_program: Pid) -> usize {
    descendants::alive().len()
}

#[cfg(not(target_os = "linux"))]
fn strike(program: Pid, signal: Signal) {
    // SIGKILL for the group would take the guard before it reported; the group's turn comes after that.
    let _ = if signal == Signal::KILL {
        rustix::process::kill_process(program, signal)
    } else {
        rustix::process::kill_current_process_group(signal)
    };
}

#[cfg(not(target_os = "linux"))]
fn survivors(program: Pid) -> usize {
    usize::from(rustix::process::test_kill_process(program).is_ok())
}

fn verdict(status: Option<WaitStatus>) -> (Report, u8) {
    let killed = Signal::KILL.as_raw();
    match status.map(|status| (status.exit_status(), status.terminating_signal())) {
        Some((Some(code), _)) => (Report::Exited(code), u8::try_from(code).unwrap_or(u8::MAX)),
        Some((None, signal)) => by_signal(signal.unwrap_or(killed)),
        // It would not end; the count of those left has been told.
        None => by_signal(killed),
    }
}

fn by_signal(signal: i32) -> (Report, u8) {
    (
        Report::Signalled(signal),
        u8::try_from(128 + signal).unwrap_or(u8::MAX),
    )
}

/// Tells the server, if it can be told: on a plain pipe, or with the server gone, nobody reads it.
fn tell(report: Report) {
    let _ = rustix::io::write(io::stdin(), format!("{report}\n").as_bytes());
}
