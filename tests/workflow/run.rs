//! The whole of it, from an idea to checked work.

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::Value;

use super::{next, say, stands, statuses, with_vision, workflow};
use crate::support::{TestAppBuilder, expect, spawn_scripted, wait_until};

#[tokio::test]
async fn it_runs_its_commands_by_itself_asks_in_between_and_is_completed() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    let asks = stands(&app, &project, "awaiting_approval").await;
    assert_eq!(asks["gate"]["gate_type"], "vision");
    assert!(!backend.has_job(), "nothing runs before a yes");
    assert!(
        say(&app, &project, "approve")
            .await
            .starts_with("Approved.")
    );
    next(&backend, "prime").await.complete("# Pots");
    let plan = next(&backend, "plan-feature-github").await;
    assert!(
        plan.job.order.args.contains("A shop for pottery")
            && plan.job.order.args.contains("a basket (high")
    );
    plan.complete("1. A basket\n2. Search");
    let asks = stands(&app, &project, "awaiting_approval").await;
    assert_eq!(
        (&asks["gate"]["gate_type"], &asks["gate"]["context"]["what"]),
        (&"plan".into(), &"1. A basket\n2. Search".into())
    );
    let url = asks["gate"]["context"]["document_url"].as_str().unwrap();
    let plan = app.get(url).send().await.unwrap().text().await.unwrap();
    assert_eq!(plan, "1. A basket\n2. Search");
    assert!(!backend.has_job(), "nothing is built before a yes");
    say(&app, &project, "yes, looks good").await;
    next(&backend, "execute-github").await.complete("Built.");
    next(&backend, "validate").await.complete("7 tests passed");
    stands(&app, &project, "awaiting_approval").await;
    say(&app, &project, "approve").await;
    let done = stands(&app, &project, "completed").await;
    assert_eq!(statuses(&done), ["COMPLETED"; 5]);
    let shown = app.read(&format!("/api/projects/{project}")).await;
    assert_eq!(
        (
            &shown["status"],
            &shown["needs_attention"],
            &shown["completed_phases"]
        ),
        (&"COMPLETED".into(), &0.into(), &5.into())
    );
    // What happened in a phase says so, whoever did it.
    let log = app.log(&project).await;
    let of_plan: Vec<&str> = log
        .iter()
        .filter(|one| one["phase"] == "Plan Feature")
        .filter_map(|one| one["message"].as_str())
        .collect();
    assert_eq!(
        of_plan,
        [
            "Plan Feature: begun",
            "Queued plan-feature-github",
            "Started plan-feature-github",
            "Finished plan-feature-github",
            "Plan Feature: waits for your decision",
            "Asks for your decision: Shall this plan be built?",
            "You approved Plan Feature",
            "Plan Feature: done",
        ]
    );
}

#[tokio::test]
async fn a_rejected_plan_is_written_again_with_the_reason() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    say(&app, &project, "approve").await;
    next(&backend, "prime").await.complete("# Pots");
    next(&backend, "plan-feature-github")
        .await
        .complete("The first plan");
    stands(&app, &project, "awaiting_approval").await;
    say(&app, &project, "reject: the basket comes first").await;
    let paused = stands(&app, &project, "paused").await;
    assert_eq!(paused["gate"], Value::Null);
    assert!(!backend.has_job());
    say(&app, &project, "continue").await;
    let again = next(&backend, "plan-feature-github").await;
    assert!(
        again
            .job
            .order
            .args
            .contains("rejected, because: the basket comes first")
    );
    again.complete("The second plan");
    stands(&app, &project, "awaiting_approval").await;
    let list = app.read(&format!("/api/documents/list/{project}")).await;
    let kinds: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["type"].as_str())
        .collect();
    assert_eq!(kinds, ["vision", "plan", "plan"], "each plan is kept");
    let newest = app
        .get(&format!("/api/documents/plans/{project}"))
        .send()
        .await
        .unwrap();
    assert_eq!(newest.text().await.unwrap(), "The second plan");
    let first = list[2]["url"].as_str().unwrap();
    assert_eq!(
        app.get(first).send().await.unwrap().text().await.unwrap(),
        "The first plan"
    );
}

