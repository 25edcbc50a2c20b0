//! Messages that wait until nothing is queued or runs any more.

use std::sync::Arc;

use project_manager::domain::execution::Outcome;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{column, path, wait_for_messages};
use crate::support::{
    RunningJob, Scripted, TestApp, TestAppBuilder, Window, expect, refused, refused_field,
    spawn_scripted, wait_until,
};

fn at(message: &Value) -> String {
    format!("/api/messages/{}", id(message))
}

fn id(message: &Value) -> &str {
    message["id"].as_str().expect("an id")
}

fn words(problem: &Value) -> &str {
    problem["detail"].as_str().expect("words")
}

/// A project in which a command runs.
async fn busy() -> (TestApp, Arc<Scripted>, String, RunningJob) {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    (app, backend, project, job)
}

/// The changes of queued messages in the log: what happened and to which.
async fn changes(app: &TestApp, project: &str) -> Vec<(String, Value)> {
    let log = app.log(project).await;
    let changes = log.into_iter().filter_map(|mut one| {
        let status = one["status"].as_str()?.strip_prefix("message_")?.to_owned();
        assert_eq!((&one["source"], &one["kind"]), (&json!("pm"), &json!("pm")));
        Some((status, one["data"]["message_id"].take()))
    });
    changes.collect()
}

