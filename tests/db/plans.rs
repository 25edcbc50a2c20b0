//! How the databases answer what is asked again and again: by an index, however long the logs are.
//!
//! What is explained is what the program asked for: its statements are noted while it reads. `TEST_ROWS` says how many
//! activities there are.

mod outside;
mod pulls;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use migration::{Migrator, MigratorTrait as _};
use project_manager::{
    db::{
        Database, Kept, Reader,
        activity::{self, Filter, Page},
        apply::{Retention, apply},
        block, execution, gate,
    },
    domain::{
        activity::Verbosity,
        change::{Change, NewProject, Reported},
        id::{ProjectId, ServerId},
        project::{AgentSettings, ProjectName},
        search::SearchText,
    },
};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, TransactionTrait as _,
};

use crate::support::TestDatabase;

/// Activities, unless asked otherwise: enough that no database thinks it quicker to look at all of them.
const ROWS: i64 = 20_000;

/// Activities from which on there are so many parts of logs that PostgreSQL, too, asks the index of their words.
const MANY: i64 = 500_000;

/// A database with long logs, and every statement that was asked of it.
struct Long {
    database: TestDatabase,
    db: DatabaseConnection,
    asked: Arc<Mutex<Vec<Statement>>>,
    project: ProjectId,
    rows: i64,
}

