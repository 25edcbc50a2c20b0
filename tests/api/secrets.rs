//! Secrets that come up in what is said and done are nowhere to be read afterwards.

use project_manager::domain::{
    id::BlockId,
    step::{Call, Step, TextFormat},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Scripted, TestAppBuilder, expect, spawn_app};

/// A token as GitHub makes them. Put together here: nobody who looks for secrets in this repository is to find one.
fn token() -> String {
    format!("ghp_{}", "a1B2".repeat(9))
}

const MARK: &str = "[removed: a GitHub token]";

/// In the settings of the server, and in those of a project.
const OF_THE_SERVER: &str = "correct-horse-battery";
const OF_THE_PROJECT: &str = "tr0ub4dor-and-three";

#[tokio::test]
async fn a_token_that_a_person_says_is_neither_in_the_chat_nor_in_the_log_nor_found() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let said = app.say(&project, &format!("use {}, please", token())).await;
    let messages = app.messages(&project).await;
    assert_eq!(messages[0]["id"], said["id"]);
    assert_eq!(messages[0]["content"], format!("use {MARK}, please"));
    let log = app.log(&project).await;
    assert_eq!(log[0]["message"], format!("use {MARK}, please"));
    let all = Value::from(log).to_string() + &Value::from(messages).to_string() + &said.to_string();
    assert!(!all.contains(&token()), "{all}");
    let path = format!("/api/projects/{project}/activity?q={}", token());
    assert_eq!(app.read(&path).await["items"], json!([]));
    // A second try with the same key is the same message.
    let path = format!("/api/projects/{project}/messages");
    let send = || {
        let body = json!({ "content": format!("and {}", token()) });
        app.post(&path)
            .header("Idempotency-Key", "once")
            .json(&body)
    };
    let first = expect(send(), StatusCode::ACCEPTED).await;
    assert_eq!(first["content"], format!("and {MARK}"));
    assert_eq!(
        expect(send(), StatusCode::ACCEPTED).await["id"],
        first["id"]
    );
}

#[tokio::test]
async fn what_a_command_shows_of_keys_is_cut_out_of_its_steps_its_end_and_what_is_told_of_it() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .set("PM__ACP__ENV", format!("KEY='{OF_THE_SERVER}' PLACE=here"))
        .backend(backend.clone())
        .spawn()
        .await;
    let body = json!({ "name": "Shop", "agent": { "env": { "KEY": OF_THE_PROJECT } } });
    let made = expect(app.post("/api/projects").json(&body), StatusCode::CREATED).await;
    let project = made["id"].as_str().unwrap();
    let body = json!({ "command": "prime", "args": format!("with {}", token()) });
    let path = format!("/api/projects/{project}/executions");
    let execution = expect(app.post(&path).json(&body), StatusCode::ACCEPTED).await;
    let job = backend.next_job().await;
    job.step(Step::Tool {
        tool: "Run".to_owned(),
        summary: format!("Ran curl with {}", token()),
        input: json!({ "header": format!("Authorization: Bearer {}", token()) }).to_string(),
        call: Call::default(),
    })
    .await;
    job.says(&format!(
        "KEY is {OF_THE_PROJECT}, and the server's {OF_THE_SERVER} from here"
    ))
    .await;
    job.complete(&format!("pushed with {}", token()));
    let mut stream = app.stream(project, "?after=0&verbosity=3").await;
    let shown = stream
        .activities_until(|data| data["status"] == "COMPLETED")
        .await;
    let said = shown.iter().find(|event| event.data["kind"] == "text");
    assert_eq!(
        said.expect("what was said").data["message"],
        "KEY is [removed: a secret of this server], and the server's [removed: a secret of this server] from here"
    );
    let shown: String = shown.iter().map(|event| event.data.to_string()).collect();
    let ended = app.execution(execution["id"].as_str().unwrap()).await;
    assert_eq!(ended["output"], format!("pushed with {MARK}"));
    assert_eq!(ended["command_args"], format!("with {MARK}"));
    let path = format!("/api/projects/{project}/activity/export?format=markdown");
    let export = app.get(&path).send().await.expect("an export");
    let all = shown + &export.text().await.expect("text") + &ended.to_string();
    for secret in [token().as_str(), OF_THE_SERVER, OF_THE_PROJECT] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[tokio::test]
async fn a_text_that_is_being_written_is_shown_without_the_secrets_in_it() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let mut stream = app.stream(&project, "").await;
    let (block, token) = (BlockId::new(), token());
    let text = format!("The key gh is {token} and works. ");
    for at in 0..text.len() {
        job.writes(block, &text[at..=at]).await;
    }
    let mut read = String::new();
    while !read.ends_with("works. ") {
        let delta = stream.next_named("delta").await.data;
        if delta["restart"] == true {
            read.clear();
        }
        read += delta["text"].as_str().expect("text");
        assert!(!read.contains(&token[..10]), "{read}");
    }
    assert_eq!(read, format!("The key gh is {MARK} and works. "));
    job.step(Step::Text {
        text,
        format: TextFormat::Markdown,
        block: Some(block),
    })
    .await;
    let stored = stream.activities_until(|data| data["kind"] == "text").await;
    let stored = &stored.last().expect("the text").data;
    assert_eq!(stored["message"], read);
}
