//! What a chat window does with what it cannot use, and how it ends.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{CloseCode, Data, OpCode},
    },
};

use crate::support::{TestApp, Window, refused, refused_field, spawn_app};

/// An id no project has.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Whatever happened before, the window still works; and nothing that happened before led to anything.
async fn assert_works_and_nothing_happened(app: &TestApp, project: &str, window: &mut Window) {
    assert_eq!(
        app.log(project).await,
        Vec::<Value>::new(),
        "nothing was done"
    );
    window.say("hello").await;
    window.next_chat("user", "hello").await;
    assert_eq!(window.next_of("chat").await["role"], "assistant");
}

#[tokio::test]
async fn an_unknown_project_is_not_found_and_a_malformed_id_is_named_before_the_upgrade() {
    let app = spawn_app().await;
    refused(Window::request(&app, NOBODY), StatusCode::NOT_FOUND).await;
    refused_field(Window::request(&app, "shop"), "project_id").await;
}

#[tokio::test]
async fn a_request_that_is_no_upgrade_is_refused() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    refused(
        app.get(&format!("/api/ws/chat/{project}")),
        StatusCode::BAD_REQUEST,
    )
    .await;
}

#[tokio::test]
async fn only_a_page_of_this_server_opens_a_window() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for origin in [
        "https://example.org",
        "null",
        "http://127.0.0.1:1",
        "http://localhost",
        "",
    ] {
        let request = Window::request(&app, &project).header("Origin", origin);
        refused(request, StatusCode::FORBIDDEN).await;
    }
    let own = Window::request(&app, &project).header("Origin", &app.base);
    let answer = own.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
}

#[tokio::test]
async fn an_empty_message_is_refused_in_words() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    for content in ["", " \n\t ", "\u{3000}"] {
        window.say(content).await;
        window.next_error("EMPTY_MESSAGE").await;
    }
    assert_works_and_nothing_happened(&app, &project, &mut window).await;
}

#[tokio::test]
async fn a_message_of_twenty_thousand_characters_fits_and_one_more_does_not() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    for letter in ["a", "📚"] {
        window.say(&letter.repeat(20_001)).await;
        let words = window.next_error("MESSAGE_TOO_LONG").await;
        assert!(
            words.contains("20001") && words.contains("20000"),
            "{words}"
        );
    }
    assert_works_and_nothing_happened(&app, &project, &mut window).await;
    let longest = "📚".repeat(20_000);
    // Escaped as JSON may be, it has six times the bytes.
    let escaped = format!("{{\"content\": \"{}\"}}", "\\ud83d\\udcda".repeat(20_000));
    window.send(Message::text(escaped)).await;
    window.next_chat("user", &longest).await;
}

#[tokio::test]
async fn what_is_no_message_is_refused_in_words() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    let frames = [
        "",
        "hello",
        "{",
        "null",
        "5",
        "\"hello\"",
        "[]",
        "{}",
        "{\"content\": 5}",
        "{\"content\": null}",
        "{\"content\": [\"hello\"]}",
        "{\"action\": \"dance\"}",
        "{\"action\": 5}",
        "{\"message\": \"hello\"}",
        "{\"content\": \"hello\"} {}",
        "{\"content\": \"a\\u0000b\"}",
        "{\"content\": \"hello\", \"client_id\": \"\"}",
        "{\"content\": \"hello\", \"client_id\": 7}",
        // A list in the order of the fields would be taken for the fields.
        "[\"hello\", null, null]",
    ];
    for frame in frames {
        window.send(Message::text(frame)).await;
        window.next_error("INVALID_JSON").await;
    }
    let too_long = json!({ "content": "hello", "client_id": "i".repeat(201) });
    window.send_json(&too_long).await;
    window.next_error("INVALID_JSON").await;
    window
        .send(Message::binary(b"{\"content\": \"hello\"}".as_slice()))
        .await;
    window.next_error("INVALID_JSON").await;
    assert_works_and_nothing_happened(&app, &project, &mut window).await;
}

#[tokio::test]
async fn a_frame_too_large_to_read_is_answered_in_words_before_the_window_is_closed() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    // Sent again after each reconnect by a client that is told nothing, this would go on for ever.
    let whole = vec![(OpCode::Data(Data::Text), 400_000, true)];
    let in_parts = vec![
        (OpCode::Data(Data::Text), 200_000, false),
        (OpCode::Data(Data::Continue), 200_000, true),
    ];
    for parts in [whole, in_parts] {
        let mut window = Window::open(&app, &project).await;
        for (code, length, is_last) in parts {
            let frame = Frame::message(vec![b'a'; length], code, is_last);
            window.send(Message::Frame(frame)).await;
        }
        window.next_error("MESSAGE_TOO_LONG").await;
        let reason = window.closed().await.expect("a reason");
        assert_eq!(reason.code, CloseCode::Size);
    }
    let mut window = Window::open(&app, &project).await;
    assert_works_and_nothing_happened(&app, &project, &mut window).await;
}

#[tokio::test]
async fn a_message_in_several_frames_is_one_message() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    let parts = [
        (OpCode::Data(Data::Text), "{\"content\":", false),
        (OpCode::Data(Data::Continue), " \"hel", false),
        (OpCode::Data(Data::Continue), "lo\"}", true),
    ];
    for (code, text, is_last) in parts {
        let frame = Frame::message(text.as_bytes().to_vec(), code, is_last);
        window.send(Message::Frame(frame)).await;
    }
    window.next_chat("user", "hello").await;
}

#[tokio::test]
async fn a_ping_is_answered_with_what_it_carries() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    window
        .send(Message::Ping(b"are you there?".as_slice().into()))
        .await;
    loop {
        match window.next_raw().await.expect("the window stays open") {
            Message::Pong(carried) => {
                assert_eq!(carried.as_ref(), b"are you there?");
                break;
            }
            Message::Ping(_) => {}
            other => panic!("a ping is answered with a pong, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_window_that_is_closed_is_let_go() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let window = Window::open(&app, &project).await;
    let dropped = Window::open(&app, &project).await;
    let watching = async |count: usize| {
        crate::support::wait_until(format!("{count} windows"), async || {
            let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
            (report["streams"].as_array()?.len() == count).then_some(())
        })
        .await;
    };
    watching(2).await;
    window.close().await;
    watching(1).await;
    drop(dropped);
    watching(0).await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_to_its_windows() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    let database = app.stop();
    let reason = window.closed().await.expect("a reason");
    assert_eq!(reason.code, CloseCode::Away, "it is worth coming back");
    drop(database);
}
