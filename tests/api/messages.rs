//! The conversation over plain HTTP.

mod queued;

use chrono::TimeDelta;
use project_manager::db::message;
use reqwest::StatusCode;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::support::{
    Scripted, TestApp, TestAppBuilder, expect, refused_field, spawn_app, spawn_scripted, wait_until,
};

fn path(project: &str) -> String {
    format!("/api/projects/{project}/messages")
}

/// Waits until so many messages are stored; all of them.
async fn wait_for_messages(app: &TestApp, project: &str, count: usize) -> Vec<Value> {
    wait_until(format!("{count} messages"), async || {
        Some(app.messages(project).await).filter(|messages| messages.len() >= count)
    })
    .await
}

fn column<'a>(messages: &'a [Value], key: &str) -> Vec<&'a str> {
    messages
        .iter()
        .map(|message| message[key].as_str().expect("a text"))
        .collect()
}

#[tokio::test]
async fn a_message_is_answered_as_it_is_stored_and_the_reply_follows() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let posted = app.say(&project, "  hello  ").await;
    assert_eq!(
        (&posted["role"], &posted["content"]),
        (&json!("user"), &json!("hello"))
    );
    let messages = wait_for_messages(&app, &project, 2).await;
    assert_eq!(messages[0], posted, "what was answered is what is stored");
    assert_eq!(messages[1]["role"], "assistant");
    assert_eq!(messages[1]["topic_id"], posted["topic_id"]);
    for message in &messages {
        for key in ["id", "role", "content", "timestamp", "topic_id"] {
            assert!(message[key].is_string(), "{key} of {message}");
        }
        let time = message["timestamp"].as_str().expect("a time");
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    }
}

#[tokio::test]
async fn every_message_gets_a_reply_in_the_order_they_were_said() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let said: Vec<String> = (0..10)
        .map(|number| format!("Number {number} is odd"))
        .collect();
    for text in &said {
        app.say(&project, text).await;
    }
    let messages = wait_for_messages(&app, &project, 20).await;
    let users: Vec<&str> = messages
        .iter()
        .filter(|message| message["role"] == "user")
        .map(|message| message["content"].as_str().expect("a text"))
        .collect();
    assert_eq!(users, said);
    assert_eq!(messages.len(), 20, "one reply each");
    assert!(messages.is_sorted_by_key(|message| message["timestamp"].as_str().map(str::to_owned)));
}

#[tokio::test]
async fn the_newest_messages_fit_the_limit_and_earlier_ones_are_found_before_them() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for number in 0..4 {
        app.say(&project, &format!("Number {number} is odd")).await;
    }
    let all = wait_for_messages(&app, &project, 8).await;
    let last = app.read(&format!("{}?limit=3", path(&project))).await;
    assert_eq!(last, json!(all[5..]));
    let mut found = Vec::new();
    let mut before = String::new();
    loop {
        let page = app
            .read(&format!("{}?limit=3{before}", path(&project)))
            .await;
        let page = page.as_array().expect("a list").clone();
        let Some(first) = page.first() else { break };
        before = format!("&before={}", first["id"].as_str().expect("an id"));
        found.splice(0..0, page);
    }
    assert_eq!(
        found, all,
        "page by page there are the same messages, once each"
    );
}

#[tokio::test]
async fn messages_stay_in_their_project() {
    let app = spawn_app().await;
    let (one, two) = (app.project("One").await, app.project("Two").await);
    let posted = app.say(&one, "hello").await;
    wait_for_messages(&app, &one, 2).await;
    assert_eq!(app.messages(&two).await, Vec::<Value>::new());
    let topic = posted["topic_id"].as_str().expect("an id");
    let elsewhere = app.read(&format!("{}?topic_id={topic}", path(&two))).await;
    assert_eq!(elsewhere, json!([]));
}

#[tokio::test]
async fn a_message_must_be_a_text_of_one_to_twenty_thousand_characters() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let too_long = "📚".repeat(20_001);
    for content in [
        json!(""),
        json!(" \n\t "),
        json!(too_long),
        json!("a\0b"),
        json!(5),
        json!([]),
        Value::Null,
    ] {
        refused_field(
            app.post(&path(&project))
                .json(&json!({ "content": content })),
            "content",
        )
        .await;
    }
    refused_field(app.post(&path(&project)).json(&json!({})), "content").await;
    assert_eq!(app.messages(&project).await, Vec::<Value>::new());
    assert_eq!(
        app.log(&project).await,
        Vec::<Value>::new(),
        "nothing happened"
    );
    let longest = "📚".repeat(20_000);
    let posted = app.say(&project, &longest).await;
    assert_eq!(posted["content"], longest);
}

