//! Deleting a project.

use std::time::Duration;

use project_manager::domain::change::{Change, Reported};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::{LIST, NOBODY};
use crate::support::{
    TestApp, TestAppBuilder, Window, expect, refused, refused_field, spawn_app, spawn_scripted,
    wait_until,
};

async fn delete(app: &TestApp, project: &str) {
    let answer = app.delete(&format!("{LIST}/{project}")).send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.text().await.expect("a body"), "");
}

/// How many rows of a project a table has.
async fn rows(app: &TestApp, table: &str, project: &str) -> i64 {
    let db = app.database().connect().await;
    let column = if table == "projects" {
        "id"
    } else {
        "project_id"
    };
    let project = match app.database().is_postgres() {
        true => format!("'{project}'"),
        false => format!("X'{}'", project.replace('-', "")),
    };
    let sql = format!("SELECT count(*) FROM {table} WHERE {column} = {project}");
    let counted = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("the table is there")
        .expect("a row");
    db.close().await.expect("a closed connection");
    counted.try_get_by_index(0).expect("a number")
}

/// Waits until nothing of a project is left.
async fn gone(app: &TestApp, project: &str) {
    for table in [
        "projects",
        "activities",
        "conversation_messages",
        "conversation_topics",
        "scar_executions",
    ] {
        wait_until(format!("no row in {table}"), async || {
            (rows(app, table, project).await == 0).then_some(())
        })
        .await;
    }
}

/// Fills the log of a project with more than is cleared away at a time.
async fn has_a_long_log(app: &TestApp, project: &str) {
    let id = project.parse().expect("an id");
    for _ in 0..20 {
        let noticed = |at| Change::Noticed {
            message: format!("hay {at}"),
            status: "noticed",
        };
        let some = (0..500).map(|at| Reported::now(id, noticed(at))).collect();
        app.writer().append(some).await.expect("it is stored");
    }
}

#[tokio::test]
async fn a_deleted_project_is_gone_from_everywhere_and_no_other() {
    let (app, backend) = spawn_scripted().await;
    let (shop, zoo) = (app.project("Shop").await, app.project("Zoo").await);
    for project in [&shop, &zoo] {
        app.say(project, "analyze the codebase").await;
        backend.next_job().await.complete("All is well.");
        wait_until("the report", async || {
            (app.messages(project).await.len() == 3).then_some(())
        })
        .await;
    }
    let message = app.messages(&shop).await[0]["id"].clone();
    let executions = app.read(&format!("{LIST}/{shop}/executions")).await;
    let execution = executions[0]["id"].as_str().expect("an id").to_owned();
    let (log, messages) = (app.log(&zoo).await, app.messages(&zoo).await);
    delete(&app, &shop).await;
    for path in [
        format!("{LIST}/{shop}"),
        format!("{LIST}/{shop}/messages"),
        format!("{LIST}/{shop}/activity"),
        format!("{LIST}/{shop}/activity/export"),
        format!("{LIST}/{shop}/executions"),
        format!("/api/executions/{execution}"),
        format!("/api/sse/scar/{shop}"),
        format!("/api/diagnostics/sse/{shop}"),
    ] {
        refused(app.get(&path), StatusCode::NOT_FOUND).await;
    }
    refused(Window::request(&app, &shop), StatusCode::NOT_FOUND).await;
    refused(app.delete(&format!("{LIST}/{shop}")), StatusCode::NOT_FOUND).await;
    let message = format!("/api/messages/{}", message.as_str().expect("an id"));
    refused(app.delete(&message), StatusCode::NOT_FOUND).await;
    for (path, body) in [
        (
            format!("{LIST}/{shop}/messages"),
            json!({ "content": "hello" }),
        ),
        (
            format!("{LIST}/{shop}/executions"),
            json!({ "command": "prime" }),
        ),
    ] {
        refused(app.post(&path).json(&body), StatusCode::NOT_FOUND).await;
    }
    gone(&app, &shop).await;
    let left = app.read(LIST).await;
    assert_eq!(left.as_array().map(Vec::len), Some(1));
    assert_eq!(left[0]["id"], zoo);
    assert_eq!(
        (app.log(&zoo).await, app.messages(&zoo).await),
        (log, messages)
    );
}

