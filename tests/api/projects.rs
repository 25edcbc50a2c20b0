//! Projects: list, make, show.

mod agent;
mod deleting;
mod repository;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Checkout, Scripted, TestApp, TestAppBuilder, expect, refused, refused_field, spawn_app,
    wait_until,
};

const LIST: &str = "/api/projects";

/// An id no project has.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

async fn create(app: &TestApp, body: Value) -> Value {
    expect(app.post(LIST).json(&body), StatusCode::CREATED).await
}

/// Whether it is written as `2026-01-31T23:59:59.999Z`.
#[track_caller]
fn assert_is_a_time(time: &Value) {
    let text = time.as_str().expect("a time is a text");
    let pattern = "0000-00-00T00:00:00.000Z";
    let fits = text.len() == pattern.len()
        && text.chars().zip(pattern.chars()).all(|(got, wanted)| {
            if wanted == '0' {
                got.is_ascii_digit()
            } else {
                got == wanted
            }
        });
    assert!(fits, "{text} is not RFC 3339 in UTC with milliseconds");
}

#[tokio::test]
async fn a_new_project_has_every_key_of_the_contract() {
    let app = spawn_app().await;
    let mut made = create(&app, json!({ "name": "  Shop  " })).await;
    let shown = app
        .read(&format!("{LIST}/{}", made["id"].as_str().expect("an id")))
        .await;
    assert_eq!(shown["vision_document"], Value::Null);
    assert_eq!(shown["phases"], json!([]));
    for (key, value) in made.as_object().expect("a project") {
        assert_eq!(shown[key], *value, "{key} is the same when shown");
    }
    let fields = made.as_object_mut().expect("a project");
    let id = fields.remove("id").expect("an id");
    id.as_str()
        .expect("a text")
        .parse::<uuid::Uuid>()
        .expect("an id is a UUID");
    for time in ["created_at", "updated_at"] {
        assert_is_a_time(&fields.remove(time).expect("a time"));
    }
    assert_eq!(
        made,
        json!({
            "name": "Shop", "description": null, "status": "BRAINSTORMING", "github_repo_url": null,
            "telegram_chat_id": null, "message_count": 0, "completed_phases": 0, "open_issues_count": 0,
            "closed_issues_count": 0, "workspace_path": null, "backend": null,
            "agent": { "command": null, "env": [], "permissions": null }, "running": null, "needs_attention": 0, "head": 0, "usage": { "input_tokens": 0, "output_tokens": 0 },
        })
    );
}

#[tokio::test]
async fn projects_are_listed_newest_first_as_they_are_shown() {
    let app = spawn_app().await;
    assert_eq!(app.read(LIST).await, json!([]));
    let mut made = Vec::new();
    for name in ["First", "Second", "Third"] {
        made.insert(0, create(&app, json!({ "name": name })).await);
    }
    assert_eq!(app.read(LIST).await, Value::Array(made));
}

#[tokio::test]
async fn a_project_keeps_what_it_was_made_with() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[]);
    let made = create(
        &app,
        json!({
            "name": "Laden für Bücher 📚", "description": " Sells books. ",
            "github_repo_url": "https://github.com/you/shop", "workspace_path": format!(" {} ", checkout.text()),
        }),
    )
    .await;
    assert_eq!(made["name"], "Laden für Bücher 📚");
    assert_eq!(made["description"], "Sells books.");
    assert_eq!(made["github_repo_url"], "https://github.com/you/shop");
    assert_eq!(made["workspace_path"], checkout.text());
    let blank = json!({ "name": "Blank", "description": " ", "github_repo_url": "", "workspace_path": " " });
    let made = create(&app, blank).await;
    for key in ["description", "github_repo_url", "workspace_path"] {
        assert_eq!(made[key], Value::Null, "a blank {key} counts as none");
    }
}

#[tokio::test]
async fn the_list_tells_what_was_said_what_runs_and_how_far_the_log_is() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let quiet = app.project("Quiet").await;
    let busy = app.project("Busy").await;
    app.say(&busy, "hello").await;
    wait_until("a reply", async || {
        (app.messages(&busy).await.len() == 2).then_some(())
    })
    .await;
    let execution = app.execute(&busy, "prime").await;
    let job = backend.next_job().await;
    let list = app.read(LIST).await;
    assert_eq!(
        (&list[0]["id"], &list[1]["id"]),
        (&json!(busy), &json!(quiet))
    );
    assert_eq!(list[0]["message_count"], 2);
    assert_eq!(list[0]["running"]["id"], execution["id"]);
    assert_eq!(list[0]["running"]["status"], "RUNNING");
    assert_eq!(
        list[0]["head"], 4,
        "two messages, queued and started: {}",
        list[0]
    );
    assert!(
        list[0]["updated_at"].as_str() > list[0]["created_at"].as_str(),
        "what happens in a project updates it"
    );
    assert_eq!(
        (
            &list[1]["message_count"],
            &list[1]["running"],
            &list[1]["head"]
        ),
        (&json!(0), &Value::Null, &json!(0))
    );
    job.complete("done");
    wait_until("nothing to run", async || {
        (app.read(LIST).await[0]["running"] == Value::Null).then_some(())
    })
    .await;
}

