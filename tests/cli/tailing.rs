//! `pm tail`: everything once and in order, whatever happens to the connection.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{done, json_lines, pm};
use crate::support::{
    Checkout, Client, Following, ProgramBuilder, TestDatabase, expect, free_port, spawn_app,
    wait_until,
};

/// Something that is in the log of a project from now on.
async fn rename(server: &Client, project: &str, name: &str) {
    let path = format!("/api/projects/{project}");
    let body = json!({ "description": name });
    expect(server.patch(&path).json(&body), StatusCode::OK).await;
}

/// Runs a command to its end.
async fn run(server: &Client, project: &str, command: &str) {
    let execution = server.execute(project, command).await;
    let id = execution["id"].as_str().expect("an id");
    wait_until("the end of a command", async || {
        let now = server.execution(id).await;
        now["completed_at"].is_string().then_some(())
    })
    .await;
}

/// So many activities of a command with `--json`.
async fn activities(tail: &mut Following, count: usize) -> Vec<Value> {
    let mut activities = Vec::new();
    while activities.len() < count {
        activities.push(serde_json::from_str(&tail.line().await).expect("JSON"));
    }
    activities
}

#[tokio::test]
async fn a_server_that_is_killed_and_restarted_again_and_again_costs_no_activity_and_doubles_none()
{
    let (database, port) = (TestDatabase::new().await, free_port().await);
    let checkout = Checkout::with(&[("README.md", "# Shop\n\nIt sells cups.\n")]);
    let serve = || ProgramBuilder::serving_database(&database).set("API_PORT", port);
    let mut server = serve().start().await;
    let project = server.project_in("Shop", checkout.text()).await;
    // More than what a stream begins with that is opened without a cursor.
    while server.log(&project).await.len() < 60 {
        run(&server, &project, "prime").await;
    }
    let mut tail = pm(
        &server,
        &["tail", "Shop", "--after", "0", "--json", "--verbosity", "3"],
    )
    .follow();
    let mut seen = Vec::new();
    for round in 0..3 {
        run(&server, &project, "prime").await;
        let log = server.log(&project).await;
        // Now while it is behind, now when it has seen all.
        let behind = if round == 1 { 5 } else { 0 };
        let missing = log.len() - seen.len() - behind;
        seen.extend(activities(&mut tail, missing).await);
        server.kill().await;
        server = serve().start().await;
    }
    rename(&server, &project, "the last").await;
    let log = server.log(&project).await;
    seen.extend(activities(&mut tail, log.len() - seen.len()).await);
    assert_eq!(seen, log);
    tail.said("The stream is lost").await;
    tail.said("The stream is open again").await;
    tail.interrupt();
    let ended = tail.ended().await;
    assert_eq!(
        (ended.code, ended.output.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    drop(server);
}

#[tokio::test]
async fn a_stream_on_which_not_even_a_heartbeat_comes_is_opened_again() {
    let database = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&database).start().await;
    let project = server.project("Shop").await;
    let mut tail = pm(&server, &["tail", "Shop", "--after", "0", "--json"]).follow();
    rename(&server, &project, "before").await;
    let mut seen = activities(&mut tail, 1).await;
    server.suspend();
    tail.said("nothing came for 5 s").await;
    server.resume();
    // For a moment its clock stands where it stood, and what it is asked is given up as too slow (408).
    wait_until("the server to be itself again", async || {
        let answer = server.get("/health/live").send().await.ok()?;
        (answer.status() == StatusCode::OK).then_some(())
    })
    .await;
    rename(&server, &project, "after").await;
    seen.extend(activities(&mut tail, 1).await);
    assert_eq!(seen, server.log(&project).await);
    tail.interrupt();
    assert_eq!(tail.ended().await.code, Some(0));
}

#[tokio::test]
async fn it_begins_with_as_many_as_asked_for_and_ends_there_if_asked_to() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for number in 0..8 {
        rename(&app, &project, &format!("number {number}")).await;
    }
    let log = app.log(&project).await;
    for (arguments, from) in [
        (&["--last", "3"][..], 5),
        (&["-n", "0"], 8),
        (&["--after", "6"], 6),
        (&["--after", "8"], 8),
        (&[], 0),
    ] {
        let all = [&["tail", "shop", "--no-follow", "--json"], arguments].concat();
        assert_eq!(
            json_lines(&done(&app, &all).await),
            log[from..],
            "{arguments:?}"
        );
    }
    // From nothing on what is new is followed.
    let mut tail = pm(&app, &["tail", "Shop", "--last", "0", "--json"]).follow();
    rename(&app, &project, "new").await;
    wait_until("what is new", async || {
        // It may not have begun to look before.
        rename(&app, &project, "newer").await;
        let line = tokio::time::timeout(std::time::Duration::from_millis(50), tail.line());
        line.await.ok()
    })
    .await;
    tail.interrupt();
    assert_eq!(tail.ended().await.code, Some(0));
}

#[tokio::test]
async fn when_nobody_reads_on_it_ends_without_a_word() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    rename(&app, &project, "something").await;
    let mut tail = pm(&app, &["tail", "Shop"]).follow();
    tail.line().await;
    let ended = tail.closed(rename(&app, &project, "something else")).await;
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn a_project_that_is_deleted_is_told_and_ends_it() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    rename(&app, &project, "something").await;
    let mut tail = pm(&app, &["tail", "Shop"]).follow();
    tail.line().await;
    let deleted = app.delete(&format!("/api/projects/{project}")).send().await;
    assert!(deleted.expect("an answer").status().is_success());
    let ended = tail.ended().await;
    assert_ne!(ended.code, Some(0), "{ended:?}");
    assert!(ended.errors.contains("deleted"), "{ended:?}");
}
