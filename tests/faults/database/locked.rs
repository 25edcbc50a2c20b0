//! A database that another process keeps locked.

use super::{SOME, Traffic, impatient, unhealthy_for};
use crate::support::{Lock, ProgramBuilder, TestDatabase};

#[tokio::test]
async fn a_database_another_process_keeps_locked_is_waited_for() {
    let database = TestDatabase::new().await;
    let traffic = Traffic::begin(impatient(ProgramBuilder::serving_database(&database))).await;
    let lock = Lock::take(&database).await;
    traffic.sees_it_go().await;
    // It is the database that ends the wait, and says what for, and not the server that gives it up for dead.
    let reason = match database.is_postgres() {
        true => "statement timeout",
        false => "database is locked",
    };
    unhealthy_for(&traffic.server, reason).await;
    lock.release().await;
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

#[tokio::test]
async fn a_server_that_dies_while_it_waits_has_lost_nothing_it_acknowledged() {
    let database = TestDatabase::new().await;
    let Traffic {
        server,
        witness,
        _checkout,
        ..
    } = Traffic::begin(impatient(ProgramBuilder::serving_database(&database))).await;
    let lock = Lock::take(&database).await;
    witness.told("degraded").await;
    server.kill().await;
    lock.release().await;
    let server = impatient(ProgramBuilder::serving_database(&database))
        .start()
        .await;
    witness.moved(&server.base);
    witness.shown(SOME).await;
    witness.compare(&server).await;
}