#[tokio::test]
async fn a_message_sent_again_with_its_key_is_the_same_message_and_is_acted_on_once() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let send = || {
        expect(
            app.post(&path(&project))
                .header("Idempotency-Key", "key")
                .json(&json!({ "content": "analyze the codebase" })),
            StatusCode::ACCEPTED,
        )
    };
    let answers = futures_util::future::join_all([send(), send(), send()]).await;
    backend.next_job().await.complete("All is well.");
    let messages = wait_for_messages(&app, &project, 3).await;
    assert_eq!(
        column(&messages, "role"),
        ["user", "assistant", "assistant"]
    );
    for answer in answers.iter().chain([&send().await]) {
        assert_eq!(*answer, messages[0]);
    }
    // A later message is answered after whatever the earlier ones led to.
    app.say(&project, "hello").await;
    let messages = wait_for_messages(&app, &project, 5).await;
    assert_eq!(messages.len(), 5, "{messages:?}");
    let executions = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    assert_eq!(executions.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_key_belongs_to_its_project() {
    let app = spawn_app().await;
    let (one, two) = (app.project("One").await, app.project("Two").await);
    let mut ids = Vec::new();
    for project in [&one, &two] {
        let request = app.post(&path(project)).header("Idempotency-Key", "key");
        let posted = expect(
            request.json(&json!({ "content": "hello" })),
            StatusCode::ACCEPTED,
        )
        .await;
        ids.push(posted["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_reset_begins_a_new_topic_and_keeps_what_was_said() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let before = app.say(&project, "hello").await;
    wait_for_messages(&app, &project, 2).await;
    let reset = expect(
        app.post(&format!("/api/projects/{project}/reset")),
        StatusCode::OK,
    )
    .await;
    assert_eq!(reset["success"], true);
    assert_eq!(reset["previous_messages_preserved"], true);
    assert!(reset["message"].is_string());
    assert_ne!(reset["new_topic_id"], before["topic_id"]);
    let after = app.say(&project, "hello again").await;
    assert_eq!(after["topic_id"], reset["new_topic_id"]);
    let messages = wait_for_messages(&app, &project, 4).await;
    assert_eq!(
        column(&messages, "role"),
        ["user", "assistant", "user", "assistant"]
    );
    let topic = reset["new_topic_id"].as_str().expect("an id");
    let of_topic = app
        .read(&format!("{}?topic_id={topic}", path(&project)))
        .await;
    assert_eq!(of_topic, json!(messages[2..]));
}

#[tokio::test]
async fn who_changes_the_subject_begins_a_topic_with_the_same_message() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let before = app.say(&project, "hello").await;
    wait_for_messages(&app, &project, 2).await;
    let after = app
        .say(&project, "Let's discuss the newsletter we send")
        .await;
    assert_ne!(after["topic_id"], before["topic_id"]);
    let messages = wait_for_messages(&app, &project, 4).await;
    let topics = column(&messages, "topic_id");
    assert_eq!(topics[0], topics[1]);
    assert_eq!(topics[2], topics[3], "it is answered where it was said");
}

/// Makes a project's messages older by `age`.
async fn let_pass(app: &TestApp, age: TimeDelta) {
    let connection = app.database().connect().await;
    message::Entity::update_many()
        .col_expr(
            message::Column::Timestamp,
            (project_manager::clock::now() - age).into(),
        )
        .exec(&connection)
        .await
        .expect("the messages grow older");
    connection.close().await.expect("a closed connection");
}

#[tokio::test]
async fn after_an_hour_of_silence_a_topic_begins_and_a_yes_means_nothing_any_more() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let wish = app
        .say(&project, "We could add a dark mode to the settings")
        .await;
    wait_for_messages(&app, &project, 2).await;
    let_pass(&app, TimeDelta::minutes(50)).await;
    let thanks = app.say(&project, "thanks").await;
    assert_eq!(thanks["topic_id"], wish["topic_id"]);
    wait_for_messages(&app, &project, 4).await;
    app.say(&project, "We could add a dark mode to the settings")
        .await;
    wait_for_messages(&app, &project, 6).await;
    let_pass(&app, TimeDelta::minutes(61)).await;
    let late = app.say(&project, "yes").await;
    assert_ne!(late["topic_id"], wish["topic_id"]);
    wait_for_messages(&app, &project, 8).await;
    assert!(!backend.has_job(), "nobody knows what the yes is about");
}

#[tokio::test]
async fn a_long_command_is_waited_for_in_silence() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let order = app.say(&project, "analyze the codebase").await;
    let job = backend.next_job().await;
    wait_for_messages(&app, &project, 2).await;
    let_pass(&app, TimeDelta::hours(5)).await;
    let question = app.say(&project, "what can you do?").await;
    assert_eq!(question["topic_id"], order["topic_id"]);
    job.complete("# Shop");
}

#[tokio::test]
async fn what_was_said_is_there_after_a_restart() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    let before = wait_for_messages(&app, &project, 2).await;
    let log = app.log(&project).await;
    let database = app.stop();
    let app = TestAppBuilder::default().database(database).spawn().await;
    assert_eq!(app.messages(&project).await, before);
    assert_eq!(app.log(&project).await, log);
    app.say(&project, "hello again").await;
    let after = wait_for_messages(&app, &project, 4).await;
    assert_eq!(after[..2], before);
}
