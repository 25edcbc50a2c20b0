//! Several servers on one PostgreSQL: real processes, what each of them shows of what the others do, and what becomes of the
//! work of one that is not there any more.

pub mod clocks;
mod elsewhere;
mod takeover;
mod traffic;
mod versions;
mod word;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    scar,
    support::{Client, Program, ProgramBuilder, TestDatabase, acp::ScriptedAgent, scar::TestScar},
};

/// The lease of these servers. One that is taken for dead because the machine is busy loses nothing, but a test may expect
/// that it is not.
const LEASE_SECONDS: f64 = 3.0;

/// A lease that does not run out in a test.
const LONG_LEASE_SECONDS: f64 = 120.0;

/// Whether this is the pass with PostgreSQL: SQLite has one server.
fn is_postgres_pass() -> bool {
    std::env::var("TEST_DATABASE").as_deref() == Ok("postgres")
}

/// Servers on a database of the test's own. None in the pass with SQLite.
async fn servers<const N: usize>() -> Option<(TestDatabase, [Program; N])> {
    if !is_postgres_pass() {
        return None;
    }
    let database = TestDatabase::new().await;
    let servers = start(|| serving(&database, LEASE_SECONDS)).await;
    Some((database, servers))
}

fn serving(database: &TestDatabase, lease_seconds: f64) -> ProgramBuilder {
    ProgramBuilder::serving_database(database).set("PM__DATABASE__LEASE_SECONDS", lease_seconds)
}

async fn start<const N: usize>(program: impl Fn() -> ProgramBuilder) -> [Program; N] {
    let mut servers = Vec::new();
    for _ in 0..N {
        servers.push(program().start().await);
    }
    servers.try_into().ok().expect("as many as were started")
}

/// Servers with a database, a SCAR that is played by hand and a coding agent.
struct Site {
    database: TestDatabase,
    scar: Arc<TestScar>,
    agent: ScriptedAgent,
    lease_seconds: f64,
}

impl Site {
    /// One whose servers are taken for dead as soon as they are. None in the pass with SQLite.
    async fn new() -> Option<Self> {
        Self::with(LEASE_SECONDS).await
    }

    async fn with(lease_seconds: f64) -> Option<Self> {
        if !is_postgres_pass() {
            return None;
        }
        Some(Self {
            database: TestDatabase::new().await,
            scar: TestScar::start(),
            agent: ScriptedAgent::doing(&Value::Array(Vec::new())),
            lease_seconds,
        })
    }

    async fn servers<const N: usize>(&self) -> [Program; N] {
        start(|| self.serving()).await
    }

    fn serving(&self) -> ProgramBuilder {
        let serving = serving(&self.database, self.lease_seconds)
            .set("SCAR_BASE_URL", self.scar.address())
            .set("PM__ACP__COMMAND", self.agent.line());
        scar::FAST
            .iter()
            .fold(serving, |serving, (name, value)| serving.set(name, value))
    }

    /// How often SCAR was told to run a command.
    fn times_run(&self, command: &str) -> usize {
        let posts = self.scar.posts();
        let runs = posts
            .iter()
            .filter(|(_, text)| text == &format!("/command-invoke {command}"));
        runs.count()
    }
}

/// The log of a project, which must be the same wherever it is asked for.
async fn same_log(servers: &[&Client], project: &str) -> Vec<Value> {
    let (first, others) = servers.split_first().expect("a server");
    let log = first.log(project).await;
    for other in others {
        assert_eq!(other.log(project).await, log);
    }
    log
}
