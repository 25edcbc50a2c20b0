//! Who runs when.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{id, path, told, wait_for};
use crate::support::{Scripted, TestApp, TestAppBuilder, expect, refused, spawn_scripted};

async fn queue(app: &TestApp, project: &str, args: &str) -> Value {
    let body = json!({ "command": "prime", "args": args });
    expect(app.post(&path(project)).json(&body), StatusCode::ACCEPTED).await
}

/// It is queued, however often one looks, and the backend was given nothing.
async fn assert_waits(app: &TestApp, backend: &Scripted, execution: &Value) {
    for _ in 0..20 {
        assert_eq!(app.execution(id(execution)).await["status"], "QUEUED");
        assert!(!backend.has_job(), "nothing was started");
    }
}

#[tokio::test]
async fn a_project_runs_one_at_a_time_in_the_order_they_were_asked_for() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut executions = Vec::new();
    for (position, args) in ["one", "two", "three", "four"].into_iter().enumerate() {
        let execution = queue(&app, &project, args).await;
        assert_eq!(execution["position"], position, "{execution}");
        assert_eq!(execution["status"], "QUEUED");
        executions.push(execution);
    }
    for (index, args) in ["one", "two", "three", "four"].into_iter().enumerate() {
        let job = backend.next_job().await;
        assert_eq!(job.job.order.args, args);
        if let Some(next) = executions.get(index + 1) {
            assert_waits(&app, &backend, next).await;
        }
        job.complete("done");
    }
    wait_for(&app, &executions[3], "COMPLETED").await;
    let lifecycle: Vec<Value> = app
        .log(&project)
        .await
        .into_iter()
        .filter(|activity| activity["status"] != "QUEUED")
        .map(|activity| json!([activity["execution_id"], activity["status"]]))
        .collect();
    let expected: Vec<Value> = executions
        .iter()
        .flat_map(|execution| {
            ["RUNNING", "COMPLETED"].map(|status| json!([execution["id"], status]))
        })
        .collect();
    assert_eq!(lifecycle, expected, "one ends before the next begins");
}

#[tokio::test]
async fn only_as_many_run_as_there_are_slots_and_the_longest_waiting_is_next() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .set("PM__EXECUTOR__SLOTS", 2)
        .backend(backend.clone())
        .spawn()
        .await;
    let (one, two, three) = (
        app.project("One").await,
        app.project("Two").await,
        app.project("Three").await,
    );
    queue(&app, &one, "one").await;
    let first = backend.next_job().await;
    // The second of the first project keeps nobody else waiting.
    let second = queue(&app, &one, "one again").await;
    queue(&app, &two, "two").await;
    let other = backend.next_job().await;
    assert_eq!(other.job.order.args, "two");
    let third = queue(&app, &three, "three").await;
    assert_eq!(third["position"], 0, "nobody is before it in its project");
    assert_waits(&app, &backend, &third).await;
    assert_eq!(app.execution(id(&second)).await["status"], "QUEUED");
    other.complete("done");
    let next = backend.next_job().await;
    assert_eq!(
        next.job.order.args, "three",
        "the first project is still busy"
    );
    assert_waits(&app, &backend, &second).await;
    first.complete("done");
    let next_of_one = backend.next_job().await;
    assert_eq!(next_of_one.job.order.args, "one again");
    next.complete("done");
    next_of_one.complete("done");
    wait_for(&app, &second, "COMPLETED").await;
    wait_for(&app, &third, "COMPLETED").await;
}

#[tokio::test]
async fn with_one_slot_projects_take_turns_in_the_order_of_the_queue() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .set("PM__EXECUTOR__SLOTS", 1)
        .backend(backend.clone())
        .spawn()
        .await;
    let (one, two) = (app.project("One").await, app.project("Two").await);
    let order = [
        (&one, "a"),
        (&two, "b"),
        (&two, "c"),
        (&one, "d"),
        (&two, "e"),
    ];
    let mut last = Value::Null;
    for (project, args) in order {
        last = queue(&app, project, args).await;
    }
    for (_, args) in order {
        let job = backend.next_job().await;
        assert_eq!(job.job.order.args, args);
        job.complete("done");
    }
    wait_for(&app, &last, "COMPLETED").await;
}

#[tokio::test]
async fn twenty_may_wait_in_a_project_and_one_more_is_refused_in_words() {
    let (app, backend) = spawn_scripted().await;
    let (project, other) = (app.project("Shop").await, app.project("Zoo").await);
    queue(&app, &project, "running").await;
    let running = backend.next_job().await;
    let mut waiting = Vec::new();
    for number in 1..=20 {
        let execution = queue(&app, &project, &number.to_string()).await;
        assert_eq!(execution["position"], number);
        waiting.push(execution);
    }
    let request = app
        .post(&path(&project))
        .json(&json!({ "command": "prime" }));
    let problem = refused(request, StatusCode::CONFLICT).await;
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("20") && words.contains("stop"), "{words}");
    queue(&app, &other, "another project").await;
    backend.next_job().await.complete("done");
    // Room again as soon as one of them has its turn.
    running.complete("done");
    let next = backend.next_job().await;
    queue(&app, &project, "21").await;
    next.complete("done");
    backend.next_job().await.complete("done");
    wait_for(&app, &waiting[1], "COMPLETED").await;
}

#[tokio::test]
async fn what_waits_goes_on_after_a_restart_and_what_ran_is_ended_as_interrupted() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let first = queue(&app, &project, "one").await;
    let job = backend.next_job().await;
    job.says("halfway").await;
    crate::support::wait_until("the step to be stored", async || {
        (app.log(&project).await.len() == 3).then_some(())
    })
    .await;
    let second = queue(&app, &project, "two").await;
    let before = app.log(&project).await;
    let database = app.stop();
    drop(job);
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .database(database)
        .backend(backend.clone())
        .spawn()
        .await;
    let interrupted = wait_for(&app, &first, "FAILED").await;
    assert_eq!(interrupted["error_code"], "interrupted");
    let job = backend.next_job().await;
    assert_eq!(job.job.order.args, "two");
    job.complete("done");
    wait_for(&app, &second, "COMPLETED").await;
    assert_eq!(
        app.log(&project).await[..before.len()],
        before,
        "all that was shown is still there"
    );
    assert_eq!(
        told(&app, &project, &first).await,
        ["QUEUED", "RUNNING", "FAILED"]
    );
    assert_eq!(
        told(&app, &project, &second).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
}

#[tokio::test]
async fn a_repeated_request_is_told_the_place_it_has_now() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let send = |key: &'static str| {
        let request = app.post(&path(&project)).header("Idempotency-Key", key);
        expect(
            request.json(&json!({ "command": "prime" })),
            StatusCode::ACCEPTED,
        )
    };
    send("one").await;
    let first = backend.next_job().await;
    send("two").await;
    send("three").await;
    let mut places = Vec::new();
    for key in ["one", "two", "three"] {
        places.push(send(key).await["position"].clone());
    }
    assert_eq!(places, [0, 1, 2]);
    first.complete("done");
    let second = backend.next_job().await;
    places.clear();
    for key in ["one", "two", "three"] {
        places.push(send(key).await["position"].clone());
    }
    assert_eq!(places, [0, 0, 1], "the first has ended");
    second.complete("done");
    backend.next_job().await.complete("done");
}
