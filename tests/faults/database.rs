//! A database that goes away under a server with traffic in it, and comes back: the real program, and clients that remember
//! everything.
//!
//! What a test is about says where it runs: what is about both databases in the pass of either, what is about PostgreSQL in
//! the pass with `TEST_DATABASE=postgres`, what is about SQLite in the other. In the wrong pass a test does nothing.

mod black_hole;
mod broken_off;
mod commits;
mod connections;
mod disk;
mod flood;
mod locked;
mod unwatched;

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::Value;

use crate::support::{
    Checkout, Client, Program, ProgramBuilder, Proxy, TestDatabase, Witness, wait_until,
};

/// Projects with somebody talking in each, and two who watch.
const PROJECTS: usize = 3;

/// Activities that are shown before something happens, and after: every kind of thing that people say came up.
const SOME: usize = 90;

/// Seconds the server waits for a connection, and for a statement. Short, so that an outage is seen soon; long enough for a
/// busy machine.
const ACQUIRE_SECONDS: u32 = 2;
const STATEMENT_SECONDS: u32 = 1;

/// How much more memory the server may use after an outage than before, in KiB. What is kept meanwhile is a message for each
/// who talks and some steps of a command for each project, well under a megabyte; new connections and the allocator take
/// some more: 1 to 3 MB were measured.
const GROWTH_KIB_MAX: u64 = 16 << 10;

pub(super) fn is_postgres_pass() -> bool {
    std::env::var("TEST_DATABASE").as_deref() == Ok("postgres")
}

/// A database of the test's own, behind a network. None in the pass with SQLite.
async fn behind_a_network() -> Option<(TestDatabase, Proxy)> {
    if !is_postgres_pass() {
        return None;
    }
    let database = TestDatabase::new().await;
    let network = Proxy::to(&database.url).await;
    Some((database, network))
}

/// The server with the limits of these tests.
fn impatient(program: ProgramBuilder) -> ProgramBuilder {
    program
        .set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", ACQUIRE_SECONDS)
        .set("PM__DATABASE__STATEMENT_TIMEOUT_SECONDS", STATEMENT_SECONDS)
        .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh")
}

/// The server with a database behind a network.
fn through(network: &Proxy, database: &TestDatabase) -> ProgramBuilder {
    impatient(ProgramBuilder::serving_database(database)).set("DATABASE_URL", network.url())
}

/// A server with traffic in it.
struct Traffic {
    server: Program,
    witness: Witness,
    projects: Vec<String>,
    memory_kib: u64,
    /// Where the commands run.
    _checkout: Checkout,
}

impl Traffic {
    /// Starts the server and the traffic.
    async fn begin(program: ProgramBuilder) -> Self {
        let server = program.start().await;
        let checkout = Checkout::with(&[("checks.sh", "echo one\necho two\n")]);
        let mut projects = Vec::new();
        for number in 0..PROJECTS {
            let name = format!("Project {number}");
            projects.push(server.project_in(&name, checkout.text()).await);
        }
        let witness = Witness::of(&server.base, &projects);
        witness.shown(SOME).await;
        let memory_kib = server.memory_kib();
        Self {
            server,
            witness,
            projects,
            memory_kib,
            _checkout: checkout,
        }
    }

    /// The database is away: everybody is told, nobody is cut off, and nobody's message is taken.
    async fn sees_it_go(&self) {
        let told = async {
            self.witness.told("degraded").await;
            let unhealthy = health(&self.server).await;
            let words = unhealthy["checks"]["database"].as_str().expect("words");
            assert!(words.starts_with("nothing could be stored"), "{words}");
        };
        tokio::join!(told, self.witness.turned_away());
        self.witness.beat().await;
        self.witness.beat().await;
    }

    /// The database is back: everybody is told, and things go on.
    async fn sees_it_come_back(&self) {
        self.witness.told("recovered").await;
        wait_until("the server to be well", async || {
            (health(&self.server).await["status"] == "healthy").then_some(())
        })
        .await;
        self.witness.shown(SOME).await;
    }

    /// Ends the traffic: nothing is lost, nothing is there twice, and the server is as it was.
    async fn end(self) {
        let Self {
            server,
            witness,
            projects,
            memory_kib,
            _checkout,
        } = self;
        witness.assert_streams_stayed_open();
        for told in witness.turned_away_so_far() {
            assert_eq!(told["status"], 503, "{told}");
            let words = told["detail"].as_str().expect("words");
            // Too much may wait for a moment, when it is back.
            let known = words.contains("database is not answering") || words.contains("is busy");
            assert!(known, "{told}");
        }
        witness.compare(&server).await;
        for project in &projects {
            no_command_failed(&server, project).await;
        }
        nobody_was_restarted(&server).await;
        let grown = server.memory_kib().saturating_sub(memory_kib);
        assert!(grown <= GROWTH_KIB_MAX, "it uses {grown} KiB more");
    }
}

/// What the server says of its database.
async fn health(server: &Client) -> Value {
    let answer = server.get("/health/db").send().await.expect("an answer");
    let (status, health) = (answer.status(), answer.json::<Value>().await);
    let health = health.expect("JSON");
    let expected = match status {
        StatusCode::OK => "healthy",
        StatusCode::SERVICE_UNAVAILABLE => "unhealthy",
        other => panic!("{other}: {health}"),
    };
    assert_eq!(health["status"], expected);
    health
}

/// Waits until the server gives this as the reason why its database is away.
async fn unhealthy_for(server: &Client, reason: &str) {
    wait_until(format!("the reason to be: {reason}"), async || {
        let health = health(server).await;
        let words = health["checks"]["database"].as_str()?;
        words.contains(reason).then_some(())
    })
    .await;
}

/// A command waits for a database that is away; it does not fail.
async fn no_command_failed(server: &Client, project: &str) {
    let path = format!("/api/projects/{project}/executions?limit=1000");
    let executions = server.read(&path).await;
    for execution in executions.as_array().expect("a list") {
        let status = execution["status"].as_str().expect("a status");
        assert!(["COMPLETED", "CANCELLED"].contains(&status), "{execution}");
    }
}

async fn nobody_was_restarted(server: &Client) {
    let report = server.read("/api/diagnostics/actors").await;
    assert_eq!(report["crashes"], 0, "{report}");
    for actor in report["actors"].as_array().expect("a list") {
        assert_eq!(actor["restarts"], 0, "{actor}");
    }
}

/// Waits until PostgreSQL has a connection of the server's of which `condition` holds; its process.
async fn backend_that(db: &DatabaseConnection, condition: &str) -> i32 {
    wait_until(format!("a connection with {condition}"), async || {
        backend(db, condition).await
    })
    .await
}

/// Waits until it has none of which `condition` holds.
async fn no_backend_that(db: &DatabaseConnection, condition: &str) {
    wait_until(format!("no connection with {condition}"), async || {
        backend(db, condition).await.is_none().then_some(())
    })
    .await;
}

async fn backend(db: &DatabaseConnection, condition: &str) -> Option<i32> {
    let sql = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'project-manager' AND {condition}"
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("an answer")?;
    Some(row.try_get_by_index(0).expect("a number"))
}
