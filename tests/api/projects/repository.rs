//! Where a project's repository may be.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{TestAppBuilder, expect, refused_field, spawn_app};

const INTERNAL: &str = "http://169.254.169.254/latest/meta-data";

#[tokio::test]
async fn a_repository_in_the_servers_own_network_is_refused_when_a_project_is_made_and_when_it_is_changed()
 {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let path = format!("/api/projects/{project}");
    for url in [INTERNAL, "file:///etc/passwd", "http://localhost:8001/a"] {
        let body = json!({ "name": "Shop", "github_repo_url": url });
        refused_field(app.post("/api/projects").json(&body), "github_repo_url").await;
        let body = json!({ "github_repo_url": url });
        refused_field(app.patch(&path).json(&body), "github_repo_url").await;
    }
    assert_eq!(app.read(&path).await["github_repo_url"], json!(null));
}

#[tokio::test]
async fn whoever_runs_the_server_may_allow_it() {
    let app = TestAppBuilder::default()
        .set("PM__PROJECTS__REPOSITORIES", "any")
        .spawn()
        .await;
    let body = json!({ "name": "Shop", "github_repo_url": INTERNAL });
    let made = expect(app.post("/api/projects").json(&body), StatusCode::CREATED).await;
    assert_eq!(made["github_repo_url"], INTERNAL);
    let body = json!({ "name": "Shop", "github_repo_url": "file:///etc/passwd" });
    refused_field(app.post("/api/projects").json(&body), "github_repo_url").await;
}
