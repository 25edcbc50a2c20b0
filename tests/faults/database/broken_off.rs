//! PostgreSQL ends, and connections to it break off.

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use super::{SOME, Traffic, backend_that, impatient, is_postgres_pass, no_backend_that};
use crate::support::{Lock, Postgres, ProgramBuilder, TestDatabase};

#[tokio::test]
async fn a_postgresql_that_ends_in_the_middle_and_is_started_again_is_waited_for() {
    if !is_postgres_pass() {
        return;
    }
    let mut postgres = Postgres::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = ProgramBuilder::serving(folder.path()).set("DATABASE_URL", &postgres.url);
    let traffic = Traffic::begin(impatient(program)).await;
    postgres.halt().await;
    traffic.sees_it_go().await;
    postgres.launch().await;
    traffic.sees_it_come_back().await;
    // So soon that most do not notice.
    postgres.halt().await;
    postgres.launch().await;
    traffic.sees_it_come_back().await;
    traffic.end().await;
    postgres.remove().await;
}

#[tokio::test]
async fn connections_that_are_killed_in_the_middle_of_a_transaction_or_all_at_once_are_made_anew() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let admin = database.connect().await;
    let traffic = Traffic::begin(impatient(ProgramBuilder::serving_database(&database))).await;
    for _ in 0..2 {
        let lock = Lock::take(&database).await;
        let writer = backend_that(&admin, "wait_event_type = 'Lock'").await;
        kill(&admin, &format!("pid = {writer}")).await;
        lock.release().await;
        traffic.witness.shown(SOME).await;
    }
    for _ in 0..3 {
        kill(&admin, "application_name = 'project-manager'").await;
        traffic.witness.shown(SOME).await;
    }
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

/// Ends the connections to this database of which `condition` holds.
async fn kill(admin: &DatabaseConnection, condition: &str) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND {condition}"
    );
    admin
        .execute_unprepared(&sql)
        .await
        .expect("they are ended");
}

#[tokio::test]
async fn a_server_that_was_suspended_until_its_transaction_was_given_up_begins_it_again() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let admin = database.connect().await;
    let traffic = Traffic::begin(impatient(ProgramBuilder::serving_database(&database))).await;
    let lock = Lock::take(&database).await;
    let writer = backend_that(&admin, "wait_event_type = 'Lock'").await;
    traffic.server.suspend();
    lock.release().await;
    no_backend_that(&admin, &format!("pid = {writer}")).await;
    traffic.server.resume();
    traffic.sees_it_come_back().await;
    traffic.end().await;
}
