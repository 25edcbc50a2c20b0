//! A database somebody else keeps locked for longer than anybody waits.

use project_manager::domain::id::ProjectId;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{notice, project, seen, seq, with_the_writer};
use crate::support::{Lock, Stream, TestApp, TestAppBuilder, patiently, wait_until};

/// On PostgreSQL a statement that waits for a lock is given up; SQLite has a time limit of its own.
async fn impatient() -> TestApp {
    TestAppBuilder::default()
        .set("PM__DATABASE__STATEMENT_TIMEOUT_SECONDS", 1)
        .spawn()
        .await
}

async fn told(stream: &mut Stream, status: &str) -> Value {
    let event = stream.next_named("system").await;
    assert_eq!(event.id, None, "it moves no cursor");
    assert_eq!(
        (&event.data["part"], &event.data["status"]),
        (&json!("database"), &json!(status)),
        "{event:?}"
    );
    assert!(!event.data["message"].as_str().unwrap().is_empty());
    event.data
}

/// Says something while the database is locked: nothing is stored, and it is said why.
async fn turned_away(app: &TestApp, project: ProjectId) {
    let say = app
        .post(&format!("/api/projects/{project}/messages"))
        .json(&json!({ "content": "hello" }));
    let refused = patiently("an answer", say.send()).await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("Retry-After"));
    let problem: Value = refused.json().await.expect("a problem");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("database is not answering") && detail.contains("nothing could be stored"),
        "{problem}"
    );
}

async fn health(app: &TestApp) -> StatusCode {
    app.get("/health/db")
        .send()
        .await
        .expect("an answer")
        .status()
}

#[tokio::test]
async fn a_locked_database_is_told_in_the_stream_and_what_waited_is_stored_once_when_it_is_back() {
    let app = impatient().await;
    let shop = project(&app, "Shop").await;
    let mut stream = app.stream(&shop.to_string(), "").await;
    let lock = Lock::take(app.database()).await;
    let changes = notice(shop, "must not be lost");
    let id = changes[0].id;
    let must = app.writer().append(changes);
    let outage = async {
        with_the_writer(&app, 1).await;
        let degraded = told(&mut stream, "degraded").await;
        assert!(degraded["reason"].is_string(), "{degraded}");
        assert_eq!(health(&app).await, StatusCode::SERVICE_UNAVAILABLE);
        let report = app.read(&format!("/api/diagnostics/sse/{shop}")).await;
        assert_eq!(
            (&report["status"], &report["database_check"]),
            (&json!("degraded"), &json!("failed"))
        );
        turned_away(&app, shop).await;
        lock.release().await;
        // Which of the two is shown first is left open.
        let (mut recovered, mut shown) = (false, false);
        while !(recovered && shown) {
            let event = stream.next_but("heartbeat").await;
            recovered |= event.data["status"] == "recovered" && event.name == "system";
            shown |= event.data["message"] == "must not be lost";
        }
    };
    let (stored, ()) = tokio::join!(must, outage);
    assert_eq!(seq(&stored), 1);
    assert_eq!(health(&app).await, StatusCode::OK);
    assert_eq!(seen(&app.database().connect().await, id).await, 1);

    // What was turned away is not stored later; said again it is answered.
    assert_eq!(app.messages(&shop.to_string()).await, Vec::<Value>::new());
    app.say(&shop.to_string(), "hello").await;
    let answered = stream
        .activities_until(|data| data["data"]["role"] == "assistant")
        .await;
    let ids: Vec<_> = answered.iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(ids, [2, 3]);
    assert_eq!(app.log(&shop.to_string()).await.len(), 3, "nothing twice");
}

#[tokio::test]
async fn an_outage_in_which_everybody_gave_up_is_over_without_anybody_writing() {
    let app = impatient().await;
    let shop = project(&app, "Shop").await;
    let mut stream = app.stream(&shop.to_string(), "").await;
    let lock = Lock::take(app.database()).await;
    turned_away(&app, shop).await;
    told(&mut stream, "degraded").await;
    wait_until("the writer to have nothing left to store", async || {
        (app.writer().status().figures().queue == 0).then_some(())
    })
    .await;
    // Two seconds of heartbeats, in which the writer looks several times whether it can write again.
    let mut late = app.stream(&shop.to_string(), "").await;
    told(&mut late, "degraded").await;
    for _ in 0..10 {
        assert_eq!(late.next().await.name, "heartbeat", "it is not over yet");
    }
    assert_eq!(health(&app).await, StatusCode::SERVICE_UNAVAILABLE);
    lock.release().await;
    told(&mut stream, "recovered").await;
    assert_eq!(health(&app).await, StatusCode::OK);
    assert_eq!(app.log(&shop.to_string()).await, Vec::<Value>::new());
    assert_eq!(app.messages(&shop.to_string()).await, Vec::<Value>::new());
}
