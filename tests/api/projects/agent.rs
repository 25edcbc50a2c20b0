//! How a project's coding agent works: set by a person, and never shown whole.

use project_manager::domain::project::{AgentSettings, Permissions};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, expect, refused_field, spawn_app, spawn_scripted};

const SECRET: &str = "sk-do-not-show";

async fn patch(app: &TestApp, project: &str, agent: Value) -> Value {
    let path = format!("/api/projects/{project}");
    let body = json!({ "agent": agent });
    expect(app.patch(&path).json(&body), StatusCode::OK).await["agent"].take()
}

#[tokio::test]
async fn it_is_set_bit_by_bit_and_only_the_names_of_variables_are_shown() {
    let (app, backend) = spawn_scripted().await;
    let body =
        json!({ "name": "Shop", "agent": { "env": { "KEY": SECRET }, "permissions": "reading" } });
    let made = expect(app.post("/api/projects").json(&body), StatusCode::CREATED).await;
    let project = made["id"].as_str().unwrap();
    assert_eq!(
        made["agent"],
        json!({ "command": null, "env": ["KEY"], "permissions": "reading" })
    );
    let set = json!({ "command": " claude-agent --fast ", "env": { "MODEL": "large", "_x1": "" } });
    assert_eq!(
        patch(&app, project, set).await,
        json!({ "command": "claude-agent --fast", "env": ["KEY", "MODEL", "_x1"], "permissions": "reading" })
    );
    let cleared = json!({ "env": { "MODEL": null, "NOT_THERE": null }, "permissions": null });
    assert_eq!(
        patch(&app, project, cleared).await,
        json!({ "command": "claude-agent --fast", "env": ["KEY", "_x1"], "permissions": null })
    );
    // What its commands are given is all of it.
    app.execute(project, "prime").await;
    let job = backend.next_job().await;
    let env = [("KEY", SECRET), ("_x1", "")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(
        job.job.agent,
        AgentSettings {
            command: Some("claude-agent --fast".to_owned()),
            env: env.into(),
            permissions: None,
        }
    );
    assert!(!format!("{:?}", job.job).contains(SECRET));
    job.complete("done");
    let log = app.log(project).await;
    let told: Vec<&str> = log
        .iter()
        .filter(|item| item["status"] == "settings_changed")
        .filter_map(|item| item["message"].as_str())
        .collect();
    assert_eq!(
        told,
        ["Changed the project's settings: how its coding agent works"; 2]
    );
    let everything = [
        json!(log),
        app.read("/api/projects").await,
        app.read(&format!("/api/projects/{project}")).await,
    ];
    for shown in everything {
        assert!(!shown.to_string().contains(SECRET), "{shown}");
    }
    assert_eq!(
        patch(&app, project, json!({ "permissions": "worktree" })).await["permissions"],
        json!(Permissions::Worktree)
    );
}

#[tokio::test]
async fn what_no_program_could_use_is_refused_with_its_field() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let path = format!("/api/projects/{project}");
    let many: Value = (0..65)
        .map(|number| (format!("NAME_{number}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let name = "N".repeat(101);
    for (agent, field) in [
        (json!({ "command": "x".repeat(4_097) }), "agent.command"),
        (json!({ "command": 7 }), "agent.command"),
        (json!({ "env": { "": "x" } }), "agent.env"),
        (json!({ "env": { "A-B": SECRET } }), "agent.env"),
        (json!({ "env": { "1A": "x" } }), "agent.env"),
        (json!({ "env": { "A": "a\0b" } }), "agent.env"),
        (json!({ "env": { "A": "x".repeat(8_193) } }), "agent.env"),
        (json!({ "env": { name: "x" } }), "agent.env"),
        (json!({ "env": many }), "agent.env"),
        (json!({ "permissions": "all" }), "agent.permissions"),
    ] {
        let body = json!({ "name": "Till", "agent": agent });
        for request in [app.patch(&path), app.post("/api/projects")] {
            let words = refused_field(request.json(&body), field).await;
            assert!(!words.contains(SECRET), "{words}");
        }
    }
    // As many as are kept, and then one more.
    let most = (0..64).map(|number| (format!("NAME_{number}"), json!("x")));
    let most: serde_json::Map<_, _> = most.collect();
    patch(&app, &project, json!({ "env": most })).await;
    let more = json!({ "agent": { "env": { "ONE_MORE": "x" } } });
    refused_field(app.patch(&path).json(&more), "agent.env").await;
    let other = json!({ "env": { "ONE_MORE": "x", "NAME_0": null } });
    let shown = patch(&app, &project, other).await;
    assert_eq!(shown["env"].as_array().map(Vec::len), Some(64));
    // Nothing is no change.
    let head = app.read(&path).await["head"].clone();
    patch(&app, &project, json!({})).await;
    assert_eq!(app.read(&path).await["head"], head);
}
