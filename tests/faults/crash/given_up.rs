//! A part the program cannot do without fails time and again.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::{in_order, message_with_client_id, start};
use crate::support::TestDatabase;

/// Sets the counter of the project called Poison. At the end of its range, as an administrator's hand may leave it, adding
/// to it panics where arithmetic is checked, as it is in tests.
async fn set_head(database: &TestDatabase, head: i64) {
    let db = database.connect().await;
    let sql = format!("UPDATE projects SET head_seq = {head} WHERE name = 'Poison'");
    db.execute_unprepared(&sql).await.expect("an update");
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_writer_that_fails_too_often_ends_the_program_with_its_reason_and_the_next_one_goes_on() {
    // SQLite, whichever the others are about: after each crash the writer opens the database anew, and six crashes are too
    // many only within ten seconds. On a busy machine that can be too little for six connections to PostgreSQL.
    let database = TestDatabase::sqlite();
    let server = start(&database).await;
    let (shop, poison) = (server.project("Shop").await, server.project("Poison").await);
    let said = server.say(&shop, "hello").await;
    let reply = format!("reply:{}", said["id"].as_str().unwrap());
    message_with_client_id(&server, &shop, &reply).await;
    let before = server.log(&shop).await;
    let mut stream = server.stream(&shop, "?after=2").await;
    stream.next().await;

    set_head(&database, i64::MAX).await;
    // Each fails with the writer three times before it is refused, and six times are one too many.
    let path = format!("/api/projects/{poison}/messages");
    let post = || {
        server
            .post(&path)
            .json(&json!({ "content": "hello" }))
            .send()
    };
    let posted = join_all((0..3).map(|_| post())).await;
    let acknowledged = posted
        .into_iter()
        .flatten()
        .find(|answer| answer.status().is_success());
    assert!(
        acknowledged.is_none(),
        "what was not stored was not acknowledged"
    );
    let (status, errors) = server.ended().await;
    assert_eq!(status.code(), Some(1), "{errors}");
    let last = errors.lines().next_back().expect("a reason");
    assert!(
        last.starts_with("pm: the program cannot go on without its writer: it panicked: "),
        "{last}"
    );
    while let Some(event) = stream.next_or_end().await {
        assert_eq!(event.name, "heartbeat", "{event:?}");
    }

    set_head(&database, 0).await;
    let server = start(&database).await;
    assert_eq!(
        server.log(&shop).await,
        before,
        "nothing was lost or changed"
    );
    for project in [&shop, &poison] {
        let said = server.say(project, "hello").await;
        let reply = format!("reply:{}", said["id"].as_str().unwrap());
        message_with_client_id(&server, project, &reply).await;
        in_order(&server.log(project).await);
    }
}
