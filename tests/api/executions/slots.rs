//! How many run side by side in each backend, and what is said to who has to wait.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{id, wait_for};
use crate::support::{
    RunningJob, Scripted, TestApp, TestAppBuilder, expect, spawn_scripted, wait_until,
};

/// A server whose commands run in `first`, two at a time, unless a project chooses `second`, where one runs at a time.
async fn two_backends() -> (TestApp, Arc<Scripted>, Arc<Scripted>) {
    let first = Scripted::named("first", 2);
    let second = Scripted::named("second", 1);
    let app = TestAppBuilder::default()
        .backend(first.clone())
        .and(second.clone())
        .spawn()
        .await;
    (app, first, second)
}

async fn choose(app: &TestApp, project: &str, backend: &str) {
    let edit = app.patch(&format!("/api/projects/{project}"));
    expect(edit.json(&json!({ "backend": backend })), StatusCode::OK).await;
}

/// Starts a command in a project of its own.
async fn occupy(app: &TestApp, backend: &Scripted, name: &str) -> RunningJob {
    let project = app.project(name).await;
    app.execute(&project, "prime").await;
    backend.next_job().await
}

/// What was said about an execution that waits, once something was.
async fn words(app: &TestApp, project: &str, execution: &Value) -> Vec<String> {
    wait_until("a word on what it waits for", async || {
        let log = app.log(project).await;
        let of_it = log.iter().filter(|activity| {
            activity["execution_id"] == execution["id"] && activity["status"] == "waiting"
        });
        let words: Vec<String> = of_it
            .filter_map(|activity| activity["message"].as_str().map(str::to_owned))
            .collect();
        (!words.is_empty()).then_some(words)
    })
    .await
}

#[tokio::test]
async fn a_full_backend_keeps_nobody_waiting_who_chose_another() {
    let (app, first, second) = two_backends().await;
    let one = occupy(&app, &first, "One").await;
    let two = occupy(&app, &first, "Two").await;
    let three = app.project("Three").await;
    let waiting = app.execute(&three, "prime").await;
    let four = app.project("Four").await;
    choose(&app, &four, "second").await;
    let other = app.execute(&four, "prime").await;
    second.next_job().await.complete("done");
    wait_for(&app, &other, "COMPLETED").await;
    assert_eq!(app.execution(id(&waiting)).await["status"], "QUEUED");
    assert!(!first.has_job(), "two at a time");
    one.complete("done");
    first.next_job().await.complete("done");
    wait_for(&app, &waiting, "COMPLETED").await;
    two.complete("done");
}

#[tokio::test]
async fn who_waits_for_a_slot_is_told_so_once_and_before_the_start() {
    let (app, first, _) = two_backends().await;
    let jobs = [
        occupy(&app, &first, "One").await,
        occupy(&app, &first, "Two").await,
    ];
    let project = app.project("Three").await;
    let mut stream = app.stream(&project, "").await;
    let waiting = app.execute(&project, "prime").await;
    assert_eq!(
        (&waiting["status"], &waiting["position"]),
        (&json!("QUEUED"), &json!(0))
    );
    let behind = app.execute(&project, "validate").await;
    let said = "2 commands already run in first, as many as may at a time. This one begins when one of them has ended.";
    assert_eq!(words(&app, &project, &waiting).await, [said]);
    for job in jobs {
        job.complete("done");
        first.next_job().await.complete("done");
    }
    wait_for(&app, &behind, "COMPLETED").await;
    let shown = stream
        .activities_until(|data| {
            data["execution_id"] == behind["id"] && data["status"] == "COMPLETED"
        })
        .await;
    let statuses = |execution: &Value| -> Vec<Value> {
        let of_it = shown
            .iter()
            .filter(|event| event.data["execution_id"] == execution["id"]);
        of_it.map(|event| event.data["status"].clone()).collect()
    };
    assert_eq!(
        statuses(&waiting),
        ["QUEUED", "waiting", "RUNNING", "COMPLETED"]
    );
    assert_eq!(
        statuses(&behind),
        ["QUEUED", "RUNNING", "COMPLETED"],
        "what it waited for was its own project"
    );
}

#[tokio::test]
async fn a_restart_does_not_say_again_what_it_waits_for() {
    let (app, first, _) = two_backends().await;
    let jobs = [
        occupy(&app, &first, "One").await,
        occupy(&app, &first, "Two").await,
    ];
    let project = app.project("Three").await;
    let waiting = app.execute(&project, "prime").await;
    assert_eq!(words(&app, &project, &waiting).await.len(), 1);
    let database = app.stop();
    drop(jobs);
    let first = Scripted::named("first", 2);
    let app = TestAppBuilder::default()
        .set("PM__EXECUTOR__SLOTS", 1)
        .database(database)
        .backend(first.clone())
        .spawn()
        .await;
    // It has a slot now; another project's does not, and waits behind it.
    let job = first.next_job().await;
    let four = app.project("Four").await;
    let other = app.execute(&four, "prime").await;
    let said = words(&app, &four, &other).await;
    assert!(said[0].starts_with("1 command already runs in"), "{said:?}");
    job.complete("done");
    first.next_job().await.complete("done");
    wait_for(&app, &other, "COMPLETED").await;
    assert_eq!(words(&app, &project, &waiting).await.len(), 1);
}

#[tokio::test]
async fn what_waits_begins_at_once_when_its_project_chooses_a_place_with_room() {
    let (app, first, second) = two_backends().await;
    let jobs = [
        occupy(&app, &first, "One").await,
        occupy(&app, &first, "Two").await,
    ];
    let project = app.project("Three").await;
    let waiting = app.execute(&project, "prime").await;
    words(&app, &project, &waiting).await;
    choose(&app, &project, "second").await;
    second.next_job().await.complete("done");
    let ended = wait_for(&app, &waiting, "COMPLETED").await;
    assert_eq!(ended["backend"], "second");
    for job in jobs {
        job.complete("done");
    }
}

#[tokio::test]
async fn as_many_run_as_suit_the_backend() {
    let (app, backend) = spawn_scripted().await;
    let mut jobs = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        jobs.push(occupy(&app, &backend, name).await);
    }
    let project = app.project("Five").await;
    let waiting = app.execute(&project, "prime").await;
    let said = words(&app, &project, &waiting).await;
    assert!(said[0].starts_with("4 commands already run"), "{said:?}");
}

#[tokio::test]
async fn a_setting_says_how_many_run_in_each_backend() {
    let (first, second) = (Scripted::named("first", 2), Scripted::named("second", 2));
    let app = TestAppBuilder::default()
        .set("PM__EXECUTOR__SLOTS", 1)
        .backend(first.clone())
        .and(second.clone())
        .spawn()
        .await;
    let _one = occupy(&app, &first, "One").await;
    let two = app.project("Two").await;
    let waiting = app.execute(&two, "prime").await;
    words(&app, &two, &waiting).await;
    let three = app.project("Three").await;
    choose(&app, &three, "second").await;
    app.execute(&three, "prime").await;
    let _three = second.next_job().await;
    assert_eq!(app.execution(id(&waiting)).await["status"], "QUEUED");
}
