//! Several servers start at the same time.

use super::{LEASE_SECONDS, is_postgres_pass, serving};
use crate::{support::TestDatabase, workflow::say};

#[tokio::test]
async fn servers_that_start_at_once_on_an_empty_database_make_its_tables_once_and_all_work() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let start = || serving(&database, LEASE_SECONDS).start();
    let (one, other, third) = tokio::join!(start(), start(), start());
    for server in [one, other, third] {
        let project = server.project("Shop").await;
        say(&server, &project, "hello").await;
    }
}
