//! The embedded default: commands that run in this process' own care, with no key and no network.
//!
//! `prime` really lists, reads and searches the project's folder (`survey`), `validate` really runs the project's own
//! checks (`checks`). What needs a coding agent fails with `agent_missing`; nothing here pretends.

mod checks;
mod git;
mod history;
mod languages;
mod lines;
mod listing;
mod manifests;
mod readme;
mod searches;
mod streaming;
mod summary;
mod survey;
mod tally;
mod test_command;
mod visit;
mod workspace;

use std::{path::PathBuf, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio_util::sync::CancellationToken;

use self::visit::{Halt, Visit};
use super::{
    Backend, Job, Steps,
    child::{Limits, Stop},
};
use crate::domain::execution::{Command, ErrorCode, Outcome};

/// What a person reads who asks for something that only a coding agent can do.
const NO_AGENT: &str = "Planning and building is work for a coding agent, and this project's commands run without one. \
                        Install one on the server's machine, such as Claude Code, Gemini CLI, Codex or OpenCode, or set \
                        SCAR_BASE_URL to the address of SCAR, and start Project Manager again; if that is done, choose it in \
                        the project's settings.";

/// What the backend needs to know.
#[derive(Debug, Clone)]
pub struct OfflineOptions {
    /// The program whose hidden subcommand `guard` is the guard process: the server's own binary, as an absolute path.
    pub guard: PathBuf,
    /// How long one command may take.
    pub time_limit: Duration,
    /// The program and arguments with which every project's checks are run, instead of what the project itself says.
    pub test_command: Option<Vec<String>>,
}

/// The backend.
#[derive(Debug, Clone)]
pub struct Offline {
    options: OfflineOptions,
}

impl Offline {
    /// With these options.
    pub fn new(options: OfflineOptions) -> Self {
        Self { options }
    }

    async fn work(&self, job: &Job, steps: &Steps, limits: &Limits) -> Result<Outcome, Halt> {
        let survey = match job.order.command {
            Command::Prime => true,
            Command::Validate => false,
            Command::PlanFeatureGithub
            | Command::PlanFeature
            | Command::ExecuteGithub
            | Command::Execute => {
                return Ok(Outcome::failed(ErrorCode::AgentMissing, NO_AGENT));
            }
        };
        let visit = Visit::begin(&self.options.guard, job, steps, limits).await?;
        if survey {
            survey::survey(&visit).await
        } else {
            checks::check(&visit, self.options.test_command.as_deref()).await
        }
    }

    fn outcome(&self, job: &Job, halt: Halt) -> Outcome {
        match halt {
            Halt::Failed(outcome) => outcome,
            Halt::Stopped(Stop::Cancelled) => Outcome::Cancelled,
            Halt::Stopped(Stop::TimedOut) => Outcome::failed(
                ErrorCode::TimedOut,
                format!(
                    "`{}` took longer than the {} allowed and was ended. Raise `executor.time_limit_seconds` in the \
                     settings if it needs longer.",
                    job.order.command.as_str(),
                    duration_in_words(self.options.time_limit),
                ),
            ),
        }
    }
}

impl Backend for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn label(&self) -> &'static str {
        "This program, without a coding agent"
    }

    fn place(&self) -> &'static str {
        "this program"
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome> {
        async move {
            let limits = Limits::new(cancel, self.options.time_limit);
            self.work(job, &steps, &limits)
                .await
                .unwrap_or_else(|halt| self.outcome(job, halt))
        }
        .boxed()
    }
}

/// `90 seconds`, `10 minutes`.
fn duration_in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds, seconds % 60) {
        (0, _) => format!("{} milliseconds", duration.as_millis()),
        (1, _) => "1 second".to_owned(),
        (60, _) => "1 minute".to_owned(),
        (_, 0) => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

/// `1 file`, `84 files`, `12,034 files`.
fn counted(count: usize, one: &str, many: &str) -> String {
    let word = if count == 1 { one } else { many };
    format!("{} {word}", grouped(count))
}

/// Digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{counted, duration_in_words};

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(0, "file", "files"), "0 files");
        assert_eq!(counted(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(duration_in_words(Duration::from_secs(600)), "10 minutes");
        assert_eq!(duration_in_words(Duration::from_secs(90)), "90 seconds");
        assert_eq!(
            duration_in_words(Duration::from_millis(50)),
            "50 milliseconds"
        );
    }
}
