//! Messages that wait, from a chat window.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Window, expect, refused, spawn_scripted, wait_until};

#[tokio::test]
async fn a_window_queues_changes_and_withdraws_and_is_told_what_cannot_be_done() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let elsewhere = app.project("Zoo").await;
    let mut window = Window::open(&app, &project).await;
    let mut other = Window::open(&app, &elsewhere).await;
    let queue = json!({ "content": "one", "client_id": "c-1", "queue": true });
    window.send_json(&queue).await;
    let one = window.next_of("chat").await;
    assert_eq!(
        (&one["queued"], &one["client_id"]),
        (&json!(true), &json!("c-1"))
    );
    let edit = json!({ "action": "edit", "id": one["id"], "content": "Number 1 is odd" });
    other.send_json(&edit).await;
    other.next_error("NOT_FOUND").await;
    window.send_json(&edit).await;
    assert_eq!(
        window.next_of("message_changed").await["content"],
        "Number 1 is odd"
    );
    for (frame, code) in [
        (
            json!({ "action": "edit", "id": one["id"], "content": " " }),
            "EMPTY_MESSAGE",
        ),
        (json!({ "action": "edit", "id": one["id"] }), "INVALID_JSON"),
        (json!({ "action": "withdraw" }), "INVALID_JSON"),
        (json!({ "action": "withdraw", "id": "7" }), "INVALID_JSON"),
    ] {
        window.send_json(&frame).await;
        window.next_error(code).await;
    }
    let withdrawal = json!({ "action": "withdraw", "id": one["id"] });
    window.send_json(&withdrawal).await;
    assert_eq!(
        window.next_of("message_changed").await["change"],
        "withdrawn"
    );
    window.send_json(&withdrawal).await;
    window.next_error("NOT_FOUND").await;
    // Sent again after a reconnect, it is not said after all.
    window.send_json(&queue).await;
    let told = window.next_of("message_changed").await;
    assert_eq!(
        told,
        json!({ "id": one["id"], "client_id": "c-1", "change": "withdrawn", "queued": false })
    );
    let again = app
        .post(&format!("/api/projects/{project}/messages"))
        .header("Idempotency-Key", "c-1");
    refused(
        again.json(&json!({ "content": "one" })),
        StatusCode::CONFLICT,
    )
    .await;
    job.complete("done");
    window.say("Number 2 is even").await;
    let two = window.next_chat("user", "Number 2 is even").await;
    window.next_of("chat").await;
    window
        .send_json(&json!({ "action": "withdraw", "id": two["id"] }))
        .await;
    window.next_error("NOT_QUEUED").await;
    assert_eq!(app.messages(&project).await.len(), 2);
    let report = app.read(&format!("/api/projects/{project}")).await;
    assert_eq!(
        report["message_count"], 2,
        "what was withdrawn does not count"
    );
}

#[tokio::test]
async fn every_window_learns_what_becomes_of_a_message_that_waits() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let mut windows = [
        Window::open(&app, &project).await,
        Window::open(&app, &project).await,
    ];
    let mut queued = Vec::new();
    for text in ["one", "two"] {
        queued.push(app.queue(&project, text).await);
    }
    let at = |message: &Value| format!("/api/messages/{}", message["id"].as_str().unwrap());
    let edit = app.patch(&at(&queued[0]));
    let edit = edit.json(&json!({ "content": "Number 1 is odd" }));
    expect(edit, StatusCode::OK).await;
    let withdrawal = app.delete(&at(&queued[1])).send().await;
    assert_eq!(withdrawal.unwrap().status(), StatusCode::NO_CONTENT);
    job.complete("done");
    let messages = wait_until("the answer", async || {
        let messages = app.messages(&project).await;
        (messages.len() == 2).then_some(messages)
    })
    .await;
    let (one, two) = (&queued[0]["id"], &queued[1]["id"]);
    let expected = [
        json!({ "id": one, "change": "edited", "queued": true, "content": "Number 1 is odd" }),
        json!({ "id": two, "change": "withdrawn", "queued": false }),
        json!({
            "id": one, "change": "taken", "queued": false,
            "timestamp": messages[0]["timestamp"], "topic_id": messages[0]["topic_id"],
        }),
    ];
    for window in &mut windows {
        for message in &queued {
            let mut shown = window.next_of("chat").await;
            shown
                .as_object_mut()
                .expect("a message")
                .remove("client_id");
            assert_eq!(shown, *message);
        }
        for change in &expected {
            assert_eq!(window.next_of("message_changed").await, *change);
        }
        assert_eq!(window.next_of("chat").await["id"], messages[1]["id"]);
    }
}
