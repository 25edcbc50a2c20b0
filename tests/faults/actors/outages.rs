//! A database that somebody else keeps locked, while commands run and people ask for things.

use futures_util::future::join_all;
use project_manager::domain::execution::Outcome;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{app_with, ended, endings, id};
use crate::support::{Lock, RunningJob, Scripted, TestApp, Window, expect, patiently, wait_until};

fn order(app: &TestApp, project: &str) -> RequestBuilder {
    app.post(&format!("/api/projects/{project}/executions"))
        .header("Idempotency-Key", "once")
        .json(&json!({ "command": "validate" }))
}

/// Waits until so many questions are with the executor and not answered.
async fn with_the_executor(app: &TestApp, count: usize) {
    wait_until(format!("{count} questions with the executor"), async || {
        let statuses = app.supervisor().statuses();
        let executor = statuses.iter().find(|status| status.name == "executor")?;
        (executor.mailbox >= count).then_some(())
    })
    .await;
}

async fn begins(app: &TestApp, backend: &Scripted, project: &str) -> (String, RunningJob) {
    let execution = id(&app.execute(project, "prime").await);
    let job = backend.next_job().await;
    wait_until("the start to be stored", async || {
        (app.execution(&execution).await["status"] == "RUNNING").then_some(())
    })
    .await;
    (execution, job)
}

#[tokio::test]
async fn a_command_is_told_to_end_while_orders_wait_for_the_database_and_these_are_turned_away() {
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let shop = app.project("Shop").await;
    let (blog, till) = (app.project("Blog").await, app.project("Till").await);
    let (execution, job) = begins(&app, &backend, &shop).await;
    let lock = Lock::take(app.database()).await;
    let told = job.cancel.clone();
    let turned_away = |project| expect(order(&app, project), StatusCode::SERVICE_UNAVAILABLE);
    let (one, two) = (turned_away(&blog), turned_away(&till));
    let stop = async {
        with_the_executor(&app, 2).await;
        let cancel = app.post(&format!("/api/executions/{execution}/cancel"));
        expect(cancel, StatusCode::OK).await
    };
    tokio::pin!(one, two, stop);
    tokio::select! {
        biased;
        problem = &mut one => panic!("only now anybody could be told: {problem}"),
        problem = &mut two => panic!("only now anybody could be told: {problem}"),
        record = &mut stop => panic!("answered before it was told: {record}"),
        () = told.cancelled() => job.end(Outcome::Cancelled),
    }
    let (problem, ..) = tokio::join!(one, two, stop);
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("database is not answering"), "{words}");
    lock.release().await;
    let record = ended(&app, &execution).await;
    assert_eq!(record["status"], "CANCELLED");
    assert_eq!(endings(&app.log(&shop).await, &execution), ["CANCELLED"]);
    // What was turned away is not done later; asked for again with the same key it is done once.
    assert_eq!(app.log(&blog).await, Vec::<Value>::new());
    let accepted = expect(order(&app, &blog), StatusCode::ACCEPTED).await;
    backend.next_job().await.complete("done");
    assert_eq!(ended(&app, &id(&accepted)).await["status"], "COMPLETED");
}

#[tokio::test]
async fn stop_reaches_what_runs_also_when_what_waits_cannot_be_ended() {
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let project = app.project("Shop").await;
    let (execution, job) = begins(&app, &backend, &project).await;
    let waiting = id(&app.execute(&project, "validate").await);
    let mut window = Window::open(&app, &project).await;
    let lock = Lock::take(app.database()).await;
    window.send_json(&json!({ "action": "stop" })).await;
    patiently("the command to be told", job.cancel.cancelled()).await;
    let words = window.next_error("PROCESSING_ERROR").await;
    assert!(words.contains("database is not answering"), "{words}");
    job.end(Outcome::Cancelled);
    lock.release().await;
    assert_eq!(ended(&app, &execution).await["status"], "CANCELLED");
    // What could not be ended waits as before, and now it is its turn.
    backend.next_job().await.complete("done");
    assert_eq!(ended(&app, &waiting).await["status"], "COMPLETED");
}

#[tokio::test]
async fn however_many_messages_wait_for_the_database_each_is_answered_in_time() {
    let app = app_with(&Scripted::new()).await;
    let project = app.project("Shop").await;
    let lock = Lock::take(app.database()).await;
    let posts = (0..4).map(|at| {
        let post = app.post(&format!("/api/projects/{project}/messages"));
        let post = post.json(&json!({ "content": format!("hello {at}") }));
        expect(post, StatusCode::SERVICE_UNAVAILABLE)
    });
    let problems = join_all(posts).await;
    let exact = problems.iter().filter(|problem| {
        let words = problem["detail"].as_str().expect("words");
        words.contains("nothing could be stored")
    });
    assert!(exact.count() >= 1, "{problems:?}");
    lock.release().await;
    app.say(&project, "hello").await;
    let stored = app.messages(&project).await;
    let said = stored.iter().filter(|message| message["role"] == "user");
    // The one that was being stored as its sender stopped waiting may be among them; they were told to look.
    assert!(said.count() <= 2, "{stored:?}");
}
