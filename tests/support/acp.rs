//! A coding agent that does what a test's script says; `acp/agent.rs` is the program.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{TestAppBuilder, wait_until};

/// The script of an agent, and what the agent was asked.
pub struct ScriptedAgent {
    folder: TempDir,
}

impl ScriptedAgent {
    /// An agent with this script.
    pub fn with(script: &Value) -> Self {
        let agent = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        agent.rewrite(script);
        agent
    }

    /// An agent that does these things whatever it is asked.
    pub fn doing(actions: &Value) -> Self {
        Self::with(&json!({ "turns": [{ "when": "", "do": actions }] }))
    }

    /// Has it do something else from its next start on.
    pub fn rewrite(&self, script: &Value) {
        std::fs::write(self.script(), script.to_string()).expect("a script");
    }

    /// The words that start it.
    pub fn line(&self) -> Value {
        json!([program(), self.script()])
    }

    /// A server whose commands run in it.
    pub fn builder(&self) -> TestAppBuilder {
        TestAppBuilder::default()
            .set("PM__ACP__COMMAND", self.line())
            // It runs git as a person who has told it their name.
            .set("PM__ACP__ENV", IDENTITY)
    }

    /// A path in a folder that lives as long as this.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All it was asked, in order.
    pub fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("script.journal")).unwrap_or_default();
        let lines = text.lines();
        // The last line may be on its way.
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// What it was asked of one sort.
    pub fn asked(&self, what: &str) -> Vec<Value> {
        let journal = self.journal().into_iter();
        journal.filter_map(|line| line.get(what).cloned()).collect()
    }

    /// Waits until it was asked something of this sort; the first.
    pub async fn hears(&self, what: &str) -> Value {
        wait_until(format!("the agent to note {what}"), async || {
            self.asked(what).into_iter().next()
        })
        .await
    }

    /// Lets it go on where its script waits for this file.
    pub fn go_on(&self, name: &str) {
        std::fs::write(self.path(name), "").expect("a file");
    }

    fn script(&self) -> PathBuf {
        self.path("script.json")
    }
}

/// Who commits, for an agent that does.
const IDENTITY: &str = "GIT_AUTHOR_NAME=Agent GIT_AUTHOR_EMAIL=agent@example.org GIT_COMMITTER_NAME=Agent \
                        GIT_COMMITTER_EMAIL=agent@example.org";

/// The program, which `cargo test` builds with the tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("this program's path");
    let profile = tests.ancestors().nth(2).unwrap_or(Path::new("/"));
    let program = profile.join("examples/scripted-agent");
    assert!(
        program.is_file(),
        "{} is not there: cargo build --example scripted-agent",
        program.display()
    );
    program
}
