//! What a server is put to work with: a checkout, a SCAR and a coding agent that do as they are told, a project of each, and
//! somebody who is told of it.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Checkout, Client, ProgramBuilder, Receiver, TestDatabase, TestGitHub,
    acp::ScriptedAgent,
    scar::{Script, TestScar},
    wait_until,
};

/// The repository that GitHub and SCAR have.
const REPOSITORY: &str = "acme/demo-shop";

/// Steps of a command in SCAR.
const STEPS: usize = 8;

/// All of it, for as long as it is held.
pub struct Load {
    pub database: TestDatabase,
    pub scar: Arc<TestScar>,
    pub receiver: Receiver,
    github: TestGitHub,
    agent: ScriptedAgent,
    checkout: Checkout,
}

impl Load {
    pub async fn new() -> Self {
        Self::on(TestDatabase::new().await)
    }

    /// With a database that is there.
    pub fn on(database: TestDatabase) -> Self {
        let (scar, github) = (TestScar::start(), TestGitHub::start());
        github.has(REPOSITORY);
        github.pull(REPOSITORY, json!({ "number": 7 }));
        let opened = format!("Opened {}/pull/7", github.url(REPOSITORY));
        scar.script(
            "execute-github",
            Script::every(Duration::from_millis(2), [opened]),
        );
        let texts: Vec<String> = (0..STEPS).map(|number| format!("step {number}")).collect();
        for command in ["prime", "validate"] {
            scar.script(
                command,
                Script::every(Duration::from_millis(2), texts.clone()),
            );
        }
        Self {
            database,
            scar,
            receiver: Receiver::start(),
            github,
            agent: ScriptedAgent::doing(&work()),
            checkout: Checkout::with(&[("README.md", "# Shop\n"), ("checks.sh", "echo fine\n")]),
        }
    }

    /// A server with this load.
    pub fn serving(&self) -> ProgramBuilder {
        let serving = ProgramBuilder::serving_database(&self.database)
            .set("SCAR_BASE_URL", self.scar.address())
            .set("PM__ACP__COMMAND", self.agent.line())
            // Nobody may be there to answer.
            .set("PM__ACP__PERMISSION_EXPIRES_SECONDS", 0.5)
            .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh");
        let serving = crate::scar::FAST
            .iter()
            .fold(serving, |serving, (name, value)| serving.set(name, value));
        let settings = self.receiver.settings().into_iter();
        let settings = settings.chain(self.github.settings());
        settings.fold(serving, |serving, (name, value)| serving.set(name, value))
    }

    /// Makes a project whose commands run in the server, and one whose commands run in SCAR.
    pub async fn projects(&self, server: &Client) -> Vec<String> {
        let here =
            json!({ "name": "Here", "workspace_path": self.checkout.text(), "backend": "offline" });
        let there = json!({ "name": "There", "github_repo_url": self.github.url(REPOSITORY) });
        vec![made(server, &here).await, made(server, &there).await]
    }

    /// Makes a project whose commands run in a coding agent.
    pub async fn project_beside(&self, server: &Client) -> String {
        let beside =
            json!({ "name": "Beside", "workspace_path": self.checkout.text(), "backend": "acp" });
        made(server, &beside).await
    }
}

/// Has a command in SCAR open a pull request, which is looked at from then on.
pub async fn open_pull_request(server: &Client, project: &str) {
    server.say(project, "implement the plan").await;
    wait_until("a pull request", async || {
        let path = format!("/api/projects/{project}/pull-requests");
        let answer = server.get(&path).send().await.ok()?;
        let pulls: Value = answer.json().await.ok()?;
        (pulls[0]["number"] == 7).then_some(())
    })
    .await;
}

/// What the coding agent does at each command.
fn work() -> Value {
    json!([
        { "say": "I " }, { "say": "look." },
        { "tell": { "sessionUpdate": "tool_call", "toolCallId": "1", "title": "Read README.md", "kind": "read", "status": "completed" } },
        { "ask": { "toolCall": { "toolCallId": "2", "title": "`ls`", "kind": "execute" }, "options": [
            { "optionId": "yes", "name": "Allow", "kind": "allow_once" },
            { "optionId": "no", "name": "Reject", "kind": "reject_once" },
        ] } },
        { "say": "Done." },
    ])
}

/// Makes a project, however often that fails.
async fn made(server: &Client, body: &Value) -> String {
    let key = Uuid::now_v7().to_string();
    wait_until("a project", async || {
        let asked = server.post("/api/projects").header("Idempotency-Key", &key);
        let answer = asked.json(body).send().await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        answer["id"].as_str().map(str::to_owned)
    })
    .await
}
