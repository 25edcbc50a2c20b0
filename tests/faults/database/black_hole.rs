//! A network that takes everything and passes nothing on: nobody is told that anything is wrong.

use std::time::Duration;

use futures_util::future::join_all;
use project_manager::{
    db::{Database, Kept, ReadError, connect},
    domain::id::ServerId,
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};

use super::{Traffic, backend_that, behind_a_network, is_postgres_pass, no_backend_that, through};
use crate::{
    auth::{SECRET, sign_in},
    support::{Client, Lock, TestDatabase, patiently, refused, wait_until},
};

#[tokio::test]
async fn a_black_hole_is_noticed_and_what_comes_out_of_it_late_changes_nothing() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let traffic = Traffic::begin(through(&network, &database)).await;
    network.black_hole();
    traffic.sees_it_go().await;
    network.open();
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

#[tokio::test]
async fn a_transaction_that_was_forgotten_on_the_way_does_not_keep_its_locks() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let admin = database.connect().await;
    let traffic = Traffic::begin(through(&network, &database)).await;
    let lock = Lock::take(&database).await;
    backend_that(&admin, "wait_event_type = 'Lock'").await;
    network.black_hole();
    lock.release().await;
    // The statement is done, or given up, and PostgreSQL waits for the next one, which will never come.
    no_backend_that(&admin, "wait_event_type = 'Lock'").await;
    network.forget();
    traffic.witness.told("degraded").await;
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

#[tokio::test]
async fn who_was_let_in_before_does_not_wait_for_a_database_that_says_nothing() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    // Whoever waited for the database here would wait for longer than the test.
    let server = through(&network, &database)
        .set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", 60)
        .set("PM__DATABASE__STATEMENT_TIMEOUT_SECONDS", 300)
        .set("PM__AUTH__TOKEN", SECRET)
        .start()
        .await;
    let admin = Client::showing(&server.base, SECRET);
    let project = admin.project("Shop").await;
    let (cookie, _) = sign_in(&Client::of(server.base.clone()), SECRET).await;
    let browser = Client::signed_in(&server.base, &cookie);
    browser.read("/api/session").await;
    network.black_hole();
    // What is known of the browser is too old by then to be believed without a look.
    let report = format!("/api/diagnostics/sse/{project}");
    let report = patiently("why the pane is empty", browser.read(&report)).await;
    assert_eq!(report["database_check"], "failed", "{report}");
    let actors = browser.read("/api/diagnostics/actors");
    patiently("to be let in once more", actors).await;
    network.open();
}

/// More than there are connections for reading.
const READERS: usize = 20;

#[tokio::test]
async fn readers_who_wait_are_told() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let server = through(&network, &database).start().await;
    let path = read_by_many(&server).await;
    network.black_hole();
    let reads = (0..READERS).map(|_| refused(server.get(&path), StatusCode::SERVICE_UNAVAILABLE));
    for problem in join_all(reads).await {
        let words = problem["detail"].as_str().expect("words");
        assert!(words.contains("database is not answering"), "{problem}");
    }
    network.forget();
    read_again(&server, &path).await;
}

#[tokio::test]
async fn readers_who_do_not_wait_leave_no_connection_unusable() {
    let Some((database, network)) = behind_a_network().await else {
        return;
    };
    let server = through(&network, &database).start().await;
    let path = read_by_many(&server).await;
    network.black_hole();
    let reads = (0..READERS).map(async |_| {
        // Long enough to be asked, and less than the server waits.
        let patience = Duration::from_millis(500);
        server.get(&path).timeout(patience).send().await
    });
    for answer in join_all(reads).await {
        let is_left = answer.is_err_and(|error| error.is_timeout());
        assert!(is_left, "nobody answers");
    }
    network.forget();
    read_again(&server, &path).await;
}

/// A project that was just read over all connections there are; its path.
async fn read_by_many(server: &Client) -> String {
    let path = format!("/api/projects/{}", server.project("Shop").await);
    join_all((0..READERS).map(|_| server.read(&path))).await;
    path
}

async fn read_again(server: &Client, path: &str) {
    wait_until("the project to be read again", async || {
        let answer = server.get(path).send().await.expect("an answer");
        (answer.status() == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_hangs_is_closed_and_not_asked_for_ever_whether_it_lives() {
    let Some((_database, network)) = behind_a_network().await else {
        return;
    };
    let (reader, writer) = connect(&settings(&network.url()))
        .await
        .expect("a database");
    let pool = reader.read(async |db| db.ping().await.map(|()| db.clone()));
    let pool = pool.await.expect("an answer");
    let pool = pool.get_postgres_connection_pool();
    wait_until("the connection to be back in its pool", async || {
        (pool.num_idle() == 1).then_some(())
    })
    .await;
    network.black_hole();
    let hangs = reader.read(async |db| db.ping().await).await;
    assert!(matches!(hangs, Err(ReadError::TimedOut(_))), "{hangs:?}");
    network.forget();
    let answer = reader.read(async |db| db.ping().await).await;
    answer.expect("an answer over a new connection");
    // It, and the writer's.
    network.held_at_most(2).await;
    drop(writer);
}

/// A database that is given up after three seconds.
fn settings(url: &str) -> Database {
    Database {
        url: url.to_owned(),
        readers: 1,
        acquire_timeout: Duration::from_secs(2),
        statement_timeout: Duration::from_secs(1),
        lease: Duration::from_secs(5),
        retention: Default::default(),
        wanted: Default::default(),
        server: ServerId::new(),
        option: None,
        for_leases: Kept::default(),
    }
}

#[tokio::test]
async fn postgresql_asks_whether_a_silent_server_is_still_there() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let connection = settings(&database.url).open_for_writing().await;
    let connection = connection.expect("a connection");
    for (setting, value) in [
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
        ("idle_in_transaction_session_timeout", "1s"),
    ] {
        let sql = format!("SHOW {setting}");
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection
            .query_one_raw(statement)
            .await
            .expect("an answer");
        let set: String = row.expect("a row").try_get_by_index(0).expect("a text");
        assert_eq!(set, value, "{setting}");
    }
    connection.close().await.expect("a closed connection");
}
