//! Silence, queues and old versions of SCAR.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{builder, end_of, notice, notices, shop, spawn, steps};
use crate::support::{
    expect,
    scar::{Fault, Script, Step, TestScar},
    wait_until,
};

#[tokio::test]
async fn a_silence_is_told_with_what_was_done_last_and_ends_nothing() {
    let scar = TestScar::start();
    let app = builder(&scar)
        .set("PM__SCAR__STALL_SECONDS", 0.05)
        .spawn()
        .await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("🔧 BASH\nnpm test");
    wait_until("a word on the silence with the last step", async || {
        let notices = notices(&app, &project, &execution).await;
        notices
            .iter()
            .any(|(status, words)| {
                status == "stalled"
                    && words.starts_with("Silent for ")
                    && words.ends_with("last: Run npm test")
            })
            .then_some(())
    })
    .await;
    let id = execution["id"].as_str().expect("an id");
    assert_eq!(app.execution(id).await["status"], "RUNNING");
    run.say("All passed.");
    run.end();
    assert_eq!(end_of(&app, &execution).await["output"], "All passed.");
}

#[tokio::test]
async fn the_eleventh_conversation_waits_in_scar_and_says_so() {
    let scar = TestScar::start();
    let app = builder(&scar).set("PM__EXECUTOR__SLOTS", 11).spawn().await;
    let mut executions = Vec::new();
    for _ in 0..10 {
        let project = shop(&app).await;
        executions.push(app.execute(&project, "prime").await);
    }
    let mut runs = Vec::new();
    for _ in 0..10 {
        runs.push(scar.next_run().await);
    }
    let last = shop(&app).await;
    let execution = app.execute(&last, "prime").await;
    let words = notice(&app, &last, &execution, "waiting").await;
    assert!(words.contains("queue"), "{words}");
    for run in runs {
        run.end();
    }
    scar.next_run().await.end();
    assert_eq!(end_of(&app, &execution).await["status"], "COMPLETED");
    for execution in &executions {
        assert_eq!(end_of(&app, execution).await["status"], "COMPLETED");
    }
}

#[tokio::test]
async fn with_scar_ten_commands_run_at_a_time_and_the_eleventh_is_queued_here_and_says_so() {
    let (app, scar) = spawn().await;
    let mut runs = Vec::new();
    for _ in 0..10 {
        let project = shop(&app).await;
        app.execute(&project, "prime").await;
        runs.push(scar.next_run().await);
    }
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    assert_eq!(execution["status"], "QUEUED", "{execution}");
    let words = notice(&app, &project, &execution, "waiting").await;
    assert_eq!(
        words,
        "10 commands already run in SCAR, as many as may at a time. This one begins when one of them has ended."
    );
    // What runs elsewhere is none of SCAR's business.
    let offline = app.project("Offline").await;
    let edit = app.patch(&format!("/api/projects/{offline}"));
    let edit = edit.json(&json!({ "backend": "offline" }));
    expect(edit, StatusCode::OK).await;
    let other = app.execute(&offline, "prime").await;
    assert_eq!(
        end_of(&app, &other).await["error_code"],
        "workspace_missing"
    );
    runs.remove(0).end();
    scar.next_run().await.end();
    assert_eq!(end_of(&app, &execution).await["status"], "COMPLETED");
}

#[tokio::test]
async fn a_scar_that_does_not_say_what_it_works_on_is_followed_until_it_is_quiet() {
    let scar = TestScar::start();
    scar.fail(Step::Concurrency, Fault::Status(404), usize::MAX);
    let app = builder(&scar)
        .set("PM__SCAR__QUIET_SECONDS", 0.4)
        .spawn()
        .await;
    let project = shop(&app).await;
    scar.script(
        "prime",
        Script::every(Duration::from_millis(20), ["One.", "Two.", "Three."]),
    );
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["status"], "COMPLETED", "{execution}");
    assert_eq!(steps(&app, &project, &execution).await.len(), 4);
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    let note = report["backend"]["note"].as_str().expect("a note");
    assert!(note.contains("/health/concurrency"), "{note}");
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_given_up_and_said_to_go_on_perhaps() {
    let scar = TestScar::start();
    let app = builder(&scar)
        .set("SCAR_TIMEOUT_SECONDS", 0.5)
        .spawn()
        .await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("Working.");
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "timed_out", "{execution}");
    let error = execution["error"].as_str().expect("an error");
    assert!(error.contains("SCAR_TIMEOUT_SECONDS"), "{error}");
    notice(&app, &project, &execution, "detached").await;
    run.end();
}