#[tokio::test]
async fn a_failed_command_waits_and_is_tried_again_from_the_chat_or_the_button() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    say(&app, &project, "approve").await;
    let failed = || Outcome::failed(ErrorCode::AgentError, "out of memory");
    next(&backend, "prime").await.end(failed());
    stands(&app, &project, "failed").await;
    wait_until("the report", async || {
        let messages = app.messages(&project).await;
        let last = messages.last()?["content"].as_str()?.to_owned();
        (last.contains("out of memory") && last.contains("Write **continue** to try this again"))
            .then_some(())
    })
    .await;
    say(&app, &project, "try again").await;
    next(&backend, "prime").await.end(failed());
    stands(&app, &project, "failed").await;
    let list = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    let retry = format!("/api/executions/{}/retry", list[0]["id"].as_str().unwrap());
    let again = expect(app.post(&retry), StatusCode::ACCEPTED).await;
    assert_ne!(again["id"], list[0]["id"]);
    assert_eq!(again["phase"], "Prime Context");
    next(&backend, "prime").await.complete("# Pots");
    next(&backend, "plan-feature-github")
        .await
        .complete("The plan");
    stands(&app, &project, "awaiting_approval").await;
}

#[tokio::test]
async fn a_command_that_finds_the_queue_full_has_failed_and_is_tried_again() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    for _ in 0..=20 {
        app.execute(&project, "validate").await;
    }
    let before = backend.next_job().await;
    say(&app, &project, "approve").await;
    let failed = stands(&app, &project, "failed").await;
    assert_eq!(statuses(&failed)[1], "FAILED");
    let messages = app.messages(&project).await;
    let last = messages.last().unwrap()["content"].as_str().unwrap();
    assert!(
        last.contains("**Prime Context**: 20 commands already wait")
            && last.contains("Write **continue** to try this again"),
        "{last}"
    );
    before.complete("7 tests passed");
    let mut before = vec![backend.next_job().await];
    say(&app, &project, "continue").await;
    assert_eq!(
        statuses(&stands(&app, &project, "in_progress").await)[1],
        "IN_PROGRESS"
    );
    while let Some(job) = before.pop() {
        match job.job.order.command.as_str() {
            "validate" => {
                job.complete("7 tests passed");
                before.push(backend.next_job().await);
            }
            _ => job.complete("# Pots"),
        }
    }
    next(&backend, "plan-feature-github")
        .await
        .complete("The plan");
    stands(&app, &project, "awaiting_approval").await;
}

#[tokio::test]
async fn what_somebody_stops_is_paused() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    say(&app, &project, "approve").await;
    let job = next(&backend, "prime").await;
    let end = async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    };
    tokio::join!(say(&app, &project, "stop"), end);
    let paused = stands(&app, &project, "paused").await;
    assert_eq!(statuses(&paused)[1], "PAUSED");
}

#[tokio::test]
async fn a_sequence_ordered_in_one_sentence_opens_no_gate_and_moves_no_phase() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    say(&app, &project, "approve").await;
    next(&backend, "prime")
        .await
        .end(Outcome::failed(ErrorCode::AgentError, "no"));
    let before = stands(&app, &project, "failed").await;
    say(&app, &project, "plan and implement a dark mode").await;
    next(&backend, "plan-feature-github")
        .await
        .complete("A plan");
    next(&backend, "execute-github").await.complete("Built.");
    next(&backend, "validate").await.complete("7 tests passed");
    wait_until("all of it to end", async || {
        let list = app
            .read(&format!("/api/projects/{project}/executions"))
            .await;
        let list = list.as_array()?;
        let done = list
            .iter()
            .filter(|one| one["status"] == "COMPLETED")
            .count();
        (done == 3).then_some(())
    })
    .await;
    assert_eq!(workflow(&app, &project).await, before);
}

#[tokio::test]
async fn it_goes_on_after_a_restart_wherever_it_was() {
    let (app, backend) = spawn_scripted().await;
    let project = with_vision(&app).await;
    let database = app.stop();
    // A gate survives.
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .database(database)
        .spawn()
        .await;
    stands(&app, &project, "awaiting_approval").await;
    say(&app, &project, "approve").await;
    let running = next(&backend, "prime").await;
    let stopping = std::thread::spawn(move || app.stop());
    running.cancel.cancelled().await;
    running.end(Outcome::Cancelled);
    let database = stopping.join().unwrap();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .database(database)
        .spawn()
        .await;
    // What ended with the server failed, and is told once.
    stands(&app, &project, "failed").await;
    say(&app, &project, "continue").await;
    next(&backend, "prime").await.complete("# Pots");
    next(&backend, "plan-feature-github")
        .await
        .complete("The plan");
    stands(&app, &project, "awaiting_approval").await;
    let log = app.log(&project).await;
    let begun = log
        .iter()
        .filter(|one| one["message"] == "Prime Context: begun");
    assert_eq!(begun.count(), 2);
}
