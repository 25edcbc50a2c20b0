//! Word of what other servers wrote: it comes at once, and where it gets lost nothing else does.

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use super::servers;
use crate::{
    support::{Client, Stream, TestDatabase, wait_until},
    workflow::say,
};

/// Messages said in a test: some turns of traffic.
const MESSAGES: usize = 10;

async fn told(stream: &mut Stream, status: &str) {
    let event = stream.next_named("system").await;
    let said = (&event.data["part"], &event.data["status"]);
    assert_eq!(said, (&json!("servers"), &json!(status)), "{event:?}");
}

/// Somebody who administers the database, from another one.
struct Admin {
    connection: DatabaseConnection,
    /// The name of the database.
    name: String,
}

impl Admin {
    async fn of(database: &TestDatabase) -> Self {
        let server = std::env::var("TEST_DATABASE_URL").expect("an address");
        let name = database.url.rsplit('/').next().expect("a name").to_owned();
        let connection = Box::pin(Database::connect(server))
            .await
            .expect("a connection");
        Self { connection, name }
    }

    /// Ends the connections on which servers listen; how many there were.
    async fn cut_off(&self) -> usize {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = $1 AND query LIKE 'LISTEN%'";
        let name = [self.name.as_str().into()];
        let cut = Statement::from_sql_and_values(DbBackend::Postgres, cut, name);
        self.connection.query_all_raw(cut).await.unwrap().len()
    }

    /// Whether anybody may connect anew. Whoever is connected stays so.
    async fn allow(&self, is_allowed: bool) {
        let sql = format!(
            "ALTER DATABASE {} ALLOW_CONNECTIONS {is_allowed}",
            self.name
        );
        self.connection.execute_unprepared(&sql).await.unwrap();
    }
}

/// Says things through a server, and waits until all are answered.
async fn talk(server: &Client, project: &str) {
    let answers = async || {
        let log = server.log(project).await;
        let answers = log.iter().filter(|one| one["data"]["role"] == "assistant");
        answers.count()
    };
    let before = answers().await;
    for number in 0..MESSAGES {
        server.say(project, &format!("hello {number}")).await;
    }
    wait_until("the answers", async || {
        (answers().await == before + MESSAGES).then_some(())
    })
    .await;
}

/// All that a stream shows up to where the log ends.
async fn shown(stream: &mut Stream, log: &[Value]) -> Vec<Value> {
    let last = &log.last().expect("something has happened")["seq"];
    let events = stream.activities_until(|data| data["seq"] == *last).await;
    events.into_iter().map(|event| event.data).collect()
}

#[tokio::test]
async fn what_is_done_through_one_server_is_shown_by_every_other_once_and_in_order() {
    let Some((_database, [one, other])) = servers().await else {
        return;
    };
    let project = one.project("Shop").await;
    let mut stream = other.stream(&project, "?after=0").await;
    talk(&one, &project).await;
    let log = one.log(&project).await;
    assert_eq!(shown(&mut stream, &log).await, log);
    // A client that comes back may come back to the other one.
    let half = log[log.len() / 2]["seq"].to_string();
    let mut again = other.stream_after(&project, &half).await;
    let rest = shown(&mut again, &log).await;
    assert_eq!(rest, log[log.len() / 2 + 1..]);
}

#[tokio::test]
async fn what_is_said_while_the_word_of_it_is_cut_off_is_shown_all_the_same() {
    let Some((database, [one, other])) = servers().await else {
        return;
    };
    let project = one.project("Shop").await;
    let mut stream = other.stream(&project, "?after=0").await;
    let admin = Box::pin(Admin::of(&database)).await;
    for _ in 0..3 {
        let (cut, ()) = tokio::join!(admin.cut_off(), talk(&one, &project));
        assert!(cut > 0, "somebody listened");
    }
    let log = one.log(&project).await;
    assert_eq!(shown(&mut stream, &log).await, log);
}

#[tokio::test]
async fn a_server_that_hears_no_others_says_so_looks_by_itself_and_says_when_it_hears_them_again() {
    let Some((database, [one, other])) = servers().await else {
        return;
    };
    let project = one.project("Shop").await;
    let mut stream = other.stream(&project, "?after=0").await;
    let admin = Box::pin(Admin::of(&database)).await;
    talk(&one, &project).await;
    admin.allow(false).await;
    admin.cut_off().await;
    told(&mut stream, "degraded").await;
    // The connections there are go on.
    one.post(&format!("/api/projects/{project}/messages"))
        .json(&json!({ "content": "and now?" }))
        .send()
        .await
        .unwrap();
    let answered = |data: &Value| data["data"]["content"] == "and now?";
    stream.activities_until(answered).await;
    // Nor does the one that works for the project hear; it looks, and answers.
    say(&other, &project, "hello").await;
    admin.allow(true).await;
    told(&mut stream, "recovered").await;
}

#[tokio::test]
async fn a_project_that_is_deleted_through_one_server_is_gone_on_every_other() {
    let Some((_database, [one, other])) = servers().await else {
        return;
    };
    let project = one.project("Shop").await;
    let mut stream = other.stream(&project, "").await;
    let deleted = one.delete(&format!("/api/projects/{project}")).send().await;
    assert!(deleted.unwrap().status().is_success());
    let last = stream.next_named("error").await;
    assert_eq!(last.data["code"], "PROJECT_DELETED");
}
