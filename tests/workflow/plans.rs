//! The plans that stand in a project's own folder.

use reqwest::StatusCode;

use crate::support::{refused, spawn_app};

#[tokio::test]
async fn plans_in_the_projects_folder_are_listed_and_read_and_nothing_else_is() {
    let app = spawn_app().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let plans = folder.path().join(".agents/plans");
    std::fs::create_dir_all(&plans).unwrap();
    std::fs::write(plans.join("a shop.md"), "# The shop").unwrap();
    std::fs::write(plans.join("notes.txt"), "no plan").unwrap();
    std::fs::write(plans.join(".hidden.md"), "no plan").unwrap();
    std::fs::write(folder.path().join("secret.md"), "secret").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.md"), plans.join("link.md")).unwrap();
    std::fs::write(plans.join("long.md"), "x".repeat(300_000)).unwrap();
    let project = app
        .project_in("Shop", folder.path().to_str().unwrap())
        .await;
    let list = app.read(&format!("/api/documents/list/{project}")).await;
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["Plan file: a shop.md", "Plan file: long.md"]);
    let url = list[0]["url"].as_str().unwrap();
    let plan = app.get(url).send().await.unwrap();
    assert_eq!(plan.text().await.unwrap(), "# The shop");
    for file in [
        "link.md",
        "../secret.md",
        "..%2f..%2fsecret.md",
        "/etc/passwd",
        "long.md",
        "notes.txt",
        ".hidden.md",
        "none.md",
        "%00.md",
        "",
        "..",
    ] {
        let path = format!("/api/documents/plans/{project}?file={file}");
        refused(app.get(&path), StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn a_folder_of_plans_that_leads_out_of_the_project_has_none() {
    let app = spawn_app().await;
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(elsewhere.path().join("theirs.md"), "theirs").unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::create_dir(folder.path().join(".agents")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(".agents/plans")).unwrap();
    let project = app
        .project_in("Shop", folder.path().to_str().unwrap())
        .await;
    let list = app.read(&format!("/api/documents/list/{project}")).await;
    assert_eq!(list, serde_json::json!([]));
    let path = format!("/api/documents/plans/{project}?file=theirs.md");
    refused(app.get(&path), StatusCode::NOT_FOUND).await;
}
