//! A language model behind the project manager: a whole server in front of a service that behaves like those there are.

mod answering;
mod attacks;
mod away;
mod misuse;
mod orders;
mod stopping;
mod whole;
mod workflow;
mod writing;

use std::sync::Arc;

use serde_json::Value;

use crate::support::{
    Client, Scripted, TestApp, TestAppBuilder,
    llm::{TestLlm, WIRES},
    wait_until,
};

/// A key that must be seen nowhere.
const KEY: &str = "sk-test-hunter2";

fn builder(llm: &TestLlm, model: &str) -> TestAppBuilder {
    TestAppBuilder::default()
        .set("PM__LLM__ENDPOINT", llm.address())
        .set("PM__LLM__MODEL", model)
        .set("ANTHROPIC_API_KEY", KEY)
        .set("PM__LLM__RETRY_MS_FIRST", 2)
        .set("PM__LLM__RETRY_MS_LONGEST", 10)
}

/// A server whose commands are in the test's hands, in front of a model.
async fn spawn_with(model: &str) -> (TestApp, TestLlm, Arc<Scripted>) {
    let (llm, scripted) = (TestLlm::start(), Scripted::new());
    let app = builder(&llm, model).backend(scripted.clone()).spawn().await;
    (app, llm, scripted)
}

async fn spawn() -> (TestApp, TestLlm, Arc<Scripted>) {
    spawn_with(WIRES[0]).await
}

/// Says something; the reply to it.
async fn told(client: &Client, project: &str, content: &str) -> String {
    let said = client.say(project, content).await;
    reply_to(client, project, &said).await
}

/// The project manager's next message after this one.
async fn reply_to(client: &Client, project: &str, said: &Value) -> String {
    wait_until("a reply", async || {
        let messages = client.messages(project).await;
        let at = messages
            .iter()
            .position(|message| message["id"] == said["id"])?;
        let reply = messages[at + 1..]
            .iter()
            .find(|message| message["role"] == "assistant")?;
        Some(reply["content"].as_str()?.to_owned())
    })
    .await
}

/// The commands of a project and their arguments, in the order in which they were queued.
async fn commands(client: &Client, project: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let path = format!("/api/projects/{project}/executions");
    let executions = client.read(&path).await;
    let mut commands: Vec<_> = executions
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (text(&one["command_type"]), text(&one["command_args"])))
        .collect();
    commands.reverse();
    commands
}

/// The notices about the model: status and words.
async fn notices(client: &Client, project: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let log = client.log(project).await;
    log.iter()
        .filter(|activity| activity["kind"] == "system")
        .map(|notice| (text(&notice["status"]), text(&notice["message"])))
        .collect()
}
