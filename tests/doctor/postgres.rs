//! What the doctor finds in PostgreSQL.

use sea_orm::ConnectionTrait as _;

use super::Setup;
use crate::support::TestDatabase;

/// The address of another database of the same PostgreSQL.
fn renamed(url: &str, name: &str) -> String {
    let (start, _) = url.rsplit_once('/').expect("a name");
    format!("{start}/{name}")
}

fn password(url: &str) -> &str {
    let (_, rest) = url.split_once("://").expect("an address");
    let (who, _) = rest.split_once('@').expect("a user");
    who.split_once(':').expect("a password").1
}

#[tokio::test]
async fn a_database_that_is_not_there_is_made_by_the_line_that_the_doctor_prints() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let mut setup = Setup::new();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let url = renamed(&database.url, &name);
    setup.set("DATABASE_URL", &url);
    // `createdb` asks for it otherwise.
    setup.set("PGPASSWORD", password(&url));
    let report = setup.doctor().await;
    assert_eq!(report.code, Some(1));
    let fix = report.check("database", "broken")["fixes"][0].clone();
    setup.apply(&fix);
    let report = setup.doctor().await;
    report.is_well();
    assert!(
        report
            .words("database", "ok")
            .contains("the first start makes its tables")
    );
    let server = setup.program(&["serve"]).start().await;
    server.ready().await;
    server.terminate().await;
    let report = setup.doctor().await;
    report.is_well();
    assert!(
        report
            .words("database", "ok")
            .contains("its tables are of this version")
    );
    assert!(report.words("time", "ok").contains("as the database says"));
    let admin = database.connect().await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.expect(&drop);
}

#[tokio::test]
async fn a_wrong_password_and_a_database_out_of_reach_are_told_apart() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let mut setup = Setup::new();
    let right = password(&database.url);
    setup.set(
        "DATABASE_URL",
        database.url.replacen(right, "not-the-password", 1),
    );
    let report = setup.doctor().await;
    let check = report.check("database", "broken");
    let cause = check["cause"].as_str().expect("a cause");
    assert!(
        cause.contains("no such user with this password"),
        "{check:#}"
    );
    let first = check["fixes"][0]["set"]["PM__DATABASE__URL"].as_str();
    assert!(first.expect("an address").contains(":PASSWORD@"));
    assert!(!report.found.to_string().contains("not-the-password"));
}

#[tokio::test]
async fn a_user_who_may_make_no_tables_and_a_database_in_another_encoding_are_told() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let admin = database.connect().await;
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let user = format!("guest_{}", uuid::Uuid::now_v7().simple());
    for sql in [
        format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"),
        format!("CREATE ROLE {user} LOGIN PASSWORD 'sesame'"),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
    ] {
        admin.execute_unprepared(&sql).await.expect(&sql);
    }
    let mut setup = Setup::new();
    setup.set("DATABASE_URL", renamed(&database.url, &name));
    let report = setup.doctor().await;
    report.is_well();
    let words = report.words("database", "warning");
    assert!(words.contains("has the encoding LATIN1"), "{words}");

    let (_, place) = database.url.rsplit_once('@').expect("a place");
    setup.set("DATABASE_URL", format!("postgres://{user}:sesame@{place}"));
    let report = setup.doctor().await;
    let words = report.words("database", "broken");
    assert!(words.contains("may make no tables"), "{words}");
    let fix = report.check("database", "broken")["fixes"][0].clone();
    let line = fix["run"][0].as_str().expect("a line");
    assert!(line.contains("GRANT CREATE, USAGE ON SCHEMA"), "{line}");
    let (_, grant) = line.split_once(" -c ").expect("a statement");
    let grant = grant.trim_matches('\'');
    admin.execute_unprepared(grant).await.expect(grant);
    setup.doctor().await.is_well();
    for sql in [
        format!("DROP DATABASE {name} WITH (FORCE)"),
        format!("DROP OWNED BY {user}"),
        format!("DROP ROLE {user}"),
    ] {
        admin.execute_unprepared(&sql).await.expect(&sql);
    }
}
