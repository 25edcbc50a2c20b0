//! What is stored, who watches, and how the actors fare.

use project_manager::backends::Health;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{
    Scripted, TestApp, TestAppBuilder, Window, expect, spawn_app, spawn_scripted, wait_until,
};

async fn feed(app: &TestApp, project: &str) -> Value {
    app.read(&format!("/api/diagnostics/sse/{project}")).await
}

/// Waits until the report of a project fits; it.
async fn feed_until(app: &TestApp, project: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait_until("a report that fits", async || {
        Some(feed(app, project).await).filter(|report| fits(report))
    })
    .await
}

#[tokio::test]
async fn a_project_in_which_nothing_happened_has_no_data_and_a_database_that_answers() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut report = feed(&app, &project).await;
    let writer = report["writer"].take();
    let test = report["connection_test"].take();
    assert_eq!(test["status"], "passed", "{test}");
    assert_eq!(
        report,
        json!({
            "project_id": project, "status": "no_data", "database_check": "passed", "problem": null,
            "activity_count": 0, "execution_count": 0, "last_activity": null, "last_activity_at": null, "head": 0,
            "streams": [], "writer": null, "connection_test": null,
            "backend": { "name": "offline", "label": "This program, without a coding agent" },
        })
    );
    assert_eq!(writer["queue"], 0);
    // Making the project was a commit.
    assert!(
        writer["last_commit_at"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z')),
        "{writer}"
    );
    let (half, most) = (&writer["commit_ms_p50"], &writer["commit_ms_p99"]);
    assert!(
        half.as_f64() > Some(0.0) && half.as_f64() <= most.as_f64(),
        "{writer}"
    );
}

#[tokio::test]
async fn what_happened_is_counted_and_the_last_of_it_shown() {
    let (app, backend) = spawn_scripted().await;
    let (project, other) = (app.project("Shop").await, app.project("Zoo").await);
    for _ in 0..2 {
        app.execute(&project, "prime").await;
        let job = backend.next_job().await;
        job.says("one").await;
        job.complete("done");
    }
    let report = feed_until(&app, &project, |report| report["head"] == 8).await;
    let last = app.log(&project).await.pop().expect("something happened");
    assert_eq!(report["status"], "healthy");
    assert_eq!(
        (&report["activity_count"], &report["execution_count"]),
        (&json!(8), &json!(2))
    );
    assert_eq!(report["last_activity"], last);
    assert_eq!(report["last_activity_at"], last["timestamp"]);
    assert_eq!(
        feed(&app, &other).await["status"],
        "no_data",
        "each project has its own"
    );
}

#[tokio::test]
async fn every_stream_and_window_is_listed_with_how_far_it_is() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut brief = app.stream(&project, "?verbosity=1").await;
    let mut full = app.stream(&project, "?verbosity=3").await;
    let mut window = Window::open(&app, &project).await;
    app.execute(&project, "prime").await;
    backend.next_job().await.complete("done");
    for stream in [&mut brief, &mut full] {
        stream
            .activities_until(|data| data["status"] == "COMPLETED")
            .await;
    }
    while window.next_of("execution").await["status"] != "COMPLETED" {}
    let all_there = |report: &Value| {
        let streams = report["streams"].as_array().expect("a list");
        streams.len() == 3 && streams.iter().all(|stream| stream["cursor"] == 3)
    };
    let report = feed_until(&app, &project, all_there).await;
    let mut verbosities = Vec::new();
    for stream in report["streams"].as_array().expect("a list") {
        assert_eq!(stream["lag"], 0);
        for time in ["opened_at", "last_sent_at"] {
            let text = stream[time].as_str().expect("a time");
            assert!(
                text.len() == 24 && text.ends_with('Z'),
                "{time} of {stream}"
            );
        }
        verbosities.push(stream["verbosity"].as_u64().expect("a number"));
    }
    verbosities.sort_unstable();
    assert_eq!(verbosities, [1, 1, 3], "a window is shown what is brief");
    let other = app.project("Zoo").await;
    assert_eq!(feed(&app, &other).await["streams"], json!([]));
    drop((brief, window));
    feed_until(&app, &project, |report| {
        report["streams"].as_array().map(Vec::len) == Some(1)
    })
    .await;
}

#[tokio::test]
async fn a_stream_on_which_only_heartbeats_were_sent_says_when() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    stream.next_named("heartbeat").await;
    wait_until("the time of what was sent last", async || {
        let report = feed(&app, &project).await;
        report["streams"][0]["last_sent_at"].as_str().map(|_| ())
    })
    .await;
}

