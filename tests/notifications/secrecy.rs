//! The key, and the part of the address that is a secret: nowhere to be seen.

use reqwest::StatusCode;
use serde_json::json;

use super::{program_telling, reported};
use crate::support::{
    Checkout, ProgramBuilder, Receiver, TestDatabase, expect,
    receiver::{PATH, SECRET},
};

#[tokio::test]
async fn the_key_and_the_address_are_in_no_answer_and_in_no_log() {
    let receiver = Receiver::start();
    receiver.always(404);
    let (database, checkout) = (
        TestDatabase::new().await,
        Checkout::with(&[("README.md", "# Shop")]),
    );
    let file = database.folder.path().join("address");
    std::fs::write(&file, format!("{}\n", receiver.url())).expect("a file");
    let server = ProgramBuilder::serving_database(&database)
        .set("PM__NOTIFICATIONS__URL_FILE", file.display())
        .set("PM__NOTIFICATIONS__SECRET", SECRET)
        .set("PM__NOTIFICATIONS__RETRY_SECONDS_FIRST", 0.02)
        .set("LOG_LEVEL", "trace")
        .start()
        .await;
    let project = server.project_in("Shop", checkout.text()).await;
    server.execute(&project, "prime").await;
    reported(&server, "it to have failed", |report| {
        report["last_failure"]["status"] == 404
    })
    .await;
    // Whoever says them is not heard.
    for words in [SECRET.to_owned(), receiver.url(), PATH.to_owned()] {
        server
            .say(&project, &format!("it is {words}, I think"))
            .await;
    }
    let test = server.post("/api/diagnostics/notifications/test");
    let mut said = vec![expect(test, StatusCode::OK).await.to_string()];
    for path in [
        "/api/diagnostics".to_owned(),
        format!("/api/projects/{project}/messages"),
        format!("/api/projects/{project}/activity"),
        "/metrics".to_owned(),
    ] {
        let answer = server.get(&path).send().await.expect("an answer");
        said.push(answer.text().await.expect("a text"));
    }
    receiver.goes_down();
    reported(&server, "it not to be reached", |report| {
        report["last_failure"]["status"].is_null()
    })
    .await;
    said.push(server.read("/api/diagnostics").await.to_string());
    let (_, log) = server.terminate().await;
    assert!(log.contains("a notification was not delivered"), "{log}");
    said.push(log);
    let secret = SECRET.trim_start_matches("whsec_");
    for said in said {
        for part in [secret, PATH, "nobodys-business"] {
            assert!(!said.contains(part), "{part} is in {said}");
        }
    }
}

#[tokio::test]
async fn a_server_that_would_tell_unsigned_does_not_start_and_says_how_to_make_a_key() {
    let receiver = Receiver::start();
    let database = TestDatabase::new().await;
    let done = ProgramBuilder::serving_database(&database)
        .set("PM__NOTIFICATIONS__URL", receiver.url())
        .run()
        .await;
    assert_eq!((done.code, done.output.as_str()), (Some(1), ""), "{done:?}");
    for words in [
        "PM__NOTIFICATIONS__URL is set, and PM__NOTIFICATIONS__SECRET is not",
        "`echo \"whsec_$(openssl rand -base64 32)\"` makes one",
    ] {
        assert!(done.errors.contains(words), "no {words:?} in {done:?}");
    }
    assert!(!done.errors.contains("nobodys-business"), "{done:?}");
}

#[tokio::test]
async fn what_is_no_address_or_no_key_is_refused_and_not_repeated() {
    for (name, wrong) in [
        (
            "PM__NOTIFICATIONS__URL",
            "ftp://hooks.example.com/nobodys-business",
        ),
        (
            "PM__NOTIFICATIONS__URL",
            "https://me:nobodys-business@hooks.example.com/",
        ),
        ("PM__NOTIFICATIONS__URL", "nobodys-business"),
        ("PM__NOTIFICATIONS__SECRET", "nobodys"),
        ("PM__NOTIFICATIONS__SECRET", "whsec_nobodys-business"),
    ] {
        let said = crate::config::refused(&[(name, wrong)]);
        assert!(said.contains(name) && said.contains("expected"), "{said}");
        assert!(!said.contains("nobodys"), "{said}");
    }
    let said = crate::config::refused(&[("PM__NOTIFICATIONS__EVENTS", "command_ended everything")]);
    assert!(
        said.contains("one or more of command_ended, command_failed, gate_opened"),
        "{said}"
    );
    crate::config::refused(&[("PM__NOTIFICATIONS__EVENTS", "")]);
}

#[tokio::test]
async fn a_forged_notification_is_not_taken_by_who_checks_the_signature() {
    let receiver = Receiver::start();
    let database = TestDatabase::new().await;
    // Another one that tells the same receiver, and does not have its key.
    let server = program_telling(&receiver, &database)
        .set(
            "PM__NOTIFICATIONS__SECRET",
            "another key that is long enough",
        )
        .start()
        .await;
    let test = server.post("/api/diagnostics/notifications/test");
    expect(test, StatusCode::OK).await;
    let forged = receiver.forged();
    assert!(
        forged[0].starts_with("its signature is wrong"),
        "{forged:?}"
    );
    assert_eq!(json!(forged.len()), 1);
}
