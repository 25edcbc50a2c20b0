//! Which session of the agent a command continues, and how the next command finds it again.

use std::path::PathBuf;

use agent_client_protocol::v1::schema::SessionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    backends::{NobodyListens, Steps},
    domain::execution::Command,
};

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    session: String,
    /// The agent: another one does not know its sessions.
    agent: String,
    /// The folder: a session belongs to one.
    folder: PathBuf,
}

/// A session that is about to begin, or to go on.
pub(super) struct Session {
    /// The session that is continued.
    pub(super) continued: Option<String>,
    /// The folder it is in.
    pub(super) folder: PathBuf,
    agent: String,
    branch: Option<String>,
    steps: Steps,
}

impl Session {
    /// The one for `command` of an agent that is started by `agent`. `before` is what was kept last in this project.
    pub(super) fn of(
        command: Command,
        agent: String,
        folder: PathBuf,
        branch: Option<String>,
        before: Option<&Value>,
        steps: Steps,
    ) -> Self {
        let kept = before.and_then(|before| Kept::deserialize(before).ok());
        let continued = kept
            .filter(|kept| kept.agent == agent && kept.folder == folder)
            // A plan has to say all that is needed: who carries it out begins anew.
            .filter(|_| !matches!(command, Command::ExecuteGithub | Command::Execute))
            .map(|kept| kept.session);
        Self {
            continued,
            folder,
            agent,
            branch,
            steps,
        }
    }

    /// Keeps it for the next command.
    pub(super) async fn keep(&self, session: &SessionId) -> Result<(), NobodyListens> {
        let kept = Kept {
            session: session.to_string(),
            agent: self.agent.clone(),
            folder: self.folder.clone(),
        };
        let kept = serde_json::to_value(kept).unwrap_or_default();
        self.steps.keep(kept, self.branch.clone()).await
    }
}
