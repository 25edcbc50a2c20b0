//! Commands in SCAR: a whole server in front of a server that behaves like SCAR.

mod apart;
mod away;
mod cancelling;
mod choosing;
mod ending;
mod killed;
mod lists;
mod messages;
mod replays;
mod restarted;
mod resuming;
mod waiting;

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Client, TestApp, TestAppBuilder, TestDatabase, expect, scar::TestScar, wait_until,
};

/// What a test's server is told of SCAR: everything a hundred times as fast as usual.
pub const FAST: [(&str, &str); 6] = [
    ("PM__SCAR__POLL_MS_MIN", "2"),
    ("PM__SCAR__POLL_MS_MAX", "20"),
    ("PM__SCAR__RETRY_MS_FIRST", "2"),
    ("PM__SCAR__RETRY_MS_LONGEST", "40"),
    ("PM__SCAR__REQUEST_TIMEOUT_SECONDS", "0.5"),
    // Patience enough for a busy machine; tests of giving up set their own.
    ("PM__SCAR__GIVE_UP_SECONDS", "60"),
];

/// How a server in front of this SCAR is started.
fn builder(scar: &TestScar) -> TestAppBuilder {
    let builder = TestAppBuilder::default().set("SCAR_BASE_URL", scar.address());
    FAST.iter()
        .fold(builder, |builder, (name, value)| builder.set(name, value))
}

async fn spawn() -> (TestApp, Arc<TestScar>) {
    let scar = TestScar::start();
    let app = builder(&scar).spawn().await;
    (app, scar)
}

async fn spawn_on(database: TestDatabase, scar: &TestScar) -> TestApp {
    builder(scar).database(database).spawn().await
}

/// A project whose repository SCAR knows.
pub async fn shop(client: &Client) -> String {
    let body = json!({ "name": "Shop", "github_repo_url": "https://github.com/acme/demo-shop" });
    let made = expect(
        client.post("/api/projects").json(&body),
        StatusCode::CREATED,
    )
    .await;
    made["id"].as_str().expect("an id").to_owned()
}

/// The conversation of a project in SCAR.
fn conversation(project: &str) -> String {
    format!("pm-project-{project}")
}

/// An execution, once it has ended.
pub(crate) async fn end_of(client: &Client, execution: &Value) -> Value {
    let id = execution["id"].as_str().expect("an id");
    wait_until("the end of an execution", async || {
        let execution = client.execution(id).await;
        execution["completed_at"].is_string().then_some(execution)
    })
    .await
}

/// The steps of an execution, as they are in the log.
pub(crate) async fn steps(client: &Client, project: &str, execution: &Value) -> Vec<Value> {
    let log = client.log(project).await;
    log.into_iter()
        .filter(|activity| {
            activity["execution_id"] == execution["id"] && activity["source"] == "claude"
        })
        .collect()
}

/// What was said about an execution that is no step of it: `stalled`, `waiting`, …, each with its words.
async fn notices(client: &Client, project: &str, execution: &Value) -> Vec<(String, String)> {
    let log = client.log(project).await;
    let notices = log.into_iter().filter(|activity| {
        activity["execution_id"] == execution["id"] && activity["kind"] == "system"
    });
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    notices
        .map(|notice| (text(&notice["status"]), text(&notice["message"])))
        .collect()
}

/// Waits until such a notice is there; its words.
pub(crate) async fn notice(
    client: &Client,
    project: &str,
    execution: &Value,
    status: &str,
) -> String {
    wait_until(format!("a notice {status}"), async || {
        let all = notices(client, project, execution).await;
        all.into_iter()
            .find_map(|(found, words)| (found == status).then_some(words))
    })
    .await
}

/// The messages of SCAR a log was made from, in order: nothing of them is lost.
pub(crate) fn rebuilt(steps: &[Value]) -> Vec<String> {
    steps.iter().map(messages::rebuilt).collect()
}

/// The statuses an execution went through.
pub(crate) async fn statuses(client: &Client, project: &str, execution: &Value) -> Vec<String> {
    let log = client.log(project).await;
    let of_it = log.iter().filter(|activity| {
        activity["execution_id"] == execution["id"] && activity["source"] == "scar"
    });
    of_it
        .filter_map(|activity| activity["status"].as_str().map(str::to_owned))
        .collect()
}