#[tokio::test]
async fn executions_are_listed_as_they_are_stored_with_counts_by_status() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let path = format!("/api/diagnostics/executions/{project}");
    assert_eq!(
        app.read(&path).await,
        json!({ "project_id": project, "counts": {}, "executions": [], "stuck": [] })
    );
    for _ in 0..2 {
        let execution = app.execute(&project, "prime").await;
        backend.next_job().await.complete("done");
        wait_until("its end", async || {
            let now = app.execution(execution["id"].as_str()?).await;
            (now["status"] == "COMPLETED").then_some(())
        })
        .await;
    }
    app.execute(&project, "validate").await;
    let job = backend.next_job().await;
    app.execute(&project, "prime").await;
    let report = app.read(&path).await;
    assert_eq!(
        report["counts"],
        json!({ "COMPLETED": 2, "RUNNING": 1, "QUEUED": 1 })
    );
    assert_eq!(
        report["stuck"],
        json!([]),
        "one that runs for a moment is not stuck"
    );
    let list = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    assert_eq!(report["executions"], list, "newest first, as elsewhere");
    let some = app.read(&format!("{path}?limit=2")).await;
    assert_eq!(some["executions"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        some["counts"], report["counts"],
        "the limit does not change the counts"
    );
    job.complete("done");
    backend.next_job().await.complete("done");
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_and_not_nothing() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    let _stream = app.stream(&project, "").await;
    let report = feed_until(&app, &project, |report| report["activity_count"] == 2).await;
    assert_eq!(report["execution_count"], 0, "known to be none");

    let db = app.database().connect().await;
    let gone = "ALTER TABLE activities RENAME TO elsewhere";
    db.execute_unprepared(gone).await.expect(gone);
    let report = feed(&app, &project).await;
    assert_eq!(
        (&report["status"], &report["database_check"]),
        (&json!("degraded"), &json!("failed"))
    );
    let problem = report["problem"].as_str().expect("a problem");
    assert!(problem.contains("cannot be read"), "{problem}");
    for unknown in [
        "activity_count",
        "execution_count",
        "head",
        "last_activity",
        "last_activity_at",
    ] {
        assert_eq!(report[unknown], Value::Null, "{unknown}");
    }
    assert_eq!(report["streams"][0]["lag"], Value::Null);
}

/// The actors whose name begins so.
async fn actors(app: &TestApp, name: &str) -> Vec<Value> {
    let report = app.read("/api/diagnostics/actors").await;
    let all = report["actors"].as_array().expect("a list");
    all.iter()
        .filter(|actor| actor["name"].as_str().expect("a name").starts_with(name))
        .cloned()
        .collect()
}

#[tokio::test]
async fn the_permanent_actors_run_from_the_beginning() {
    let app = spawn_app().await;
    for name in ["writer", "executor", "sessions"] {
        // At the very start one actor still answers another.
        let mut actor = wait_until("nobody to be asked anything", async || {
            let found = actors(&app, name).await;
            assert_eq!(found.len(), 1, "{found:?}");
            Some(found[0].clone()).filter(|actor| actor["mailbox"] == 0)
        })
        .await;
        let started = actor["started_at"].take();
        assert!(
            started.as_str().is_some_and(|time| time.ends_with('Z')),
            "{started}"
        );
        assert_eq!(
            actor,
            json!({
                "name": name, "parent": "supervisor", "state": "running", "started_at": null, "restarts": 0,
                "last_exit": null, "mailbox": 0,
            })
        );
    }
    assert_eq!(app.read("/api/diagnostics/actors").await["crashes"], 0);
}

#[tokio::test]
async fn actors_that_come_and_go_are_shown_while_they_live() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let stream = app.stream(&project, "").await;
    app.say(&project, "hello").await;
    let poller = format!("poller {}", execution["id"].as_str().expect("an id"));
    assert_eq!(actors(&app, &poller).await[0]["parent"], "executor");
    assert_eq!(
        actors(&app, &format!("session {project}")).await[0]["parent"],
        "sessions"
    );
    assert_eq!(actors(&app, "streamer").await[0]["parent"], "connections");
    job.complete("done");
    drop(stream);
    wait_until("the poller and the streamer to go", async || {
        let left = (actors(&app, &poller).await, actors(&app, "streamer").await);
        (left.0.is_empty() && left.1.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_crash_is_counted_and_its_reason_told() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "prime").await;
    let path = format!(
        "/api/executions/{}",
        execution["id"].as_str().expect("an id")
    );
    // Dropping the command makes the backend panic in the middle of it.
    drop(backend.next_job().await);
    let failed = wait_until("the end of the command", async || {
        Some(app.read(&path).await).filter(|now| now["status"] == "FAILED")
    })
    .await;
    assert_eq!(failed["error_code"], "interrupted");
    assert_eq!(app.read("/api/diagnostics/actors").await["crashes"], 1);
    for name in ["writer", "executor", "sessions"] {
        assert_eq!(
            actors(&app, name).await[0]["restarts"],
            0,
            "{name} did not notice"
        );
    }
    let next = app.execute(&project, "prime").await;
    backend.next_job().await.complete("done");
    let path = format!("/api/executions/{}", next["id"].as_str().expect("an id"));
    wait_until("the next command", async || {
        (expect(app.get(&path), StatusCode::OK).await["status"] == "COMPLETED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_commands_run_in_says_why_it_is_in_use_and_what_it_wrote_last() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let path = format!("/api/diagnostics/sse/{project}");
    let quiet = app.read(&path).await["backend"].clone();
    assert_eq!(quiet, json!({ "name": "scripted", "label": "A test" }));
    backend.fares(Health {
        reason: Some("It was found on this machine.".to_owned()),
        log: Some(vec!["starting".to_owned(), "no key".to_owned()]),
        ..Health::default()
    });
    let told = app.read(&path).await["backend"].clone();
    assert_eq!(told["reason"], "It was found on this machine.");
    assert_eq!(told["log"], json!(["starting", "no key"]));
}
