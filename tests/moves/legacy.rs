//! `pm import-legacy`: from a database with the predecessor's tables, which only PostgreSQL can be.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::{
    faults::startup::refused,
    support::{Client, Done, ProgramBuilder, TestDatabase},
};

const TABLES: &str = include_str!("predecessor.sql");

const POTS: &str = "00000000-0000-4000-8000-000000000001";
const QUIET: &str = "00000000-0000-4000-8000-000000000002";

/// The predecessor's database; none where this run is about SQLite.
async fn predecessor() -> Option<TestDatabase> {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return None;
    }
    execute(&database, TABLES).await;
    Some(database)
}

async fn execute(database: &TestDatabase, sql: &str) {
    let db = database.connect().await;
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("a closed connection");
}

async fn import(from: &TestDatabase, to: &TestDatabase) -> Done {
    ProgramBuilder::with(&["import-legacy", "--from", &from.url])
        .set("PM__DATA__DIR", to.folder.path().display())
        .set("DATABASE_URL", &to.url)
        .run()
        .await
}

/// A project's log in short: when, what kind, and the words.
async fn story(server: &Client, project: &str) -> Vec<String> {
    let log = server.log(project).await;
    let line = |one: &Value| {
        let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let at = word("timestamp");
        let at = match at.strip_prefix("2025-") {
            Some(at) => at.replace(".000Z", ""),
            None => "now".to_owned(),
        };
        format!("{at} {}: {}", word("kind"), word("message"))
    };
    log.iter().map(line).collect()
}

const STORY: [&str; 23] = [
    "03-01T10:01:00 message: I want a shop",
    "03-01T10:02:00 message: Tell me more",
    "03-01T10:05:00 phase: Vision Document Review: begun",
    "03-01T10:06:00 gate: Asks for your decision: Is this the vision?",
    "03-01T10:09:00 gate: You approved Vision Document Review: lovely",
    "03-01T10:10:00 phase: Vision Document Review: done",
    "03-01T10:10:00 phase: Prime Context: begun",
    "03-01T10:11:00 status: Queued prime",
    "03-01T10:11:00 status: Started prime",
    "03-01T10:19:30.500Z status: Finished prime",
    "03-01T10:20:00 phase: Prime Context: done",
    "03-01T10:30:00 pm: Started a new conversation. Earlier messages are kept.",
    "03-01T10:40:00 message: analyze the codebase",
    "03-01T10:44:00 status: Queued validate",
    "03-01T10:44:00 status: Started validate",
    "03-01T10:44:10 status: validate failed: two tests failed",
    "03-01T10:45:00 phase: Plan Feature: begun",
    "03-01T10:46:00 status: Queued plan-feature-github",
    "03-01T10:46:00 status: Started plan-feature-github",
    "03-01T10:50:00 gate: Asks for your decision: Build it?",
    "now gate: Takes back its question about Plan Feature",
    "now status: plan-feature-github failed: The project was brought over while this ran, so how it ended is not known here.",
    "now phase: Plan Feature: paused, because the project was brought over; say “continue” to go on",
];