impl Long {
    /// One project with a tenth of all activities, another one with the others, and executions and gates of which few are
    /// open.
    async fn with(rows: i64) -> Self {
        let database = TestDatabase::new().await;
        let mut db = database.connect().await;
        if !database.is_postgres() {
            // Nothing of this need survive a power cut.
            run(&db, "PRAGMA synchronous = OFF").await;
        }
        Migrator::up(&db, None).await.expect("the migrations apply");
        let (project, other) = (ProjectId::new(), ProjectId::new());
        for (project, length) in [(project, rows / 10), (other, rows - rows / 10)] {
            make(&db, project, length).await;
        }
        if database.is_postgres() {
            run(&db, "ANALYZE").await;
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        db.set_metric_callback(move |info| {
            noted.lock().expect("no panic").push(info.statement.clone())
        });
        Self {
            database,
            db,
            asked,
            project,
            rows,
        }
    }

    fn reader(&self) -> Reader {
        let database = Database {
            url: self.database.url.clone(),
            readers: 1,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(60),
            lease: Duration::from_secs(5),
            retention: Retention::default(),
            wanted: Default::default(),
            server: ServerId::new(),
            option: None,
            for_leases: Kept::default(),
        };
        Reader::new(database, self.db.clone())
    }

    /// How what was asked since the last time is answered: by which indexes, and which tables are looked through.
    async fn plans(&self) -> (BTreeSet<String>, Vec<String>) {
        let asked = std::mem::take(&mut *self.asked.lock().expect("no panic"));
        assert!(!asked.is_empty(), "something was asked");
        let (mut indexes, mut scans) = (BTreeSet::new(), Vec::new());
        for statement in asked {
            for step in self.explain(statement).await {
                match self.db.get_database_backend() {
                    DbBackend::Sqlite => read_step(&step, &mut indexes, &mut scans),
                    _ => read_tree(
                        &serde_json::from_str(&step).expect("a plan"),
                        &mut indexes,
                        &mut scans,
                    ),
                }
            }
        }
        self.asked.lock().expect("no panic").clear();
        (indexes, scans)
    }

    async fn explain(&self, mut statement: Statement) -> Vec<String> {
        let (how, column) = match self.db.get_database_backend() {
            DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            _ => ("EXPLAIN (FORMAT JSON)", 0),
        };
        statement.sql = format!("{how} {}", statement.sql);
        let rows = self.db.query_all_raw(statement).await.expect("a plan");
        let steps = rows.iter().map(|row| match column {
            0 => row
                .try_get_by_index::<serde_json::Value>(0)
                .expect("a plan")
                .to_string(),
            column => row.try_get_by_index(column).expect("a step"),
        });
        steps.collect()
    }

    /// What was asked is answered by these indexes, and no table is looked through.
    async fn uses(&self, wanted: &[&str]) {
        let (indexes, mut scans) = self.plans().await;
        if self.rows < MANY {
            // The parts of a short log are few, projects are two, and PostgreSQL rightly reads a table of some pages.
            let is_small =
                |scan: &str| scan.contains("search_words") || scan.contains("\"projects\"");
            scans.retain(|scan| !is_small(scan));
        }
        assert_eq!(scans, Vec::<String>::new(), "only {indexes:?} are used");
        for index in wanted {
            assert!(indexes.contains(*index), "{index} is not among {indexes:?}");
        }
    }
}

/// A step of SQLite: `SEARCH t USING INDEX i (a=?)`, `SCAN t`, `SCAN words VIRTUAL TABLE INDEX 0:M1`.
fn read_step(step: &str, indexes: &mut BTreeSet<String>, scans: &mut Vec<String>) {
    let words: Vec<&str> = step.split(' ').collect();
    if let Some(at) = words.iter().position(|word| *word == "INDEX") {
        let is_virtual = words.contains(&"VIRTUAL");
        indexes.extend(
            words
                .get(if is_virtual { 1 } else { at + 1 })
                .map(|name| (*name).to_owned()),
        );
    } else if words[0] == "SCAN" && !["CONSTANT", "bounded"].contains(&words[1]) {
        // What a part of a statement found, a bounded number of rows, is no table.
        scans.push(step.to_owned());
    }
}

/// A plan of PostgreSQL.
fn read_tree(plan: &serde_json::Value, indexes: &mut BTreeSet<String>, scans: &mut Vec<String>) {
    if let Some(name) = plan["Index Name"].as_str() {
        // An index without a condition is read from one end to the other; a partial one is small, and what is asked for in the
        // order of one ends with the first few.
        let is_partial = name.ends_with("_open") || name.ends_with("_unfinished");
        if plan["Index Cond"].is_null()
            && !is_partial
            && !name.ends_with("_by_start")
            && name != "deliveries_pkey"
        {
            scans.push(plan.to_string());
        }
        indexes.insert(name.to_owned());
    } else if plan["Node Type"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("Seq Scan"))
    {
        scans.push(plan.to_string());
    }
    match plan {
        serde_json::Value::Array(parts) => parts
            .iter()
            .for_each(|part| read_tree(part, indexes, scans)),
        serde_json::Value::Object(parts) => parts
            .values()
            .for_each(|part| read_tree(part, indexes, scans)),
        _ => {}
    }
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Makes a project with so many activities, all of them in the index, and with executions and gates.
async fn make(db: &DatabaseConnection, project: ProjectId, length: i64) {
    let new = NewProject {
        name: ProjectName::parse("Shop").expect("a name"),
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    };
    store(db, Reported::now(project, Change::ProjectCreated(new))).await;
    let id = "(SELECT id FROM projects WHERE head_seq = 0)";
    let (numbers, uuid, text, now, json, no) = match db.get_database_backend() {
        DbBackend::Sqlite => (
            format!(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {length})"
            ),
            "randomblob(16)",
            "hex(randomblob(16))",
            "'2026-01-31 09:30:00.000000 +00:00'",
            "'[]'",
            "0",
        ),
        _ => (
            format!("WITH numbers(n) AS (SELECT * FROM generate_series(1, {length}))"),
            "gen_random_uuid()",
            "CAST(gen_random_uuid() AS text)",
            "now()",
            "CAST('[]' AS jsonb)",
            "false",
        ),
    };
    run(db, &format!(
        "{numbers} INSERT INTO activities (id, project_id, seq, timestamp, source, kind, verbosity, message) \
         SELECT {uuid}, {id}, n, {now}, 'claude', 'text', 2, CASE n WHEN {} THEN 'a needle' ELSE 'hay ' || n END FROM numbers",
        length / 2
    )).await;
    run(db, &format!(
        "{numbers} INSERT INTO scar_executions (id, project_id, command_type, command_args, then_orders, status, attempt, queued_at, started_at) \
         SELECT {uuid}, {id}, 'PRIME', '', {json}, CASE WHEN n < 4 THEN 'RUNNING' ELSE 'COMPLETED' END, 1, {now}, {now} FROM numbers WHERE n % 4 < 2"
    )).await;
    run(db, &format!(
        "{numbers} INSERT INTO approval_gates (id, project_id, gate_type, question, status, created_at) \
         SELECT {uuid}, {id}, 'vision_review', 'Good?', CASE WHEN n < 4 THEN 'PENDING' ELSE 'APPROVED' END, {now} FROM numbers WHERE n % 4 < 2"
    )).await;
    run(db, &format!(
        "{numbers} INSERT INTO deliveries (id, project_id, seq, kind, activity, created_at, attempts, next_at, state, ended_at, failed_at) \
         SELECT {uuid}, {id}, n, 'gate.opened', {json}, {now}, 1, CASE WHEN n < 4 THEN {now} END, \
         CASE WHEN n < 4 THEN 'waiting' ELSE 'delivered' END, CASE WHEN n < 4 THEN NULL ELSE {now} END, \
         CASE WHEN n % 64 = 0 THEN {now} END FROM numbers WHERE n % 4 < 2"
    )).await;
    run(db, &format!(
        "{numbers} INSERT INTO pull_requests (id, project_id, number, repository, url, state, draft, checks, created_at, updated_at, \
         next_look_at, failures, revision) SELECT {uuid}, {id}, n, 'acme/shop', '', 'merged', {no}, {json}, {now}, {now}, \
         CASE WHEN n < 4 THEN {now} END, 0, 0 FROM numbers WHERE n % 4 < 2"
    )).await;
    run(db, &format!(
        "{numbers} INSERT INTO github_events (id, project_id, delivery, subject, received_at, state, repository, issue, author, content, url, said, attempts, next_at, failed_at) \
         SELECT {uuid}, {id}, {text}, {text}, {now}, CASE WHEN n < 4 THEN 'waiting' ELSE 'noted' END, 'acme/shop', n, 'alice', 'hello', 'https://github.com', {json}, 0, CASE WHEN n < 4 THEN {now} END, CASE WHEN n % 64 = 0 THEN {now} END FROM numbers WHERE n % 4 < 2"
    )).await;
    run(
        db,
        &format!("UPDATE projects SET head_seq = {length} WHERE head_seq = 0"),
    )
    .await;
    while let Some(block) = activity::next_block(db, project).await.expect("a part") {
        store(db, Reported::now(project, Change::LogIndexed(block))).await;
    }
}

async fn store(db: &DatabaseConnection, reported: Reported) {
    let txn = db.begin().await.expect("a transaction");
    apply(&txn, &[&reported], Retention::default())
        .await
        .expect("it is applied");
    txn.commit().await.expect("it is stored");
}

#[tokio::test]
async fn what_is_asked_again_and_again_is_answered_by_an_index() {
    let rows = std::env::var("TEST_ROWS")
        .map_or(ROWS, |rows| rows.parse().expect("TEST_ROWS is a number"));
    let long = Long::with(rows).await;
    let (db, project) = (&long.db, long.project);
    let half = long.rows / 20;

    let replay = activity::replay(db, project, half, Verbosity::Normal, 10_000)
        .await
        .expect("an answer");
    assert_eq!(replay.activities[0].seq, half + 1);
    long.uses(&["activities_by_seq"]).await;

    let page = |before| Page {
        after: None,
        before,
        verbosity: Verbosity::Full,
        limit: 100,
    };
    let history = activity::page(db, project, page(Some(half)))
        .await
        .expect("an answer");
    assert_eq!(history.last().map(|last| last.seq), Some(half - 1));
    long.uses(&["activities_by_seq"]).await;

    for (text, found) in [("NEEDLE", 1), ("nowhere", 0), ("hay 1", 100)] {
        let text = SearchText::parse(text).expect("something to look for");
        let filter = Filter {
            text: Some(text),
            ..Filter::default()
        };
        let head = long.rows / 10;
        let all = activity::search(&long.reader(), project, page(None), &filter, head)
            .await
            .expect("an answer");
        assert_eq!(all.len(), found, "{filter:?}");
        let words = match (long.database.is_postgres(), rows < MANY) {
            (false, _) => "search_words",
            (true, true) => "search_blocks_by_seq",
            (true, false) => "search_words_by_word",
        };
        long.uses(&["activities_by_seq", words]).await;
    }

    let open = gate::open_since(db, project_manager::clock::now())
        .await
        .expect("an answer");
    assert_eq!(open.len(), 2);
    long.uses(&["approval_gates_open"]).await;

    let unfinished = execution::unfinished(db).await.expect("an answer");
    assert_eq!(unfinished.len(), 2);
    long.uses(&["scar_executions_unfinished"]).await;

    outside::deliveries(&long).await;
    outside::said_on_github(&long).await;
    pulls::pulls(&long).await;

    let statement = Statement::from_string(db.get_database_backend(), RAN_LAST);
    assert_eq!(
        db.query_all_raw(statement).await.expect("an answer").len(),
        5
    );
    long.uses(&["scar_executions_by_start"]).await;

    assert_eq!(block::behind(db).await.expect("an answer"), []);
}

/// As people ask it, outside of this program.
const RAN_LAST: &str = "SELECT id, command_type, status, started_at FROM scar_executions ORDER BY started_at DESC LIMIT 5;";

#[tokio::test]
async fn whoever_asks_the_database_what_ran_last_gets_an_answer() {
    let few = Long::with(640).await;
    let statement = Statement::from_string(few.db.get_database_backend(), RAN_LAST);
    let rows = few.db.query_all_raw(statement).await.expect("an answer");
    assert_eq!(rows.len(), 5);
    let status: String = rows[0].try_get("", "status").expect("a word");
    assert_eq!(status, "COMPLETED");
}

#[tokio::test]
async fn postgresql_refuses_a_status_that_nobody_knows() {
    let few = Long::with(640).await;
    for table in ["projects", "scar_executions", "approval_gates"] {
        let sql = format!("UPDATE {table} SET status = 'ODD'");
        let refused = few.db.execute_unprepared(&sql).await;
        match few.database.is_postgres() {
            true => {
                let why = refused.expect_err("it is no status").to_string();
                assert!(why.contains(&format!("{table}_status")), "{why}");
            }
            false => assert!(refused.is_ok(), "SQLite takes every text"),
        }
    }
}
