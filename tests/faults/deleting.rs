//! A project that is deleted when something fails in the middle of it: it is gone, and that is said.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::support::{ProgramBuilder, TestDatabase, refused, wait_until};

/// Deletes a project that is watched, in a server that is made to fail so; what it logged.
async fn deleted_with(fault: &str) -> String {
    let database = TestDatabase::new().await;
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

/// As [`deleted_with`], with something that happens at this point at each of the first commits, one after another: to make
/// the project, to delete it and to clear it away. How often it happened.
async fn deleted_with_each(point: &str, fault: &str) -> usize {
    let mut met = 0;
    for before in 1..=3 {
        let log = deleted_with(&format!("{point}={before}*off->1*{fault}")).await;
        met += usize::from(log.contains(point));
    }
    met
}

#[tokio::test]
async fn a_deletion_whose_outcome_was_not_known_is_found_to_be_done() {
    let met = deleted_with_each("commit-unknown", "return(error)").await;
    assert!(met >= 2, "it happened only {met} times");
}

#[tokio::test]
async fn a_deletion_during_which_the_writer_crashes_is_told_to_who_watches() {
    for point in ["before-inserts", "after-inserts", "before-publish"] {
        let met = deleted_with_each(point, "panic").await;
        assert!(met >= 2, "{point}: it happened only {met} times");
    }
}

#[tokio::test]
async fn a_stream_that_is_opened_at_the_very_moment_of_a_deletion_ends_as_well() {
    let database = TestDatabase::new().await;
    // It begins to watch only after its first words, which take their time.
    let server = ProgramBuilder::serving_database(&database)
        .set("FAILPOINTS", "stream-write=return(delay)")
        .start()
        .await;
    for query in ["", "?after=0"] {
        let project = server.project("Shop").await;
        let mut stream = server.stream(&project, query).await;
        let path = format!("/api/projects/{project}");
        let answer = server.delete(&path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let told = stream.next_named("error").await;
        assert_eq!(told.data["code"], "PROJECT_DELETED");
        assert_eq!(stream.next_or_end().await, None, "it ends");
    }
}
