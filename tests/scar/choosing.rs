//! Where commands run: by setting, and by each project's own choice.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{end_of, shop, spawn};
use crate::support::{Checkout, expect, refused_field, scar::Script, spawn_app};

#[tokio::test]
async fn with_an_address_of_scar_commands_run_there_and_everybody_is_told() {
    let (app, scar) = spawn().await;
    scar.script(
        "prime",
        Script::every(std::time::Duration::ZERO, ["Hello."]),
    );
    let setup = app.read("/api/setup").await;
    assert_eq!(setup["backend"]["name"], "scar");
    let reason = setup["backend"]["reason"].as_str().expect("a reason");
    assert!(reason.contains(&scar.address()), "{reason}");
    let names: Vec<&Value> = setup["backends"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|backend| &backend["name"])
        .collect();
    assert_eq!(names, ["scar", "offline"]);
    assert_eq!(app.read("/health/scar").await["checks"]["scar"], "ok");
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["backend"], "scar");
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    assert_eq!(report["backend"]["name"], "scar", "{report}");
}

#[tokio::test]
async fn a_project_can_choose_another_place_and_change_its_mind() {
    let (app, scar) = spawn().await;
    scar.script(
        "prime",
        Script::every(std::time::Duration::ZERO, ["Hello."]),
    );
    let checkout = Checkout::with(&[("README.md", "# demo-shop\n")]);
    let body =
        json!({ "name": "demo-shop", "workspace_path": checkout.text(), "backend": "offline" });
    let project = expect(app.post("/api/projects").json(&body), StatusCode::CREATED).await;
    assert_eq!(project["backend"], "offline");
    let id = project["id"].as_str().expect("an id");
    let execution = app.execute(id, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(
        (&execution["status"], &execution["backend"]),
        (&json!("COMPLETED"), &json!("offline"))
    );
    assert_eq!(scar.posts(), []);

    let path = format!("/api/projects/{id}");
    let url = "https://github.com/acme/demo-shop";
    let edit = json!({ "backend": null, "github_repo_url": url, "unknown": 1 });
    let edited = expect(app.patch(&path).json(&edit), StatusCode::OK).await;
    assert_eq!(
        (&edited["backend"], &edited["github_repo_url"]),
        (&Value::Null, &json!(url))
    );
    assert_eq!(edited["name"], "demo-shop", "what is not there stays");
    let execution = app.execute(id, "prime").await;
    assert_eq!(end_of(&app, &execution).await["backend"], "scar");
    let log = app.log(id).await;
    let told = log
        .iter()
        .find(|activity| activity["status"] == "settings_changed");
    assert_eq!(
        told.expect("an activity")["message"],
        "Changed the project's settings: its repository, where its commands run"
    );
}

#[tokio::test]
async fn a_place_that_is_not_there_is_refused_with_what_is() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let request = app
        .patch(&format!("/api/projects/{project}"))
        .json(&json!({ "backend": "scar" }));
    let words = refused_field(request, "backend").await;
    assert!(
        words.contains("SCAR_BASE_URL") && words.contains("offline"),
        "{words}"
    );
    let request = app
        .post("/api/projects")
        .json(&json!({ "name": "x", "backend": "moon" }));
    refused_field(request, "backend").await;
    let setup = app.read("/api/setup").await;
    assert_eq!(setup["backend"]["name"], "offline");
    let health = app.read("/health/scar").await;
    assert!(
        health["checks"]["scar"]
            .as_str()
            .expect("words")
            .starts_with("not used"),
        "{health}"
    );
}

#[tokio::test]
async fn every_setting_of_a_project_can_be_changed_and_is_checked() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let path = format!("/api/projects/{project}");
    let edit = json!({ "name": "Store", "description": "Sells things" });
    let edited = expect(app.patch(&path).json(&edit), StatusCode::OK).await;
    assert_eq!(
        (&edited["name"], &edited["description"]),
        (&json!("Store"), &json!("Sells things"))
    );
    let edited = expect(
        app.patch(&path).json(&json!({ "description": "" })),
        StatusCode::OK,
    )
    .await;
    assert_eq!(edited["description"], Value::Null);
    refused_field(app.patch(&path).json(&json!({ "name": " " })), "name").await;
    refused_field(
        app.patch(&path)
            .json(&json!({ "workspace_path": "nowhere" })),
        "workspace_path",
    )
    .await;
    refused_field(
        app.patch(&path).json(&json!({ "github_repo_url": "x" })),
        "github_repo_url",
    )
    .await;
    let head = app.read(&path).await["head"].clone();
    expect(app.patch(&path).json(&json!({})), StatusCode::OK).await;
    assert_eq!(
        app.read(&path).await["head"],
        head,
        "nothing changed, nothing told"
    );
    let unknown = "/api/projects/01890000-0000-7000-8000-000000000000";
    expect(
        app.patch(unknown).json(&json!({ "name": "x" })),
        StatusCode::NOT_FOUND,
    )
    .await;
}
