//! What is told, to whom, and in which words.

use std::process::{Command, Stdio};

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    activity, once_each, program_telling, report, reported, run_one, telling, telling_with,
};
use crate::{
    support::{
        Answer, Checkout, Client, Notified, Receiver, TestDatabase, expect, receiver::SECRET,
        spawn_app,
    },
    workflow::answer_all,
};

/// That a notification says what the log says, and where to look at it.
async fn tells_of_its_activity(client: &Client, project: &str, notified: &Notified) -> Value {
    let data = &notified.body["data"];
    let told = activity(client, project, &data["activity"]["seq"]).await;
    assert_eq!(data["activity"], told);
    assert_eq!(notified.body["timestamp"], told["timestamp"]);
    assert_eq!(
        Some(notified.id.as_str()),
        told["id"].as_str(),
        "its id is the activity's"
    );
    assert_eq!(data["project"], json!({ "id": project, "name": "Shop" }));
    let link = format!("{}/#/p/{project}/a/{}", client.base, told["seq"]);
    assert_eq!(data["link"], link);
    let text = notified.body["text"].as_str().expect("a sentence");
    assert!(
        text.starts_with("Shop: ") && text.ends_with(&link),
        "{text}"
    );
    told
}

#[tokio::test]
async fn the_end_of_a_command_is_told_once_signed_and_in_words() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    assert_eq!(notified.kind(), "command.ended");
    let told = tells_of_its_activity(&app, &project, &notified).await;
    assert_eq!(told["status"], "COMPLETED");
    let text = notified.body["text"].as_str().unwrap();
    assert!(text.starts_with("Shop: Finished prime http://"), "{text}");
    let agent = format!("user-agent: project-manager/{}", env!("CARGO_PKG_VERSION"));
    assert!(notified.head.contains(&agent), "{}", notified.head);
}

#[tokio::test]
async fn a_command_that_failed_and_one_that_was_stopped_are_told_once_each() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    app.execute(&project, "validate").await;
    let failed = Outcome::failed(ErrorCode::ChecksFailed, "two of nine tests fail");
    backend.next_job().await.end(failed);
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    assert_eq!(notified.kind(), "command.failed");
    let told = tells_of_its_activity(&app, &project, &notified).await;
    assert_eq!(told["data"]["error_code"], "checks_failed");
    let text = notified.body["text"].as_str().unwrap();
    assert!(
        text.contains("validate failed: two of nine tests fail"),
        "{text}"
    );
    let stopped = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let id = stopped["id"].as_str().unwrap();
    let cancel = app.post(&format!("/api/executions/{id}/cancel"));
    expect(cancel, StatusCode::OK).await;
    job.end(Outcome::Cancelled);
    let received = once_each(&app, &receiver, 2).await;
    assert_eq!(received[1].kind(), "command.ended");
    let told = tells_of_its_activity(&app, &project, &received[1]).await;
    assert_eq!(told["status"], "CANCELLED");
}

#[tokio::test]
async fn what_a_chat_would_take_for_more_than_words_is_told_as_words() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    app.execute(&project, "validate").await;
    let says = "<!channel> see <https://evil.example|the report> @all [here](https://evil.example)";
    let failed = Outcome::failed(ErrorCode::AgentError, says);
    backend.next_job().await.end(failed);
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    let text = notified.body["text"].as_str().unwrap();
    assert!(
        !text.contains(['<', '>', '@']) && !text.contains("]("),
        "{text}"
    );
    // For programs it is as it was.
    let told = tells_of_its_activity(&app, &project, &notified).await;
    assert_eq!(told["detail"], says);
}

