//! Somebody outside is told of what happens, by webhook: signed, at least once, whatever fails in between.

mod crash;
mod delivering;
mod diagnostics;
mod retrying;
mod secrecy;
mod servers;
mod stored;

use std::sync::Arc;

use serde_json::Value;

use crate::support::{
    Client, Notified, ProgramBuilder, Receiver, Scripted, TestApp, TestAppBuilder, TestDatabase,
    wait_until,
};

/// A server whose commands a test plays, and that tells this receiver.
async fn telling(receiver: &Receiver) -> (TestApp, Arc<Scripted>) {
    telling_with(receiver, &[]).await
}

/// The same, with more settings.
async fn telling_with(receiver: &Receiver, more: &[(&str, &str)]) -> (TestApp, Arc<Scripted>) {
    let backend = Scripted::new();
    let mut app = TestAppBuilder::default().backend(backend.clone());
    for (name, value) in receiver.settings() {
        app = app.set(name, value);
    }
    for (name, value) in more {
        app = app.set(name, value);
    }
    (app.spawn().await, backend)
}

/// The real program, that tells this receiver.
fn program_telling(receiver: &Receiver, database: &TestDatabase) -> ProgramBuilder {
    let settings = receiver.settings().into_iter();
    settings.fold(
        ProgramBuilder::serving_database(database),
        |program, (name, value)| program.set(name, value),
    )
}

/// Has a command of the scripted backend end well.
async fn run_one(app: &TestApp, backend: &Scripted, project: &str) -> Value {
    let execution = app.execute(project, "prime").await;
    backend.next_job().await.complete("done");
    execution
}

/// What is known of the notifications.
async fn report(client: &Client) -> Value {
    client.read("/api/diagnostics").await["notifications"].take()
}

/// Waits until what is known of them fits; it.
async fn reported(client: &Client, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait_until(what, async || {
        Some(report(client).await).filter(|report| fits(report))
    })
    .await
}

/// Waits until so many are delivered and none waits; what the receiver has, which is each of them once.
async fn once_each(client: &Client, receiver: &Receiver, count: usize) -> Vec<Notified> {
    let report = reported(client, "all to be delivered", |report| {
        let recent = report["recent"].as_array().expect("a list");
        let delivered = recent.iter().filter(|one| one["state"] == "delivered");
        report["waiting"] == 0 && delivered.count() == count
    })
    .await;
    let received = receiver.received();
    assert_eq!(received.len(), count, "{report:#}\n{received:#?}");
    received
}

/// The activity of a project with this `seq`, as its log has it.
async fn activity(client: &Client, project: &str, seq: &Value) -> Value {
    let log = client.log(project).await;
    let found = log.into_iter().find(|one| one["seq"] == *seq);
    found.expect("it is in the log")
}

/// The ids of these, as they came.
fn ids(received: &[Notified]) -> Vec<&str> {
    received.iter().map(|one| one.id.as_str()).collect()
}
