//! Whether notifications arrive is shown, with what it comes from when they do not, and can be tried.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{report, reported, run_one, telling};
use crate::support::{
    Answer, Client, Receiver, TestAppBuilder, expect, receiver::SECRET, refused, spawn_app,
    wait_until,
};

const TEST: &str = "/api/diagnostics/notifications/test";

async fn test(client: &Client) -> Value {
    expect(client.post(TEST), StatusCode::OK).await
}

async fn finding(client: &Client) -> Option<Value> {
    let report = client.read("/api/diagnostics").await;
    let findings = report["findings"].as_array().expect("a list").clone();
    findings
        .into_iter()
        .find(|finding| finding["kind"] == "notifications_failing")
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_what_came_of_it_is_answered() {
    let receiver = Receiver::start();
    let (app, _backend) = telling(&receiver).await;
    let answer = test(&app).await;
    let all_is_well = json!({
        "delivered": true, "target": receiver.target(), "status": null, "reason": null, "cause": null, "next_step": null,
    });
    assert_eq!(answer, all_is_well);
    let received = receiver.received();
    assert_eq!(received[0].kind(), "test");
    assert_eq!(
        received[0].body["data"]["link"],
        format!("{}/#/server", app.base)
    );
    receiver.then(Answer::Status(403));
    let answer = test(&app).await;
    assert_eq!(
        (&answer["delivered"], &answer["status"]),
        (&json!(false), &json!(403))
    );
    let step = answer["next_step"].as_str().unwrap();
    assert!(step.contains("PM__NOTIFICATIONS__SECRET"), "{step}");
    // It tells of nothing, so nothing is kept of it.
    assert_eq!(report(&app).await["recent"], json!([]));
}

#[tokio::test]
async fn where_nobody_is_notified_that_is_said() {
    let app = spawn_app().await;
    let problem = refused(app.post(TEST), StatusCode::NOT_FOUND).await;
    let says = problem["detail"].as_str().unwrap();
    assert!(says.contains("PM__NOTIFICATIONS__URL"), "{says}");
    assert_eq!(report(&app).await, Value::Null);
}

#[tokio::test]
async fn what_is_in_the_way_is_told_apart() {
    let receiver = Receiver::start();
    receiver.is_silent();
    // Somebody who answers, and does not speak TLS.
    let other = spawn_app().await;
    for (url, reason, cause) in [
        (
            "http://no-such-host.invalid/hook".to_owned(),
            "the name no-such-host.invalid is not known",
            "The name in the address is wrong",
        ),
        (
            "http://127.0.0.1:9/hook".to_owned(),
            "no connection (Connection refused",
            "The receiver does not run",
        ),
        (
            receiver.url(),
            "it did not answer within 200ms",
            "The receiver is busy",
        ),
        (
            format!("https://127.0.0.1:{}/hook", other.port()),
            "no encrypted connection (",
            "The receiver's certificate",
        ),
    ] {
        let app = TestAppBuilder::default()
            .set("PM__NOTIFICATIONS__URL", &url)
            .set("PM__NOTIFICATIONS__SECRET", SECRET)
            .set("PM__NOTIFICATIONS__TIMEOUT_SECONDS", 0.2)
            .spawn()
            .await;
        let answer = wait_until("it to be found out in time", async || {
            let answer = test(&app).await;
            // A machine that is busy may take longer than that.
            let said = answer["reason"].as_str().unwrap_or_default();
            said.starts_with(reason).then_some(answer)
        })
        .await;
        let found = answer["cause"].as_str().unwrap();
        assert!(found.starts_with(cause), "{url}: {answer}");
    }
}

#[tokio::test]
async fn that_they_do_not_arrive_is_found_until_they_do() {
    let receiver = Receiver::start();
    receiver.always(404);
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    assert_eq!(finding(&app).await, None);
    run_one(&app, &backend, &project).await;
    let found = wait_until("it to be found", async || finding(&app).await).await;
    assert_eq!(found["severity"], "warning");
    let what = found["what"].as_str().unwrap();
    assert!(
        what.contains(&receiver.target()) && what.contains("it answered 404"),
        "{what}"
    );
    let step = found["next_step"].as_str().unwrap();
    assert!(step.contains("PM__NOTIFICATIONS__URL"), "{step}");
    receiver.always(200);
    wait_until("nothing to be found any more", async || {
        finding(&app).await.is_none().then_some(())
    })
    .await;
    let report = reported(&app, "it to be delivered", |report| report["waiting"] == 0).await;
    assert!(report["last_delivered_at"].is_string(), "{report}");
}

#[tokio::test]
async fn what_was_given_up_is_found_until_a_test_arrives() {
    let receiver = Receiver::start();
    receiver.then(Answer::Status(410));
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    // They are counted before it is asked what failed, so what is found first may not have it yet.
    wait_until("it to be found", async || {
        let found = finding(&app).await?;
        let what = found["what"].as_str().expect("words");
        what.ends_with("0 wait, and 1 was given up.").then_some(())
    })
    .await;
    assert_eq!(test(&app).await["delivered"], true);
    assert_eq!(finding(&app).await, None);
}

#[tokio::test]
async fn what_came_of_them_is_counted() {
    let receiver = Receiver::start();
    receiver
        .then(Answer::Status(500))
        .then(Answer::Status(200))
        .then(Answer::Status(410));
    let (app, backend) = telling(&receiver).await;
    let project = app.project("Shop").await;
    run_one(&app, &backend, &project).await;
    receiver.receives(2).await;
    run_one(&app, &backend, &project).await;
    reported(&app, "the second to be given up", |report| {
        report["given_up"] == 1
    })
    .await;
    let answer = app.get("/metrics").send().await.expect("an answer");
    let metrics = answer.text().await.expect("a text");
    for line in [
        "pm_notifications_total{outcome=\"delivered\"} 1",
        "pm_notifications_total{outcome=\"failed\"} 1",
        "pm_notifications_total{outcome=\"given_up\"} 1",
    ] {
        assert!(metrics.contains(line), "no {line} in {metrics}");
    }
    wait_until("nothing to wait", async || {
        let answer = app.get("/metrics").send().await.expect("an answer");
        let metrics = answer.text().await.expect("a text");
        metrics.contains("pm_notifications_waiting 0").then_some(())
    })
    .await;
}