#[tokio::test]
async fn a_project_in_which_something_is_queued_or_runs_stays() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    app.execute(&project, "validate").await;
    for _ in 0..2 {
        let job = backend.next_job().await;
        let before = app.log(&project).await;
        let request = app.delete(&format!("{LIST}/{project}"));
        let problem = refused(request, StatusCode::CONFLICT).await;
        let words = problem["detail"].as_str().expect("words");
        assert!(words.contains("queued or runs"), "{words}");
        assert_eq!(app.log(&project).await, before, "nothing has happened");
        job.complete("done");
    }
    wait_until("its end", async || {
        let answer = app.delete(&format!("{LIST}/{project}")).send().await.ok()?;
        (answer.status() == StatusCode::NO_CONTENT).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_watches_is_told_and_finds_nothing_when_they_come_back() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    let mut streams = [
        app.stream(&project, "").await,
        app.stream(&project, "?after=0&verbosity=3").await,
    ];
    for stream in &mut streams {
        stream.activities(2).await;
    }
    let mut window = Window::open(&app, &project).await;
    delete(&app, &project).await;
    for stream in &mut streams {
        let told = stream.next_named("error").await.data;
        assert_eq!(told["code"], "PROJECT_DELETED", "{told}");
        assert!(told["message"].is_string(), "{told}");
        assert_eq!(stream.next_or_end().await, None, "it ends");
    }
    window.next_error("PROJECT_DELETED").await;
    let closed = window.closed().await.expect("it says why");
    assert_eq!(u16::from(closed.code), 4_404);
    refused(
        app.get(&format!("/api/sse/scar/{project}")),
        StatusCode::NOT_FOUND,
    )
    .await;
}

#[tokio::test]
async fn a_long_log_is_cleared_away_bit_by_bit_and_after_a_restart_as_well() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let other = app.project("Zoo").await;
    has_a_long_log(&app, &project).await;
    delete(&app, &project).await;
    let database = app.stop();
    let app = TestAppBuilder::default().database(database).spawn().await;
    assert_eq!(app.read(LIST).await[0]["id"], other);
    refused(app.get(&format!("{LIST}/{project}")), StatusCode::NOT_FOUND).await;
    gone(&app, &project).await;
}

#[tokio::test]
async fn what_comes_at_the_same_moment_is_refused_or_keeps_the_project() {
    for round in 0..6 {
        let (app, backend) = spawn_scripted().await;
        let project = app.project("Shop").await;
        let path = format!("{LIST}/{project}");
        let execute = app.post(&format!("{path}/executions"));
        let execute = execute.json(&json!({ "command": "prime" })).send();
        let say = app.post(&format!("{path}/messages"));
        let say = say.json(&json!({ "content": "hello" })).send();
        let delete = app.delete(&path).send();
        let (executed, said, deleted) = tokio::join!(execute, say, delete);
        let status =
            |answer: reqwest::Result<reqwest::Response>| answer.expect("an answer").status();
        let (executed, said, deleted) = (status(executed), status(said), status(deleted));
        match executed {
            StatusCode::ACCEPTED => {
                assert_eq!(deleted, StatusCode::CONFLICT, "round {round}");
                assert_eq!(said, StatusCode::ACCEPTED, "round {round}");
                backend.next_job().await.complete("done");
            }
            StatusCode::NOT_FOUND => {
                assert_eq!(deleted, StatusCode::NO_CONTENT, "round {round}");
                assert!(
                    [StatusCode::ACCEPTED, StatusCode::NOT_FOUND].contains(&said),
                    "round {round}: {said}"
                );
                gone(&app, &project).await;
                assert!(!backend.has_job(), "round {round}: nothing runs for nobody");
            }
            other => panic!("round {round}: {other}"),
        }
    }
}

#[tokio::test]
async fn many_who_delete_the_same_project_delete_it_once() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let path = format!("{LIST}/{project}");
    let all = (0..5).map(|_| app.delete(&path).send());
    let answers = futures_util::future::join_all(all).await;
    let mut statuses: Vec<u16> = answers
        .into_iter()
        .map(|answer| answer.expect("an answer").status().as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404, 404, 404, 404]);
}

#[tokio::test]
async fn a_key_that_made_a_deleted_project_makes_another_one() {
    let app = spawn_app().await;
    let make = || {
        let request = app.post(LIST).header("Idempotency-Key", "key");
        request.json(&json!({ "name": "Shop" }))
    };
    let first = expect(make(), StatusCode::CREATED).await;
    let project = first["id"].as_str().expect("an id");
    // As long as its log is being cleared away, it is still there.
    has_a_long_log(&app, project).await;
    delete(&app, project).await;
    let second = expect(make(), StatusCode::CREATED).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(
        expect(make(), StatusCode::CREATED).await["id"],
        second["id"]
    );
}

#[tokio::test]
async fn what_is_no_project_cannot_be_deleted() {
    let app = spawn_app().await;
    refused(
        app.delete(&format!("{LIST}/{NOBODY}")),
        StatusCode::NOT_FOUND,
    )
    .await;
    refused_field(app.delete(&format!("{LIST}/shop")), "project_id").await;
}

#[tokio::test]
async fn its_session_is_let_go() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    wait_until("the reply", async || {
        (app.messages(&project).await.len() == 2).then_some(())
    })
    .await;
    let name = format!("session {project}");
    let lives = async || {
        let actors: Value = app.read("/api/diagnostics/actors").await;
        actors.to_string().contains(&name)
    };
    assert!(lives().await);
    delete(&app, &project).await;
    tokio::time::timeout(Duration::from_secs(10), async {
        wait_until("the end of its session", async || {
            (!lives().await).then_some(())
        })
        .await;
    })
    .await
    .expect("it ends");
}
