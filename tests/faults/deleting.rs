//! A project that is deleted when something fails in the middle of it: it is gone, and that is said.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::support::{ProgramBuilder, TestDatabase, refused, wait_until};

/// Deletes a project that is watched, with this fault at its commit; what the server logged.
async fn deleted_with(fault: &str) -> String {
    let database = TestDatabase::new().await;
    // The first commit makes the project.
    let server = ProgramBuilder::serving_database(&database)
        .set("FAILPOINTS", fault)
        .start()
        .await;
    let project = server.project("Shop").await;
    let path = format!("/api/projects/{project}");
    let mut stream = server.stream(&project, "").await;
    stream.next_named("heartbeat").await;
    let answer = server.delete(&path).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{fault}");
    let told = stream.next_named("error").await;
    assert_eq!(told.data["code"], "PROJECT_DELETED", "{fault}");
    refused(server.get(&path), StatusCode::NOT_FOUND).await;
    cleared(&database).await;
    let (status, log) = server.terminate().await;
    assert_eq!(status.code(), Some(0), "{fault}: {log}");
    log
}

/// Waits until there is no project any more, also none that is hidden.
async fn cleared(database: &TestDatabase) {
    let db = database.connect().await;
    let sql = "SELECT count(*) FROM projects";
    wait_until("no project", async || {
        let counted = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(counted).await.expect(sql).expect("a row");
        (row.try_get_by_index::<i64>(0).expect("a number") == 0).then_some(())
    })
    .await;
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_deletion_whose_outcome_was_not_known_is_found_to_be_done() {
    let log = deleted_with("commit-unknown=1*off->1*return(error)").await;
    assert!(log.contains("commit-unknown"), "it was met with: {log}");
}

#[tokio::test]
async fn a_deletion_during_which_the_writer_crashes_is_told_to_who_watches() {
    for point in ["before-inserts", "after-inserts", "before-publish"] {
        let log = deleted_with(&format!("{point}=1*off->1*panic")).await;
        let restarted = log.matches("an actor failed and will be restarted").count();
        assert_eq!(restarted, 1, "{point}: {log}");
    }
}
