//! Projects for repositories people have already.

use std::fs;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{app_on, app_with, project_of};
use crate::support::{
    Client, ProgramBuilder, TestApp, TestGitHub, expect, github::Fault, refused_field, wait_until,
};

async fn import(app: &TestApp, what: &Value) -> Value {
    expect(app.post("/api/import").json(what), StatusCode::ACCEPTED).await;
    ended(app).await
}

/// Waits until the import has ended; how it did.
async fn ended(client: &Client) -> Value {
    wait_until("the import to end", async || {
        let progress = client.read("/api/import").await;
        (progress["state"] == "done").then_some(progress)
    })
    .await
}

fn counts(progress: &Value) -> [u64; 4] {
    ["total", "created", "present", "failed_count"]
        .map(|key| progress[key].as_u64().expect("a number"))
}

async fn names(client: &Client) -> Vec<String> {
    let projects = client.read("/api/projects").await;
    let projects = projects.as_array().expect("a list").iter();
    let mut names: Vec<String> = projects
        .filter_map(|one| Some(one["name"].as_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn everything_that_is_named_is_imported_once_and_what_cannot_be_is_named() {
    let github = TestGitHub::start();
    github
        .has("acme/shop")
        .has("you/notes")
        .has("you/diary")
        .has("org/site");
    let app = app_on(&github).await;
    let what = json!({
        "repositories": ["acme/shop", "acme/gone", "no name", &github.url("acme/shop.git")], "user": "you", "organisation": "org",
        "file": { "version": "1.0", "projects": [
            { "name": "Chat", "github_repo": "acme/chat", "description": "Talks", "telegram_chat_id": -1001 },
            { "name": "Bad", "github_repo": "https://elsewhere.example/x/y" },
            { "name": "Alone" },
        ] },
    });
    let first = import(&app, &what).await;
    // The two words of "no name" are two names that are none, and the address is the same repository once more.
    assert_eq!(counts(&first), [7, 6, 1, 4], "{first}");
    let failed = first["failed"].as_array().expect("a list").iter();
    let failed: Vec<&str> = failed.filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(failed, ["Bad", "acme/gone", "no", "name"]);
    assert_eq!(
        names(&app).await,
        ["Alone", "Chat", "diary", "notes", "shop", "site"]
    );
    let projects = app.read("/api/projects").await;
    let chat = projects
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == "Chat");
    let chat = chat.expect("it was made");
    assert_eq!(
        (
            &chat["github_repo_url"],
            &chat["description"],
            &chat["telegram_chat_id"]
        ),
        (
            &json!(github.url("acme/chat")),
            &json!("Talks"),
            &json!(-1001)
        )
    );
    let again = import(&app, &what).await;
    assert_eq!(counts(&again), [7, 0, 7, 4], "{again}");
    assert_eq!(names(&app).await.len(), 6);
}

#[tokio::test]
async fn a_repository_that_was_renamed_is_not_imported_beside_its_project() {
    let github = TestGitHub::start();
    github.has("acme/shop");
    let app = app_on(&github).await;
    project_of(&app, &github, "acme/shop").await;
    github.rename("acme/shop", "acme/store");
    // Under the name it had, and among all of its owner's.
    for what in [
        json!({ "repositories": ["acme/shop"] }),
        json!({ "user": "acme" }),
    ] {
        let progress = import(&app, &what).await;
        assert_eq!(counts(&progress), [1, 0, 1, 0], "{progress}");
    }
    assert_eq!(names(&app).await, ["acme/shop"]);
}

#[tokio::test]
async fn a_start_never_waits_for_github_and_imports_what_the_settings_say_beside_everything_else() {
    let github = TestGitHub::start();
    github
        .has("acme/shop")
        .has("acme/notes")
        .always(Fault::Silence);
    let mut settings = github.settings();
    settings.push(("SCAR_AUTO_IMPORT", "true".to_owned()));
    settings.push(("SCAR_IMPORT_REPOS", "acme/shop, acme/notes".to_owned()));
    settings.push(("PM__GITHUB__TIMEOUT_SECONDS", "1".to_owned()));
    // It is up, although GitHub says nothing.
    let app = app_with(settings).await;
    app.ready().await;
    let progress = ended(&app).await;
    assert_eq!(counts(&progress), [0, 0, 0, 2], "{progress}");
    github.well();
    let progress = import(&app, &json!({})).await;
    assert_eq!(counts(&progress), [2, 2, 0, 0], "{progress}");
    assert_eq!(progress["sources"], json!(["acme/shop", "acme/notes"]));
}

#[tokio::test]
async fn the_command_shows_what_came_of_it_and_says_so_with_its_exit_code() {
    let github = TestGitHub::start();
    github.has("acme/shop");
    let app = app_on(&github).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("projects.json");
    fs::write(
        &file,
        r#"{ "version": "1.0", "projects": [{ "name": "Notes" }] }"#,
    )
    .expect("a file");
    let file = file.display().to_string();
    let run = async |arguments: &[&str]| {
        let arguments = [&["projects", "import"], arguments].concat();
        let pm = ProgramBuilder::with(&arguments).set("PM_SERVER", &app.base);
        pm.run().await
    };
    let done = run(&["--repo", "acme/shop", "--file", &file]).await;
    assert_eq!(
        (done.code, done.output.as_str()),
        (Some(0), "2 imported, 0 there already, 0 not imported.\n")
    );
    let done = run(&["--repo", "acme/shop", "--repo", "acme/gone"]).await;
    assert_eq!(done.code, Some(1));
    let begins = "0 imported, 1 there already, 1 not imported.\nacme/gone: GitHub knows no repository acme/gone";
    assert!(done.output.starts_with(begins), "{}", done.output);
    let done = run(&[]).await;
    assert_eq!(done.code, Some(0));
    assert!(
        done.output.starts_with("There is nothing to import"),
        "{}",
        done.output
    );
    let done = run(&["--file", "gone.json"]).await;
    assert_eq!(done.code, Some(2), "{}", done.errors);
    assert!(
        done.errors.contains("cannot read gone.json"),
        "{}",
        done.errors
    );
}

#[tokio::test]
async fn what_cannot_be_a_login_is_refused() {
    let github = TestGitHub::start();
    let app = app_on(&github).await;
    let body = json!({ "user": "../../orgs/acme" });
    refused_field(app.post("/api/import").json(&body), "user").await;
    let many = vec!["acme/shop"; 1_001];
    refused_field(
        app.post("/api/import")
            .json(&json!({ "repositories": many })),
        "repositories",
    )
    .await;
    assert!(github.requests().is_empty());
}
