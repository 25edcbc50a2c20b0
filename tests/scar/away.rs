//! SCAR does not answer, or nonsense: at every step, in every way. The command goes on when it is back, and is never sent
//! twice.

use std::time::Duration;

use serde_json::{Value, json};

use super::{builder, end_of, notice, notices, rebuilt, shop, spawn, steps};
use crate::support::{
    TestApp,
    scar::{Fault, Recording, Script, Step, TestScar},
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

/// A server that gives up soon on a request that is never answered; the slow one is answered in time.
async fn impatient(scar: &TestScar) -> TestApp {
    builder(scar)
        .set("PM__SCAR__REQUEST_TIMEOUT_SECONDS", 0.5)
        .spawn()
        .await
}

fn texts() -> Vec<String> {
    (0..20).map(|number| format!("step {number}")).collect()
}

/// The faults come before the command has begun.
async fn survives_at_first(step: Step, fault: Fault) {
    let scar = TestScar::start();
    scar.script("prime", Script::every(Duration::from_millis(3), texts()));
    scar.fail(step, fault, OFTEN);
    let app = impatient(&scar).await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    survived(&app, &scar, &project, &execution, (step, fault)).await;
}

/// The faults come while the command runs.
async fn survives_in_the_middle(step: Step, fault: Fault) {
    let scar = TestScar::start();
    let app = impatient(&scar).await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let (before, after) = (&texts()[..5], &texts()[5..]);
    for text in before {
        run.say(text);
    }
    wait_until("the first few steps", async || {
        (steps(&app, &project, &execution).await.len() == 6).then_some(())
    })
    .await;
    let asked = scar.requests(step);
    scar.fail(step, fault, OFTEN);
    for text in after {
        run.say(text);
    }
    wait_until("the faults to be over", async || {
        (scar.requests(step) > asked + OFTEN).then_some(())
    })
    .await;
    run.end();
    survived(&app, &scar, &project, &execution, (step, fault)).await;
}

async fn survived(
    app: &TestApp,
    scar: &TestScar,
    project: &str,
    execution: &Value,
    (step, fault): (Step, Fault),
) {
    let execution = end_of(app, execution).await;
    let what = format!("{step:?} {fault:?}");
    assert_eq!(execution["status"], "COMPLETED", "{what}: {execution}");
    let said = rebuilt(&steps(app, project, &execution).await);
    assert_eq!(said[1..], texts(), "{what}");
    let posts: Vec<String> = scar.posts().into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        posts,
        ["/repo demo-shop", "/command-invoke prime"],
        "{what}"
    );
    let notices = notices(app, project, &execution).await;
    let count = |wanted: &str| {
        let told = notices.iter().filter(|(status, _)| status == wanted);
        told.count()
    };
    // A message that reached SCAR is found there at the first look, and an answer that comes slowly is an answer; of all
    // else a person is told.
    let is_post = matches!(step, Step::PostRepository | Step::PostCommand);
    let may_pass = fault == Fault::Drip || (is_post && fault.carries_out());
    assert!(may_pass || count("degraded") > 0, "{what}: {notices:?}");
    assert_eq!(count("degraded"), count("recovered"), "{what}: {notices:?}");
}

/// One after the other: stopping a server takes the test's thread, and nobody else should wait for that.
async fn all<Tried: Future<Output = ()>>(
    faults: impl IntoIterator<Item = Fault>,
    survives: impl Fn(Fault) -> Tried,
) {
    for fault in faults {
        survives(fault).await;
    }
}

#[tokio::test]
async fn every_fault_of_a_change_of_repository_is_survived() {
    all(Fault::ALL, |fault| survives_at_first(STEPS[0], fault)).await;
}

#[tokio::test]
async fn every_fault_of_a_command_is_survived() {
    all(Fault::ALL, |fault| survives_at_first(STEPS[1], fault)).await;
}

#[tokio::test]
async fn every_fault_of_a_list_of_messages_is_survived() {
    all(Fault::ALL, |fault| survives_at_first(STEPS[2], fault)).await;
    all(Fault::ALL, |fault| survives_in_the_middle(STEPS[2], fault)).await;
}

