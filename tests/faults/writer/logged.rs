//! What the server's log tells of commits, for whoever has to find out afterwards what happened: the log of the real
//! program, as programs read it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Checkout, Program, ProgramBuilder, TestDatabase, expect, wait_until};

/// The log as it is set up in production, but for programs.
async fn logging(database: &TestDatabase) -> Program {
    ProgramBuilder::serving_database(database)
        .set("LOG_LEVEL", "info")
        .set("PM__LOG__FORMAT", "json")
        .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh")
        .start()
        .await
}

/// Ends the server; the lines of its log.
async fn log_of(server: Program) -> Vec<Value> {
    let (status, log) = server.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    log.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The messages of these lines that begin or end the storing of `what`; each begin must have its end.
fn told<'a>(lines: &[&'a Value], what: &str) -> Vec<(&'a Value, &'a Value)> {
    let told: Vec<&Value> = lines
        .iter()
        .copied()
        .filter(|line| line["message"].as_str().expect("words").ends_with(what))
        .collect();
    let (pairs, rest) = told.as_chunks::<2>();
    assert!(rest.is_empty(), "{rest:?}");
    for [before, after] in pairs {
        assert_eq!([&before["level"], &after["level"]], ["INFO"; 2]);
        assert_eq!(before["message"], format!("storing {what}"));
        assert!(before["duration_ms"].is_null(), "{before}");
        assert!(after["duration_ms"].is_u64(), "{after}");
    }
    pairs
        .iter()
        .map(|[before, after]| (*before, *after))
        .collect()
}

#[tokio::test]
async fn every_status_of_an_execution_is_found_by_its_id_before_and_after_its_commit() {
    let database = TestDatabase::new().await;
    let checkout = Checkout::with(&[("checks.sh", "echo fine\n")]);
    let server = logging(&database).await;
    let project = server.project_in("Shop", checkout.text()).await;
    let mut stream = server.stream(&project, "").await;
    let execution = server.execute(&project, "validate").await;
    stream
        .activities_until(|data| data["status"] == "COMPLETED")
        .await;
    let log = log_of(server).await;
    let lines: Vec<&Value> = log
        .iter()
        .filter(|line| line["execution.id"] == execution["id"])
        .collect();
    let pairs = told(&lines, "an execution's status");
    for ((before, after), status) in pairs.iter().zip(["QUEUED", "RUNNING", "COMPLETED"]) {
        for line in [before, after] {
            assert_eq!(line["status"], status, "{line}");
            assert_eq!(line["project.id"], json!(project), "{line}");
            assert_eq!(line["command"], "validate", "{line}");
        }
        assert_eq!(after["message"], "stored an execution's status");
    }
    assert_eq!(
        (pairs.len(), lines.len()),
        (3, 6),
        "and nothing else at this level"
    );
}

#[tokio::test]
async fn every_commit_has_a_line_before_it_and_one_after_it_also_when_it_is_rolled_back() {
    let database = TestDatabase::new().await;
    let server = logging(&database).await;
    let project = server.project("Shop").await;
    // The second is refused by the database, and answered with what the first one made.
    let mut said = Vec::new();
    for _ in 0..2 {
        let post = server
            .post(&format!("/api/projects/{project}/messages"))
            .header("Idempotency-Key", "once")
            .json(&json!({ "content": "hello" }));
        said.push(expect(post, StatusCode::ACCEPTED).await);
    }
    assert_eq!(said[0], said[1]);
    wait_until("the reply", async || {
        (server.messages(&project).await.len() == 2).then_some(())
    })
    .await;
    let log = log_of(server).await;
    let lines: Vec<&Value> = log.iter().collect();
    let groups = told(&lines, "a group");
    let mut rolled_back = 0;
    for (before, after) in &groups {
        for count in ["changes", "projects"] {
            assert!(before[count].as_u64() > Some(0), "{before}");
            assert_eq!(before[count], after[count], "{after}");
        }
        if after["message"] == "did not store a group" {
            rolled_back += 1;
            assert_eq!(after["reason"], "this was stored before");
        } else {
            assert_eq!(after["message"], "stored a group");
        }
    }
    // Alone, or first together with the reply.
    assert!((1..=2).contains(&rolled_back), "{groups:?}");
}
