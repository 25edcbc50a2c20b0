//! A coding agent on this machine, as a child process that speaks the Agent Client Protocol (agentclientprotocol.com).
//!
//! ```text
//! run.rs ── one command: copy (worktree.rs), words (prompt.rs), agent (agents.rs), outcome
//!   └─ conversation.rs ── the process, what it tells and asks, the clocks
//!        ├─ protocol.rs ── what is said to it: initialize, session, prompt, cancel
//!        ├─ wire.rs ── its lines; what it tells of its work is taken out here
//!        ├─ telling.rs ── from what it tells to steps
//!        └─ permission.rs, files.rs ── what it may do
//! ```
//!
//! Each command has a process of its own, which ends with it; what is to be remembered is in the agent's session, which the
//! next command continues. So nothing runs while nothing is to be done, and a crash loses one command.

mod agents;
mod clocks;
mod conversation;
mod diff;
mod files;
mod git;
mod log;
mod permission;
mod place;
mod prompt;
mod protocol;
mod run;
mod session;
mod telling;
mod wire;
mod words;
mod worktree;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{BoxFuture, FutureExt as _};
use tokio_util::sync::CancellationToken;

use self::log::Log;
pub use self::{
    agents::{Known, found},
    worktree::{Branch, COPY, Unseen, Worktree, Worktrees},
};
use super::{Backend, Health, Job, Steps};
use crate::domain::{execution::Outcome, project::Permissions};

/// What a person reads who asks for something that only a coding agent can do, where there is none.
const NONE_FOUND: &str = "No coding agent was found on this machine. Install one that speaks the Agent Client Protocol, such \
                          as Claude Code (`npm install -g @agentclientprotocol/claude-agent-acp`), Gemini CLI, Codex or \
                          OpenCode, and start Project Manager again; or give its command line in the project's settings.";

/// What the backend needs to know. Not to be printed: the environment holds keys.
#[derive(Clone)]
pub struct Options {
    /// Where the agents' copies of projects are, and the guard.
    pub worktrees: Worktrees,
    /// The agent that is used unless a project has another; none where there is none.
    pub agent: Option<Agent>,
    /// Variables added to every agent's environment.
    pub env: Vec<(String, String)>,
    /// What an agent may do without asking, unless a project says otherwise.
    pub permissions: Permissions,
    /// How long an agent may take to get ready.
    pub start_limit: Duration,
    /// Silence that is worth a word.
    pub stall: Duration,
    /// How long one command may take.
    pub time_limit: Duration,
}

/// How an agent is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The program and its arguments. Not empty.
    pub words: Vec<String>,
    /// Why this one, as a sentence.
    pub reason: String,
}

impl Agent {
    /// The one that a setting names.
    pub fn of_setting(words: Vec<String>) -> Self {
        let reason = format!(
            "Commands run in {}, because the setting acp.command says so.",
            words.join(" ")
        );
        Self { words, reason }
    }

    /// The first known one that is there.
    pub fn on_this_machine() -> Option<Self> {
        let known = found()?;
        let words = known.words();
        let reason = format!(
            "Commands run in {}, which was found on this machine ({}).",
            known.label,
            words.join(" ")
        );
        Some(Self { words, reason })
    }

    /// What people call it.
    fn label(&self) -> &'static str {
        agents::known(&self.words[0]).map_or("A coding agent on this machine", |known| known.label)
    }
}

/// The backend.
pub struct Acp {
    options: Options,
    /// That of the agent which was started last.
    log: Mutex<Log>,
}

impl Acp {
    /// With these options.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            log: Mutex::default(),
        }
    }

    fn last_log(&self) -> Log {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }

    fn keep_log(&self, log: Log) {
        *self.log.lock().unwrap_or_else(PoisonError::into_inner) = log;
    }

    /// What keeps it from running a command, if anything does.
    fn obstacle(&self) -> Option<String> {
        let Some(agent) = &self.options.agent else {
            return Some(NONE_FOUND.to_owned());
        };
        let program = &agent.words[0];
        agents::on_path(program).is_none().then(|| {
            format!(
                "The coding agent's program `{program}` is not there, or may not be run. Install it, or correct the setting \
                 acp.command."
            )
        })
    }
}

impl Backend for Acp {
    fn name(&self) -> &'static str {
        "acp"
    }

    fn label(&self) -> &'static str {
        let agent = self.options.agent.as_ref();
        agent.map_or("A coding agent on this machine", Agent::label)
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome> {
        async move { self.run_job(job, steps, cancel).await }.boxed()
    }

    fn health(&self) -> Health {
        let agent = self.options.agent.as_ref();
        Health {
            note: Some(agent.map_or_else(
                || NONE_FOUND.to_owned(),
                |agent| format!("Each command starts `{}` anew.", agent.words.join(" ")),
            )),
            reason: agent.map(|agent| agent.reason.clone()),
            log: Some(self.last_log().lines()).filter(|lines| !lines.is_empty()),
            ..Health::default()
        }
    }

    fn copies(&self) -> Option<&Worktrees> {
        Some(&self.options.worktrees)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        let obstacle = self.obstacle();
        async move { obstacle.map_or(Ok(()), Err) }.boxed()
    }
}
