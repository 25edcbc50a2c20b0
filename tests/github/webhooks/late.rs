//! What comes too late: words that were said long ago, and a body that is begun and does not come.

use chrono::TimeDelta;
use project_manager::clock;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{SHOP, app_with, heard, ignored, shop};
use crate::support::{Hook, TestGitHub, patiently};

#[tokio::test]
async fn what_was_said_more_than_four_days_ago_is_not_taken_and_what_was_said_since_is() {
    let (github, app, project) = shop().await;
    let said = |text: &str, ago: TimeDelta| {
        let mut body = github.comment_body(SHOP, 12, "alice", text);
        body["comment"]["created_at"] = json!((clock::now() - ago).to_rfc3339());
        Hook::of("issue_comment", body.to_string())
    };
    let (four_days, an_hour) = (TimeDelta::days(4), TimeDelta::hours(1));
    let old = said("@pm fix this", four_days + an_hour);
    assert_eq!(ignored(&app, &old).await, "It was said too long ago.");
    // An issue that is as old calls as little, and that it was opened is told.
    let opened =
        json!({ "body": "@pm fix this", "created_at": clock::now() - four_days - an_hour });
    let opened = github.issue_hook(SHOP, "opened", "alice", opened);
    assert_eq!(heard(&app, &opened).await.1["status"], "taken");
    for (text, ago) in [
        ("@pm hello", four_days - an_hour),
        ("@pm thanks", TimeDelta::zero()),
    ] {
        let (_, answer) = heard(&app, &said(text, ago)).await;
        assert_eq!(answer["status"], "taken", "{text}: {answer}");
    }
    let log = app.log(&project).await;
    let called = log.iter().filter(|one| one["status"] == "github_mentioned");
    assert_eq!(called.count(), 2, "{log:#?}");
}

#[tokio::test]
async fn a_body_that_is_begun_and_does_not_come_is_not_waited_for() {
    let github = TestGitHub::start();
    let mut settings = github.settings();
    settings.push(("PM__GITHUB__TIMEOUT_SECONDS", "0.2".to_owned()));
    let app = app_with(settings).await;
    let mut connection = TcpStream::connect(("127.0.0.1", app.port()))
        .await
        .expect("a connection");
    // A stranger: whether it is signed is known when all of it is there.
    let begun = "POST /webhooks/github/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 X-GitHub-Event: ping\r\nX-GitHub-Delivery: 1\r\nContent-Length: 1000\r\n\r\n{";
    connection
        .write_all(begun.as_bytes())
        .await
        .expect("it is sent");
    let mut answer = String::new();
    patiently(
        "the answer, and the end",
        connection.read_to_string(&mut answer),
    )
    .await
    .expect("it is text");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("The body did not come within 200ms"),
        "{answer}"
    );
    let health = app.read("/webhooks/github/health").await;
    assert_eq!(health["deliveries"], json!({ "taken": 0, "refused": 1 }));
}
