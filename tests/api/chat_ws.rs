//! The chat over a WebSocket.

mod faults;
mod queued;

use serde_json::{Value, json};

use crate::support::{Window, spawn_app, spawn_scripted, wait_until};

#[tokio::test]
async fn a_message_is_shown_with_its_id_and_followed_by_its_reply() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    window.say("  hello  ").await;
    let said = window.next_chat("user", "hello").await;
    let reply = window.next_of("chat").await;
    assert_eq!(reply["role"], "assistant");
    let stored = app.messages(&project).await;
    assert_eq!(stored.len(), 2);
    for (shown, stored) in [said, reply].iter().zip(&stored) {
        for key in ["id", "role", "content", "timestamp", "topic_id"] {
            assert_eq!(shown[key], stored[key], "{key} is what is stored");
        }
    }
}

#[tokio::test]
async fn every_window_of_a_project_shows_the_same_and_no_other_project_shows_any_of_it() {
    let app = spawn_app().await;
    let (shop, zoo) = (app.project("Shop").await, app.project("Zoo").await);
    let mut windows = Vec::new();
    for _ in 0..3 {
        windows.push(Window::open(&app, &shop).await);
    }
    let mut elsewhere = Window::open(&app, &zoo).await;
    for (index, text) in ["One is odd", "Two is even", "Three is odd"]
        .iter()
        .enumerate()
    {
        windows[index].say(text).await;
        app.say(&shop, &format!("{text}, by post")).await;
    }
    let stored = wait_until("every reply", async || {
        Some(app.messages(&shop).await).filter(|messages| messages.len() == 12)
    })
    .await;
    let ids: Vec<&Value> = stored.iter().map(|message| &message["id"]).collect();
    for window in &mut windows {
        let mut shown = Vec::new();
        for _ in 0..stored.len() {
            shown.push(window.next_of("chat").await["id"].take());
        }
        assert_eq!(
            shown.iter().collect::<Vec<_>>(),
            ids,
            "in the order they are stored"
        );
    }
    // The first thing the other project's window is shown is its own.
    elsewhere.say("hello").await;
    let first = elsewhere.next().await;
    assert_eq!(first["data"]["content"], "hello", "{first}");
}

#[tokio::test]
async fn a_message_sent_again_is_answered_and_neither_stored_nor_acted_on_twice() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    let mut other = Window::open(&app, &project).await;
    let message = json!({ "content": "analyze the codebase", "client_id": "a-1" });
    window.send_json(&message).await;
    let first = window.next_chat("user", "analyze the codebase").await;
    assert_eq!(first["client_id"], "a-1");
    let job = backend.next_job().await;
    let mut shown = vec![other.next_of("chat").await, other.next_of("chat").await];
    // The connection broke before the answer came: a new one, and the same message.
    drop(window);
    let mut window = Window::open(&app, &project).await;
    window.send_json(&message).await;
    assert_eq!(
        window.next_chat("user", "analyze the codebase").await,
        first
    );
    job.complete("All is well.");
    // A later message is answered after whatever the earlier ones led to.
    window.say("hello").await;
    while shown.len() < 5 {
        shown.push(other.next_of("chat").await);
    }
    let said: Vec<&Value> = shown
        .iter()
        .filter(|message| message["role"] == "user")
        .map(|message| &message["content"])
        .collect();
    assert_eq!(
        said,
        ["analyze the codebase", "hello"],
        "others are not shown it again"
    );
    assert_eq!(app.messages(&project).await.len(), 5);
    let executions = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    assert_eq!(executions.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_client_id_and_a_key_of_a_post_name_the_same_message() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let request = app
        .post(&format!("/api/projects/{project}/messages"))
        .header("Idempotency-Key", "a-1")
        .json(&json!({ "content": "hello" }));
    let posted = crate::support::expect(request, reqwest::StatusCode::ACCEPTED).await;
    let mut window = Window::open(&app, &project).await;
    window
        .send_json(&json!({ "content": "hello", "client_id": "a-1" }))
        .await;
    // The reply to the posted one may come first.
    let shown = loop {
        let message = window.next_of("chat").await;
        if message["role"] == "user" {
            break message;
        }
    };
    assert_eq!(shown["id"], posted["id"]);
}

