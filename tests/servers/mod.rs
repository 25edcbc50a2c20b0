//! Several servers on one PostgreSQL: real processes, and what each of them shows of what the others do.

mod word;

use crate::support::{Program, ProgramBuilder, TestDatabase};

/// Servers on a database of the test's own. None in the pass with SQLite, which one server has for itself.
async fn servers<const N: usize>() -> Option<(TestDatabase, [Program; N])> {
    if std::env::var("TEST_DATABASE").as_deref() != Ok("postgres") {
        return None;
    }
    let database = TestDatabase::new().await;
    let mut servers = Vec::new();
    for _ in 0..N {
        servers.push(ProgramBuilder::serving_database(&database).start().await);
    }
    let servers = servers.try_into().ok().expect("as many as were started");
    Some((database, servers))
}
