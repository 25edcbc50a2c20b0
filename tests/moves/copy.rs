//! `pm copy`, and a server that is started on what it made.

use std::net::TcpListener;

use project_manager::domain::access::Scope;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::{
    auth::{make, revoke, sign_in},
    db::tables,
    faults::startup::refused,
    github::pulls::{Place, told},
    support::{
        Checkout, Client, Done, ProgramBuilder, Receiver, TestDatabase, TestGitHub, expect,
        wait_until,
    },
    workflow::answer_all,
};

async fn copy(from: &TestDatabase, to: &TestDatabase) -> Done {
    copying(from, to).run().await
}

fn copying(from: &TestDatabase, to: &TestDatabase) -> ProgramBuilder {
    ProgramBuilder::with(&["copy", "--from", &from.url, "--to", &to.url])
        .set("PM__DATA__DIR", to.folder.path().display())
}

async fn migrate(database: &TestDatabase, direction: &str) {
    let done = ProgramBuilder::with(&["migrate", direction])
        .set("PM__DATA__DIR", database.folder.path().display())
        .set("DATABASE_URL", &database.url)
        .run()
        .await;
    assert_eq!(done.code, Some(0), "{done:?}");
}

/// Fills a database with a bit of all there is: a workflow that was begun, approved and failed, and talk.
async fn filled(database: &TestDatabase) -> Vec<Value> {
    with_pull_request(database).await;
    let checkout = Checkout::with(&[("README.md", "# Pots")]);
    // Somebody is told of it, and never says that they have it.
    let receiver = Receiver::start();
    receiver.is_silent();
    let github = TestGitHub::start();
    let settings = github.settings_without_token().into_iter();
    let settings = settings.chain(receiver.settings());
    let serving = ProgramBuilder::serving_database(database);
    let serving = settings.fold(serving, |serving, (name, value)| serving.set(name, value));
    let server = serving
        .set("PM__NOTIFICATIONS__TIMEOUT_SECONDS", 60)
        .start()
        .await;
    let project = server.project_in("Pots “äöü” 🫖", checkout.text()).await;
    let agent = json!({
        "agent": { "env": { "KEY": "secret" }, "permissions": "reading" },
        "github_repo_url": github.url("acme/pots"),
    });
    expect(
        server
            .patch(&format!("/api/projects/{project}"))
            .json(&agent),
        StatusCode::OK,
    )
    .await;
    let heard = github.issue_hook("acme/pots", "opened", "alice", json!({}));
    expect(heard.to(&server), StatusCode::ACCEPTED).await;
    answer_all(&server, &project).await;
    let gates = server.read(&format!("/api/projects/{project}/gates")).await;
    let gate = gates[0]["id"].as_str().expect("an open gate");
    let notes = json!({ "notes": "lovely" });
    expect(
        server
            .post(&format!("/api/gates/{gate}/approve"))
            .json(&notes),
        StatusCode::OK,
    )
    .await;
    wait_until(
        "planning to fail without a coding agent, and its report",
        async || {
            let workflow = server
                .read(&format!("/api/projects/{project}/workflow"))
                .await;
            let messages = server.messages(&project).await;
            let reported = messages.iter().any(|one| {
                let key = one["client_id"].as_str().unwrap_or_default();
                key.starts_with("report:") && messages.len() > 18
            });
            (workflow["status"] == "failed" && reported).then_some(())
        },
    )
    .await;
    server.project("Empty").await;
    let all = everything(&server).await;
    // Whoever signed in, with a token that is revoked by now, so that nobody is asked who they are.
    let token = make(database, "phone", Scope::Read).await;
    wait_until("the server to ask who somebody is", async || {
        let answer = server.get("/api/projects").send().await.expect("an answer");
        (answer.status() == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    sign_in(&server, &token).await;
    revoke(database, "phone").await;
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    all
}

/// Has a command open a pull request, which is merged: so nobody asks GitHub for it any more.
async fn with_pull_request(database: &TestDatabase) {
    let place = Place::new();
    let server = place.program(database).start().await;
    let project = place.project(&server).await;
    place.opened(&server, &project).await;
    place.change(json!({ "state": "closed", "merged": true }));
    let all = ["pull_request_opened", "pull_request_merged"];
    told(&server, &project, &all).await;
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
}

/// All that a server shows of all its projects.
async fn everything(server: &Client) -> Vec<Value> {
    let projects = server.read("/api/projects").await;
    let mut all = vec![projects.clone()];
    for project in projects.as_array().expect("a list") {
        let id = project["id"].as_str().expect("an id");
        for what in [
            "",
            "/messages",
            "/executions",
            "/gates",
            "/workflow",
            "/pull-requests",
        ] {
            all.push(server.read(&format!("/api/projects/{id}{what}")).await);
        }
        all.extend(server.log(id).await);
    }
    all
}

async fn shown(database: &TestDatabase) -> Vec<Value> {
    let server = ProgramBuilder::serving_database(database).start().await;
    let all = everything(&server).await;
    server.terminate().await;
    all
}

async fn count(database: &TestDatabase, table: &str) -> i64 {
    let db = database.connect().await;
    let rows = db
        .query_one_raw(sea_orm::Statement::from_string(
            db.get_database_backend(),
            format!("SELECT count(*) FROM {table}"),
        ))
        .await;
    let count = rows.expect("a table").expect("a row").try_get_by_index(0);
    db.close().await.expect("a closed connection");
    count.expect("a number")
}

/// The tables a copy says it has made, with how many rows.
fn tables_of(done: &Done) -> Vec<(String, i64)> {
    let lines = done.output.lines().skip(2);
    let mut tables: Vec<(String, i64)> = lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().expect("a name").to_owned();
            (
                name,
                words.next().expect("a number").parse().expect("a number"),
            )
        })
        .collect();
    tables.sort();
    tables
}

/// On PostgreSQL these are a copy from there to SQLite, and one from SQLite to there.
#[tokio::test]
async fn a_server_shows_of_a_copy_what_it_showed_of_the_source_there_and_back_again() {
    let first = TestDatabase::new().await;
    let (second, third) = (TestDatabase::sqlite(), TestDatabase::new().await);
    let before = filled(&first).await;
    for (from, to) in [(&first, &second), (&second, &third)] {
        let done = copy(from, to).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        let counted = tables_of(&done);
        for (table, rows) in &counted {
            let told = match rows {
                1 => format!("{table}: 1 row copied\n"),
                rows => format!("{table}: {rows} rows copied\n"),
            };
            assert!(done.errors.contains(&told), "no {told:?} in {done:?}");
        }
        let db = to.connect().await;
        let names: Vec<String> = counted.iter().map(|(name, _)| name.clone()).collect();
        let mut there = tables::tables(&db).await;
        // The index of the search: whichever server runs there makes it anew, of what is there.
        there.retain(|table| table != "search_blocks");
        // Whoever is there now, and what it tests itself with.
        there.retain(|table| !["servers", "canaries"].contains(&table.as_str()));
        assert_eq!(there, names, "every table is copied");
        db.close().await.expect("a closed connection");
        for (table, rows) in counted {
            assert_eq!(rows, count(from, &table).await, "{table}");
            assert!(rows > 0, "{table} has something to copy");
        }
        assert_eq!(shown(to).await, before);
    }
}

#[tokio::test]
async fn it_is_refused_while_a_server_runs_on_either_and_where_there_are_projects() {
    let (source, target) = (TestDatabase::new().await, TestDatabase::new().await);
    let server = ProgramBuilder::serving_database(&source).start().await;
    server.project("Shop").await;
    refused(
        &copy(&source, &target).await,
        &["server is using the database", "stop"],
    );
    server.terminate().await;

    let server = ProgramBuilder::serving_database(&target).start().await;
    refused(
        &copy(&source, &target).await,
        &["server is using the database", "stop"],
    );
    server.project("Zoo").await;
    server.terminate().await;

    let done = copy(&source, &target).await;
    refused(&done, &["there are projects in", "copy into an empty one"]);
    assert_eq!(count(&target, "projects").await, 1);
    refused(&copy(&source, &source).await, &["are the same database"]);
}

#[tokio::test]
async fn a_source_without_tables_or_of_an_older_version_is_refused_and_left_as_it_is() {
    let (source, target) = (TestDatabase::new().await, TestDatabase::new().await);
    if source.is_postgres() {
        let done = copy(&source, &target).await;
        refused(&done, &["there are no tables of Project Manager", "--from"]);
    } else {
        let done = copy(&source, &target).await;
        refused(&done, &["there is no database", "another file with --from"]);
    }
    migrate(&source, "up").await;
    migrate(&source, "down").await;
    let done = copy(&source, &target).await;
    refused(&done, &["of an older version", "pm migrate up"]);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_to_be_corrected_in_the_option_that_has_it() {
    let there = TestDatabase::new().await;
    migrate(&there, "up").await;
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = port.local_addr().expect("an address");
    drop(port);
    let nowhere = format!("postgres://shop@{address}/shop?sslmode=disable");
    for (from, to, option) in [
        (&nowhere, &there.url, "--from"),
        (&there.url, &nowhere, "--to"),
    ] {
        let done = ProgramBuilder::with(&["copy", "--from", from, "--to", to])
            .set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", 0.2)
            .run()
            .await;
        let advice = format!("the host and the port in {option}");
        refused(&done, &["nothing listens there", &advice]);
        assert!(!done.errors.contains("DATABASE_URL"), "{done:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_not_repeated() {
    let arguments = ["copy", "--from", "mysql://ann:s3cr3t@host/pm", "--to", "x"];
    let done = ProgramBuilder::with(&arguments).run().await;
    refused(&done, &["--from is no address of a database", "sqlite://"]);
    assert!(!done.errors.contains("s3cr3t"), "{done:?}");
}

#[tokio::test]
async fn a_copy_that_is_not_the_same_as_its_source_is_taken_back_as_a_whole() {
    let (source, target) = (TestDatabase::sqlite(), TestDatabase::new().await);
    let server = ProgramBuilder::serving_database(&source).start().await;
    let project = server.project("Shop").await;
    server.say(&project, "hello").await;
    server.terminate().await;
    migrate(&target, "up").await;
    let db = target.connect().await;
    let change: &[&str] = match target.is_postgres() {
        true => &[
            "CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN NEW.content = upper(NEW.content); RETURN NEW; END $$",
            "CREATE TRIGGER louder BEFORE INSERT ON conversation_messages FOR EACH ROW EXECUTE FUNCTION louder()",
        ],
        false => &[
            "CREATE TRIGGER louder AFTER INSERT ON conversation_messages \
             BEGIN UPDATE conversation_messages SET content = upper(content) WHERE id = NEW.id; END",
        ],
    };
    for sql in change {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed connection");
    let done = copy(&source, &target).await;
    assert_eq!((done.code, done.output.as_str()), (Some(1), ""), "{done:?}");
    let words = "conversation_messages is not the same on both sides";
    assert!(done.errors.contains(words), "{done:?}");
    assert_eq!(count(&target, "projects").await, 0);
}

/// Only a PostgreSQL can be kept waiting in the middle of it.
#[tokio::test]
async fn a_copy_that_is_killed_in_the_middle_leaves_the_target_empty() {
    let (source, target) = (TestDatabase::sqlite(), TestDatabase::new().await);
    if !target.is_postgres() {
        return;
    }
    let before = filled(&source).await;
    migrate(&target, "up").await;
    let db = target.connect().await;
    let lock = "LOCK TABLE activities IN SHARE MODE";
    for sql in ["BEGIN", lock] {
        db.execute_unprepared(sql).await.expect(sql);
    }
    let copier = copying(&source, &target).spawn();
    let ask = async |sql: &str| -> i64 {
        let question = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(question).await.expect("an answer");
        row.expect("a row").try_get_by_index(0).expect("a number")
    };
    wait_until("the copy to stand before the last table", async || {
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'activities'::regclass";
        (ask(waiting).await == 1).then_some(())
    })
    .await;
    let other = TestDatabase::sqlite();
    migrate(&other, "up").await;
    let second = copy(&other, &target).await;
    refused(
        &second,
        &["another `pm copy`", "at work", "wait until it has ended"],
    );
    copier.kill().await;
    db.execute_unprepared("ROLLBACK").await.expect("it lets go");
    wait_until("PostgreSQL to see that it is gone", async || {
        let left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        (ask(left).await == 0).then_some(())
    })
    .await;
    assert_eq!(count(&target, "projects").await, 0);
    db.close().await.expect("a closed connection");
    assert_eq!(copy(&source, &target).await.code, Some(0));
    assert_eq!(shown(&target).await, before);
}
