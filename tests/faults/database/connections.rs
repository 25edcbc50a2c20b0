//! A PostgreSQL that has no connection left for the server.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::{Traffic, backend_that, impatient, is_postgres_pass, unhealthy_for};
use crate::support::{Guest, LEASE, ProgramBuilder, TestDatabase, wait_until};

/// The connection on which the lease is renewed, by the last that is asked on it each time.
const RENEWS: &str = r#"query LIKE 'SELECT "projects"."id" FROM%"leased_by" = %'"#;

#[tokio::test]
async fn a_server_that_gets_no_connection_back_says_so_keeps_its_lease_and_goes_on_when_it_does() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let (guest, db) = (Guest::of(&database).await, database.connect().await);
    let program = impatient(ProgramBuilder::serving_database(&database));
    let program = program.set("DATABASE_URL", &guest.url).set(LEASE[0], 5);
    let traffic = Traffic::begin(program).await;
    let server = servers(&db).await;
    assert_eq!(server.len(), 1, "it is there");

    let lease = backend_that(&db, RENEWS).await;
    // That one is all there is.
    guest.limit(1).await;
    guest.cut_off(&format!("pid <> {lease}")).await;
    traffic.sees_it_go().await;
    unhealthy_for(&traffic.server, "no connection left").await;
    for _ in 0..3 {
        renewed(&db).await;
    }

    guest.limit(-1).await;
    traffic.sees_it_come_back().await;
    assert_eq!(servers(&db).await, server, "nobody took it for dead");
    assert_eq!(backend_that(&db, RENEWS).await, lease);
    traffic.end().await;
    guest.leave().await;
}

#[tokio::test]
async fn a_server_that_has_no_connection_left_to_hear_others_on_says_so_and_works() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let (guest, db) = (Guest::of(&database).await, database.connect().await);
    // To write, to read, and for the lease.
    guest.limit(3).await;
    let server = starved(&database, &guest).start().await;
    // The one on which it arrived: nobody could come in between.
    let kept = format!("{RENEWS} AND backend_start < (SELECT started_at FROM servers)");
    backend_that(&db, &kept).await;
    let project = server.project("Shop").await;
    let mut stream = server.stream(&project, "").await;
    for status in ["degraded", "recovered"] {
        let event = stream.next_named("system").await;
        let said = (&event.data["part"], &event.data["status"]);
        assert_eq!(said, (&json!("servers"), &json!(status)), "{event:?}");
        server.say(&project, "hello").await;
        let answered = |data: &Value| data["data"]["role"] == "assistant";
        stream.activities_until(answered).await;
        renewed(&db).await;
        guest.limit(-1).await;
    }
    server.terminate().await;
    guest.leave().await;
}

#[tokio::test]
async fn a_server_that_loses_the_connection_of_its_lease_is_not_ready_until_it_has_another() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let (guest, db) = (Guest::of(&database).await, database.connect().await);
    let server = starved(&database, &guest).start().await;
    let lease = backend_that(&db, RENEWS).await;
    backend_that(&db, "query LIKE 'LISTEN%'").await;
    // To write, to read, and to listen.
    guest.limit(3).await;
    guest.cut_off(&format!("pid = {lease}")).await;
    wait_until("the server to say so", async || {
        let ready = server.get("/health/ready").send().await.expect("an answer");
        let is_ready = ready.status().is_success();
        let ready: Value = ready.json().await.expect("JSON");
        let words = ready["checks"]["lease"].as_str()?;
        assert!(!is_ready && words.contains("renew its lease"), "{ready}");
        Some(())
    })
    .await;
    server.logged("no connection left").await;
    guest.limit(-1).await;
    server.ready().await;
    server.terminate().await;
    guest.leave().await;
}

/// The server with as few connections as it can have. One that is late with its lease would take another for it.
fn starved(database: &TestDatabase, guest: &Guest) -> ProgramBuilder {
    impatient(ProgramBuilder::serving_database(database))
        .set("DATABASE_URL", &guest.url)
        .set(LEASE[0], 3)
        .set("PM__DATABASE__READERS", 1)
}

/// The servers that are there.
async fn servers(db: &DatabaseConnection) -> Vec<String> {
    rows(db, "SELECT id::text FROM servers").await
}

/// Waits until the lease was renewed once more.
async fn renewed(db: &DatabaseConnection) {
    let last = "SELECT expires_at::text FROM servers";
    let before = rows(db, last).await;
    wait_until("the lease to be renewed", async || {
        (rows(db, last).await != before).then_some(())
    })
    .await;
}

/// The first column of what this finds, as text.
async fn rows(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("an answer");
    let text = |row: &sea_orm::QueryResult| row.try_get_by_index(0).expect("text");
    rows.iter().map(text).collect()
}
