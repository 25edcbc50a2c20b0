//! What a first visit is told.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Checkout, Program, ProgramBuilder, TestDatabase, expect, spawn_scripted};

async fn start_in(folder: &Path) -> (Program, TestDatabase) {
    let database = TestDatabase::new().await;
    let program = ProgramBuilder::serving_database(&database).inside(folder);
    (program.start().await, database)
}

#[tokio::test]
async fn the_checkout_the_server_was_started_in_is_suggested() {
    let checkout = Checkout::with(&[
        ("src/main.rs", "fn main() {}"),
        // What git writes for `git remote add origin`.
        (
            ".git/config",
            "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@github.com:you/shop.git\n",
        ),
    ]);
    let name = checkout
        .path()
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let suggested = json!({
        "name": name, "workspace_path": checkout.text(), "github_repo_url": "https://github.com/you/shop",
    });
    for folder in [checkout.path().to_owned(), checkout.path().join("src")] {
        let (program, _database) = start_in(&folder).await;
        let told = program.read("/api/setup").await;
        assert_eq!(told["suggested_project"], suggested, "from {folder:?}");
        assert_eq!(told["backend"]["name"], "offline");
        assert!(told["backend"]["reason"].is_string());
        assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
        // It is one click: what is suggested is accepted as it is.
        let request = program
            .client
            .post(format!("{}/api/projects", program.base));
        let project = expect(request.json(&suggested), StatusCode::CREATED).await;
        assert_eq!(project["workspace_path"], checkout.text());
        assert_eq!(project["github_repo_url"], "https://github.com/you/shop");
    }
}

#[tokio::test]
async fn outside_any_checkout_nothing_is_suggested() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (program, _database) = start_in(folder.path()).await;
    assert_eq!(
        program.read("/api/setup").await["suggested_project"],
        Value::Null
    );
}

#[tokio::test]
async fn the_backend_in_use_is_named() {
    let (app, _backend) = spawn_scripted().await;
    assert_eq!(app.read("/api/setup").await["backend"]["name"], "scripted");
}