#[tokio::test]
async fn a_reset_is_shown_to_every_window_whichever_way_it_came() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut windows = [
        Window::open(&app, &project).await,
        Window::open(&app, &project).await,
    ];
    let mut topics = Vec::new();
    windows[0].send_json(&json!({ "action": "reset" })).await;
    for _ in 0..2 {
        let mut told = Vec::new();
        for window in &mut windows {
            let reset = window.next().await;
            assert_eq!(reset["type"], "reset", "{reset}");
            assert_eq!(reset["data"]["success"], true);
            assert!(reset["data"]["message"].is_string());
            told.push(reset["data"]["new_topic_id"].clone());
        }
        assert_eq!(told[0], told[1]);
        topics.push(told.remove(0));
        if topics.len() == 1 {
            let request = app.post(&format!("/api/projects/{project}/reset"));
            crate::support::expect(request, reqwest::StatusCode::OK).await;
        }
    }
    assert_ne!(topics[0], topics[1]);
    windows[1].say("hello").await;
    assert_eq!(
        windows[0].next_chat("user", "hello").await["topic_id"],
        topics[1]
    );
}

#[tokio::test]
async fn a_command_is_shown_as_it_is_queued_started_and_ended() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    window.say("analyze the codebase").await;
    window.next_chat("user", "analyze the codebase").await;
    let job = backend.next_job().await;
    job.says("a step is no change of the execution").await;
    job.complete("All is well.");
    let mut frames = Vec::new();
    while frames.len() < 5 {
        frames.push(window.next().await);
    }
    let executions: Vec<&Value> = frames
        .iter()
        .filter(|frame| frame["type"] == "execution")
        .map(|frame| &frame["data"])
        .collect();
    assert_eq!(executions.len(), 3, "queued, started, ended: {frames:?}");
    let last = executions[2];
    assert_eq!(last["status"], "COMPLETED");
    assert_eq!(last["output"], "All is well.");
    let id = last["id"].as_str().expect("an id");
    assert_eq!(*last, app.execution(id).await, "as it is shown elsewhere");
    let words: Vec<&str> = frames
        .iter()
        .filter(|frame| frame["type"] == "chat")
        .map(|frame| frame["data"]["content"].as_str().expect("words"))
        .collect();
    assert_eq!(words.len(), 2);
    assert_eq!(words[1], "All is well.", "the summary is in the chat");
}

#[tokio::test]
async fn stop_ends_what_runs_and_what_waits() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    let running = app.execute(&project, "prime").await;
    let waiting = app.execute(&project, "validate").await;
    let job = backend.next_job().await;
    window.send_json(&json!({ "action": "stop" })).await;
    job.cancel.cancelled().await;
    job.end(project_manager::domain::execution::Outcome::Cancelled);
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let execution = window.next_of("execution").await;
        if execution["status"] == "CANCELLED" {
            ended.push(execution["id"].clone());
        }
    }
    assert_eq!(ended, [waiting["id"].clone(), running["id"].clone()]);
    // Nothing runs any more, and stopping nothing is no mistake.
    window.send_json(&json!({ "action": "stop" })).await;
    window.say("status").await;
    window.next_chat("user", "status").await;
    assert!(!backend.has_job(), "nothing was started");
}

#[tokio::test]
async fn a_window_opened_later_is_shown_only_what_is_new() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    wait_until("the reply", async || {
        (app.messages(&project).await.len() == 2).then_some(())
    })
    .await;
    let mut window = Window::open(&app, &project).await;
    window.say("hello again").await;
    let first = window.next().await;
    assert_eq!(first["data"]["content"], "hello again", "{first}");
}

#[tokio::test]
async fn much_that_happens_at_once_is_shown_in_order() {
    const MESSAGES: usize = 15;
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut window = Window::open(&app, &project).await;
    for number in 0..MESSAGES {
        window.say(&format!("Number {number} is odd")).await;
    }
    let mut said = Vec::new();
    while said.len() < MESSAGES {
        let message = window.next_of("chat").await;
        if message["role"] == "user" {
            said.push(message["content"].as_str().expect("words").to_owned());
        }
    }
    let expected: Vec<String> = (0..MESSAGES)
        .map(|number| format!("Number {number} is odd"))
        .collect();
    assert_eq!(said, expected);
}