#[tokio::test]
async fn a_server_shows_what_the_predecessor_had_with_the_log_it_would_have_had() {
    let Some(from) = predecessor().await else {
        return;
    };
    for to in [TestDatabase::sqlite(), TestDatabase::new().await] {
        let done = import(&from, &to).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        let words = [
            "Brought 2 projects over",
            "  3 topics\n",
            "  4 messages\n",
            "  3 phases\n",
            "  2 gates\n",
            "  3 executions\n",
        ];
        for words in words {
            assert!(done.output.contains(words), "no {words:?} in {done:?}");
        }
        let server = ProgramBuilder::serving_database(&to).start().await;
        let story = story(&server, POTS).await;
        assert_eq!(story, STORY, "{done:?}");

        let project = server.read(&format!("/api/projects/{POTS}")).await;
        assert_eq!(project["status"], "PAUSED", "nothing goes on by itself");
        assert_eq!(project["telegram_chat_id"], 4_200_000_000_i64);
        assert_eq!(project["created_at"], "2025-03-01T10:00:00.000Z");
        assert_eq!(project["updated_at"], "2025-03-01T12:00:00.123Z");
        let phases = project["phases"].as_array().expect("a list");
        let phases: Vec<&Value> = phases.iter().map(|phase| &phase["status"]).collect();
        assert_eq!(
            phases,
            ["COMPLETED", "COMPLETED", "PAUSED", "PENDING", "PENDING"]
        );
        let executions = server
            .read(&format!("/api/projects/{POTS}/executions"))
            .await;
        let running = &executions[0];
        assert_eq!(running["id"], "00000000-0000-4000-8000-000000000052");
        assert_eq!(
            (
                &running["status"],
                &running["error_code"],
                &running["branch_name"]
            ),
            (
                &json!("FAILED"),
                &json!("interrupted"),
                &json!("feature/basket")
            )
        );
        assert_eq!(
            (&running["command_args"], &running["output"]),
            (&json!("a basket"), &json!("so far"))
        );
        let gates = server.read(&format!("/api/projects/{POTS}/gates")).await;
        assert_eq!(gates[1]["response"], "lovely");
        assert_eq!(gates[0]["status"], "WITHDRAWN");
        server.terminate().await;
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_a_second_run_does_nothing() {
    let Some(from) = predecessor().await else {
        return;
    };
    let to = TestDatabase::new().await;
    let done = import(&from, &to).await;
    for words in [
        "project 00000000-0000-4000-8000-000000000003: a project's name must not be empty; nothing of it was taken",
        "message 00000000-0000-4000-8000-000000000024: its role is \"robot\"",
        "message 00000000-0000-4000-8000-000000000025: its project is not there",
        "phase 00000000-0000-4000-8000-000000000034: it is \"Party\"",
        "execution 00000000-0000-4000-8000-000000000054: its command_type is \"DANCE\"",
    ] {
        assert!(done.output.contains(words), "no {words:?} in {done:?}");
    }
    let server = ProgramBuilder::serving_database(&to).start().await;
    let before = (story(&server, POTS).await, server.messages(POTS).await);
    server.terminate().await;
    let again = import(&from, &to).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    let words = "Nothing to do: 2 projects there already";
    assert!(again.output.contains(words), "{again:?}");
    let server = ProgramBuilder::serving_database(&to).start().await;
    let after = (story(&server, POTS).await, server.messages(POTS).await);
    assert_eq!(after, before);
    server.terminate().await;
}

#[tokio::test]
async fn an_imported_message_nobody_answered_is_left_alone_and_the_conversation_goes_on() {
    let Some(from) = predecessor().await else {
        return;
    };
    let to = TestDatabase::new().await;
    assert_eq!(import(&from, &to).await.code, Some(0));
    let server = ProgramBuilder::serving_database(&to).start().await;
    // It looks for what was left unanswered before it answers this.
    let said = server.say(QUIET, "what can you do?").await;
    let key = json!(format!("reply:{}", said["id"].as_str().expect("an id")));
    let messages = crate::support::wait_until("a reply", async || {
        let messages = server.messages(QUIET).await;
        let answered = messages.iter().any(|one| one["client_id"] == key);
        answered.then_some(messages)
    })
    .await;
    let words: Vec<&Value> = messages.iter().map(|one| &one["content"]).collect();
    assert_eq!(words[..2], ["hello", "what can you do?"]);
    assert_eq!(
        words.len(),
        3,
        "only what was said here is answered: {words:?}"
    );
    let messages = server.messages(POTS).await;
    let reply = json!("reply:00000000-0000-4000-8000-000000000021");
    assert_eq!(messages[1]["client_id"], reply, "it counts as answered");
    server.terminate().await;
}

#[tokio::test]
async fn it_is_refused_while_a_server_runs_on_the_target_and_for_what_is_no_predecessor() {
    let Some(from) = predecessor().await else {
        return;
    };
    let to = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&to).start().await;
    refused(
        &import(&from, &to).await,
        &["a server is using the database", "stop"],
    );
    assert_eq!(server.read("/api/projects").await, json!([]));
    server.terminate().await;
    refused(
        &import(&to, &from).await,
        &["one of this program already", "pm copy"],
    );
    execute(&from, "DROP TABLE approval_gates").await;
    let done = import(&from, &to).await;
    refused(&done, &["it has no table approval_gates", "--from"]);
    let nothing = import(&TestDatabase::sqlite(), &to).await;
    refused(&nothing, &["the predecessor's database is PostgreSQL"]);
}