#[tokio::test]
async fn a_gate_that_opens_is_told_once() {
    let receiver = Receiver::start();
    let (app, _backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    answer_all(&app, &project).await;
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    assert_eq!(notified.kind(), "gate.opened");
    let told = tells_of_its_activity(&app, &project, &notified).await;
    assert_eq!(told["status"], "PENDING");
    let text = notified.body["text"].as_str().unwrap();
    assert!(text.starts_with("Shop: Asks for your decision: "), "{text}");
}

#[tokio::test]
async fn only_what_is_wanted_is_told() {
    let receiver = Receiver::start();
    let wanted = [("PM__NOTIFICATIONS__EVENTS", "command_failed")];
    let (app, backend) = telling_with(&receiver, &wanted).await;
    let project = app.project("Shop").await;
    answer_all(&app, &project).await;
    run_one(&app, &backend, &project).await;
    app.execute(&project, "validate").await;
    let failed = Outcome::failed(ErrorCode::ChecksFailed, "no");
    backend.next_job().await.end(failed);
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    assert_eq!(notified.kind(), "command.failed");
}

#[tokio::test]
async fn where_nobody_is_told_nothing_is_kept_for_it() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("README.md", "# Shop")]);
    let project = app.project_in("Shop", checkout.text()).await;
    app.execute(&project, "prime").await;
    crate::support::wait_until("it to end", async || {
        let log = app.log(&project).await;
        log.iter()
            .any(|one| one["status"] == "COMPLETED")
            .then_some(())
    })
    .await;
    assert_eq!(report(&app).await, Value::Null);
    let database = app.stop();
    // It would be told from now on, and of what happened before there is nothing.
    let receiver = Receiver::start();
    let server = program_telling(&receiver, &database).start().await;
    let known = report(&server).await;
    assert_eq!(
        (&known["waiting"], &known["recent"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test]
async fn what_is_told_links_to_the_public_address() {
    let receiver = Receiver::start();
    let (database, token) = (
        TestDatabase::new().await,
        "a token that is long".replace(' ', "-"),
    );
    let checkout = Checkout::with(&[("README.md", "# Shop")]);
    let server = program_telling(&receiver, &database)
        .set("PM__API__PUBLIC_URL", "https://pm.example.com")
        .set("PM__AUTH__TOKEN", &token)
        .start()
        .await;
    let client = Client::showing(&server.base, &token);
    let project = client.project_in("Shop", checkout.text()).await;
    client.execute(&project, "prime").await;
    let received = receiver.receives(1).await;
    let link = received[0].body["data"]["link"].as_str().unwrap();
    let begins = format!("https://pm.example.com/#/p/{project}/a/");
    assert!(link.starts_with(&begins), "{link}");
}

/// With the server's own key, so that it is the document that is held to what is sent.
#[tokio::test]
async fn the_example_of_the_document_takes_what_is_sent_and_nothing_else() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    let [notified] = once_each(&app, &receiver, 1).await.try_into().unwrap();
    let document = include_str!("../../docs/notifications.md");
    let example = document.split("```python\n").nth(1).expect("an example");
    let example = example.split("```").next().expect("its end");
    let asks = "import json, sys\ngiven = json.load(sys.stdin)\n\
                print([is_genuine(given['secret'], given['headers'], body.encode()) for body in given['bodies']])";
    let given = json!({
        "secret": SECRET,
        "headers": {
            "webhook-id": notified.id, "webhook-timestamp": notified.seconds.to_string(),
            "webhook-signature": notified.signature,
        },
        "bodies": [notified.text, notified.text.replace("Shop", "Shed")],
    });
    let program = format!("{example}\n{asks}");
    let Some(said) = python(&program, &given.to_string()) else {
        return;
    };
    assert_eq!(said, "[True, False]\n");
}

/// What a program in Python prints; none where there is no Python, which is so on nobody's machine who runs all tests.
fn python(program: &str, input: &str) -> Option<String> {
    use std::io::Write as _;
    let started = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "there is no python3: {error}"
            );
            return None;
        }
    };
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).expect("it prints text"))
}

#[tokio::test]
async fn where_a_receiver_redirects_to_is_not_followed() {
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    for status in [301, 302, 303, 307, 308] {
        receiver.then(Answer::With(status, "Location", elsewhere.url()));
    }
    run_one(&app, &backend, &project).await;
    let received = receiver.receives(6).await;
    assert!(received.iter().all(|one| one.id == received[0].id));
    reported(&app, "it to be delivered in the end", |report| {
        report["waiting"] == 0 && report["recent"][0]["attempts"] == 6
    })
    .await;
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn of_a_project_that_is_deleted_nobody_is_told_any_more() {
    let receiver = Receiver::start();
    receiver.always(500);
    let later = [
        ("PM__NOTIFICATIONS__RETRY_SECONDS_FIRST", "3600"),
        ("PM__NOTIFICATIONS__RETRY_SECONDS_LONGEST", "3600"),
    ];
    let (app, backend) = telling_with(&receiver, &later).await;
    let (gone, stays) = (app.project("Gone").await, app.project("Stays").await);
    run_one(&app, &backend, &gone).await;
    run_one(&app, &backend, &stays).await;
    reported(&app, "both to have been tried", |report| {
        let recent = report["recent"].as_array().expect("a list");
        recent.len() == 2 && recent.iter().all(|one| one["attempts"] == 1)
    })
    .await;
    let deleted = app.delete(&format!("/api/projects/{gone}"));
    let answer = deleted.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let left = report(&app).await;
    assert_eq!(left["waiting"], 1);
    assert_eq!(left["recent"].as_array().map(Vec::len), Some(1));
    assert_eq!(left["recent"][0]["project_id"], stays);
}
