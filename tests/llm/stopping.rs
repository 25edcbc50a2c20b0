//! A stop that is typed while the model has not finished.

use project_manager::domain::execution::Outcome;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{commands, reply_to, spawn, spawn_with, told};
use crate::support::{
    TestApp, Window,
    llm::{IDLE, WIRES},
    patiently, wait_until,
};

#[tokio::test]
async fn a_stop_ends_an_answer_at_once_and_keeps_what_there_was_of_it_with_a_mark() {
    for model in WIRES {
        let (app, llm, _) = spawn_with(model).await;
        let project = app.project("Shop").await;
        let mut window = Window::open(&app, &project).await;
        // It never comes to an end by itself.
        let hand = llm.by_hand();
        let said = app.say(&project, "hello").await;
        hand.say("Once upon").await;
        assert_eq!(window.next_of("chat_delta").await["text"], "Once upon");
        let queued = app.queue(&project, "what can you do?").await;
        let stop = app.say(&project, "stop").await;
        assert_eq!(
            reply_to(&app, &project, &stop).await,
            "Once upon …\n\n*I stopped here, as you asked.*",
            "{model}"
        );
        let answers = [&said, &stop, &queued].map(|message| answer_of(&app, &project, message));
        let [said, stop, queued] = futures_util::future::join_all(answers)
            .await
            .try_into()
            .expect("three");
        assert!(said.contains("Once upon"), "{said}");
        assert!(stop.contains("Nothing is running now"), "{stop}");
        assert_eq!(queued, IDLE, "what was queued has its turn");
        drop(hand);
    }
}

#[tokio::test]
async fn a_stop_cancels_what_the_answer_has_begun() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    llm.calls("execute_scar", &json!({ "command": "prime" }));
    let _hand = llm.by_hand();
    let said = app.say(&project, "analyze the codebase").await;
    let job = scripted.next_job().await;
    llm.asked(2).await;
    let stop = app.say(&project, "stop").await;
    patiently("the command to be told", job.cancel.cancelled()).await;
    job.end(Outcome::Cancelled);
    let answer = answer_of(&app, &project, &stop).await;
    assert!(answer.contains("I'm stopping"), "{answer}");
    let answer = answer_of(&app, &project, &said).await;
    assert!(answer.contains("having a look"), "{answer}");
    let path = format!("/api/projects/{project}/executions");
    wait_until("it to be stopped", async || {
        (app.read(&path).await[0]["status"] == "CANCELLED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_order_that_was_not_begun_before_the_stop_never_is() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    let hand = llm.by_hand();
    let first = app.say(&project, "analyze the codebase").await;
    llm.asked(1).await;
    let second = app.say(&project, "run the checks").await;
    app.say(&project, "stop").await;
    let answer = answer_of(&app, &project, &first).await;
    assert!(answer.contains("Nothing was started"), "{answer}");
    let answer = answer_of(&app, &project, &second).await;
    let named = answer.starts_with("> run the checks\n\nYou said stop");
    assert!(named, "{answer}");
    assert_eq!(commands(&app, &project).await, []);
    assert!(!scripted.has_job());
    drop(hand);
    assert_eq!(told(&app, &project, "hello").await, IDLE);
}

#[tokio::test]
async fn after_a_stop_what_else_its_message_orders_is_done() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    let _hand = llm.by_hand();
    app.say(&project, "hello").await;
    llm.asked(1).await;
    llm.says("Sure.").says("I'm looking.");
    let stop = app
        .say(&project, "Stop. Analyze the codebase instead.")
        .await;
    assert_eq!(answer_of(&app, &project, &stop).await, "I'm looking.");
    scripted.next_job().await.complete("A shop.");
}

#[tokio::test]
async fn a_stop_is_taken_where_so_much_waits_that_nothing_else_is() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    let _hand = llm.by_hand();
    app.say(&project, "hello").await;
    llm.asked(1).await;
    let path = format!("/api/projects/{project}/messages");
    wait_until("no more to be taken", async || {
        let asked = app.post(&path).json(&json!({ "content": "and then?" }));
        let answer = asked.send().await.expect("an answer");
        (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    let stop = app.say(&project, "stop").await;
    let answer = answer_of(&app, &project, &stop).await;
    assert!(answer.contains("Nothing is running now"), "{answer}");
}

/// The answer to this very message.
async fn answer_of(app: &TestApp, project: &str, said: &Value) -> String {
    let key = format!("reply:{}", said["id"].as_str().expect("an id"));
    wait_until("an answer", async || {
        let messages = app.messages(project).await;
        let answer = messages.iter().find(|one| one["client_id"] == key)?;
        Some(answer["content"].as_str()?.to_owned())
    })
    .await
}
