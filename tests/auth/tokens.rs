//! `pm token`, with the real program.

use project_manager::domain::access::Scope;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;

use super::{expire, make, pm_token, showing, status};
use crate::support::{TestAppBuilder, TestDatabase, wait_until};

async fn listed(database: &TestDatabase) -> Vec<Value> {
    let done = pm_token(database, &["list", "--json"]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    serde_json::from_str(&done.output).expect("a list")
}

#[tokio::test]
async fn a_token_is_made_before_the_first_start_shown_once_and_kept_nowhere() {
    let database = TestDatabase::new().await;
    let done = pm_token(
        &database,
        &["create", "phone", "--scope", "read", "--expires-days", "30"],
    )
    .await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let token = done.output.trim();
    assert_eq!(
        done.output,
        format!("{token}\n"),
        "nothing else, for a script to take"
    );
    assert!(token.starts_with("pm_") && token.len() == 100, "{token}");
    assert!(
        done.errors.contains("phone")
            && done.errors.contains("(read)")
            && done.errors.contains("shown once"),
        "{done:?}"
    );
    let db = database.connect().await;
    let sql = Statement::from_string(db.get_database_backend(), "SELECT hash FROM tokens");
    let row = db.query_one_raw(sql).await.expect("a row").expect("a row");
    let hash: String = row.try_get_by_index(0).expect("a text");
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    assert!(!hash.contains(&token[36..]), "{hash}");
    db.close().await.expect("a closed connection");

    let [only] = listed(&database).await.try_into().expect("one token");
    assert_eq!(
        (&only["name"], &only["scope"], &only["state"]),
        (&"phone".into(), &"read".into(), &"good".into())
    );
    assert!(
        only["expires_at"].is_string() && only["last_used_at"].is_null(),
        "{only}"
    );
    let said = pm_token(&database, &["list"]).await;
    assert!(
        said.output.contains("phone") && !said.output.contains(&token[36..]),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_server_that_runs_takes_a_token_that_is_made_and_refuses_one_that_is_revoked() {
    let database = TestDatabase::new().await;
    make(&database, "first", Scope::Admin).await;
    let app = TestAppBuilder::default().database(database).spawn().await;
    let client = showing(&app, &make(app.database(), "second", Scope::Write).await);
    assert_eq!(status(&client, "/api/projects").await, StatusCode::OK);
    let id = listed(app.database()).await[0]["id"].clone();
    let done = pm_token(app.database(), &["revoke", id.as_str().expect("an id")]).await;
    assert!(done.output.contains("second is revoked"), "{done:?}");
    assert!(!done.output.contains("last one"), "{done:?}");
    wait_until("the token to be refused", async || {
        (status(&client, "/api/projects").await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    let again = pm_token(app.database(), &["revoke", "second"]).await;
    assert!(again.output.contains("was revoked before"), "{again:?}");
    let last = pm_token(app.database(), &["revoke", "first"]).await;
    assert!(last.output.contains("That was the last one"), "{last:?}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_words() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        let done = pm_token(&database, &["list"]).await;
        assert_eq!(done.code, Some(1));
        assert!(done.errors.contains("there is no database"), "{done:?}");
    }
    make(&database, "phone", Scope::Write).await;
    for (arguments, words) in [
        (
            &["create", "phone"][..],
            "there is a token called phone already",
        ),
        (&["create", " "], "must not be empty"),
        (&["create", "two\nlines"], "one line"),
        (&["create", "x", "--scope", "all"], "invalid value 'all'"),
        (
            &["create", "x", "--expires-days", "0"],
            "is not in 1..=3650",
        ),
        (
            &["revoke", "nobody"],
            "there is no token \"nobody\"; `pm token list` lists them",
        ),
        (
            &["revoke", "00000000-0000-7000-8000-000000000000"],
            "there is no token",
        ),
    ] {
        let done = pm_token(&database, arguments).await;
        assert!(
            done.code != Some(0) && done.errors.contains(words),
            "{arguments:?}: {done:?}"
        );
    }
    assert_eq!(listed(&database).await.len(), 1);
    expire(&database, "tokens").await;
    assert_eq!(listed(&database).await[0]["state"], "expired");
    // A name may be used again once nobody is let in by it.
    let done = pm_token(&database, &["revoke", "phone"]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    make(&database, "phone", Scope::Read).await;
    let states: Vec<Value> = listed(&database)
        .await
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert_eq!(states, ["good", "revoked"]);
}
