//! Records this version did not write: those of an earlier deployment, and one that nobody can read.

use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{id, path, wait_for};
use crate::support::{
    Scripted, TestAppBuilder, TestDatabase, refused, refused_field, spawn_scripted,
};

/// Gives the only execution of the project with this name another command.
async fn rename(database: &TestDatabase, project: &str, command: &str) {
    let db = database.connect().await;
    let sql = format!(
        "UPDATE scar_executions SET command_type = '{command}' \
         WHERE project_id = (SELECT id FROM projects WHERE name = '{project}')"
    );
    let changed = db.execute_unprepared(&sql).await.expect("an update");
    assert_eq!(changed.rows_affected(), 1, "{project} has one execution");
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn commands_of_an_earlier_deployment_are_shown_and_found_but_not_ordered() {
    let (app, backend) = spawn_scripted().await;
    for (name, command) in [
        ("Shop", ("PLAN_FEATURE", "plan-feature")),
        ("Zoo", ("EXECUTE", "execute")),
    ] {
        let project = app.project(name).await;
        let execution = app.execute(&project, "prime").await;
        backend.next_job().await.complete("done");
        let mut shown = wait_for(&app, &execution, "COMPLETED").await;
        rename(app.database(), name, command.0).await;
        shown["command_type"] = json!(command.0);
        assert_eq!(app.execution(id(&execution)).await, shown);
        assert_eq!(app.read(&path(&project)).await, json!([shown]));
        for command in [command.0, command.1] {
            let found = app
                .read(&format!("{}?command={command}", path(&project)))
                .await;
            assert_eq!(found, json!([shown]), "{command}");
            let order = app
                .post(&path(&project))
                .json(&json!({ "command": command }));
            let words = refused_field(order, "command").await;
            assert!(words.contains("execute-github"), "{words}");
        }
    }
}

#[tokio::test]
async fn a_record_that_nobody_can_read_is_left_out_and_the_others_are_shown() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let unreadable = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    rename(app.database(), "Shop", "DANCE").await;
    let readable = app.execute(&project, "validate").await;
    let list = app.read(&path(&project)).await;
    let ids: Vec<&Value> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, [&readable["id"]]);
    let projects = app.read("/api/projects").await;
    assert_eq!(
        (&projects[0]["name"], &projects[0]["running"]),
        (&json!("Shop"), &Value::Null)
    );
    let report = app
        .read(&format!("/api/diagnostics/executions/{project}"))
        .await;
    assert_eq!(
        report["counts"],
        json!({ "RUNNING": 1, "QUEUED": 1 }),
        "it is counted all the same"
    );
    // Asked for by its id there is nothing else to show.
    let alone = app.get(&format!("/api/executions/{}", id(&unreadable)));
    refused(alone, StatusCode::INTERNAL_SERVER_ERROR).await;
    job.complete("done");
    backend.next_job().await.complete("done");
    wait_for(&app, &readable, "COMPLETED").await;
}

#[tokio::test]
async fn after_a_restart_they_keep_nobody_elses_commands_from_being_closed_and_run() {
    let (app, backend) = spawn_scripted().await;
    let (mut running, mut jobs) = (Vec::new(), Vec::new());
    for name in ["Shop", "Zoo", "Till"] {
        let project = app.project(name).await;
        let execution = app.execute(&project, "prime").await;
        jobs.push(backend.next_job().await);
        running.push((project, wait_for(&app, &execution, "RUNNING").await));
    }
    let [shop, _zoo, till] = running.try_into().expect("three");
    let waiting = app.execute(&till.0, "validate").await;
    let database = app.stop();
    drop(jobs);
    rename(&database, "Shop", "EXECUTE").await;
    rename(&database, "Zoo", "DANCE").await;

    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .database(database)
        .backend(backend.clone())
        .spawn()
        .await;
    for (_, execution) in [&shop, &till] {
        let closed = wait_for(&app, execution, "FAILED").await;
        assert_eq!(closed["error_code"], "interrupted");
    }
    let job = backend.next_job().await;
    assert_eq!(job.job.execution.to_string(), id(&waiting));
    job.complete("done");
    wait_for(&app, &waiting, "COMPLETED").await;
    assert_eq!(app.execution(id(&shop.1)).await["command_type"], "EXECUTE");
}
