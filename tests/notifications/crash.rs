//! The server is killed between what happened and whoever is to be told of it.

use serde_json::json;

use super::{program_telling, report, reported};
use crate::support::{Checkout, Program, Receiver, TestDatabase, wait_until};

/// Has a command run to its end.
async fn run_one(server: &Program, project: &str) {
    let execution = server.execute(project, "prime").await;
    let id = execution["id"].as_str().expect("an id");
    wait_until("the command to end", async || {
        let now = server.execution(id).await;
        (now["status"] == "COMPLETED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_stored_before_the_server_was_killed_is_told_after_it_is_started_again() {
    let receiver = Receiver::start();
    receiver.goes_down();
    let (database, checkout) = (
        TestDatabase::new().await,
        Checkout::with(&[("README.md", "# Shop")]),
    );
    let server = program_telling(&receiver, &database).start().await;
    let project = server.project_in("Shop", checkout.text()).await;
    run_one(&server, &project).await;
    assert_eq!(report(&server).await["waiting"], 1);
    server.kill().await;
    receiver.comes_up();
    let server = program_telling(&receiver, &database).start().await;
    let received = super::once_each(&server, &receiver, 1).await;
    let log = server.log(&project).await;
    let ended = log.iter().find(|one| one["status"] == "COMPLETED");
    assert_eq!(json!(received[0].id), ended.expect("an end")["id"]);
}

#[tokio::test]
async fn one_that_was_under_way_when_the_server_was_killed_is_told_again_under_the_same_id() {
    let receiver = Receiver::start();
    // It has it, and its answer gets lost.
    let _lost = receiver.by_hand();
    let (database, checkout) = (
        TestDatabase::new().await,
        Checkout::with(&[("README.md", "# Shop")]),
    );
    let server = program_telling(&receiver, &database).start().await;
    let project = server.project_in("Shop", checkout.text()).await;
    run_one(&server, &project).await;
    receiver.receives(1).await;
    server.kill().await;
    let server = program_telling(&receiver, &database).start().await;
    reported(&server, "it to be delivered", |report| {
        report["waiting"] == 0 && report["recent"][0]["state"] == "delivered"
    })
    .await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].id, received[1].id);
    assert_eq!(
        received[0].body["data"]["activity"],
        received[1].body["data"]["activity"]
    );
}