#[tokio::test]
async fn every_fault_of_the_report_on_concurrency_is_survived() {
    all(Fault::ALL, |fault| survives_at_first(STEPS[3], fault)).await;
    all(Fault::ALL, |fault| survives_in_the_middle(STEPS[3], fault)).await;
}

/// As in the recording of bad requests: what SCAR says to a request it cannot read, and pages for people.
#[tokio::test]
async fn what_stands_between_us_and_scar_may_answer_as_it_likes() {
    let mut answers = Recording::named("bad-requests").refusals;
    answers.push((
        401,
        "text/html".to_owned(),
        "<h1>Log in first</h1>".to_owned(),
    ));
    // One of each sort.
    answers.sort();
    answers.dedup_by(|one, other| (one.0, &one.1) == (other.0, &other.1));
    assert!(answers.len() > 4, "{answers:?}");
    for step in STEPS {
        let faults: Vec<Fault> = answers
            .iter()
            // Of a message, SCAR's own refusal is the end.
            .filter(|(status, ..)| {
                step == STEPS[2] || step == STEPS[3] || ![400, 413].contains(status)
            })
            .map(|(status, kind, body)| Fault::Answer {
                status: *status,
                kind: kind.clone().leak(),
                body: body.clone().leak(),
            })
            .collect();
        // An unknown address is what an old SCAR says of its concurrency, before it was ever heard to say it.
        match step == STEPS[3] {
            true => all(faults, |fault| survives_in_the_middle(step, fault)).await,
            false => all(faults, |fault| survives_at_first(step, fault)).await,
        }
    }
}

#[tokio::test]
async fn a_message_scar_does_not_take_fails_the_command_with_its_words() {
    for (status, kind, body) in Recording::named("bad-requests").refusals {
        if ![400, 413].contains(&status) {
            continue;
        }
        let scar = TestScar::start();
        let answer = Fault::Answer {
            status,
            kind: kind.leak(),
            body: body.leak(),
        };
        scar.fail(Step::PostCommand, answer, 1);
        let app = impatient(&scar).await;
        let project = shop(&app).await;
        let execution = app.execute(&project, "prime").await;
        let execution = end_of(&app, &execution).await;
        assert_eq!(execution["error_code"], "scar_rejected", "{execution}");
        let error = execution["error"].as_str().expect("an error");
        assert!(error.contains(&status.to_string()), "{error}");
    }
}

/// A page or another program asks only for the feed: nothing of this project runs.
#[tokio::test]
async fn that_scar_is_back_is_noticed_without_a_command() {
    let scar = TestScar::start();
    scar.kill();
    let app = builder(&scar)
        .set("PM__SCAR__GIVE_UP_SECONDS", 0.2)
        .spawn()
        .await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    end_of(&app, &execution).await;
    let mut stream = app.stream(&project, "").await;
    let told = stream.next_named("system").await;
    assert_eq!(told.data["status"], "degraded", "{told:?}");
    scar.start_again();
    let told = stream.next_named("system").await;
    assert_eq!(told.data["status"], "recovered", "{told:?}");
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    assert!(report["backend"]["trouble"].is_null(), "{report}");
}

/// What is answered again is not what a command needs: whoever looks does not see SCAR come and go.
#[tokio::test]
async fn a_scar_that_answers_only_in_part_is_away_until_it_answers_all() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let mut stream = app.stream(&project, "").await;
    scar.fail(Step::Messages, Fault::Status(502), usize::MAX);
    let told = stream.next_named("system").await;
    assert_eq!(told.data["status"], "degraded", "{told:?}");
    let probes = scar.requests(Step::Health);
    wait_until("several probes", async || {
        (scar.requests(Step::Health) > probes + 5).then_some(())
    })
    .await;
    scar.heal();
    let told = stream.next_named("system").await;
    assert_eq!(told.data["status"], "recovered", "{told:?}");
    run.end();
    end_of(&app, &execution).await;
    assert_eq!(notices(&app, &project, &execution).await.len(), 2);
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
