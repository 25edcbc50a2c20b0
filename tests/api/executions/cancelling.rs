//! Ending an execution because a person asked.

use project_manager::domain::execution::Outcome;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{id, told, wait_for};
use crate::support::{TestApp, expect, spawn_scripted};

fn cancel(app: &TestApp, execution: &Value) -> RequestBuilder {
    app.post(&format!("/api/executions/{}/cancel", id(execution)))
}

#[tokio::test]
async fn one_that_runs_is_told_to_end_and_answered_when_it_has() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let asked = expect(cancel(&app, &execution), StatusCode::OK);
    let again = expect(cancel(&app, &execution), StatusCode::OK);
    let end = async {
        job.cancel.cancelled().await;
        assert_eq!(
            app.execution(id(&execution)).await["status"],
            "RUNNING",
            "until it has ended"
        );
        job.end(Outcome::Cancelled);
    };
    let (answer, repeated, ()) = tokio::join!(asked, again, end);
    assert_eq!(answer["status"], "CANCELLED");
    assert_eq!(repeated, answer);
    assert!(
        answer["completed_at"].is_string() && answer["error"].is_null(),
        "{answer}"
    );
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "CANCELLED"]
    );
}

#[tokio::test]
async fn one_that_waits_never_starts_and_the_next_has_its_turn() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let first = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let second = app.execute(&project, "validate").await;
    let third = app.execute(&project, "execute-github").await;
    let answer = expect(cancel(&app, &second), StatusCode::OK).await;
    assert_eq!(answer["status"], "CANCELLED");
    assert!(answer["started_at"].is_null(), "{answer}");
    job.complete("done");
    let job = backend.next_job().await;
    assert_eq!(job.job.order.command.as_str(), "execute-github");
    job.complete("done");
    wait_for(&app, &third, "COMPLETED").await;
    assert_eq!(
        told(&app, &project, &first).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
    assert_eq!(told(&app, &project, &second).await, ["QUEUED", "CANCELLED"]);
}

#[tokio::test]
async fn one_that_has_ended_stays_as_it_is() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "prime").await;
    backend.next_job().await.complete("done");
    let completed = wait_for(&app, &execution, "COMPLETED").await;
    assert_eq!(
        expect(cancel(&app, &execution), StatusCode::OK).await,
        completed
    );
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
}

#[tokio::test]
async fn one_that_ends_well_while_it_is_told_to_end_has_one_ending() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let (answer, ()) = tokio::join!(expect(cancel(&app, &execution), StatusCode::OK), async {
        job.cancel.cancelled().await;
        job.complete("It was done already.");
    });
    assert_eq!(answer["status"], "COMPLETED");
    assert_eq!(answer["output"], "It was done already.");
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
}

#[tokio::test]
async fn ending_one_leaves_other_projects_alone() {
    let (app, backend) = spawn_scripted().await;
    let (shop, zoo) = (app.project("Shop").await, app.project("Zoo").await);
    let mine = app.execute(&shop, "prime").await;
    let job = backend.next_job().await;
    let theirs = app.execute(&zoo, "prime").await;
    let other = backend.next_job().await;
    let (answer, ()) = tokio::join!(expect(cancel(&app, &mine), StatusCode::OK), async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    });
    assert_eq!(answer["status"], json!("CANCELLED"));
    assert!(!other.cancel.is_cancelled());
    other.complete("done");
    wait_for(&app, &theirs, "COMPLETED").await;
}
