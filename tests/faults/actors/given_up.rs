//! A session or a poller that fails time and again: it is given up, that is said in its project, and nobody else notices.

use futures_util::future::join_all;
use project_manager::actors::supervisor::{State, Status};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{app_with, ended, endings, id, undisturbed};
use crate::support::{Checkout, Scripted, TestApp, wait_until};

/// An actor that is listed, be it living or given up.
fn status(app: &TestApp, name: &str) -> Status {
    let mut all = app.supervisor().statuses().into_iter();
    all.find(|status| status.name == name)
        .unwrap_or_else(|| panic!("there is no {name}"))
}

/// What was answered to a message.
async fn reply_to(app: &TestApp, project: &str, message: &Value) -> String {
    let key = json!(format!("reply:{}", id(message)));
    wait_until("a reply", async || {
        let messages = app.messages(project).await;
        let mut replies = messages.iter().filter(|said| said["client_id"] == key);
        let reply = replies.next()?["content"].as_str()?.to_owned();
        assert!(replies.next().is_none(), "one message, one reply");
        Some(reply)
    })
    .await
}

/// Says hello, and again under the same key where the answer was lost with the session that was to give it.
async fn say_surely(app: &TestApp, project: &str, number: usize) -> Value {
    wait_until("a message to be taken", async || {
        let path = format!("/api/projects/{project}/messages");
        let asked = app.post(&path).json(&json!({ "content": "hello" }));
        let asked = asked.header("Idempotency-Key", format!("hello {number}"));
        let answer = asked.send().await.expect("the server answers");
        let taken = answer.status() == StatusCode::ACCEPTED;
        let message = answer.json().await.expect("JSON");
        taken.then_some(message)
    })
    .await
}

/// What a person reads who said something that fails whenever it is answered.
const DECLINED: &str = "Something in me failed each time I tried to answer this";

#[tokio::test]
async fn a_message_that_fails_whenever_it_is_answered_is_declined_in_words_and_the_next_is_answered()
 {
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let project = app.project("Shop").await;
    backend.questions_panic(true);
    let unlucky = app.say(&project, "hello").await;
    let reply = reply_to(&app, &project, &unlucky).await;
    assert!(reply.starts_with(DECLINED), "{reply}");
    let session = status(&app, &format!("session {project}"));
    assert_eq!((session.state, session.restarts), (State::Running, 2));

    backend.questions_panic(false);
    let lucky = app.say(&project, "hello").await;
    let reply = reply_to(&app, &project, &lucky).await;
    assert!(reply.starts_with("Hello!"), "{reply}");
    let said = app.messages(&project).await;
    let admitted = said[1]["content"].as_str().expect("words");
    assert!(admitted.contains("the answer is begun again"), "{admitted}");
    assert_eq!(said.len(), 5);
    undisturbed(&app);
}

#[tokio::test]
async fn a_session_that_fails_too_often_is_set_aside_its_project_is_told_and_the_next_message_works()
 {
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let checkout = Checkout::with(&[]);
    let shop = app.project("Shop").await;
    // Where there is a folder nobody asks whether one is needed.
    let blog = app.project_in("Blog", checkout.text()).await;
    let mut stream = app.stream(&shop, "").await;
    backend.questions_panic(true);
    // Each may fail twice before it is declined: with the third the session has failed once too often.
    let said = join_all((0..3).map(|number| say_surely(&app, &shop, number))).await;
    let neighbour = app.say(&blog, "hello").await;
    let told = stream
        .activities_until(|data| data["status"] == "set_aside")
        .await;
    let told = &told.last().expect("it is told").data;
    assert_eq!(
        (&told["source"], &told["kind"]),
        (&json!("pm"), &json!("system"))
    );
    let words = told["message"].as_str().expect("words");
    assert!(words.contains("Your messages are kept"), "{words}");
    assert!(words.contains("write again"), "{words}");
    let session = format!("session {shop}");
    assert_eq!(
        (
            status(&app, &session).state,
            status(&app, &session).restarts
        ),
        (State::SetAside, 5)
    );
    let reply = reply_to(&app, &blog, &neighbour).await;
    assert!(reply.starts_with("Hello!"), "{reply}");
    assert_eq!(status(&app, &format!("session {blog}")).restarts, 0);

    backend.questions_panic(false);
    let next = app.say(&shop, "hello").await;
    let reply = reply_to(&app, &shop, &next).await;
    assert!(reply.starts_with("Hello!"), "{reply}");
    // Two were declined, and the third, which took the session along, is answered after all.
    let mut declined = 0;
    for message in &said {
        let reply = reply_to(&app, &shop, message).await;
        declined += usize::from(reply.starts_with(DECLINED));
    }
    // Of each it was said once that it was begun again.
    assert_eq!((declined, app.messages(&shop).await.len()), (2, 8 + 3));
    assert_eq!(status(&app, &session).state, State::Running);
    assert_eq!(app.supervisor().crashes(), 6);
    undisturbed(&app);
}

#[tokio::test]
async fn a_poller_that_fails_too_often_ends_its_command_as_interrupted_and_frees_its_place() {
    // One that is followed again after each failure: all others end with the first.
    let backend = Scripted::surviving();
    let app = app_with(&backend).await;
    let (shop, blog) = (app.project("Shop").await, app.project("Blog").await);
    let lucky = id(&app.execute(&blog, "prime").await);
    let fine = backend.next_job().await;
    backend.commands_panic(true);
    let unlucky = id(&app.execute(&shop, "prime").await);
    let record = ended(&app, &unlucky).await;
    assert_eq!(
        (&record["status"], &record["error_code"]),
        (&json!("FAILED"), &json!("interrupted"))
    );
    let error = record["error"].as_str().expect("words");
    assert!(error.contains("followed prime"), "{error}");
    assert!(error.ends_with("try again"), "{error}");
    assert_eq!(endings(&app.log(&shop).await, &unlucky), ["FAILED"]);
    let poller = status(&app, &format!("poller {unlucky}"));
    assert_eq!((poller.state, poller.restarts), (State::SetAside, 5));

    backend.commands_panic(false);
    let next = id(&app.execute(&shop, "prime").await);
    backend.next_job().await.complete("done");
    assert_eq!(ended(&app, &next).await["status"], "COMPLETED");
    fine.complete("done");
    assert_eq!(ended(&app, &lucky).await["status"], "COMPLETED");
    undisturbed(&app);
}
