//! Several servers on one PostgreSQL: whoever works for a project tells of it, and each thing is told once.

use super::{once_each, program_telling, reported};
use crate::support::{Checkout, Receiver, TestDatabase};

/// Whether this is the pass with PostgreSQL: SQLite has one server.
fn is_postgres_pass() -> bool {
    std::env::var("TEST_DATABASE").as_deref() == Ok("postgres")
}

#[tokio::test]
async fn of_two_servers_each_tells_of_its_projects_once() {
    if !is_postgres_pass() {
        return;
    }
    let (receiver, database) = (Receiver::start(), TestDatabase::new().await);
    let checkout = Checkout::with(&[("README.md", "# Shop")]);
    // A lease that does not run out here: one that is taken over is told by both, perhaps.
    let serving = || program_telling(&receiver, &database).set("PM__DATABASE__LEASE_SECONDS", 120);
    let (one, other) = (serving().start().await, serving().start().await);
    let (first, second) = (
        one.project_in("First", checkout.text()).await,
        other.project_in("Second", checkout.text()).await,
    );
    // Each asks the other, too: who stores the order is not who tells of its end.
    for (server, project) in [
        (&one, &first),
        (&one, &second),
        (&other, &first),
        (&other, &second),
    ] {
        server.execute(project, "prime").await;
    }
    let received = once_each(&one, &receiver, 4).await;
    for project in [first, second] {
        let told = received.iter();
        let told = told.filter(|one| one.body["data"]["project"]["id"] == project.as_str());
        assert_eq!(told.count(), 2, "{received:#?}");
    }
}

#[tokio::test]
async fn what_a_killed_server_had_to_tell_another_one_tells() {
    if !is_postgres_pass() {
        return;
    }
    let (receiver, database) = (Receiver::start(), TestDatabase::new().await);
    let checkout = Checkout::with(&[("README.md", "# Shop")]);
    let serving = || program_telling(&receiver, &database).set("PM__DATABASE__LEASE_SECONDS", 3);
    let (one, other) = (serving().start().await, serving().start().await);
    let project = one.project_in("Shop", checkout.text()).await;
    receiver.goes_down();
    one.execute(&project, "prime").await;
    reported(&other, "it to have failed", |report| {
        report["recent"][0]["attempts"].as_i64() >= Some(1)
    })
    .await;
    one.kill().await;
    receiver.comes_up();
    let received = once_each(&other, &receiver, 1).await;
    assert_eq!(received[0].body["data"]["project"]["id"], project);
}
