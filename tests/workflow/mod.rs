//! The workflow: its state machine, its gates, and the whole of it through the front door.

mod gates;
mod machine;
mod plans;
mod run;

use serde_json::{Value, json};

use crate::support::{Client, RunningJob, Scripted, TestApp, wait_until};

/// The answers of somebody who wants a shop.
const ANSWERS: [&str; 8] = [
    "A shop for pottery",
    "People who like handmade cups",
    "They find us at markets only",
    "They can order from home",
    "must: a basket, search",
    "skip",
    "skip",
    "skip",
];

/// A project with a vision document that waits for a decision; its id.
async fn with_vision(app: &TestApp) -> String {
    let project = app.project("Pots").await;
    answer_all(app, &project).await;
    project
}

pub(crate) async fn answer_all(app: &Client, project: &str) {
    for text in ["start the workflow"].into_iter().chain(ANSWERS) {
        say(app, project, text).await;
    }
}

/// Says something and waits for the reply; the reply.
pub(crate) async fn say(app: &Client, project: &str, text: &str) -> String {
    let said = app.say(project, text).await;
    let key = json!(format!("reply:{}", said["id"].as_str().unwrap()));
    wait_until("a reply", async || {
        let messages = app.messages(project).await;
        let reply = messages.into_iter().find(|one| one["client_id"] == key)?;
        Some(reply["content"].as_str()?.to_owned())
    })
    .await
}

async fn workflow(app: &Client, project: &str) -> Value {
    app.read(&format!("/api/projects/{project}/workflow")).await
}

/// Waits until the workflow stands so; it.
pub(crate) async fn stands(app: &Client, project: &str, status: &str) -> Value {
    wait_until(&format!("the workflow to be {status}"), async || {
        let workflow = workflow(app, project).await;
        (workflow["status"] == status).then_some(workflow)
    })
    .await
}

/// The next command, which must be this one in this phase.
async fn next(backend: &Scripted, command: &str) -> RunningJob {
    let job = backend.next_job().await;
    assert_eq!(job.job.order.command.as_str(), command);
    job
}

fn statuses(workflow: &Value) -> Vec<&str> {
    let phases = workflow["phases"].as_array().unwrap().iter();
    phases
        .filter_map(|phase| phase["status"].as_str())
        .collect()
}
