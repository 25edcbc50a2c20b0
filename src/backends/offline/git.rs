//! Asking git, without letting the repository's settings run anything.

use std::{path::PathBuf, time::Duration};

use super::visit::{Halt, Visit};
use crate::{
    backends::child::{CommandLine, Ended, Stop, collect},
    domain::execution::ErrorCode,
};

/// How long one git command may take. On a very large repository a search takes seconds; a minute means that something
/// is wrong with the disk, and the survey goes on without it.
const GIT_TIME_LIMIT: Duration = Duration::from_secs(60);

/// Before git's own arguments, always, and left out where the command is shown: nothing that the repository's settings
/// name may be run by a look at it, and a look stays inside it.
const GIT_QUIETLY: [&str; 9] = [
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "-c",
    "submodule.recurse=false",
];

/// English, so that its words can be recognised; and never over the network, to complete a partial clone.
const GIT_ENVIRONMENT: [(&str, &str); 2] = [("LC_ALL", "C"), ("GIT_NO_LAZY_FETCH", "1")];

/// What git answered.
#[derive(Debug)]
pub(super) struct GitAnswer {
    pub(super) output: Vec<u8>,
    /// Whether there was more than could be taken in.
    pub(super) cut: bool,
    /// The exit code; `None` if it was ended.
    pub(super) code: Option<i32>,
    /// What it complained about.
    pub(super) complaint: String,
}

impl GitAnswer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// Git's own words without its `fatal: `, for a person.
    pub(super) fn words(&self) -> String {
        let words = self.complaint.trim();
        let words = words.strip_prefix("fatal: ").unwrap_or(words);
        if words.is_empty() {
            "git gave no reason".to_owned()
        } else {
            words.to_owned()
        }
    }
}

impl Visit<'_> {
    /// Runs git in the folder and reads at most `output_bytes_max` of its answer.
    pub(super) async fn git(
        &self,
        args: &[&str],
        output_bytes_max: usize,
    ) -> Result<GitAnswer, Halt> {
        let line = CommandLine {
            program: "git".to_owned(),
            args: GIT_QUIETLY
                .iter()
                .chain(args)
                .map(|&arg| arg.to_owned())
                .collect(),
            dir: self.root.clone(),
            env: GIT_ENVIRONMENT.to_vec(),
        };
        let limits = self.limits.at_most(GIT_TIME_LIMIT);
        let collected = match collect(self.guard(), &line, output_bytes_max, &limits).await {
            Ok(collected) => collected,
            Err(Stop::TimedOut) if !self.limits.passed() => {
                return Ok(GitAnswer {
                    output: Vec::new(),
                    cut: false,
                    code: None,
                    complaint: "git took longer than a minute".to_owned(),
                });
            }
            Err(stop) => return Err(stop.into()),
        };
        let collected = match collected {
            Ok(collected) => collected,
            Err(error) => return Err(self.cannot_start(&error)),
        };
        let code = match collected.ended {
            Ended::Exited(code) => Some(code),
            Ended::Signalled(_) | Ended::GuardLost => None,
            Ended::Refused(errno) => return Err(no_git(errno)),
        };
        Ok(GitAnswer {
            output: collected.output,
            cut: collected.cut,
            code,
            complaint: collected.errors,
        })
    }
}

fn no_git(errno: i32) -> Halt {
    let error = std::io::Error::from_raw_os_error(errno);
    let error = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "The program git is not installed on the server's machine, or not in its PATH. Install git and try again."
                .to_owned()
        }
        _ => format!(
            "The program git could not be started on the server's machine: {error}. See to it that the server's user may \
             run it, and try again."
        ),
    };
    Halt::failed(ErrorCode::AgentError, error)
}

/// The command line as a person would type it.
pub(super) fn git_line(args: &[&str]) -> String {
    CommandLine {
        program: "git".to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        dir: PathBuf::new(),
        env: Vec::new(),
    }
    .to_string()
}
