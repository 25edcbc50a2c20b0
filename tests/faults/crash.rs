//! The whole program dies, gives up or is told to end in the middle of its work. The real program, and what it finds afterwards.

mod again;
mod given_up;
mod killed;
mod queued;
mod told_to_end;

use rustix::fs::{Mode, OFlags};
use serde_json::Value;

use crate::support::{Checkout, Event, Process, Program, ProgramBuilder, TestDatabase, wait_until};

/// A project's checks: two lines, then a wait for somebody to open the gate, with a child that waits beside it.
const CHECKS: &str = "
echo 'check one'
echo 'check two'
sleep 1000 &
cat gate
echo 'check three'
kill $!
";

/// A checkout whose checks block until [`open_gate`].
fn gated() -> Checkout {
    let checkout = Checkout::with(&[("checks.sh", CHECKS)]);
    let made = std::process::Command::new("mkfifo")
        .arg(checkout.path().join("gate"))
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    checkout
}

/// Lets the checks go on, once they are at the gate.
async fn open_gate(checkout: &Checkout) {
    let gate = checkout.path().join("gate");
    let mut opened = wait_until("the checks to wait at the gate", async || {
        // Without waiting, which would go on for ever when a test has failed: refused as long as nobody reads.
        let flags = OFlags::WRONLY | OFlags::NONBLOCK;
        rustix::fs::open(&gate, flags, Mode::empty()).ok()
    })
    .await;
    rustix::io::write(&mut opened, b"open\n").expect("the gate opens");
}

async fn start(database: &TestDatabase) -> Program {
    ProgramBuilder::serving_database(database)
        .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh")
        .start()
        .await
}

/// Kills the server and waits until nothing of what it had started is left.
async fn kill(server: Program) {
    let below = server.descendants();
    server.kill().await;
    gone(&below).await;
}

pub async fn gone(processes: &[Process]) {
    wait_until("every process of the server's to be gone", async || {
        let none = processes.iter().all(|process| !process.is_alive());
        none.then_some(())
    })
    .await;
}

/// Lines that come together are one step.
fn says_two(data: &Value) -> bool {
    data["message"].as_str().unwrap().ends_with("check two")
}

fn data(events: Vec<Event>) -> Vec<Value> {
    events.into_iter().map(|event| event.data).collect()
}

/// The log has no gap and no double.
fn in_order(log: &[Value]) {
    let seqs: Vec<i64> = log
        .iter()
        .map(|item| item["seq"].as_i64().unwrap())
        .collect();
    let expected: Vec<i64> = (1..).take(log.len()).collect();
    assert_eq!(seqs, expected);
}

/// The terminal statuses the log tells of for an execution.
fn endings(log: &[Value], execution: &Value) -> Vec<Value> {
    log.iter()
        .filter(|item| item["kind"] == "status" && item["execution_id"] == *execution)
        .filter(|item| {
            ["COMPLETED", "FAILED", "CANCELLED"].contains(&item["status"].as_str().unwrap_or(""))
        })
        .cloned()
        .collect()
}

fn with_client_id(messages: &[Value], client_id: &str) -> Vec<Value> {
    messages
        .iter()
        .filter(|message| message["client_id"] == client_id)
        .cloned()
        .collect()
}

async fn message_with_client_id(server: &Program, project: &str, client_id: &str) -> Value {
    wait_until(format!("the message {client_id}"), async || {
        with_client_id(&server.messages(project).await, client_id).pop()
    })
    .await
}
