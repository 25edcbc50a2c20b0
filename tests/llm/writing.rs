//! A reply that is seen while it is written.

use serde_json::json;

use super::{reply_to, spawn, spawn_with};
use crate::support::{
    Window,
    llm::{Reply, WIRES},
};

#[tokio::test]
async fn a_reply_is_seen_as_it_is_written_and_becomes_the_message_with_its_id() {
    for model in WIRES {
        let (app, llm, _) = spawn_with(model).await;
        let project = app.project("Shop").await;
        let mut window = Window::open(&app, &project).await;
        let hand = llm.by_hand();
        window.say("hello").await;
        let typing = window.next_of("typing").await;
        assert_eq!(typing["active"], true);
        hand.say("Once upon").await;
        let first = window.next_of("chat_delta").await;
        assert_eq!(first, json!({ "id": typing["id"], "text": "Once upon" }));
        hand.say(" a time.").await;
        let second = window.next_of("chat_delta").await;
        assert_eq!(second["text"], " a time.");
        // Whoever comes now sees what there is.
        let mut late = Window::open(&app, &project).await;
        assert_eq!(late.next_of("typing").await["active"], true);
        assert_eq!(
            late.next_of("chat_delta").await["text"],
            "Once upon a time."
        );
        drop(hand);
        let message = window.next_chat("assistant", "Once upon a time.").await;
        assert_eq!(
            message["id"], typing["id"],
            "the message takes the place of what was written"
        );
        assert_eq!(
            window.next_of("typing").await,
            json!({ "id": typing["id"], "active": false })
        );
    }
}

#[tokio::test]
async fn what_is_written_is_no_part_of_the_log() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    let hand = llm.by_hand();
    let said = app.say(&project, "hello").await;
    llm.asked(1).await;
    hand.say("Once upon").await;
    let kinds = app.log(&project).await.len();
    assert_eq!(kinds, 1, "only the person's message is stored");
    drop(hand);
    assert_eq!(reply_to(&app, &project, &said).await, "Once upon");
    drop(stream.next_activity().await);
}

#[tokio::test]
async fn what_is_begun_again_replaces_what_was_written() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    llm.then(Reply::Breaks("It was a dark".to_owned()));
    let hand = llm.by_hand();
    window.say("hello").await;
    hand.say("Once").await;
    let mut shown = String::new();
    while shown != "Once" {
        let delta = window.next_of("chat_delta").await;
        if delta["restart"] == true {
            shown.clear();
        }
        shown.push_str(delta["text"].as_str().expect("text"));
    }
    drop(hand);
    window.next_chat("assistant", "Once").await;
}

#[tokio::test]
async fn a_window_that_is_not_read_keeps_nobody_waiting() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    let _unread = Window::open(&app, &project).await;
    let pieces: Vec<String> = (0..4_000).map(|at| format!("{at} ")).collect();
    let whole = pieces.concat();
    llm.then(Reply::Says(pieces));
    let said = app.say(&project, "hello").await;
    assert_eq!(reply_to(&app, &project, &said).await, whole.trim());
}