#[tokio::test]
async fn making_a_project_writes_no_activity() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let log = app.read(&format!("{LIST}/{project}/activity")).await;
    assert_eq!(log, json!({ "items": [], "head": 0, "next": null }));
}

#[tokio::test]
async fn a_name_must_be_a_text_of_one_to_two_hundred_characters() {
    let app = spawn_app().await;
    let too_long = "ü".repeat(201);
    for name in [
        json!(""),
        json!(" \t\n"),
        json!(too_long),
        json!("a\0b"),
        json!(5),
        json!({}),
        Value::Null,
    ] {
        refused_field(app.post(LIST).json(&json!({ "name": name })), "name").await;
    }
    refused_field(app.post(LIST).json(&json!({})), "name").await;
    assert_eq!(app.read(LIST).await, json!([]), "nothing was made");
    create(&app, json!({ "name": "ü".repeat(200) })).await;
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let app = spawn_app().await;
    let cases = [
        ("description", json!(["a"])),
        ("description", json!("ü".repeat(10_001))),
        ("github_repo_url", json!("git@github.com:you/shop.git")),
        ("github_repo_url", json!(true)),
        (
            "github_repo_url",
            json!(format!("https://{}", "a".repeat(4_096))),
        ),
        ("workspace_path", json!(7)),
    ];
    for (field, value) in cases {
        let mut body = json!({ "name": "Shop" });
        body[field] = value;
        refused_field(app.post(LIST).json(&body), field).await;
    }
    assert_eq!(app.read(LIST).await, json!([]), "nothing was made");
}

#[tokio::test]
async fn a_workspace_must_be_the_top_folder_of_a_checkout_on_this_machine() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("src/main.rs", "fn main() {}")]);
    let plain = tempfile::tempdir().expect("a temporary folder");
    let inside = |name: &str| checkout.path().join(name).display().to_string();
    let cases = [
        (inside("missing"), "does not exist"),
        (inside("src/main.rs"), "is not a folder"),
        (plain.path().display().to_string(), "not a git checkout"),
        (inside("src"), "not a git checkout"),
        ("src".to_owned(), "full path"),
        ("../..".to_owned(), "full path"),
        ("/a\0b".to_owned(), "characters"),
        (format!("/{}", "a".repeat(4_096)), "characters"),
    ];
    for (path, why) in cases {
        let body = json!({ "name": "Shop", "workspace_path": path });
        let words = refused_field(app.post(LIST).json(&body), "workspace_path").await;
        assert!(words.contains(why), "{path:?} is refused with {words:?}");
    }
    assert_eq!(app.read(LIST).await, json!([]), "nothing was made");
}

#[tokio::test]
async fn a_request_repeated_with_its_key_answers_the_first_result() {
    let app = spawn_app().await;
    let keyed = |key: &'static str, name: &str| {
        app.post(LIST)
            .header("Idempotency-Key", key)
            .json(&json!({ "name": name }))
    };
    let first = expect(keyed("one", "Shop"), StatusCode::CREATED).await;
    let again = expect(keyed("one", "Shop"), StatusCode::CREATED).await;
    let renamed = expect(keyed("one", "Another"), StatusCode::CREATED).await;
    assert_eq!((&again, &renamed), (&first, &first));
    let other = expect(keyed("two", "Shop"), StatusCode::CREATED).await;
    assert_ne!(other["id"], first["id"], "another key is another request");
    assert_eq!(app.read(LIST).await, json!([other, first]));
}

#[tokio::test]
async fn a_repeated_request_is_answered_also_when_it_would_be_refused_by_now() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[]);
    let body = json!({ "name": "Shop", "workspace_path": checkout.text() });
    let keyed = || app.post(LIST).header("Idempotency-Key", "one").json(&body);
    let first = expect(keyed(), StatusCode::CREATED).await;
    drop(checkout);
    assert_eq!(expect(keyed(), StatusCode::CREATED).await, first);
    // The same without the key is a new request.
    refused_field(app.post(LIST).json(&body), "workspace_path").await;
    assert_eq!(app.read(LIST).await, json!([first]));
}

#[tokio::test]
async fn requests_with_one_key_that_come_at_once_make_one_project() {
    let app = spawn_app().await;
    let requests = (0..20).map(|number| {
        let body = json!({ "name": format!("Shop {number}") });
        expect(
            app.post(LIST).header("Idempotency-Key", "same").json(&body),
            StatusCode::CREATED,
        )
    });
    let answers = futures_util::future::join_all(requests).await;
    let list = app.read(LIST).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    for answer in &answers {
        assert_eq!(*answer, list[0]);
    }
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found() {
    let app = spawn_app().await;
    let problem = refused(app.get(&format!("{LIST}/{NOBODY}")), StatusCode::NOT_FOUND).await;
    let detail = problem["detail"].as_str().expect("a text");
    assert!(detail.contains(NOBODY), "the id is named: {detail}");
    assert_eq!(
        problem.get("errors"),
        None,
        "nothing is wrong with the input"
    );
}
