//! The canary: what is written arrives, or it is said where it is stuck.

use std::{sync::Arc, time::Duration};

use project_manager::{
    actors::{
        canary::{CanaryHandle, Parts, WITHIN},
        streamer::Streams,
    },
    backends::Backends,
    config::Settings,
    db::canary::CanaryLog,
    domain::{
        canary::{Flight, LOG, Stage},
        id::ServerId,
    },
    feed::Feed,
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;
use tokio_util::sync::CancellationToken;

use super::{connection_test, tested};
use crate::support::{
    Lock, Program, ProgramBuilder, Scripted, TestApp, TestAppBuilder, TestDatabase, patiently,
    spawn_app, wait_until,
};

#[tokio::test]
async fn what_is_written_goes_all_the_way_and_says_how_old_it_was_at_each_stage() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let test = connection_test(&app, &project).await;
    assert_eq!(test["status"], "passed", "{test}");
    for nothing in ["stage", "why", "means", "next_step"] {
        assert_eq!(test[nothing], Value::Null, "{nothing} of {test}");
    }
    let stages = test["stages"].as_array().expect("a list");
    let names: Vec<&str> = stages
        .iter()
        .filter_map(|stage| stage["stage"].as_str())
        .collect();
    let all: Vec<&str> = Stage::iter().map(Stage::as_str).collect();
    assert_eq!(names, all);
    assert!(
        stages
            .iter()
            .all(|stage| stage["age_ms"].as_f64() > Some(0.0)),
        "{test}"
    );
    assert!(
        test["at"].as_str().is_some_and(|at| at.ends_with('Z')),
        "{test}"
    );
    assert_eq!(
        test["ring"],
        json!({ "status": "unwatched", "known": null, "head": 0 })
    );
}

#[tokio::test]
async fn a_projects_own_ring_is_held_against_its_table() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    app.say(&project, "hello").await;
    stream
        .activities_until(|data| data["data"]["role"] == "assistant")
        .await;
    let ring = connection_test(&app, &project).await["ring"].take();
    assert_eq!(ring, json!({ "status": "passed", "known": 2, "head": 2 }));
    // Something that was stored and never shown: as if the way from the writer to those who watch were cut.
    let db = app.database().connect().await;
    let raised = "UPDATE projects SET head_seq = 3";
    db.execute_unprepared(raised).await.expect(raised);
    if app.database().is_postgres() {
        // Another server may have stored it, and then it is looked for.
        return;
    }
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    let ring = &report["connection_test"]["ring"];
    assert_eq!(*ring, json!({ "status": "failed", "known": 2, "head": 3 }));
    assert_eq!(report["status"], "degraded");
    let problem = report["problem"].as_str().expect("a problem");
    assert!(
        problem.contains("2 is the newest step that was shown"),
        "{problem}"
    );
}

