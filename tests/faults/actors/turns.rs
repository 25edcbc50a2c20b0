//! A turn of a conversation that cannot be taken to its end: that is said.

use sea_orm::ConnectionTrait as _;

use super::app_with;
use crate::support::{Scripted, TestApp};

async fn run(app: &TestApp, steps: &[&str]) {
    let db = app.database().connect().await;
    for sql in steps {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_message_whose_turn_fails_is_answered_with_that() {
    let app = app_with(&Scripted::new()).await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    app.say(&project, "hello").await;
    stream.activities(2).await;
    // What was said before can be read no more, and without it nothing is decided.
    run(&app, &["UPDATE conversation_messages SET role = 'nobody'"]).await;
    let message = app.say(&project, "analyze the codebase").await;
    let answer = stream.activities(2).await.remove(1).data;
    assert_eq!(answer["data"]["role"], "assistant", "{answer}");
    let words = answer["message"].as_str().expect("words");
    assert!(
        words.contains("failed") && words.contains("logged"),
        "{words}"
    );
    assert_eq!(
        answer["data"]["client_id"],
        format!("reply:{}", message["id"].as_str().unwrap()),
        "so it is not answered again"
    );
    // The conversation goes on as soon as it can.
    run(
        &app,
        &["UPDATE conversation_messages SET role = 'user' WHERE role = 'nobody'"],
    )
    .await;
    app.say(&project, "hello").await;
    let answer = stream.activities(2).await.remove(1).data;
    assert!(
        !answer["message"].as_str().unwrap().contains("failed"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_cannot_be_said_in_the_conversation_is_said_beside_it() {
    let app = app_with(&Scripted::new()).await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    let refuse: &[&str] = match app.database().is_postgres() {
        true => &[
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN RAISE EXCEPTION ''no answers today''; END'",
            "CREATE TRIGGER refuse BEFORE INSERT ON conversation_messages FOR EACH ROW \
             WHEN (NEW.role = 'assistant') EXECUTE FUNCTION refuse()",
        ],
        false => &[
            "CREATE TRIGGER refuse BEFORE INSERT ON conversation_messages WHEN NEW.role = 'assistant' \
             BEGIN SELECT RAISE(ABORT, 'no answers today'); END",
        ],
    };
    run(&app, refuse).await;
    app.say(&project, "hello").await;
    let told = stream.activities(2).await.remove(1).data;
    assert_eq!(
        (&told["kind"], &told["status"]),
        (&"system".into(), &"failed".into()),
        "{told}"
    );
    let words = told["message"].as_str().expect("words");
    assert!(words.contains("your message"), "{words}");
    assert_eq!(app.messages(&project).await.len(), 1);
}
