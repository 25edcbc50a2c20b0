//! A server that others reach does not start before it can ask who they are.

use project_manager::domain::access::Scope;

use super::{SECRET, make};
use crate::support::{ProgramBuilder, TestDatabase, refused};

#[tokio::test]
async fn where_others_reach_it_a_server_without_a_token_is_refused_and_told_how_to_get_one() {
    for (name, value) in [
        ("API_HOST", "0.0.0.0"),
        ("PM__API__HOST", "::"),
        ("API_HOST", "192.0.2.1"),
        ("PM__API__PUBLIC_URL", "https://pm.example.com"),
    ] {
        let database = TestDatabase::new().await;
        let done = ProgramBuilder::serving_database(&database)
            .set(name, value)
            .run()
            .await;
        assert_eq!((done.code, done.output.as_str()), (Some(1), ""), "{done:?}");
        for words in [
            value,
            "there is no token",
            "pm token create NAME --scope admin",
            "PM__AUTH__TOKEN_FILE",
            "127.0.0.1",
        ] {
            assert!(done.errors.contains(words), "no {words:?} in {done:?}");
        }
        if let Some(file) = database.url.strip_prefix("sqlite://") {
            assert!(!std::path::Path::new(file).exists(), "nothing was made");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_is_none_and_one_that_is_good_lets_it_start() {
    let database = TestDatabase::new().await;
    let public = |database: &TestDatabase| {
        ProgramBuilder::serving_database(database)
            .set("PM__API__PUBLIC_URL", "https://pm.example.com")
    };
    make(&database, "phone", Scope::Read).await;
    super::revoke(&database, "phone").await;
    let done = public(&database).run().await;
    assert!(done.errors.contains("there is no token"), "{done:?}");
    make(&database, "phone", Scope::Read).await;
    let server = public(&database).start().await;
    refused(
        server.get("/api/projects"),
        reqwest::StatusCode::UNAUTHORIZED,
    )
    .await;
    // Also when there is none any more: it can still be reached from elsewhere.
    super::revoke(&database, "phone").await;
    let token = make(&database, "laptop", Scope::Read).await;
    super::revoke(&database, "laptop").await;
    let client = crate::support::Client::showing(&server.base, &token);
    refused(
        client.get("/api/projects"),
        reqwest::StatusCode::UNAUTHORIZED,
    )
    .await;
    server.kill().await;
}

#[tokio::test]
async fn the_token_of_the_settings_may_come_from_a_file_and_is_never_shown() {
    let database = TestDatabase::new().await;
    let file = database.folder.path().join("token");
    std::fs::write(&file, format!("{SECRET}\n")).expect("a file");
    let server = ProgramBuilder::serving_database(&database)
        .set("PM__API__PUBLIC_URL", "https://pm.example.com")
        .set("PM__AUTH__TOKEN_FILE", file.display())
        .set("LOG_LEVEL", "trace")
        .start()
        .await;
    let client = crate::support::Client::showing(&server.base, SECRET);
    client.project("Shop").await;
    let (_, log) = server.terminate().await;
    assert!(!log.contains(SECRET), "the token is in the log");
}
