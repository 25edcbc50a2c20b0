//! An agent works in a copy of its own, a branch a feature, and nothing of anybody's work is lost.

use std::{path::Path, process::Command};

use serde_json::json;

use super::{Stage, spawn, text};
use crate::support::{Checkout, acp::ScriptedAgent};

fn git(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "git {arguments:?}: {done:?}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

#[tokio::test]
async fn a_feature_is_a_branch_in_the_copy_and_the_checkout_stays_as_it_is() {
    let stage = spawn(&json!([
        { "write": { "path": ".agents/plans/add-a-cart.md", "text": "# Plan\n" } },
        { "run": ["git", "add", "--all"] },
        { "run": ["git", "commit", "--quiet", "--allow-empty", "--message=Plan"] },
        { "say": "# Plan" },
    ]))
    .await;
    let checkout = stage.checkout.path();
    write(checkout, "README.md", "# Being changed\n");
    let before = (
        git(checkout, &["status", "--porcelain"]),
        git(checkout, &["rev-parse", "HEAD"]),
        git(checkout, &["branch", "--show-current"]),
    );
    let planned = stage.run_with("plan-feature-github", "Add a cart!").await;
    assert_eq!(planned["status"], "COMPLETED", "{planned}");
    assert_eq!(planned["branch_name"], "add-a-cart");
    let after = (
        git(checkout, &["status", "--porcelain"]),
        git(checkout, &["rev-parse", "HEAD"]),
        git(checkout, &["branch", "--show-current"]),
    );
    assert_eq!(before, after);
    assert_eq!(
        git(&stage.copy(), &["branch", "--show-current"]),
        "add-a-cart"
    );
    assert_eq!(
        git(checkout, &["log", "-1", "--format=%s", "add-a-cart"]),
        "Plan"
    );
    let told = stage.steps_of("status").await;
    let told: Vec<_> = told.iter().map(|step| text(&step["message"])).collect();
    assert!(told[0].contains("add-a-cart, made from main"), "{told:?}");
    assert!(
        told[1].contains("1 file in your folder is not committed"),
        "{told:?}"
    );
    // The prompt names the file, and what was asked for.
    let prompt = stage.agent.asked("prompt")[0].to_string();
    assert!(prompt.contains(".agents/plans/add-a-cart.md"), "{prompt}");
    assert!(prompt.contains("Add a cart!"), "{prompt}");

    // It is carried out where it was planned, and checked there.
    for command in ["execute-github", "validate"] {
        let ended = stage.run(command).await;
        assert_eq!(ended["branch_name"], "add-a-cart", "{ended}");
    }
    let folders: Vec<_> = stage.agent.asked("new");
    for new in &folders {
        assert_eq!(
            Path::new(text(&new["cwd"])),
            stage.copy().canonicalize().unwrap()
        );
    }
}

#[tokio::test]
async fn what_was_left_uncommitted_is_committed_where_it_was_made_before_another_feature_begins() {
    let stage = spawn(&json!([{ "write": { "path": "half.txt", "text": "half\n" } }])).await;
    stage.run_with("plan-feature-github", "First").await;
    stage.run_with("plan-feature-github", "Second").await;
    let checkout = stage.checkout.path();
    assert_eq!(git(checkout, &["show", "first:half.txt"]), "half");
    let told = stage.steps_of("status").await;
    assert!(
        told.iter()
            .any(|step| text(&step["message"]).contains("committed there, so that nothing is lost")),
        "{told:?}"
    );
    // The same name again is another branch.
    let again = stage.run_with("plan-feature-github", "Second").await;
    assert_eq!(again["branch_name"], "second-2");
}

#[tokio::test]
async fn a_look_is_at_what_the_person_has_committed_unless_a_feature_is_being_worked_on() {
    let stage = spawn(&json!([{ "say": "Seen." }])).await;
    stage.run("prime").await;
    let checkout = stage.checkout.path();
    let at = |folder: &Path| git(folder, &["rev-parse", "HEAD"]);
    assert_eq!(at(&stage.copy()), at(checkout));
    write(checkout, "new.txt", "new\n");
    git(checkout, &["add", "--all"]);
    git(checkout, &["commit", "--quiet", "--message=More"]);
    let seen = stage.run("prime").await;
    assert_eq!(seen["branch_name"], json!(null));
    assert_eq!(at(&stage.copy()), at(checkout));

    stage.agent.rewrite(&json!({ "turns": [{ "when": "", "do": [
        { "write": { "path": "a.txt", "text": "a" } },
        { "run": ["git", "add", "--all"] }, { "run": ["git", "commit", "--quiet", "--message=Work"] },
    ] }] }));
    let worked = stage.run_with("execute-github", "A page").await;
    assert_eq!(worked["branch_name"], "a-page");
    stage.agent.rewrite(&json!({}));
    assert_eq!(stage.run("prime").await["branch_name"], "a-page");
    // Once the person has it, the feature is over.
    git(checkout, &["merge", "--quiet", "a-page"]);
    assert_eq!(stage.run("prime").await["branch_name"], json!(null));
    assert_eq!(at(&stage.copy()), at(checkout));
}

#[tokio::test]
async fn a_folder_that_cannot_be_copied_is_said_to_be() {
    let agent = ScriptedAgent::doing(&json!([]));
    let app = agent.builder().spawn().await;
    let empty = tempfile::tempdir().unwrap();
    git(empty.path(), &["init", "--quiet"]);
    let cases = [
        (empty.path().to_owned(), "has no commit yet"),
        (
            tempfile::tempdir().unwrap().path().to_owned(),
            "does not exist",
        ),
    ];
    for (folder, words) in cases {
        let made = std::fs::create_dir_all(folder.join(".git"));
        let project = app.project_in("Shop", folder.to_str().unwrap()).await;
        if words == "does not exist" {
            made.unwrap();
            std::fs::remove_dir_all(&folder).unwrap();
        }
        let execution = app.execute(&project, "prime").await;
        let ended = super::end_of(&app, &execution).await;
        assert_eq!(ended["error_code"], "workspace_missing", "{ended}");
        assert!(text(&ended["error"]).contains(words), "{ended}");
    }
}

#[tokio::test]
async fn a_detached_checkout_and_a_folder_in_the_way_are_dealt_with() {
    let stage = spawn(&json!([])).await;
    git(stage.checkout.path(), &["switch", "--quiet", "--detach"]);
    std::fs::create_dir_all(stage.copy()).unwrap();
    write(&stage.copy(), "somebodys.txt", "mine\n");
    let ended = stage.run("prime").await;
    assert!(text(&ended["error"]).contains("move it away"), "{ended}");
    std::fs::remove_file(stage.copy().join("somebodys.txt")).unwrap();
    let ended = stage.run_with("execute-github", "It").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    let told = stage.steps_of("status").await;
    assert!(
        text(&told[0]["message"]).contains("made from commit"),
        "{told:?}"
    );
}

#[tokio::test]
async fn the_copy_is_found_again_when_the_checkout_was_moved_and_refused_for_another_one() {
    let stage = spawn(&json!([
        { "write": { "path": "a.txt", "text": "a" } },
        { "run": ["git", "add", "--all"] },
        { "run": ["git", "commit", "--quiet", "--allow-empty", "--message=Work"] },
    ]))
    .await;
    stage.run_with("execute-github", "It").await;
    let moved = tempfile::tempdir().unwrap();
    let moved = moved.path().join("shop");
    Command::new("cp")
        .arg("-a")
        .args([stage.checkout.path(), &moved])
        .status()
        .unwrap();
    std::fs::remove_dir_all(stage.checkout.path()).unwrap();
    let path = format!("/api/projects/{}", stage.project);
    let to = json!({ "workspace_path": moved });
    crate::support::expect(stage.app.patch(&path).json(&to), reqwest::StatusCode::OK).await;
    let ended = stage.run("validate").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    assert_eq!(ended["branch_name"], "it");

    let other = Checkout::with(&[("a", "a")]);
    let to = json!({ "workspace_path": other.text() });
    crate::support::expect(stage.app.patch(&path).json(&to), reqwest::StatusCode::OK).await;
    let ended = stage.run("validate").await;
    assert!(
        text(&ended["error"]).contains("is no copy of it"),
        "{ended}"
    );
}

#[tokio::test]
async fn the_projects_own_words_are_followed_and_said_to_be() {
    let agent = ScriptedAgent::doing(&json!([{ "say": "Done." }]));
    let app = agent.builder().spawn().await;
    let checkout = Checkout::with(&[(
        ".claude/commands/team/prime.md",
        "---\ndescription: x\n---\nLook at $1, then $ARGUMENTS.",
    )]);
    let project = app.project_in("Shop", checkout.text()).await;
    let stage = Stage {
        app,
        agent,
        checkout,
        project,
    };
    stage.run_with("prime", "'the cart' twice").await;
    let prompt = &stage.agent.asked("prompt")[0]["prompt"][0]["text"];
    assert_eq!(prompt, "Look at the cart, then 'the cart' twice.");
    let told = stage.steps_of("status").await;
    assert!(
        text(&told[0]["message"]).contains(".claude/commands/team/prime.md"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_copy_that_was_only_half_made_is_made_anew() {
    let stage = spawn(&json!([])).await;
    stage.run("prime").await;
    // As if the machine had stopped in the middle.
    let path = stage.copy().display().to_string();
    let reason = "Project Manager is making this copy";
    git(
        stage.checkout.path(),
        &["worktree", "lock", "--reason", reason, &path],
    );
    std::fs::remove_file(stage.copy().join("README.md")).unwrap();
    let ended = stage.run("prime").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    assert!(stage.copy().join("README.md").is_file());
}

#[tokio::test]
async fn a_name_that_git_will_not_have_is_another_one() {
    let stage = spawn(&json!([])).await;
    // A branch below that name: git keeps branches in folders.
    git(stage.checkout.path(), &["branch", "feature/login"]);
    let ended = stage.run_with("plan-feature-github", "日本語").await;
    assert_eq!(ended["branch_name"], "feature-2", "{ended}");
}
