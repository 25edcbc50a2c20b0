//! Three servers with people on each, who all talk in the same projects, while whatever can go wrong does.

use sea_orm::ConnectionTrait as _;

use super::{LEASE_SECONDS, is_postgres_pass};
use crate::{
    faults::load::Load,
    support::{Postgres, Program, ProgramBuilder, TestDatabase, Witness, wait_until},
};

/// Activities that are shown between two faults, over all who watch through a server: some rounds of what people say.
const SOME: usize = 60;

/// Servers at the same time.
const SERVERS: i64 = 3;

/// A server, and the people on it.
struct Place {
    server: Program,
    people: Witness,
}

async fn shown(places: &[Place]) {
    for place in places {
        place.people.shown(SOME).await;
    }
}

/// Kills a server, and has its people go on with a new one.
async fn replace(place: &mut Place, serving: &dyn Fn() -> ProgramBuilder) {
    let below = place.server.descendants();
    let server = serving().start().await;
    let killed = std::mem::replace(&mut place.server, server);
    killed.kill().await;
    crate::faults::crash::gone(&below).await;
    place.people.moved(&place.server.base);
}

/// Freezes a server until others have taken over what it did, and lets it go on.
async fn freeze(place: &Place, database: &TestDatabase) {
    let db = database.connect().await;
    let count = async || {
        let row = db.query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "SELECT count(*) FROM servers",
        ));
        let row = row.await.expect("an answer").expect("a row");
        row.try_get_by_index::<i64>(0).expect("a number")
    };
    let are = async |servers: i64| {
        wait_until(format!("{servers} servers"), async || {
            (count().await == servers).then_some(())
        })
        .await;
    };
    // One that was killed before may not be missed yet.
    are(SERVERS).await;
    place.server.suspend();
    are(SERVERS - 1).await;
    place.server.resume();
}

#[tokio::test]
async fn whatever_befalls_a_server_all_show_the_same_log_and_nothing_is_done_twice() {
    if !is_postgres_pass() {
        return;
    }
    let mut postgres = Postgres::start().await;
    let load = Load::on(TestDatabase::at(&postgres.url));
    let serving = || {
        load.serving()
            .set("PM__DATABASE__LEASE_SECONDS", LEASE_SECONDS)
    };
    let servers: [Program; 3] = super::start(serving).await;
    let mut projects = load.projects(&servers[0]).await;
    projects.push(load.project_beside(&servers[1]).await);
    // Each is talked in on another server than the one that made it.
    let talked_in = projects.iter().cycle().skip(1);
    let mut places: Vec<Place> = servers
        .into_iter()
        .zip(talked_in)
        .map(|(server, talked_in)| Place {
            people: Witness::in_some(&server.base, &projects, std::slice::from_ref(talked_in)),
            server,
        })
        .collect();
    shown(&places).await;
    replace(&mut places[0], &serving).await;
    shown(&places).await;
    freeze(&places[1], &load.database).await;
    shown(&places).await;
    cut_off(&load.database, "query LIKE 'LISTEN%'").await;
    shown(&places).await;
    postgres.halt().await;
    postgres.launch().await;
    shown(&places).await;
    replace(&mut places[2], &serving).await;
    shown(&places).await;
    for place in &mut places {
        place.people.hush().await;
    }
    let (servers, people): (Vec<Program>, Vec<Witness>) = places
        .into_iter()
        .map(|place| (place.server, place.people))
        .unzip();
    // What each showed is held against the log as the next one tells it.
    for (people, other) in people.into_iter().zip(servers.iter().cycle().skip(1)) {
        people.compare(other).await;
    }
    drop(servers);
    postgres.remove().await;
}

/// Ends the connections to this database of which `condition` holds.
async fn cut_off(database: &TestDatabase, condition: &str) {
    let db = database.connect().await;
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND {condition}"
    );
    db.execute_unprepared(&sql).await.expect("they are ended");
}
