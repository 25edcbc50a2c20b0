//! SCAR does not answer, or nonsense: at every step, in every way. The command goes on when it is back, and is never sent
//! twice.

use std::time::Duration;

use serde_json::json;

use super::{builder, end_of, notice, notices, rebuilt, shop, spawn, steps};
use crate::support::{
    scar::{Fault, Script, Step, TestScar},
    wait_until,
};

const STEPS: [Step; 4] = [
    Step::PostRepository,
    Step::PostCommand,
    Step::Messages,
    Step::Concurrency,
];

/// Fails so often that the circuit opens and a person is told.
const OFTEN: usize = 6;

async fn survives(step: Step, fault: Fault) {
    let scar = TestScar::start();
    let texts: Vec<String> = (0..20).map(|number| format!("step {number}")).collect();
    scar.script(
        "prime",
        Script::every(Duration::from_millis(3), texts.clone()),
    );
    scar.fail(step, fault, OFTEN);
    // A request that is never answered is given up soon; the slow one is answered in time.
    let app = builder(&scar)
        .set("PM__SCAR__REQUEST_TIMEOUT_SECONDS", 0.1)
        .spawn()
        .await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    let what = format!("{step:?} {fault:?}");
    assert_eq!(execution["status"], "COMPLETED", "{what}: {execution}");
    let said = rebuilt(&steps(&app, &project, &execution).await);
    assert_eq!(said[1..], texts, "{what}");
    let posts: Vec<String> = scar.posts().into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        posts,
        ["/repo demo-shop", "/command-invoke prime"],
        "{what}"
    );
    let notices = notices(&app, &project, &execution).await;
    let statuses: Vec<&str> = notices.iter().map(|(status, _)| status.as_str()).collect();
    let degraded = statuses
        .iter()
        .filter(|status| **status == "degraded")
        .count();
    let recovered = statuses
        .iter()
        .filter(|status| **status == "recovered")
        .count();
    assert_eq!(degraded, recovered, "{what}: {notices:?}");
}

#[tokio::test]
async fn every_fault_of_a_change_of_repository_is_survived() {
    futures_util::future::join_all(Fault::ALL.map(|fault| survives(STEPS[0], fault))).await;
}

#[tokio::test]
async fn every_fault_of_a_command_is_survived() {
    futures_util::future::join_all(Fault::ALL.map(|fault| survives(STEPS[1], fault))).await;
}

#[tokio::test]
async fn every_fault_of_a_list_of_messages_is_survived() {
    futures_util::future::join_all(Fault::ALL.map(|fault| survives(STEPS[2], fault))).await;
}

#[tokio::test]
async fn every_fault_of_the_report_on_concurrency_is_survived() {
    futures_util::future::join_all(Fault::ALL.map(|fault| survives(STEPS[3], fault))).await;
}

#[tokio::test]
async fn a_person_is_told_that_scar_is_away_and_that_it_is_back() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let mut stream = app.stream(&project, "").await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    scar.fail(Step::Messages, Fault::Status(502), usize::MAX);
    let words = notice(&app, &project, &execution, "degraded").await;
    assert!(
        words.contains(&scar.address()) && words.contains("502"),
        "{words}"
    );
    let event = stream.next_named("system").await;
    assert_eq!(
        (&event.data["part"], &event.data["status"]),
        (&json!("scar"), &json!("degraded")),
        "{event:?}"
    );
    let health = app.get("/health/scar").send().await.expect("an answer");
    assert_eq!(health.status(), 200, "SCAR itself answers");
    scar.heal();
    notice(&app, &project, &execution, "recovered").await;
    run.say("Hello.");
    run.end();
    assert_eq!(end_of(&app, &execution).await["output"], "Hello.");
}

#[tokio::test]
async fn a_scar_that_is_not_there_fails_the_command_with_its_address_and_what_to_check() {
    let scar = TestScar::start();
    scar.kill();
    let app = builder(&scar)
        .set("PM__SCAR__GIVE_UP_SECONDS", 0.3)
        .spawn()
        .await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_unavailable", "{execution}");
    let error = execution["error"].as_str().expect("an error");
    assert!(
        error.contains(&scar.address()) && error.contains("SCAR_BASE_URL"),
        "{error}"
    );
    let health = app.get("/health/scar").send().await.expect("an answer");
    assert_eq!(health.status(), 503);
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    assert_eq!(
        report["backend"]["address"],
        scar.address().as_str(),
        "{report}"
    );
    assert!(
        report["backend"]["trouble"]["reason"].is_string(),
        "{report}"
    );
}

#[tokio::test]
async fn ten_projects_without_scar_ask_it_no_more_often_than_one() {
    let (app, scar) = spawn().await;
    let mut executions = Vec::new();
    for _ in 0..10 {
        let project = shop(&app).await;
        executions.push((project.clone(), app.execute(&project, "prime").await));
    }
    let mut runs = Vec::new();
    for _ in 0..10 {
        runs.push(scar.next_run().await);
    }
    for step in [Step::Messages, Step::Concurrency, Step::Health] {
        scar.fail(step, Fault::Status(503), usize::MAX);
    }
    for (project, execution) in &executions {
        notice(&app, project, execution, "degraded").await;
    }
    // With the circuit open only one asks, and only whether SCAR lives.
    let settled = wait_until("the circuit to be open for everybody", async || {
        let before = (
            scar.requests(Step::Messages),
            scar.requests(Step::Concurrency),
        );
        let probes = scar.requests(Step::Health);
        wait_until("three more probes", async || {
            (scar.requests(Step::Health) >= probes + 3).then_some(())
        })
        .await;
        let after = (
            scar.requests(Step::Messages),
            scar.requests(Step::Concurrency),
        );
        (before == after).then_some(())
    });
    settled.await;
    scar.heal();
    for run in runs {
        run.end();
    }
    for (_, execution) in &executions {
        assert_eq!(end_of(&app, execution).await["status"], "COMPLETED");
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let (app, scar) = spawn().await;
    let texts: Vec<String> = (0..50).map(|number| format!("step {number}")).collect();
    scar.script("prime", Script::every(Duration::from_millis(4), texts));
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    end_of(&app, &execution).await;
    assert!(scar.requests(Step::Messages) > 5);
    assert!(
        scar.connections() <= 2,
        "{} connections",
        scar.connections()
    );
}
