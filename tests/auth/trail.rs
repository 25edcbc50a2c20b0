//! Who did what is known afterwards.

use project_manager::domain::access::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{SECRET, make};
use crate::support::{
    Client, ProgramBuilder, Scripted, TestAppBuilder, TestDatabase, Window, expect, wait_until,
};

/// What the log says of who did the first thing of which this holds; null where it says nothing.
fn by(log: &[Value], is_it: impl Fn(&Value) -> bool) -> Value {
    let entry = log.iter().find(|entry| is_it(entry));
    let entry = entry.unwrap_or_else(|| panic!("it is not in {log:#?}"));
    entry["data"]["by"].clone()
}

#[tokio::test]
async fn what_people_do_has_their_names_in_the_log_and_what_the_server_does_has_none() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .token(SECRET)
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let token = make(app.database(), "anna", Scope::Write).await;
    let anna = Client::showing(&app.base, &token);
    let first = anna.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.says("looking").await;
    anna.say(&project, "what is going on?").await;
    let header = format!("Bearer {token}");
    let mut window =
        Window::open_with(&app, &project, Some(("authorization", header.as_str()))).await;
    window.say("and in a window?").await;
    // The answer to the first question may come in between.
    while window.next_of("chat").await["content"] != "and in a window?" {}
    let body = json!({ "description": "Sells things" });
    let path = format!("/api/projects/{project}");
    expect(anna.patch(&path).json(&body), StatusCode::OK).await;
    let path = format!("/api/executions/{}/cancel", first["id"].as_str().unwrap());
    let cancelled = expect(anna.post(&path), StatusCode::OK);
    let ends = async {
        job.cancel.cancelled().await;
        job.end(project_manager::domain::execution::Outcome::Cancelled);
    };
    tokio::join!(cancelled, ends);
    let path = format!("/api/projects/{project}/reset");
    expect(anna.post(&path), StatusCode::OK).await;
    let log = wait_until("an answer to each", async || {
        let log = app.log(&project).await;
        let answers = log
            .iter()
            .filter(|entry| entry["data"]["role"] == "assistant");
        (answers.count() >= 2).then_some(log)
    })
    .await;
    for (what, is_it) in [
        ("QUEUED", "status"),
        ("CANCELLED", "status"),
        ("settings_changed", "status"),
        ("topic_started", "status"),
        ("what is going on?", "message"),
        ("and in a window?", "message"),
    ] {
        assert_eq!(by(&log, |entry| entry[is_it] == what), "anna", "{what}");
    }
    assert_eq!(by(&log, |entry| entry["status"] == "RUNNING"), Value::Null);
    assert_eq!(by(&log, |entry| entry["message"] == "looking"), Value::Null);
    let is_answer = |entry: &Value| entry["data"]["role"] == "assistant";
    assert_eq!(by(&log, is_answer), Value::Null);
}

#[tokio::test]
async fn each_change_that_is_asked_for_is_in_the_servers_own_log_with_who_asked() {
    let database = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&database)
        .set("PM__AUTH__TOKEN", SECRET)
        .set("LOG_LEVEL", "info")
        .start()
        .await;
    let admin = Client::showing(&server.base, SECRET);
    let project = admin.project("Shop").await;
    let token = make(&database, "guest", Scope::Read).await;
    let guest = Client::showing(&server.base, &token);
    let path = format!("/api/projects/{project}");
    expect(guest.delete(&path), StatusCode::FORBIDDEN).await;
    admin.read(&path).await;
    let (_, log) = server.terminate().await;
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("a change was asked for"))
        .collect();
    assert_eq!(lines.len(), 2, "{log}");
    for (line, words) in [
        (
            lines[0],
            ["the token of the settings", "POST", "/api/projects", "201"],
        ),
        (lines[1], ["guest", "DELETE", path.as_str(), "403"]),
    ] {
        for word in words {
            assert!(line.contains(word), "no {word} in {line}");
        }
    }
}
