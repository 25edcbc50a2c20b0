//! Servers of different versions: the tables are a newer one's, and an older one is at work on them.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};

use super::servers;
use crate::{
    faults::startup::refused,
    support::{Program, ProgramBuilder, TestDatabase, expect, wait_until},
};

/// A migration of the newer program: as ours are, it takes nothing away that an older program still asks for.
const NEWER: [&str; 3] = [
    "ALTER TABLE projects ADD COLUMN mood text NOT NULL DEFAULT 'fine'",
    "CREATE TABLE moods (id uuid PRIMARY KEY)",
    "INSERT INTO seaql_migrations VALUES ('m20990101_000001_moods', 0)",
];

/// What the newer program has done in a project: a command, and word of it, that only it knows.
fn done(project: &str) -> [String; 2] {
    [
        format!(
            "INSERT INTO scar_executions (id, project_id, command_type, command_args, then_orders, status, attempt, queued_at) \
             VALUES (gen_random_uuid(), '{project}', 'DREAM', '', '[]', 'QUEUED', 1, now())"
        ),
        format!(
            "UPDATE activities SET kind = 'dream' WHERE project_id = '{project}' \
             AND seq = (SELECT min(seq) FROM activities WHERE project_id = '{project}')"
        ),
    ]
}

async fn database_check(server: &Program) -> String {
    let health = expect(server.get("/health/db"), StatusCode::OK).await;
    assert_eq!(health["status"], "healthy");
    let words = health["checks"]["database"].as_str().expect("words");
    words.to_owned()
}

/// Says something, and waits for the answer.
async fn talk(server: &Program, project: &str) {
    let answers = async || {
        let messages = server.messages(project).await;
        let answers = messages.iter().filter(|one| one["role"] == "assistant");
        answers.count()
    };
    let before = answers().await;
    server.say(project, "hello").await;
    wait_until("an answer", async || {
        (answers().await > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_older_server_goes_on_with_the_tables_of_a_newer_one_says_so_and_is_not_started_again() {
    let Some((database, [server])) = servers().await else {
        return;
    };
    let project = server.project("Shop").await;
    talk(&server, &project).await;
    assert_eq!(database_check(&server).await, "ok");
    let db = database.connect().await;
    for sql in NEWER {
        db.execute_unprepared(sql).await.expect(sql);
    }
    let words = database_check(&server).await;
    assert!(words.contains("newer version"), "{words}");
    assert!(words.contains("replace this one"), "{words}");

    for sql in done(&project) {
        db.execute_unprepared(&sql).await.expect(&sql);
    }
    talk(&server, &project).await;
    let path = format!("/api/projects/{project}/executions");
    assert_eq!(server.read(&path).await, serde_json::json!([]));
    let other = server.project("Zoo").await;
    talk(&server, &other).await;

    let second = ProgramBuilder::serving_database(&database).run().await;
    refused(
        &second,
        &[
            "newer version",
            "use that version",
            "m20990101_000001_moods",
        ],
    );
    talk(&server, &project).await;
}

#[tokio::test]
async fn servers_that_are_started_at_once_on_an_empty_database_all_start() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    // Nobody gets further than to the first table before all are there.
    let (gate, db) = (database.connect().await, database.connect().await);
    for sql in [
        "BEGIN",
        "CREATE TABLE seaql_migrations (version text PRIMARY KEY)",
    ] {
        gate.execute_unprepared(sql).await.expect(sql);
    }
    let start = || {
        ProgramBuilder::serving_database(&database)
            .set("PM__DATABASE__STATEMENT_TIMEOUT_SECONDS", 60)
            .start()
    };
    let opened = async {
        wait_until("all to wait", async || {
            // One for the table, the others for their turn.
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                           AND application_name = 'project-manager' \
                           AND (wait_event_type = 'Lock' OR query LIKE 'SELECT pg_try_advisory_lock%')";
            let waiting = Statement::from_string(db.get_database_backend(), waiting);
            let row = db.query_one_raw(waiting).await.expect("an answer");
            let count: i64 = row.expect("a row").try_get_by_index(0).expect("a number");
            (count == 4).then_some(())
        })
        .await;
        gate.execute_unprepared("ROLLBACK").await
    };
    let (opened, servers) = tokio::join!(opened, async {
        tokio::join!(start(), start(), start(), start())
    });
    opened.expect("the table goes");
    let project = servers.0.project("Shop").await;
    talk(&servers.3, &project).await;
}

#[tokio::test]
async fn a_server_whose_tables_were_taken_back_is_not_well_and_says_what_to_do() {
    let Some((database, [server])) = servers().await else {
        return;
    };
    let db = database.connect().await;
    let sql = "DELETE FROM seaql_migrations \
               WHERE version = (SELECT max(version) FROM seaql_migrations)";
    db.execute_unprepared(sql).await.expect(sql);
    let health = expect(server.get("/health/db"), StatusCode::SERVICE_UNAVAILABLE).await;
    let words = health["checks"]["database"].as_str().expect("words");
    for part in ["older version", "without m2", "pm migrate up"] {
        assert!(words.contains(part), "no {part:?} in: {words}");
    }
}
