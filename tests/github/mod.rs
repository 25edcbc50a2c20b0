//! GitHub: against a real server that speaks its REST interface, through the front door.

mod answers;
mod importing;
mod issues;
pub mod pulls;
mod repositories;
mod troubles;
mod webhooks;

use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestAppBuilder, TestGitHub};

/// A server that uses this GitHub, with its token.
async fn app_on(github: &TestGitHub) -> TestApp {
    app_with(github.settings()).await
}

/// A server with these settings.
async fn app_with(settings: Vec<(&str, String)>) -> TestApp {
    let app = settings
        .into_iter()
        .fold(TestAppBuilder::default(), |app, (name, value)| {
            app.set(name, value)
        });
    app.spawn().await
}

/// Makes a project for a repository of this GitHub.
async fn project_of(client: &Client, github: &TestGitHub, repository: &str) -> String {
    let made = client
        .make(&json!({ "name": repository, "github_repo_url": github.url(repository) }))
        .await;
    made["id"].as_str().expect("an id").to_owned()
}

/// The issues of a project.
async fn issues(client: &Client, project: &str, query: &str) -> Value {
    client
        .read(&format!("/api/projects/{project}/issues{query}"))
        .await
}