#[tokio::test]
async fn nobody_sees_anything_of_it() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let before = app.read("/api/projects").await;
    for _ in 0..3 {
        let at = connection_test(&app, &project).await["at"].clone();
        tested(&app, &project, |test| test["at"] != at).await;
    }
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    assert_eq!(
        (&report["head"], &report["activity_count"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        (&report["status"], &report["streams"]),
        (&json!("no_data"), &json!([]))
    );
    assert_eq!(app.read("/api/projects").await, before);
    for path in [
        "",
        "/activity",
        "/activity/export?format=jsonl",
        "/messages",
        "/executions",
    ] {
        let answer = app.get(&format!("/api/projects/{LOG}{path}")).send().await;
        assert_eq!(
            answer.expect("an answer").status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let stream = app.get(&format!("/api/sse/scar/{LOG}")).send().await;
    assert_eq!(stream.expect("an answer").status(), StatusCode::NOT_FOUND);
    // A row a server, however often it sings, and none of it where projects' logs are.
    let db = app.database().connect().await;
    let rows = project_manager::db::canary::Entity::find().count(&db).await;
    assert_eq!(rows.expect("a number"), 1);
    let logged = project_manager::db::activity::Entity::find()
        .count(&db)
        .await;
    assert_eq!(logged.expect("a number"), 0);
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn however_many_ask_it_sings_once_a_second() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let begun = std::time::Instant::now();
    let asked: Vec<_> = (0..20).map(|_| connection_test(&app, &project)).collect();
    let answers = futures_util::future::join_all(asked).await;
    let times: std::collections::BTreeSet<String> =
        answers.iter().map(|test| test["at"].to_string()).collect();
    // On a slow machine they take longer than a second.
    let most = begun.elapsed().as_secs() + 2;
    assert!(times.len() as u64 <= most, "{times:?}");
    let db = app.database().connect().await;
    let rows = project_manager::db::canary::Entity::find()
        .all(&db)
        .await
        .expect("rows");
    assert!(rows[0].seq as u64 <= most, "{rows:?}");
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn what_a_server_left_that_is_gone_is_not_kept_for_ever() {
    let app = spawn_app().await;
    let db = app.database().connect().await;
    let server = ServerId::new();
    let old = project_manager::db::canary::ActiveModel {
        server: sea_orm::ActiveValue::Set(server.0),
        seq: sea_orm::ActiveValue::Set(7),
        activity_id: sea_orm::ActiveValue::Set(ServerId::new().0),
        written_at: sea_orm::ActiveValue::Set("2026-01-01T00:00:00Z".parse().expect("a time")),
    };
    let made = project_manager::db::canary::Entity::insert(old)
        .exec_without_returning(&db)
        .await;
    made.expect("a row");
    let project = app.project("Shop").await;
    connection_test(&app, &project).await;
    let rows = project_manager::db::canary::Entity::find()
        .all(&db)
        .await
        .expect("rows");
    assert!(rows.len() == 1 && rows[0].server != server.0, "{rows:?}");
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_locked_database_is_said_to_take_nothing_and_who_asks_is_answered_soon() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let lock = Lock::take(app.database()).await;
    let test = connection_test(&app, &project).await;
    assert_eq!(
        (&test["status"], test["stage"].as_str()),
        (&json!("failed"), first_of(&app))
    );
    assert!(
        test["next_step"]
            .as_str()
            .is_some_and(|step| step.contains("database")),
        "{test}"
    );
    lock.release().await;
    tested(&app, &project, |test| test["status"] == "passed").await;
}

/// Where a change is stuck while the database is locked: PostgreSQL begins a transaction all the same.
fn first_of(app: &TestApp) -> Option<&'static str> {
    Some(match app.database().is_postgres() {
        true => "commit",
        false => "write",
    })
}

/// A server that is made to fail, and a project.
async fn failing(failpoints: &str) -> (Program, String, TestDatabase) {
    let database = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&database)
        .set("FAILPOINTS", failpoints)
        .set("LOG_LEVEL", "debug")
        .start()
        .await;
    let project = server.project("Shop").await;
    (server, project, database)
}

#[tokio::test]
async fn a_stage_that_fails_is_named_with_what_to_do_and_told_in_the_log_once() {
    let (server, project, database) = failing("stream-write=return(error)").await;
    let test = connection_test(&server, &project).await;
    assert_eq!(
        (&test["status"], &test["stage"]),
        (&json!("failed"), &json!("stream")),
        "{test}"
    );
    assert_eq!(test["why"], "the stream ended before it was sent");
    let report = server
        .read(&format!("/api/diagnostics/sse/{project}"))
        .await;
    assert_eq!(
        (&report["status"], &report["database_check"]),
        (&json!("degraded"), &json!("passed"))
    );
    let problem = report["problem"].as_str().expect("a problem");
    assert!(
        problem.contains("streams do not send what is there"),
        "{problem}"
    );
    // Whatever the database has against it comes out at the commit.
    let db = database.connect().await;
    let gone = "DROP TABLE canaries";
    db.execute_unprepared(gone).await.expect(gone);
    db.close().await.expect("a closed connection");
    let test = tested(&server, &project, |test| test["stage"] != "stream").await;
    assert_eq!(
        (&test["status"], &test["stage"]),
        (&json!("failed"), &json!("commit")),
        "{test}"
    );
    assert!(
        test["why"]
            .as_str()
            .is_some_and(|why| why.contains("refused")),
        "{test}"
    );
    let (_, log) = server.terminate().await;
    assert_eq!(
        log.matches("what is written does not arrive").count(),
        2,
        "{log}"
    );
}

#[tokio::test]
async fn a_canary_that_crashes_is_back_and_says_so_to_who_waited() {
    let (server, project, _database) = failing("before-sing=1*panic->off").await;
    let test = connection_test(&server, &project).await;
    assert_eq!(
        (&test["status"], &test["stage"]),
        (&json!("failed"), &json!("write"))
    );
    tested(&server, &project, |test| test["status"] == "passed").await;
    let (_, log) = server.terminate().await;
    assert_eq!(
        log.matches("an actor failed and will be restarted").count(),
        1,
        "{log}"
    );
}

#[tokio::test]
async fn it_sings_by_itself_and_nobody_is_told_as_long_as_all_is_well() {
    let database = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&database)
        .set("PM__DIAGNOSTICS__CANARY_SECONDS", 0.05)
        .set("LOG_LEVEL", "info")
        .start()
        .await;
    let db = database.connect().await;
    wait_until("it to sing some times", async || {
        let rows = project_manager::db::canary::Entity::find()
            .all(&db)
            .await
            .expect("rows");
        (rows.first()?.seq > 3).then_some(())
    })
    .await;
    db.close().await.expect("a closed connection");
    let (_, log) = server.terminate().await;
    for words in ["what is written", "storing a group", "stored a group"] {
        assert!(!log.contains(words), "{log}");
    }
}

/// A canary beside a server's own, with another feed or other streams than the writer knows.
async fn beside(app: &TestApp, change: impl FnOnce(&mut Parts)) -> Arc<Flight> {
    let settings = Settings::load([
        ("PM_ENV".to_owned(), "test".to_owned()),
        ("DATABASE_URL".to_owned(), app.database().url.clone()),
    ]);
    let database = project_manager::app::database(&settings.expect("settings"));
    let (reader, writing) = project_manager::db::connect(&database)
        .await
        .expect("a database");
    project_manager::db::discard(&writing);
    let server = ServerId::new();
    let log = CanaryLog {
        reader: reader.clone(),
        server,
    };
    let mut parts = Parts {
        writer: app.writer().clone(),
        reader,
        streams: Streams {
            supervisor: app.supervisor().clone(),
            feed: Feed::default(),
            log: Arc::new(log),
            writer: app.writer().status().clone(),
            backends: Backends::new(Scripted::new()),
            hearing: None,
            heartbeat: Duration::from_secs(10),
            stopping: CancellationToken::new(),
        },
        server,
        every: None,
    };
    change(&mut parts);
    let arbiter = actix_rt::Arbiter::new();
    let canary = CanaryHandle::start(app.supervisor(), &arbiter.handle(), parts);
    let flight = patiently("an answer, whatever is stuck", canary.sing()).await;
    drop(canary);
    flight
}

#[actix_web::test]
async fn a_feed_that_is_not_told_and_a_table_that_has_nothing_are_found_within_the_limit() {
    let app = TestAppBuilder::default().spawn().await;
    // Nothing that the writer publishes comes into this feed.
    let flight = beside(&app, |_| {}).await;
    let stuck = flight.stuck.as_ref().expect("it is stuck");
    assert_eq!(stuck.stage, Stage::Feed, "{flight:?}");
    assert!(stuck.why.contains(&format!("{WITHIN:?}")), "{flight:?}");
    let passed: Vec<Stage> = flight.passed.iter().map(|passed| passed.stage).collect();
    assert_eq!(passed[..3], [Stage::Write, Stage::Commit, Stage::Table]);
    // What was written is looked for elsewhere.
    let elsewhere = TestDatabase::new().await;
    let other = TestAppBuilder::default().database(elsewhere).spawn().await;
    let flight = beside(&app, |parts| parts.writer = other.writer().clone()).await;
    let stuck = flight.stuck.as_ref().expect("it is stuck");
    assert_eq!(stuck.stage, Stage::Table, "{flight:?}");
}
