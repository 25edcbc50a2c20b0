//! What is stored of a notification and is not as it should be: by another version, under another clock, or too late.

use project_manager::domain::{
    change::Reported,
    id::ActivityId,
    notification::{Came, Failure, Tried},
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{once_each, report, reported, run_one, telling, telling_with};
use crate::support::{Answer, Receiver, TestApp};

/// Longer than any test: what failed once is not tried again by itself.
const PUT_OFF: &[(&str, &str)] = &[
    ("PM__NOTIFICATIONS__RETRY_SECONDS_FIRST", "3000"),
    ("PM__NOTIFICATIONS__RETRY_SECONDS_LONGEST", "3000"),
];

async fn set(app: &TestApp, what: &str) {
    let connection = app.database().connect().await;
    let sql = format!("UPDATE deliveries SET {what}");
    connection.execute_unprepared(&sql).await.expect(&sql);
    connection.close().await.expect("a closed connection");
}

/// How one of these stands, the newest being the first.
fn state(report: &Value, place: usize) -> &Value {
    &report["recent"][place]["state"]
}

#[tokio::test]
async fn one_that_another_version_stored_is_given_up_and_keeps_nothing_from_the_others() {
    let receiver = Receiver::start();
    receiver.then(Answer::Status(500));
    let (app, backend) = telling_with(&receiver, PUT_OFF).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    reported(&app, "it to have been tried", |report| {
        report["recent"][0]["attempts"] == 1
    })
    .await;
    set(&app, "kind = 'command.dreamt', failure = 'out_of_ink'").await;
    let odd = report(&app).await;
    assert_eq!(odd["recent"][0]["type"], "command.dreamt", "{odd}");
    assert_eq!(odd["last_failure"]["reason"], "it answered 500", "{odd}");
    run_one(&app, &backend, &project).await;
    let report = reported(&app, "the other to be delivered", |report| {
        state(report, 0) == "delivered" && report["waiting"] == 0
    })
    .await;
    assert_eq!(
        (&report["given_up"], state(&report, 1)),
        (&json!(1), &json!("given_up"))
    );
    let why = report["recent"][1]["last_error"].as_str().expect("words");
    assert!(why.contains("command.dreamt"), "{why}");
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn what_was_put_off_until_a_time_that_a_clock_set_back_took_away_is_told_now() {
    let receiver = Receiver::start();
    receiver.then(Answer::Status(500));
    let (app, backend) = telling_with(&receiver, PUT_OFF).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    reported(&app, "it to have been tried", |report| {
        report["recent"][0]["attempts"] == 1
    })
    .await;
    let later = "'2999-01-31 09:30:00.000000 +00:00'";
    set(&app, &format!("next_at = {later}, failed_at = {later}")).await;
    // Whatever is to be told has it look.
    run_one(&app, &backend, &project).await;
    let report = reported(&app, "both to be delivered", |report| {
        report["waiting"] == 0
    })
    .await;
    let states = [0, 1].map(|place| state(&report, place));
    assert_eq!(states, ["delivered", "delivered"], "{report}");
    // A failure of a time to come is none that is later than what arrived.
    let findings = app.read("/api/diagnostics").await["findings"].take();
    let findings = findings.as_array().expect("a list");
    assert!(
        findings
            .iter()
            .all(|one| one["kind"] != "notifications_failing"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn what_comes_of_an_attempt_too_late_revives_nothing_and_what_arrived_has_arrived() {
    let receiver = Receiver::start();
    receiver.then(Answer::Status(410));
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    let given_up = reported(&app, "it to be given up", |report| report["given_up"] == 1).await;
    let id = given_up["recent"][0]["id"].as_str().expect("an id");
    let id = ActivityId(id.parse().expect("an id"));
    // Another server that lost its lease had it under way as well.
    let late = async |came| {
        let tried = Tried {
            id,
            attempts: 7,
            came,
        };
        let stored = app.writer().append(vec![Reported::tried(tried)]).await;
        stored.expect("it is stored");
        report(&app).await
    };
    let failed = || Came::Failed {
        failure: Failure::answered(500),
        next_at: project_manager::clock::now(),
    };
    assert_eq!(late(failed()).await, given_up);
    let delivered = late(Came::Delivered).await;
    assert_eq!(state(&delivered, 0), "delivered");
    assert_eq!(late(failed()).await, delivered);
    run_one(&app, &backend, &project).await;
    receiver.receives(2).await;
    once_each(&app, &receiver, 2).await;
}
