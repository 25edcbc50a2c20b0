//! One command, from the copy it works on to how it ended.

use std::path::Path;

use agent_client_protocol::v1::schema::StopReason;
use tokio_util::sync::CancellationToken;

use super::{
    Acp, NONE_FOUND,
    agents::{self, on_path},
    conversation::{Conversation, Held},
    git::{Git, GitError},
    log::Log,
    prompt::{self, Prompt},
    protocol::{Ending, Speaker},
    session::Session,
    worktree::Ready,
};
use crate::{
    backends::{
        Job, NobodyListens, Steps,
        child::{CommandLine, Ended, Limits, Stop},
        silence::in_short,
        workspace,
    },
    domain::{
        execution::{Command, ErrorCode, Outcome},
        step::Step,
    },
};

/// The last line of an answer to the built-in words for `validate`.
const PASSED: &str = "CHECKS: PASSED";
const FAILED: &str = "CHECKS: FAILED";

/// Why a command ended before its agent was started.
enum Early {
    Stopped(Stop),
    Ended(Outcome),
}

impl From<Stop> for Early {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

impl From<NobodyListens> for Early {
    fn from(_: NobodyListens) -> Self {
        Self::Stopped(Stop::Cancelled)
    }
}

impl From<GitError> for Early {
    fn from(error: GitError) -> Self {
        match error.outcome() {
            Ok(outcome) => Self::Ended(outcome),
            Err(stop) => Self::Stopped(stop),
        }
    }
}

fn early(code: ErrorCode, words: impl Into<String>) -> Early {
    Early::Ended(Outcome::failed(code, words))
}

impl Acp {
    pub(super) async fn run_job(
        &self,
        job: &Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> Outcome {
        match self.work(job, steps, cancel).await {
            Ok(outcome) | Err(Early::Ended(outcome)) => outcome,
            Err(Early::Stopped(Stop::Cancelled)) => Outcome::Cancelled,
            Err(Early::Stopped(Stop::TimedOut)) => self.timed_out(job, String::new()),
        }
    }

    async fn work(
        &self,
        job: &Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> Result<Outcome, Early> {
        let options = &self.options;
        let words = self.agent_of(job)?;
        let limits = Limits::new(cancel.clone(), options.time_limit);
        let Some(_held) = options.worktrees.take(job.project) else {
            return Err(early(
                ErrorCode::WorkspaceMissing,
                "The coding agent's copy of the project is being taken away; try again.",
            ));
        };
        let ready = self.ready(job, &limits).await?;
        for note in &ready.notes {
            let text = note.clone();
            steps.send(Step::Status { text }).await?;
        }
        let prompt = self.prompt(job, &ready, &steps).await?;
        let is_judged = job.order.command == Command::Validate && prompt.file.is_none();
        let agent = Started {
            label: agents::known(&words[0]).map_or("The coding agent", |known| known.label),
            login: agents::known(&words[0]).map(|known| known.login),
            line: words.join(" "),
        };
        let session = Session::of(
            job.order.command,
            agent.line.clone(),
            ready.folder.clone(),
            ready.branch.clone(),
            job.before.as_ref(),
            steps.clone(),
        );
        let own = job.agent.env.values();
        let values = options.env.iter().map(|(_, value)| value).chain(own);
        let log = Log::hiding(values.cloned());
        self.keep_log(log.clone());
        let conversation = Conversation {
            guard: &options.worktrees.guard,
            line: self.line(words, ready.folder, job),
            steps,
            log: log.clone(),
            permissions: job.agent.permissions.unwrap_or(options.permissions),
            stall: options.stall,
            time_limit: options.time_limit,
            cancel,
        };
        let speaker = Speaker {
            prompt: prompt.text,
            session,
            start_limit: options.start_limit,
        };
        let held = conversation
            .hold(speaker)
            .await
            .map_err(|error| early(ErrorCode::AgentError, error.to_string()))?;
        Ok(self.outcome(job, &agent, held, is_judged, &log))
    }

    /// The agent's command line: the project's, or the server's.
    fn agent_of(&self, job: &Job) -> Result<Vec<String>, Early> {
        let words = match &job.agent.command {
            Some(line) => shell_words::split(line).map_err(|error| {
                let why = format!(
                    "The project's command line for its coding agent, {line:?}, cannot be read: {error}. Correct it in the \
                     project's settings."
                );
                early(ErrorCode::AgentMissing, why)
            })?,
            None => match &self.options.agent {
                Some(agent) => agent.words.clone(),
                None => return Err(early(ErrorCode::AgentMissing, NONE_FOUND)),
            },
        };
        match words.first() {
            None => Err(early(ErrorCode::AgentMissing, NONE_FOUND)),
            Some(program) if on_path(program).is_none() => Err(early(
                ErrorCode::AgentMissing,
                format!(
                    "The coding agent's program `{program}` is not there, or may not be run. Install it, or correct its command \
                     line in the settings."
                ),
            )),
            Some(_) => Ok(words),
        }
    }

    async fn ready(&self, job: &Job, limits: &Limits) -> Result<Ready, Early> {
        let missing = |words| early(ErrorCode::WorkspaceMissing, words);
        let checkout = workspace::folder(job.workspace.as_deref())
            .await
            .map_err(missing)?;
        let git = Git {
            guard: &self.options.worktrees.guard,
            limits,
        };
        match git.line(&checkout, &["rev-parse", "--show-toplevel"]).await {
            Ok(_) => {}
            Err(GitError::Refused(words)) => {
                return Err(missing(workspace::not_a_checkout(&checkout, &words)));
            }
            Err(error) => return Err(error.into()),
        }
        let worktrees = &self.options.worktrees;
        let ready = worktrees
            .ready(job.project, &checkout, &job.order, &git)
            .await?;
        // Where agents tell paths, they tell them with links resolved.
        let folder = ready.folder.canonicalize().map_err(|error| {
            missing(format!(
                "The coding agent's copy of the project, {}, cannot be opened: {error}.",
                ready.folder.display()
            ))
        })?;
        Ok(Ready { folder, ..ready })
    }

    async fn prompt(&self, job: &Job, ready: &Ready, steps: &Steps) -> Result<Prompt, Early> {
        let found = prompt::find(&ready.folder, &job.order, &ready.slug).await;
        let prompt = found.map_err(|error| {
            let command = job.order.command.as_str();
            early(
                ErrorCode::AgentError,
                format!("The project's own words for {command} cannot be read: {error}."),
            )
        })?;
        if let Some(file) = &prompt.file {
            let file = file.canonicalize().unwrap_or_else(|_| file.clone());
            let text = format!(
                "Follows the project's own words for this, {}",
                within(&file, &ready.folder)
            );
            steps.send(Step::Status { text }).await?;
        }
        Ok(prompt)
    }

    fn line(&self, mut words: Vec<String>, dir: std::path::PathBuf, job: &Job) -> CommandLine {
        let program = words.remove(0);
        let own = job.agent.env.clone();
        CommandLine {
            program,
            args: words,
            dir,
            env: self.options.env.iter().cloned().chain(own).collect(),
        }
    }

    fn timed_out(&self, job: &Job, output: String) -> Outcome {
        Outcome::Failed {
            code: ErrorCode::TimedOut,
            error: format!(
                "`{}` took longer than the {} allowed and was ended; what the coding agent did so far is in its copy of the \
                 project. Raise `executor.time_limit_seconds` in the settings if it needs longer.",
                job.order.command.as_str(),
                in_short(self.options.time_limit),
            ),
            output,
        }
    }

    fn outcome(
        &self,
        job: &Job,
        agent: &Started,
        held: Held,
        is_judged: bool,
        log: &Log,
    ) -> Outcome {
        let Held {
            ending,
            output,
            ended,
            timed_out,
        } = held;
        let failed = |code, error: String| Outcome::Failed {
            code,
            error,
            output: output.clone(),
        };
        let error = |words: String| failed(ErrorCode::AgentError, words);
        let label = agent.label;
        match ending {
            _ if timed_out => self.timed_out(job, output),
            Ending::Stopped | Ending::Unheard => Outcome::Cancelled,
            Ending::Answered(StopReason::EndTurn) if is_judged => judged(output),
            Ending::Answered(StopReason::EndTurn) => Outcome::Completed { output },
            Ending::Answered(reason) => error(format!("{label} {}", stopped(reason))),
            Ending::Login(ways) => error(agent.login(&ways)),
            Ending::Silent => error(format!(
                "{label} (`{}`) did not get ready within {}.{} Is it a program that speaks the Agent Client Protocol? Raise \
                 `acp.start_seconds` in the settings if it only needs longer.",
                agent.line,
                in_short(self.options.start_limit),
                log.last_words(),
            )),
            Ending::Foreign(why) => error(format!(
                "{label} does not speak version 1 of the Agent Client Protocol, which Project Manager speaks ({why}). Install a \
                 version of it that does."
            )),
            Ending::Broken(why) => error(format!("{label} could not go on: {why}")),
            Ending::Closed => closed(agent, ended, log, &failed),
        }
    }
}

/// How a command ends whose agent stopped talking.
fn closed(
    agent: &Started,
    ended: Option<Ended>,
    log: &Log,
    failed: &dyn Fn(ErrorCode, String) -> Outcome,
) -> Outcome {
    let (label, last) = (agent.label, log.last_words());
    match ended {
        Some(Ended::Refused(errno)) => failed(
            ErrorCode::AgentMissing,
            format!(
                "The coding agent `{}` could not be started: {}. Install it, or correct its command line in the settings.",
                agent.line,
                std::io::Error::from_raw_os_error(errno)
            ),
        ),
        Some(Ended::Exited(code)) => failed(
            ErrorCode::AgentError,
            format!("{label} ended before its work was done, with exit code {code}.{last}"),
        ),
        Some(Ended::Signalled(signal)) => failed(
            ErrorCode::AgentError,
            format!("{label} was ended by signal {signal} before its work was done.{last}"),
        ),
        Some(Ended::GuardLost) | None => failed(
            ErrorCode::AgentError,
            format!("{label} stopped talking before its work was done, and was ended.{last}"),
        ),
    }
}

/// An agent that was started.
struct Started {
    label: &'static str,
    login: Option<&'static str>,
    line: String,
}

impl Started {
    fn login(&self, ways: &[String]) -> String {
        let how = match (self.login, ways) {
            (Some(login), _) => format!("On the server's machine, {login}."),
            (None, []) => {
                "Start it in a terminal on the server's machine and log in there.".to_owned()
            }
            (None, ways) => format!(
                "Start it in a terminal on the server's machine and log in there; it offers: {}.",
                ways.join(", ")
            ),
        };
        format!(
            "{} wants you to log in first. {how} Then try again.",
            self.label
        )
    }
}

/// Why an agent ended its turn early.
fn stopped(reason: StopReason) -> &'static str {
    match reason {
        StopReason::MaxTokens => {
            "has reached the limit of what its model may write, and stopped in the middle; try again with a smaller piece of work"
        }
        StopReason::MaxTurnRequests => {
            "has reached the limit of how often it may ask its model, and stopped in the middle; try again, and it goes on"
        }
        StopReason::Refusal => "refused to do this; ask for it in other words",
        StopReason::Cancelled => "was stopped by somebody else",
        _ => "stopped in the middle, and did not say why; try again",
    }
}

/// How checks ended, by the last line of the agent's report. A report without it says itself what came out.
fn judged(output: String) -> Outcome {
    let (report, last) = match output.trim_end().rsplit_once('\n') {
        Some((report, last)) => (report, last),
        None => ("", output.trim_end()),
    };
    match last.trim_matches(['*', '`', ' ', '.']) {
        PASSED => Outcome::Completed {
            output: report.trim_end().to_owned(),
        },
        FAILED => Outcome::Failed {
            code: ErrorCode::ChecksFailed,
            error: "The project's checks did not pass; the report says what failed.".to_owned(),
            output: report.trim_end().to_owned(),
        },
        _ => Outcome::Completed { output },
    }
}

fn within(file: &Path, folder: &Path) -> String {
    super::words::inside(file, folder)
}
