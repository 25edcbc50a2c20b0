//! Why a command that speaks to a server did not do what it was asked for, and what its exit code is then.

use std::{io, process::ExitCode};

use reqwest::StatusCode;

use super::{api::Problem, screen::say};
use crate::config::SettingsInvalid;

/// It could not be done, or the command that was run failed.
pub(super) const FAILED: u8 = 1;
/// What was asked for cannot be: clap's own code for a wrong command line.
const MISUSED: u8 = 2;
/// The command that was run was stopped.
pub(super) const STOPPED: u8 = 3;
/// The server is not reached, or refuses.
const NO_SERVER: u8 = 4;
/// Ended by Ctrl-C, as a shell says it: 128 and the number of the signal.
pub(super) const INTERRUPTED: u8 = 130;
/// What was run is watched no longer, for nobody reads what is shown: 128 and the number of SIGPIPE.
pub(super) const NOBODY_READS: u8 = 141;
/// Ended by SIGTERM.
pub(super) const TERMINATED: u8 = 143;

/// Why it was not done, in words for a person.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// What was asked for cannot be: nothing was done.
    #[error("{0}")]
    Misused(String),
    /// The settings of this folder cannot be used, and they were needed.
    #[error(transparent)]
    Settings(#[from] SettingsInvalid),
    /// The server does not answer, or not as a server of this kind does.
    #[error("{what}. {advice}")]
    NotReached {
        /// What was seen.
        what: String,
        /// How it came to be asked, and what to do.
        advice: String,
    },
    /// The server says no.
    #[error("{words}")]
    Refused {
        /// The status of its answer.
        status: StatusCode,
        /// What it says, and what to do about it.
        words: String,
        /// What else stands in its answer.
        problem: Box<Problem>,
        /// Whether it was asked for before without an answer: that may have done what it was for.
        is_again: bool,
    },
    /// There was a server, and it could not be done.
    #[error("{0}")]
    NotDone(String),
    /// What is to be shown cannot be written. Nobody reading on is no error, and nothing to be told.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Whether the same may be answered otherwise a little later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::NotReached { .. } => true,
            Self::Refused { status, .. } => is_passing(*status),
            Self::Misused(_) | Self::Settings(_) | Self::NotDone(_) | Self::Output(_) => false,
        }
    }

    /// It without what is to be done about it, for who does something about it already.
    pub(super) fn in_short(&self) -> String {
        match self {
            Self::NotReached { what, .. } => format!("{what}."),
            other => other.to_string(),
        }
    }

    /// Whether the server says that there is no such thing.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == StatusCode::NOT_FOUND)
    }

    /// Tells it on standard error; the exit code.
    pub(super) fn told(&self) -> ExitCode {
        if self.is_closed_pipe() {
            return ExitCode::SUCCESS;
        }
        say(&self.to_string());
        ExitCode::from(self.code())
    }

    /// Whether whoever read what is shown does not read on, as `head` does.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    fn code(&self) -> u8 {
        match self {
            Self::Misused(_) | Self::Settings(_) => MISUSED,
            Self::NotReached { .. } | Self::Refused { .. } => NO_SERVER,
            Self::NotDone(_) | Self::Output(_) => FAILED,
        }
    }
}

/// Whether an answer with this status is about the moment and not about what was asked.
pub(super) fn is_passing(status: StatusCode) -> bool {
    // A server, or a proxy, that was stopped for a while gives up what it has only begun to read.
    [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
        || status.is_server_error()
}
