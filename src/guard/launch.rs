//! The step between the guard and the program, on Linux: this binary once more, which asks to be killed with the guard
//! and then becomes the program.
//!
//! Only a process itself can ask for its parent-death signal, and the request survives `exec`. Doing it here, in a
//! fresh process, needs no code between `fork` and `exec`. The signal is bound to the guard's only thread.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Read},
    os::unix::{net::UnixStream, process::CommandExt},
    process::{Command, ExitCode, Stdio},
};

use rustix::process::{Pid, Signal};

use super::Input;

/// In the place of a program: "launch", followed by the guard's process id, the program and its arguments.
pub(super) const WORD: &str = ":launch";

/// This very binary, also when its file has been replaced or removed since it was started.
const THIS_BINARY: &str = "/proc/self/exe";

/// Starts `program` and waits until it has become the program, or cannot.
pub(super) fn start(program: &OsStr, args: &[OsString], input: Input) -> io::Result<Pid> {
    let (mut ours, theirs) = UnixStream::pair()?;
    let child = {
        let mut command = Command::new(THIS_BINARY);
        command
            .arg0("pm")
            .arg("guard")
            .args((input == Input::FromErrors).then_some("--talks"))
            .args(["--", WORD])
            .arg(rustix::process::getpid().to_string())
            .arg(program)
            .args(args)
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
        command.spawn()?
        // Here goes `command`, and with it the guard's copy of `theirs`: the read below ends when the other one closes.
    };
    let mut refusal = String::new();
    ours.read_to_string(&mut refusal)?;
    match refusal.trim().parse() {
        // Closed without a word: `exec` succeeded.
        Err(_) => Ok(Pid::from_child(&child)),
        Ok(errno) => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// Becomes the program; returns only if that fails.
pub(super) fn exec(args: Vec<OsString>, input: Input) -> ExitCode {
    match become_program(args, input) {
        Ok(never) => match never {},
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(0).to_string();
            // Nobody there to hear it: then nobody asks either.
            let _ = rustix::io::write(io::stdin(), errno.as_bytes());
            ExitCode::from(127)
        }
    }
}

fn become_program(args: Vec<OsString>, input: Input) -> io::Result<std::convert::Infallible> {
    let [guard, program, args @ ..] = args.as_slice() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // The guard may have died before the request: then this process has been handed on.
    let parent = rustix::process::getppid().map(|pid| OsString::from(pid.to_string()));
    if parent.as_ref() != Some(guard) {
        return Err(io::Error::from_raw_os_error(
            rustix::io::Errno::SRCH.raw_os_error(),
        ));
    }
    // `exec` replaces standard input by nothing; this copy closes itself when, and only when, it succeeds.
    let channel = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    let error = Command::new(program)
        .args(args)
        .stdin(input.stdio()?)
        .exec();
    let errno = error.raw_os_error().unwrap_or(0).to_string();
    rustix::io::write(&channel, errno.as_bytes())?;
    std::process::exit(127)
}
