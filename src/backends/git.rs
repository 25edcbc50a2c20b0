//! Asking git, without letting the repository's settings run anything.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::child::{Collected, CommandLine, Ended, Limits, StartError, Stop, collect};

/// How long one look by git may take. On a very large repository a search takes seconds; a minute means that something
/// is wrong with the disk.
pub(super) const LOOK_TIME_LIMIT: Duration = Duration::from_secs(60);

/// Before git's own arguments, always, and left out where the command is shown: nothing that the repository's settings
/// name may be run by a look at it, and a look stays inside it.
const QUIETLY: [&str; 9] = [
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
const ENVIRONMENT: [(&str, &str); 2] = [("LC_ALL", "C"), ("GIT_NO_LAZY_FETCH", "1")];

/// What git answered.
#[derive(Debug)]
pub(super) struct GitAnswer {
    /// Its standard output, up to a limit.
    pub output: Vec<u8>,
    /// Whether there was more than could be taken in.
    pub cut: bool,
    /// The exit code; `None` if it was ended.
    pub code: Option<i32>,
    /// What it complained about.
    pub complaint: String,
}

impl GitAnswer {
    /// What it answered, as text.
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

/// Why git gave no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// From outside.
    Stopped(Stop),
    /// The guard could not be started.
    Unstarted(StartError),
    /// Git could not be started: why, and what to do, in words.
    NoGit(String),
}

/// Runs git in `dir` and reads at most `output_bytes_max` of its answer. One that took longer than `time_limit` has no
/// exit code.
///
/// # Errors
/// [`NoAnswer`].
pub(super) async fn git(
    guard: &Path,
    dir: &Path,
    args: &[&str],
    output_bytes_max: usize,
    limits: &Limits,
    time_limit: Duration,
) -> Result<GitAnswer, NoAnswer> {
    let line = CommandLine {
        program: "git".to_owned(),
        args: QUIETLY
            .iter()
            .chain(args)
            .map(|&arg| arg.to_owned())
            .collect(),
        dir: dir.to_owned(),
        env: ENVIRONMENT
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
    };
    let collected = match collect(guard, &line, output_bytes_max, &limits.at_most(time_limit)).await
    {
        Ok(collected) => collected.map_err(NoAnswer::Unstarted)?,
        Err(Stop::TimedOut) if !limits.passed() => {
            return Ok(GitAnswer {
                output: Vec::new(),
                cut: false,
                code: None,
                complaint: format!("git took longer than {} seconds", time_limit.as_secs()),
            });
        }
        Err(stop) => return Err(NoAnswer::Stopped(stop)),
    };
    answer(collected)
}

fn answer(collected: Collected) -> Result<GitAnswer, NoAnswer> {
    let code = match collected.ended {
        Ended::Exited(code) => Some(code),
        Ended::Signalled(_) | Ended::GuardLost => None,
        Ended::Refused(errno) => return Err(NoAnswer::NoGit(no_git(errno))),
    };
    Ok(GitAnswer {
        output: collected.output,
        cut: collected.cut,
        code,
        complaint: collected.errors,
    })
}

fn no_git(errno: i32) -> String {
    let error = std::io::Error::from_raw_os_error(errno);
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            "The program git is not installed on the server's machine, or not in its PATH. Install git and try again."
                .to_owned()
        }
        _ => format!(
            "The program git could not be started on the server's machine: {error}. See to it that the server's user may \
             run it, and try again."
        ),
    }
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
