//! Looking at a copy and at what was made in it, and taking it away.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Stage, spawn, text};
use crate::support::{acp::ScriptedAgent, expect, refused};

async fn copies(stage: &Stage) -> Value {
    let path = format!("/api/projects/{}/worktrees", stage.project);
    stage.app.read(&path).await
}

async fn diff(stage: &Stage, path: &str) -> String {
    let path = format!("/api/projects/{}{path}", stage.project);
    let answer = stage.app.get(&path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    answer.text().await.unwrap()
}

fn copy_path(stage: &Stage) -> String {
    format!("/api/projects/{}/worktrees/copy", stage.project)
}

#[tokio::test]
async fn a_copy_is_listed_with_its_branch_and_all_that_was_changed_in_it() {
    let stage = spawn(&json!([
        { "write": { "path": "src/cart.js", "text": "new\n" } },
        { "run": ["git", "commit", "--quiet", "--all", "--message=Work"] },
        { "write": { "path": "README.md", "text": "# Half\n" } },
        { "write": { "path": "notes/new.txt", "text": "a note\n" } },
    ]))
    .await;
    assert_eq!(copies(&stage).await, json!([]));
    stage.run_with("execute-github", "A page").await;
    let listed = copies(&stage).await;
    let copy = &listed[0];
    assert_eq!(copy["branch"], "a-page");
    assert_eq!(copy["base_branch"], "main");
    assert_eq!(
        (&copy["ahead"], &copy["uncommitted"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(copy["path"], stage.copy().display().to_string());
    assert_eq!(copy["in_use"], false);
    let whole = diff(&stage, "/worktrees/copy/diff").await;
    for line in ["-old", "+new", "+# Half", "+a note", "new file mode"] {
        assert!(whole.contains(line), "{line} in {whole}");
    }
    let branches = stage
        .app
        .read(&format!("/api/projects/{}/branches", stage.project))
        .await;
    assert_eq!(branches[0]["name"], "a-page");
    assert_eq!(branches[0]["ahead"], 1);
    assert_eq!(branches[0]["is_current"], true);
    let of_branch = diff(&stage, "/branches/diff?branch=a-page").await;
    assert!(
        of_branch.contains("+new") && !of_branch.contains("# Half"),
        "{of_branch}"
    );
}

#[tokio::test]
async fn a_copy_goes_when_nothing_of_it_would_be_lost_and_its_branch_stays() {
    let agent =
        ScriptedAgent::doing(&json!([{ "write": { "path": "half.txt", "text": "half\n" } }]));
    let stage = Stage::of(agent).await;
    stage.run_with("execute-github", "A page").await;
    let problem = refused(stage.app.delete(&copy_path(&stage)), StatusCode::CONFLICT).await;
    assert!(
        text(&problem["detail"]).contains("not committed (1 file)"),
        "{problem}"
    );
    assert!(stage.copy().join("half.txt").is_file());
    stage.agent.rewrite(&json!({ "turns": [{ "when": "", "do": [
        { "run": ["git", "add", "--all"] }, { "run": ["git", "commit", "--quiet", "--message=Half"] },
    ] }] }));
    stage.run("execute-github").await;
    let gone = stage.app.delete(&copy_path(&stage)).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert!(!stage.copy().exists());
    assert_eq!(copies(&stage).await, json!([]));
    let of_branch = diff(&stage, "/branches/diff?branch=a-page").await;
    assert!(of_branch.contains("+half"), "{of_branch}");
    // And it is made again when it is needed.
    stage.agent.rewrite(&json!({}));
    let ended = stage.run("prime").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
}

#[tokio::test]
async fn commits_that_are_on_no_branch_are_given_one_before_the_copy_moves_on() {
    let stage = spawn(&json!([
        { "write": { "path": "stray.txt", "text": "stray\n" } },
        { "run": ["git", "add", "--all"] },
        { "run": ["git", "commit", "--quiet", "--allow-empty", "--message=Stray"] },
    ]))
    .await;
    stage.run("prime").await;
    stage.agent.rewrite(&json!({}));
    stage.run("prime").await;
    let done = std::process::Command::new("git")
        .args([
            "branch",
            "--format=%(refname:short)",
            "--list",
            "unfinished-*",
        ])
        .current_dir(stage.checkout.path())
        .output()
        .unwrap();
    assert!(
        String::from_utf8_lossy(&done.stdout).starts_with("unfinished-"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_copy_in_use_stays_and_what_is_not_there_is_said_not_to_be() {
    let agent = ScriptedAgent::with(&json!({}));
    let go_on = agent.path("go on");
    agent.rewrite(&json!({ "turns": [{ "when": "", "do": [{ "wait_for": go_on }] }] }));
    let stage = Stage::of(agent).await;
    refused(stage.app.delete(&copy_path(&stage)), StatusCode::NOT_FOUND).await;
    let execution = stage.app.execute(&stage.project, "prime").await;
    stage.agent.hears("prompt").await;
    assert_eq!(copies(&stage).await[0]["in_use"], true);
    let problem = refused(stage.app.delete(&copy_path(&stage)), StatusCode::CONFLICT).await;
    assert!(text(&problem["detail"]).contains("running"), "{problem}");
    stage.agent.go_on("go on");
    super::end_of(&stage.app, &execution).await;
    for path in [
        "worktrees/other/diff",
        "branches/diff?branch=main",
        "branches/diff?branch=--help",
    ] {
        let path = format!("/api/projects/{}/{path}", stage.project);
        refused(stage.app.get(&path), StatusCode::NOT_FOUND).await;
    }
    let nobody = format!("/api/projects/{}/worktrees", uuid::Uuid::now_v7());
    expect(stage.app.get(&nobody), StatusCode::NOT_FOUND).await;
}
