//! SIGTERM.

use futures_util::StreamExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};

use super::{endings, gated, gone, message_with_client_id, says_two, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Lock, ProgramBuilder, TestDatabase, patiently, scar::TestScar, wait_until};

#[tokio::test]
async fn sigterm_ends_streams_windows_and_commands_and_exits_with_0() {
    let (database, checkout) = (TestDatabase::new().await, gated());
    let server = start(&database).await;
    let project = server.project_in("Shop", checkout.text()).await;
    let window = format!(
        "{}/api/ws/chat/{project}",
        server.base.replace("http:", "ws:")
    );
    let (mut window, _) = tokio_tungstenite::connect_async(window)
        .await
        .expect("a window");
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(server.stream(&project, "").await);
    }
    let execution = server.execute(&project, "validate").await;
    for stream in &mut streams {
        stream.activities_until(says_two).await;
    }
    let below = server.descendants();
    assert!(!below.is_empty());
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    for stream in &mut streams {
        while let Some(event) = stream.next_or_end().await {
            assert_ne!(event.name, "error", "{event:?}");
        }
    }
    while let Some(frame) = patiently("the window to close", window.next()).await {
        if frame.is_err() {
            break;
        }
    }
    gone(&below).await;
    // It was closed before the server was gone, and not because a person asked.
    let connection = database.connect().await;
    let sql = "SELECT COUNT(*) AS unfinished FROM scar_executions WHERE completed_at IS NULL";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.expect("a count");
    let unfinished: i64 = row
        .expect("a row")
        .try_get("", "unfinished")
        .expect("a number");
    connection.close().await.expect("a closed connection");
    assert_eq!(unfinished, 0);
    let server = start(&database).await;
    let ended = server.execution(execution["id"].as_str().unwrap()).await;
    assert_eq!(
        (&ended["status"], &ended["error_code"]),
        (&json!("FAILED"), &json!("interrupted"))
    );
    assert_eq!(
        endings(&server.log(&project).await, &execution["id"]).len(),
        1
    );
}

#[tokio::test]
async fn sigterm_while_the_database_is_locked_exits_with_0_and_says_that_something_is_left() {
    let database = TestDatabase::new().await;
    let server = start(&database).await;
    let project = server.project("Shop").await;
    let lock = Lock::take(&database).await;
    let waits = server
        .post(&format!("/api/projects/{project}/messages"))
        .json(&json!({ "content": "hello" }))
        .send();
    let end = async {
        wait_until("the writer to wait for the lock", async || {
            let report = server
                .read(&format!("/api/diagnostics/sse/{project}"))
                .await;
            (report["writer"]["queue"] == 1).then_some(())
        })
        .await;
        server.terminate().await
    };
    let (unanswered, (status, errors)) = tokio::join!(waits, end);
    assert_eq!(status.code(), Some(0), "{errors}");
    assert!(
        errors.contains("not everything ended in order"),
        "what is left is said: {errors:?}"
    );
    let acknowledged = unanswered.is_ok_and(|answer| answer.status().is_success());
    assert!(
        !acknowledged,
        "what could not be stored was not acknowledged"
    );
    lock.release().await;
    let server = start(&database).await;
    assert_eq!(server.messages(&project).await, Vec::<Value>::new());
}

/// On PostgreSQL only: nothing keeps a reader of SQLite waiting.
#[tokio::test]
async fn sigterm_while_the_conversation_is_being_read_exits_with_0_and_nothing_to_say() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let server = start(&database).await;
    let project = server.project("Shop").await;
    // So that the conversation has begun.
    let first = server.say(&project, "hello").await;
    let reply = format!("reply:{}", first["id"].as_str().unwrap());
    message_with_client_id(&server, &project, &reply).await;
    let other = database.connect().await;
    for sql in [
        "BEGIN",
        "LOCK TABLE scar_executions IN ACCESS EXCLUSIVE MODE",
    ] {
        other.execute_unprepared(sql).await.expect(sql);
    }
    let message = server.say(&project, "hello again").await;
    wait_until("a reader to wait for the lock", async || {
        let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waiting = other.query_one_raw(Statement::from_string(DbBackend::Postgres, sql));
        waiting.await.expect(sql).map(|_| ())
    })
    .await;
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    other
        .execute_unprepared("ROLLBACK")
        .await
        .expect("the lock is released");
    let server = start(&database).await;
    let reply = format!("reply:{}", message["id"].as_str().unwrap());
    message_with_client_id(&server, &project, &reply).await;
}

#[tokio::test]
async fn sigterm_starts_nothing_that_waits_and_leaves_what_runs_in_scar_to_be_followed_again() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let serving = || {
        crate::scar::FAST.iter().fold(
            ProgramBuilder::serving_database(&database).set("SCAR_BASE_URL", scar.address()),
            |serving, (name, value)| serving.set(name, value),
        )
    };
    let server = serving().start().await;
    let project = crate::scar::shop(&server).await;
    let first = server.execute(&project, "prime").await;
    let second = server.execute(&project, "validate").await;
    let run = scar.next_run().await;
    run.say("one");
    server
        .stream(&project, "?after=0")
        .await
        .activities_until(|data| data["message"] == "one")
        .await;
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    run.say("two");
    run.end();
    let server = serving().start().await;
    scar.next_run().await.end();
    for execution in [first, second] {
        let ended = wait_until("the end", async || {
            let execution = server.execution(execution["id"].as_str()?).await;
            execution["completed_at"].is_string().then_some(execution)
        })
        .await;
        assert_eq!(ended["status"], "COMPLETED", "{ended}");
        let log = server.log(&project).await;
        assert_eq!(endings(&log, &ended["id"]).len(), 1);
    }
    let invoked = scar
        .posts()
        .into_iter()
        .filter(|(_, text)| text.starts_with("/command"));
    assert_eq!(invoked.count(), 2, "each was sent once");
}

/// Each is a socket at either end.
const STREAMS: usize = 1_000;

/// So many come at a time: what a server does that is asked by all at once, and has no time for it, is not looked at here.
const AT_ONCE: usize = 10;

#[tokio::test]
async fn sigterm_ends_a_thousand_streams_and_exits_with_0() {
    // Which database it is makes no difference to ending.
    let database = TestDatabase::sqlite();
    let server = ProgramBuilder::serving_database(&database)
        .unhurried()
        .start()
        .await;
    let project = server.project("Shop").await;
    let address = server.base.trim_start_matches("http://").to_owned();
    let open = async || {
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let ask = format!("GET /api/sse/scar/{project} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        connection.write_all(ask.as_bytes()).await.unwrap();
        connection
    };
    let mut open_streams = Vec::new();
    while open_streams.len() < STREAMS {
        let mut arriving = Vec::new();
        for _ in 0..AT_ONCE {
            arriving.push(open().await);
        }
        // Each has had its first heartbeat: it is open.
        for mut connection in arriving {
            let mut shown = String::new();
            while !shown.contains("event: heartbeat") {
                let mut piece = [0; 4_096];
                let read = patiently("a stream to begin", connection.read(&mut piece)).await;
                let read = read.expect("the server answers");
                assert!(read > 0, "it goes on: {shown}");
                shown.push_str(std::str::from_utf8(&piece[..read]).expect("text"));
            }
            open_streams.push((connection, shown));
        }
    }
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    for (mut connection, mut shown) in open_streams {
        let end = connection.read_to_string(&mut shown);
        end.await.expect("it is closed in order");
        assert!(
            shown.ends_with("0\r\n\r\n"),
            "the answer has come to its end: {shown:?}"
        );
    }
}
