//! Databases that are not as they should be, and who has them.

use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use super::{
    Setup,
    cases::{Case, Shows, nothing},
    mending::{fails, mend, runs},
};
use crate::{faults::startup::refused, support::TestDatabase};

/// Makes the tables, and then does this to them.
async fn database_with(setup: &Setup, sql: &[&str]) {
    assert_eq!(setup.run(&["migrate", "up"]).await.code, Some(0));
    let url = format!("sqlite://{}", setup.database().display());
    let db = TestDatabase::at(&url).connect().await;
    for sql in sql {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_named_and_left_as_it_is() {
    let mut setup = Setup::new();
    let newer = ["INSERT INTO seaql_migrations VALUES ('m20990101_000001_moods', 0)"];
    database_with(&setup, &newer).await;
    let case = Case {
        what: "the database is of a newer version",
        named: ("database", "m20990101_000001_moods"),
        status: "broken",
        make: |_| nothing(),
        shows: Shows::Refused("newer version"),
    };
    let before = std::fs::read(setup.database()).expect("a database");
    let database = setup.database();
    fails(&setup, &case).await;
    mend(&mut setup, &case).await;
    runs(&setup, &case).await;
    assert_eq!(std::fs::read(database).expect("a database"), before);
}

#[tokio::test]
async fn a_database_with_a_damaged_page_is_named_and_can_be_put_out_of_the_way() {
    let mut setup = Setup::new();
    database_with(&setup, &["VACUUM"]).await;
    let mut bytes = std::fs::read(setup.database()).expect("a database");
    // All but what says that this is a SQLite database.
    bytes[100..].fill(0xA5);
    std::fs::write(setup.database(), bytes).expect("a file");
    let case = Case {
        what: "the database is damaged",
        named: ("database", "malformed"),
        status: "broken",
        make: |_| nothing(),
        shows: Shows::Refused("damaged"),
    };
    fails(&setup, &case).await;
    mend(&mut setup, &case).await;
    runs(&setup, &case).await;
}

#[tokio::test]
async fn a_database_of_an_older_version_is_worth_a_copy_and_is_brought_up_to_date() {
    let mut setup = Setup::new();
    database_with(&setup, &[]).await;
    assert_eq!(setup.run(&["migrate", "down"]).await.code, Some(0));
    let case = Case {
        what: "the database is of an older version",
        named: ("database", "`pm serve` brings them up to date"),
        status: "warning",
        make: |_| nothing(),
        shows: Shows::Nothing,
    };
    mend(&mut setup, &case).await;
    let report = setup.doctor().await;
    assert!(
        report
            .words("database", "ok")
            .contains("its tables are of this version")
    );
    let mut copy = setup.database().into_os_string();
    copy.push(".backup");
    assert!(std::path::Path::new(&copy).is_file(), "a copy was made");
    runs(&setup, &case).await;
}

#[tokio::test]
async fn who_has_the_database_at_another_port_is_named_and_can_be_ended() {
    let mut setup = Setup::new();
    let other = setup.program(&["serve"]).start().await;
    refused(&setup.run(&["serve"]).await, &["another server is using"]);
    let report = setup.doctor().await;
    assert_eq!(report.code, Some(1));
    let lock = report.check("lock", "broken");
    let found = lock["found"].as_str().expect("words");
    assert!(
        found.ends_with(&format!("process {}", other.pid())),
        "{found}"
    );
    let fix: Value = lock["fixes"][0].clone();
    setup.apply(&fix);
    other.ended().await;
    setup.doctor().await.is_well();
    let server = setup.program(&["serve"]).start().await;
    server.ready().await;
}

#[tokio::test]
async fn tables_of_another_program_are_named_and_left_alone() {
    let mut setup = Setup::new();
    let file = setup.at("other.db");
    let url = format!("sqlite://{}", file.display());
    let db = TestDatabase::at(&url).connect().await;
    db.execute_unprepared("CREATE TABLE projects (name text)")
        .await
        .expect("a table");
    db.close().await.expect("a closed connection");
    setup.set("DATABASE_URL", url);
    let case = Case {
        what: "the database is another program's",
        named: ("database", "tables of another program: projects"),
        status: "broken",
        make: |_| nothing(),
        shows: Shows::Refused("projects"),
    };
    mend(&mut setup, &case).await;
    runs(&setup, &case).await;
}
