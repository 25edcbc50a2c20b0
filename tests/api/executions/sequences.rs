//! Several commands ordered in one sentence.

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::path;
use crate::support::{Scripted, TestApp, expect, spawn_scripted, wait_until};

const SENTENCE: &str = "plan and implement a page that lists all orders";

/// The commands of a project's executions and how they stand, oldest first.
async fn executions(app: &TestApp, project: &str) -> Vec<(String, String)> {
    let list = app.read(&path(project)).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list.as_array()
        .expect("a list")
        .iter()
        .rev()
        .map(|execution| (text(&execution["command_type"]), text(&execution["status"])))
        .collect()
}

/// Waits for the assistant's next report; its words.
async fn wait_for_reply(app: &TestApp, project: &str, number: usize) -> String {
    let replies = wait_until(format!("reply {number}"), async || {
        let mut messages = app.messages(project).await;
        messages.retain(|message| message["role"] == "assistant");
        (messages.len() >= number).then_some(messages)
    })
    .await;
    replies[number - 1]["content"]
        .as_str()
        .expect("words")
        .to_owned()
}

/// Says it again in words that lead to nothing, and sees it answered: whatever was to follow has followed by then.
async fn settle(app: &TestApp, project: &str, backend: &Scripted, replies: usize) {
    app.say(project, "thanks").await;
    wait_for_reply(app, project, replies + 1).await;
    assert!(!backend.has_job(), "nothing else was started");
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(command, status)| ((*command).to_owned(), (*status).to_owned()))
        .collect()
}

#[tokio::test]
async fn each_begins_when_the_one_before_it_completes() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, SENTENCE).await;
    let plan = backend.next_job().await;
    assert_eq!(plan.job.order.command.as_str(), "plan-feature-github");
    assert_eq!(plan.job.order.args, "a page that lists all orders");
    assert_eq!(
        executions(&app, &project).await.len(),
        1,
        "the next is queued when this completes"
    );
    plan.complete("# The plan");
    let build = backend.next_job().await;
    assert_eq!(build.job.order.command.as_str(), "execute-github");
    build.complete("Built.");
    let check = backend.next_job().await;
    assert_eq!(check.job.order.command.as_str(), "validate");
    check.complete("7 tests passed");
    let report = wait_for_reply(&app, &project, 4).await;
    assert!(report.contains("7 tests passed"), "{report}");
    assert_eq!(
        executions(&app, &project).await,
        expected(&[
            ("PLAN_FEATURE_GITHUB", "COMPLETED"),
            ("EXECUTE_GITHUB", "COMPLETED"),
            ("VALIDATE", "COMPLETED"),
        ])
    );
    settle(&app, &project, &backend, 4).await;
}

#[tokio::test]
async fn the_first_failure_ends_it_and_what_was_left_out_is_said() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, SENTENCE).await;
    backend.next_job().await.complete("# The plan");
    let build = backend.next_job().await;
    build.end(Outcome::failed(ErrorCode::AgentError, "The disk is full."));
    let report = wait_for_reply(&app, &project, 3).await;
    assert!(
        report.contains("The disk is full.") && report.contains("left out"),
        "{report}"
    );
    settle(&app, &project, &backend, 3).await;
    assert_eq!(
        executions(&app, &project).await,
        expected(&[
            ("PLAN_FEATURE_GITHUB", "COMPLETED"),
            ("EXECUTE_GITHUB", "FAILED")
        ])
    );
}

#[tokio::test]
async fn stop_ends_the_whole_sequence() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, SENTENCE).await;
    let plan = backend.next_job().await;
    app.say(&project, "stop").await;
    plan.cancel.cancelled().await;
    plan.end(Outcome::Cancelled);
    wait_for_reply(&app, &project, 3).await;
    settle(&app, &project, &backend, 3).await;
    assert_eq!(
        executions(&app, &project).await,
        expected(&[("PLAN_FEATURE_GITHUB", "CANCELLED")])
    );
}

#[tokio::test]
async fn the_rest_of_a_sequence_waits_behind_what_was_asked_for_meanwhile() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, SENTENCE).await;
    let plan = backend.next_job().await;
    let body = json!({ "command": "prime" });
    let meanwhile = expect(app.post(&path(&project)).json(&body), StatusCode::ACCEPTED).await;
    assert_eq!(meanwhile["position"], 1);
    plan.complete("# The plan");
    let mut order = Vec::new();
    for _ in 0..3 {
        let job = backend.next_job().await;
        order.push(job.job.order.command.as_str());
        job.complete("done");
    }
    assert_eq!(
        order,
        ["prime", "execute-github", "validate"],
        "in the order they were queued"
    );
    wait_for_reply(&app, &project, 4).await;
}