async fn withdraw(app: &TestApp, message: &Value) {
    let answer = app.delete(&at(message)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn with_nothing_to_wait_for_it_is_acted_on_at_once() {
    let (app, _backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let queued = app.queue(&project, "hello").await;
    assert_eq!(queued["queued"], true, "{queued}");
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(column(&messages, "role"), ["user", "assistant"]);
    assert_eq!(messages[0]["queued"], false);
    assert_eq!(
        changes(&app, &project).await,
        [("taken".to_owned(), queued["id"].clone())]
    );
}

#[tokio::test]
async fn it_waits_for_the_command_that_runs_and_for_those_that_are_queued_and_keeps_its_order() {
    let (app, backend, project, job) = busy().await;
    app.execute(&project, "validate").await;
    let mut queued = Vec::new();
    for text in [
        "Number 1 is odd",
        "analyze the codebase",
        "Number 2 is even",
    ] {
        queued.push(app.queue(&project, text).await);
    }
    let messages = app.messages(&project).await;
    assert_eq!(messages, queued, "shown as what waits, in order");
    job.complete("done");
    let job = backend.next_job().await;
    assert_eq!(app.messages(&project).await, queued);
    job.complete("done");
    // The second starts a command of its own, which the third waits for.
    let job = backend.next_job().await;
    let messages = wait_for_messages(&app, &project, 5).await;
    let waiting: Vec<&Value> = messages
        .iter()
        .filter(|one| one["queued"] == true)
        .collect();
    assert_eq!(waiting, [&queued[2]]);
    job.complete("All is well.");
    let messages = wait_for_messages(&app, &project, 7).await;
    assert_eq!(
        column(&messages, "role"),
        [
            "user",
            "assistant",
            "user",
            "assistant",
            "assistant",
            "user",
            "assistant"
        ],
        "each stands where it was acted on"
    );
    let said = messages.iter().filter(|one| one["role"] == "user");
    let ids: Vec<&Value> = said.map(|one| &one["id"]).collect();
    assert_eq!(ids, queued.iter().map(|one| &one["id"]).collect::<Vec<_>>());
    assert_eq!(
        messages[4]["content"], "All is well.",
        "the report comes first"
    );
}

#[tokio::test]
async fn what_is_said_without_waiting_is_acted_on_at_once_and_leaves_what_is_queued() {
    let (app, _backend, project, job) = busy().await;
    let queued = app.queue(&project, "Number 1 is odd").await;
    app.say(&project, "status").await;
    let messages = wait_for_messages(&app, &project, 3).await;
    assert_eq!(messages[0], queued);
    assert_eq!(column(&messages[1..], "role"), ["user", "assistant"]);
    job.complete("done");
    let messages = wait_for_messages(&app, &project, 4).await;
    assert_eq!(messages[2]["id"], queued["id"], "it is its turn now");
}

#[tokio::test]
async fn it_can_be_changed_and_withdrawn_until_its_turn() {
    let (app, _backend, project, job) = busy().await;
    let (one, two) = (
        app.queue(&project, "one").await,
        app.queue(&project, "two").await,
    );
    let edit = |message: &Value, content: &str| {
        let request = app.patch(&at(message));
        request.json(&json!({ "content": content }))
    };
    let edited = expect(edit(&one, " Number 1 is odd "), StatusCode::OK).await;
    assert_eq!(
        (&edited["content"], &edited["queued"], &edited["timestamp"]),
        (&json!("Number 1 is odd"), &json!(true), &one["timestamp"])
    );
    withdraw(&app, &two).await;
    assert_eq!(app.messages(&project).await, [edited]);
    for gone in [app.delete(&at(&two)), edit(&two, "late")] {
        let problem = refused(gone, StatusCode::NOT_FOUND).await;
        assert!(words(&problem).contains(id(&two)), "{problem}");
    }
    job.complete("done");
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(messages[0]["content"], "Number 1 is odd");
    assert_eq!(messages[1]["role"], "assistant");
    for late in [
        app.delete(&at(&one)),
        edit(&one, "late"),
        app.delete(&at(&messages[1])),
    ] {
        let problem = refused(late, StatusCode::CONFLICT).await;
        assert!(words(&problem).contains("not queued"), "{problem}");
    }
    assert_eq!(
        app.messages(&project).await,
        messages,
        "nothing has changed"
    );
}

#[tokio::test]
async fn stop_ends_what_runs_and_what_is_queued_has_its_turn_then() {
    let (app, _backend, project, job) = busy().await;
    let queued = app.queue(&project, "Number 1 is odd").await;
    let mut window = Window::open(&app, &project).await;
    window.send_json(&json!({ "action": "stop" })).await;
    job.cancel.cancelled().await;
    let queued = [queued];
    assert_eq!(app.messages(&project).await, queued);
    job.end(Outcome::Cancelled);
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(messages[0]["id"], queued[0]["id"]);
    assert_eq!(messages[0]["queued"], false);
}

#[tokio::test]
async fn what_is_queued_survives_a_restart_and_has_its_turn_afterwards() {
    let (app, _backend, project, job) = busy().await;
    let queued = app.queue(&project, "Number 1 is odd").await;
    let stopped = async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    };
    let (database, ()) = tokio::join!(
        async {
            tokio::task::spawn_blocking(move || app.stop())
                .await
                .expect("it stops")
        },
        stopped
    );
    let app = TestAppBuilder::default()
        .database(database)
        .backend(Scripted::new())
        .spawn()
        .await;
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(messages[0]["id"], queued["id"]);
    assert_eq!(column(&messages, "role"), ["user", "assistant"]);
}

#[tokio::test]
async fn a_reset_leaves_what_is_queued_and_it_is_answered_in_the_new_topic() {
    let (app, _backend, project, job) = busy().await;
    let queued = app.queue(&project, "Number 1 is odd").await;
    let reset = app.post(&format!("/api/projects/{project}/reset"));
    let reset = expect(reset, StatusCode::OK).await;
    assert_eq!(app.messages(&project).await, [queued]);
    job.complete("done");
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(messages[0]["topic_id"], reset["new_topic_id"]);
    assert_eq!(messages[1]["topic_id"], reset["new_topic_id"]);
}

#[tokio::test]
async fn only_so_many_are_queued_and_one_sent_again_is_not_one_more() {
    let (app, _backend, project, job) = busy().await;
    let body = |text: &str| json!({ "content": text, "queue": true });
    let send = |key: usize| {
        let request = app.post(&path(&project));
        let request = request.header("Idempotency-Key", format!("k-{key}"));
        request.json(&body(&format!("Number {key} is a number")))
    };
    let mut first = Value::Null;
    for key in 0..20 {
        let queued = expect(send(key), StatusCode::ACCEPTED).await;
        if key == 0 {
            first = queued;
        }
    }
    let problem = refused(send(20), StatusCode::CONFLICT).await;
    assert!(
        problem["detail"].as_str().unwrap().contains("20 messages"),
        "{problem}"
    );
    assert_eq!(expect(send(0), StatusCode::ACCEPTED).await, first);
    let mut window = Window::open(&app, &project).await;
    window.send_json(&body("one more")).await;
    window.next_error("QUEUE_FULL").await;
    withdraw(&app, &first).await;
    expect(send(20), StatusCode::ACCEPTED).await;
    job.complete("done");
    wait_for_messages(&app, &project, 40).await;
}

#[tokio::test]
async fn however_a_withdrawal_meets_its_turn_only_one_of_them_happens() {
    for round in 0..8 {
        let (app, _backend, project, job) = busy().await;
        let queued = app.queue(&project, "Number 1 is odd").await;
        let withdrawal = app.delete(&at(&queued)).send();
        // The end is stored just before, just after, or at the same time.
        let (answer, ()) = match round % 2 {
            0 => tokio::join!(withdrawal, async { job.complete("done") }),
            _ => {
                let end = async { job.complete("done") };
                let ((), answer) = tokio::join!(end, withdrawal);
                (answer, ())
            }
        };
        let status = answer.expect("an answer").status();
        let told = wait_until("what became of it", async || {
            Some(changes(&app, &project).await).filter(|told| !told.is_empty())
        })
        .await;
        let id = queued["id"].clone();
        match status {
            StatusCode::NO_CONTENT => {
                assert_eq!(told, [("withdrawn".to_owned(), id)]);
                app.say(&project, "status").await;
                let messages = wait_for_messages(&app, &project, 2).await;
                assert_eq!(messages[0]["content"], "status", "it was not acted on");
            }
            StatusCode::CONFLICT => {
                assert_eq!(told, [("taken".to_owned(), id)]);
                wait_for_messages(&app, &project, 2).await;
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (app, _backend, project, job) = busy().await;
    let wrong = json!({ "content": "hello", "queue": "yes" });
    refused_field(app.post(&path(&project)).json(&wrong), "queue").await;
    let queued = app.queue(&project, "one").await;
    for content in [json!(""), json!(5), Value::Null] {
        let edit = app.patch(&at(&queued)).json(&json!({ "content": content }));
        refused_field(edit, "content").await;
    }
    refused_field(app.delete("/api/messages/7"), "message_id").await;
    let nobody = "/api/messages/01890000-0000-7000-8000-000000000000";
    refused(app.delete(nobody), StatusCode::NOT_FOUND).await;
    refused(app.get(nobody), StatusCode::METHOD_NOT_ALLOWED).await;
    assert_eq!(app.messages(&project).await, [queued]);
    job.complete("done");
}
