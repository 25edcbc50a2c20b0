//! Ordering once more what ended early.

use project_manager::domain::{
    execution::{ErrorCode, Outcome},
    step::{Call, Step},
};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::{id, path, wait_for};
use crate::support::{TestApp, expect, refused, spawn_scripted, wait_until};

fn retry(app: &TestApp, execution: &Value) -> RequestBuilder {
    app.post(&format!("/api/executions/{}/retry", id(execution)))
}

fn out_of_memory() -> Outcome {
    Outcome::failed(ErrorCode::AgentError, "out of memory")
}

#[tokio::test]
async fn one_that_failed_is_run_again_with_what_was_to_follow_and_reported_to_who_ordered_it() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, "plan and implement a page with all orders")
        .await;
    backend.next_job().await.end(out_of_memory());
    let list = wait_until("the plan to fail", async || {
        let list = app.read(&path(&project)).await;
        (list[0]["status"] == "FAILED").then_some(list)
    })
    .await;
    let again = expect(retry(&app, &list[0]), StatusCode::ACCEPTED).await;
    assert_ne!(again["id"], list[0]["id"]);
    assert_eq!(
        (
            &again["attempt"],
            &again["command_args"],
            &again["position"]
        ),
        (&2.into(), &"a page with all orders".into(), &0.into())
    );
    let job = backend.next_job().await;
    assert_eq!(job.job.order.args, "a page with all orders");
    job.complete("# The plan");
    let next = backend.next_job().await;
    assert_eq!(next.job.order.command.as_str(), "execute-github");
    next.complete("Built.");
    backend.next_job().await.complete("7 tests passed");
    wait_until("the report of the last", async || {
        let messages = app.messages(&project).await;
        let said = |words: &str| {
            let mut contents = messages.iter().filter_map(|one| one["content"].as_str());
            contents.any(|content| content.contains(words))
        };
        (said("out of memory") && said("The plan is written") && said("7 tests passed"))
            .then_some(())
    })
    .await;
    let queued: Vec<Value> = app.log(&project).await;
    let queued = queued.iter().filter(|one| one["status"] == "QUEUED");
    let words: Vec<&str> = queued.filter_map(|one| one["message"].as_str()).collect();
    assert_eq!(
        words,
        [
            "Queued plan-feature-github",
            "Queued plan-feature-github again",
            "Queued execute-github",
            "Queued validate"
        ]
    );
}

#[tokio::test]
async fn asked_for_twice_it_is_run_once_and_its_retry_can_be_retried() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let first = app.execute(&project, "validate").await;
    backend.next_job().await.end(out_of_memory());
    wait_for(&app, &first, "FAILED").await;
    let (one, other) = tokio::join!(
        expect(retry(&app, &first), StatusCode::ACCEPTED),
        expect(retry(&app, &first), StatusCode::ACCEPTED)
    );
    assert_eq!(one["id"], other["id"]);
    backend.next_job().await.end(out_of_memory());
    wait_for(&app, &one, "FAILED").await;
    assert_eq!(
        expect(retry(&app, &first), StatusCode::ACCEPTED).await["id"],
        one["id"]
    );
    let third = expect(retry(&app, &one), StatusCode::ACCEPTED).await;
    assert_eq!(third["attempt"], 3);
    backend.next_job().await.complete("7 tests passed");
    wait_for(&app, &third, "COMPLETED").await;
    assert!(!backend.has_job());
}

#[tokio::test]
async fn one_that_was_stopped_is_run_again_and_what_has_not_failed_is_not() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let first = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let answer = refused(retry(&app, &first), StatusCode::CONFLICT).await;
    assert!(answer["detail"].as_str().unwrap().contains("has not ended"));
    let cancel = format!("/api/executions/{}/cancel", id(&first));
    let end = async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    };
    let (ended, ()) = tokio::join!(expect(app.post(&cancel), StatusCode::OK), end);
    assert_eq!(ended["status"], "CANCELLED");
    let again = expect(retry(&app, &first), StatusCode::ACCEPTED).await;
    backend.next_job().await.complete("# Shop");
    wait_for(&app, &again, "COMPLETED").await;
    let answer = refused(retry(&app, &again), StatusCode::CONFLICT).await;
    assert!(answer["detail"].as_str().unwrap().contains("has completed"));
    let nobody = format!("/api/executions/{}/retry", Uuid::now_v7());
    refused(app.post(&nobody), StatusCode::NOT_FOUND).await;
    refused(
        app.post("/api/executions/7/retry"),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(!backend.has_job());
}

/// The project manager's last words, once there are so many messages.
async fn last_words(app: &TestApp, project: &str, count: usize) -> String {
    let messages = wait_until(format!("{count} messages"), async || {
        Some(app.messages(project).await).filter(|messages| messages.len() >= count)
    })
    .await;
    messages[count - 1]["content"]
        .as_str()
        .expect("words")
        .to_owned()
}

#[tokio::test]
async fn a_person_asks_what_was_done_and_to_try_it_again_in_the_chat() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, "What did SCAR do?").await;
    assert!(
        last_words(&app, &project, 2)
            .await
            .contains("Nothing has been done")
    );
    app.say(&project, "implement a page with all orders").await;
    let job = backend.next_job().await;
    for file in ["README.md", "orders.js"] {
        job.step(Step::Tool {
            tool: "Read".to_owned(),
            summary: format!("Read {file}"),
            input: file.to_owned(),
            call: Call::default(),
        })
        .await;
    }
    job.end(out_of_memory());
    last_words(&app, &project, 5).await;
    app.say(&project, "What happened?").await;
    let told = last_words(&app, &project, 7).await;
    for words in [
        "a page with all orders",
        "It failed: out of memory",
        "- Read README.md\n- Read orders.js",
    ] {
        assert!(told.contains(words), "{words:?} in {told}");
    }
    app.say(&project, "ok, try again").await;
    let again = backend.next_job().await;
    assert_eq!(again.job.order.args, "a page with all orders");
    assert!(
        last_words(&app, &project, 9)
            .await
            .contains("trying it again")
    );
    again.complete("# The plan");
    backend.next_job().await.complete("Built.");
    backend.next_job().await.complete("7 tests passed");
    last_words(&app, &project, 12).await;
    app.say(&project, "try again").await;
    assert!(last_words(&app, &project, 14).await.contains("worked out"));
    assert!(!backend.has_job());
}
