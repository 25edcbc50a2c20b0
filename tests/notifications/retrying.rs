//! A receiver that is away, busy, slow or gone: what there is to tell is tried again, and nobody waits for it.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{ids, once_each, program_telling, report, reported, run_one, telling, telling_with};
use crate::{
    support::{Answer, Checkout, Receiver, TestDatabase, wait_until},
    workflow::say,
};

fn attempts(report: &Value) -> i64 {
    report["recent"][0]["attempts"].as_i64().unwrap_or(0)
}

#[tokio::test]
async fn what_could_not_be_told_while_the_receiver_was_down_arrives_when_it_is_up() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    receiver.goes_down();
    run_one(&app, &backend, &project).await;
    let waiting = reported(&app, "it to have been tried twice", |report| {
        attempts(report) >= 2
    })
    .await;
    assert_eq!(waiting["waiting"], 1);
    assert!(waiting["oldest_waiting_at"].is_string(), "{waiting}");
    let why = waiting["last_failure"]["reason"].as_str().unwrap();
    assert!(
        why.starts_with("no connection (Connection refused"),
        "{why}"
    );
    assert_eq!(waiting["last_failure"]["status"], Value::Null);
    receiver.comes_up();
    let received = once_each(&app, &receiver, 1).await;
    assert_eq!(received[0].kind(), "command.ended");
}

#[tokio::test]
async fn what_was_refused_timed_out_or_put_off_is_told_again_under_the_same_id() {
    let receiver = Receiver::start();
    let soon = [("PM__NOTIFICATIONS__TIMEOUT_SECONDS", "0.3")];
    let (app, backend) = telling_with(&receiver, &soon).await;
    let project = app.project("Shop").await;
    receiver
        .then(Answer::Status(500))
        .then(Answer::Silence)
        .then(Answer::With(429, "Retry-After", "2".to_owned()))
        .then(Answer::Status(404));
    run_one(&app, &backend, &project).await;
    let received = receiver.receives(5).await;
    assert!(received.iter().all(|one| one.id == received[0].id));
    assert!(received.iter().all(|one| one.body == received[0].body));
    // Each is signed anew, with its own time. A delay of the settings is a tenth of a second.
    let put_off = received[3].seconds - received[2].seconds;
    assert!(put_off >= 2, "it came back after {put_off} seconds");
    let report = reported(&app, "it to be delivered", |report| report["waiting"] == 0).await;
    let (last, known) = (&report["last_failure"], &report["recent"][0]);
    assert_eq!(
        (&last["status"], &last["reason"]),
        (&json!(404), &json!("it answered 404"))
    );
    assert_eq!(
        (&known["state"], &known["attempts"], &known["next_at"]),
        (&json!("delivered"), &json!(5), &Value::Null)
    );
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_good_is_not_asked_again() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    receiver.then(Answer::Status(410));
    run_one(&app, &backend, &project).await;
    let report = reported(&app, "it to be given up", |report| report["given_up"] == 1).await;
    let known = &report["recent"][0];
    assert_eq!(
        (&known["state"], &known["attempts"], &known["last_error"]),
        (&json!("given_up"), &json!(1), &json!("it answered 410"))
    );
    assert_eq!(report["waiting"], 0);
    // What comes next is tried all the same.
    run_one(&app, &backend, &project).await;
    let received = receiver.receives(2).await;
    assert_ne!(received[0].id, received[1].id);
}

#[tokio::test]
async fn what_does_not_arrive_in_time_is_given_up_and_shown() {
    let receiver = Receiver::start();
    receiver.always(503);
    let soon = [("PM__NOTIFICATIONS__GIVE_UP_SECONDS", "0.5")];
    let (app, backend) = telling_with(&receiver, &soon).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    let report = reported(&app, "it to be given up", |report| report["given_up"] == 1).await;
    assert!(attempts(&report) >= 2, "{report}");
    assert_eq!(report["recent"][0]["state"], "given_up");
    receiver.always(200);
    run_one(&app, &backend, &project).await;
    let report = reported(&app, "the next to be delivered", |report| {
        let is_next = report["recent"].as_array().map(Vec::len) == Some(2);
        is_next && report["recent"][0]["state"] == "delivered"
    })
    .await;
    assert_eq!(report["given_up"], 1);
}

#[tokio::test]
async fn one_that_takes_its_time_does_not_keep_the_others() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    let answer = receiver.by_hand();
    for _ in 0..6 {
        run_one(&app, &backend, &project).await;
    }
    reported(&app, "the others to be delivered", |report| {
        let recent = report["recent"].as_array().expect("a list");
        let delivered = recent.iter().filter(|one| one["state"] == "delivered");
        delivered.count() == 5 && recent.len() == 6
    })
    .await;
    answer.send(200).expect("it waits for the answer");
    once_each(&app, &receiver, 6).await;
}

#[tokio::test]
async fn nothing_waits_for_a_receiver_that_says_nothing() {
    let receiver = Receiver::start();
    receiver.is_silent();
    let (database, checkout) = (
        TestDatabase::new().await,
        Checkout::with(&[("README.md", "# Shop")]),
    );
    let serving =
        || program_telling(&receiver, &database).set("PM__NOTIFICATIONS__TIMEOUT_SECONDS", 60);
    let server = serving().start().await;
    let project = server.project_in("Shop", checkout.text()).await;
    // More than are under way at once.
    for _ in 0..6 {
        let execution = server.execute(&project, "prime").await;
        let id = execution["id"].as_str().expect("an id");
        wait_until("the command to end", async || {
            let now = server.execution(id).await;
            (now["status"] == "COMPLETED").then_some(())
        })
        .await;
    }
    say(&server, &project, "what can you do?").await;
    receiver.receives(1).await;
    assert_eq!(report(&server).await["waiting"], 6);
    let (status, log) = server.terminate().await;
    assert_eq!((status.code(), log.as_str()), (Some(0), ""));
    receiver.always(200);
    let before = receiver.received();
    let server = serving().start().await;
    reported(&server, "all to be delivered", |report| {
        report["waiting"] == 0
    })
    .await;
    let received = receiver.received();
    let after = &received[before.len()..];
    let mut told = ids(after);
    told.sort_unstable();
    told.dedup();
    assert_eq!((after.len(), told.len()), (6, 6), "{after:#?}");
    for id in ids(&before) {
        assert!(told.contains(&id), "{id} was begun before");
    }
}

#[tokio::test]
async fn what_was_told_while_the_database_is_away_is_not_told_again_when_it_is_back() {
    let receiver = Receiver::start();
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    let answer = receiver.by_hand();
    run_one(&app, &backend, &project).await;
    receiver.receives(1).await;
    let database = app.database();
    let connection = database.connect().await;
    let steps: &[&str] = match database.is_postgres() {
        true => &["BEGIN", "LOCK TABLE deliveries IN SHARE MODE"],
        false => &["PRAGMA busy_timeout = 20000", "BEGIN IMMEDIATE"],
    };
    for sql in steps {
        connection.execute_unprepared(sql).await.expect(sql);
    }
    answer.send(200).expect("it waits for the answer");
    wait_until("it to be about to be stored", async || {
        (app.writer().queue() > 0).then_some(())
    })
    .await;
    let unlocked = connection.execute_unprepared("ROLLBACK").await;
    unlocked.expect("it lets go");
    connection.close().await.expect("a closed connection");
    once_each(&app, &receiver, 1).await;
}
