//! `pm run`: a command to its end, seen step by step, and what came of it as an exit code.

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{done, failed, id, json_lines, pm};
use crate::support::{
    Checkout, Client, ProgramBuilder, TestDatabase, expect, free_port, spawn_app, spawn_scripted,
    wait_until,
};

const PASSES: &str = "test:\n\t@echo 'ok 1 - adds'\n\t@echo 'ok 2 - takes away'\n";
const FAILS: &str = "test:\n\t@echo 'not ok 1 - adds'\n\t@exit 3\n";

/// What the log has of the only execution of a project, at the verbosity of a stream.
async fn steps(app: &Client, project: &str) -> Vec<Value> {
    let log = app.log(project).await.into_iter();
    log.filter(|step| step["execution_id"].is_string() && step["verbosity"] != 3)
        .collect()
}

#[tokio::test]
async fn a_command_is_seen_step_by_step_to_its_end() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("Makefile", PASSES)]);
    let project = app.project_in("Shop", checkout.text()).await;
    let output = done(&app, &["run", "shop", "validate"]).await;
    let steps = steps(&app, &project).await;
    // That it was queued and how it ended are told above and below the steps.
    let told: Vec<&str> = output
        .lines()
        .skip(1)
        .map_while(|line| line.get(21..))
        .collect();
    let steps = steps[1..steps.len() - 1].iter();
    let words = steps.filter_map(|step| step["message"].as_str());
    let words: Vec<&str> = words.flat_map(str::lines).collect();
    assert_eq!(told, words, "{output}");
    for words in [
        "validate in Shop  ",
        "ok 2 - takes away",
        "validate completed after",
    ] {
        assert!(output.contains(words), "no {words:?} in {output}");
    }
}

#[tokio::test]
async fn as_json_each_activity_comes_once_in_order_and_last_the_execution() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("Makefile", PASSES)]);
    let project = app.project_in("Shop", checkout.text()).await;
    // Of another command, and so none of this one's.
    done(&app, &["run", "Shop", "PRIME"]).await;
    let before = app.log(&project).await.len();
    let output = done(
        &app,
        &[
            "run",
            &project[..23],
            "validate",
            "--json",
            "--verbosity",
            "3",
        ],
    )
    .await;
    let mut lines = json_lines(&output);
    let execution = lines.pop().expect("a line");
    assert_eq!(execution, app.execution(id(&execution)).await);
    assert_eq!(execution["status"], "COMPLETED");
    assert_eq!(lines, app.log(&project).await[before..]);
}

#[tokio::test]
async fn a_command_that_fails_is_told_with_why_and_what_to_do() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("Makefile", FAILS)]);
    app.project_in("Shop", checkout.text()).await;
    let told = failed(&app, &["run", "Shop", "validate"], 1).await;
    for words in [
        "not ok 1 - adds",
        "validate failed after",
        "(checks_failed)",
        "ended with exit code",
        "pm tail Shop --last 1000 --verbosity 3 --no-follow",
    ] {
        assert!(told.output.contains(words), "no {words:?} in {told:?}");
    }
    assert_eq!(told.errors, "");
    let told = failed(&app, &["run", "Shop", "validate", "--json"], 1).await;
    let last = json_lines(&told.output).pop().expect("a line");
    assert_eq!(last["error_code"], "checks_failed");
}

#[tokio::test]
async fn a_command_that_is_stopped_elsewhere_ends_with_a_code_of_its_own() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let mut run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    run.until("Started prime").await;
    let path = format!("/api/executions/{}/cancel", job.job.execution);
    let (_, ()) = tokio::join!(expect(app.post(&path), StatusCode::OK), async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    });
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(
        ended.output.contains("prime was stopped after"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn ctrl_c_has_the_command_stopped_and_its_end_waited_for() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let mut run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    run.until("Started prime").await;
    run.interrupt();
    job.cancel.cancelled().await;
    run.said("its end is waited for").await;
    job.end(Outcome::Cancelled);
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_at_once_and_says_how_to_see_what_comes_of_it() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let mut run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    run.until("Started prime").await;
    run.interrupt();
    job.cancel.cancelled().await;
    run.interrupt();
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.errors.contains("pm tail Shop --after "), "{ended:?}");
    let words = "The server was asked to stop the command";
    assert!(ended.errors.contains(words), "{ended:?}");
    job.end(Outcome::Cancelled);
}

#[tokio::test]
async fn what_it_comes_behind_is_told_and_nobody_has_to_wait_for_it() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let told = done(
        &app,
        &[
            "run",
            "Shop",
            "plan-feature-github",
            "a",
            "dark mode",
            "--no-wait",
        ],
    )
    .await;
    assert!(told.contains("Queued behind prime ("), "{told}");
    assert!(told.contains("pm tail Shop --after "), "{told}");
    let told = done(&app, &["run", "Shop", "validate", "--no-wait", "--json"]).await;
    let [queued] = json_lines(&told).try_into().expect("one line");
    assert_eq!(
        (&queued["status"], &queued["position"]),
        (&json!("QUEUED"), &json!(2))
    );
    job.complete("done");
    let job = backend.next_job().await;
    assert_eq!(job.job.order.args, "a dark mode");
    job.complete("done");
    backend.next_job().await.complete("done");
}

#[tokio::test]
async fn what_was_ordered_while_the_server_was_restarted_is_seen_to_its_end() {
    let (database, port) = (TestDatabase::new().await, free_port().await);
    let checkout = Checkout::with(&[("Makefile", "test:\n\t@cat go-on\n\t@echo 'ok 1 - on'\n")]);
    // It stands still until somebody opens the other end.
    let pipe = checkout.path().join("go-on");
    let mode = rustix::fs::Mode::RWXU;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).expect("a pipe");
    let serve = || ProgramBuilder::serving_database(&database).set("API_PORT", port);
    let server = serve().start().await;
    server.project_in("Shop", checkout.text()).await;
    let mut run = pm(&server, &["run", "Shop", "validate"]).follow();
    run.until("Run make test").await;
    server.kill().await;
    run.said("it is opened again").await;
    let server = serve().start().await;
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.output.contains("(interrupted)"), "{ended:?}");
    assert!(
        ended.errors.contains("The stream is open again"),
        "{ended:?}"
    );
    drop(server);
}

#[tokio::test]
async fn a_server_that_stays_away_is_waited_for_no_longer_than_asked() {
    let (database, port) = (TestDatabase::new().await, free_port().await);
    let checkout = Checkout::with(&[("Makefile", PASSES)]);
    let server = ProgramBuilder::serving_database(&database)
        .set("API_PORT", port)
        .set("PM__OFFLINE__TEST_COMMAND", "sleep 60")
        .start()
        .await;
    server.project_in("Shop", checkout.text()).await;
    let mut run = pm(
        &server,
        &["run", "Shop", "validate", "--give-up-after", "1"],
    )
    .follow();
    run.until("Run sleep 60").await;
    server.kill().await;
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    for words in [
        "the server was away for 1 s",
        "The command goes on at the server",
        "pm tail Shop --after",
    ] {
        assert!(ended.errors.contains(words), "no {words:?} in {ended:?}");
    }
}

#[tokio::test]
async fn an_unknown_command_or_project_is_answered_with_what_may_be_meant() {
    let (app, _backend) = spawn_scripted().await;
    for name in ["Shop", "Shop window", "Zoo"] {
        app.project(name).await;
    }
    for (arguments, words) in [
        (["run", "Shop", "validte"], "'validate'"),
        (["run", "Shpo", "validate"], "did you mean \"Shop\""),
        (["run", "sho", "validate"], "may be any of these"),
        (["run", "garden", "validate"], "`pm projects` lists them"),
    ] {
        let told = failed(&app, &arguments, 2).await;
        assert!(told.errors.contains(words), "{told:?}");
    }
    assert_eq!(
        json_lines(&done(&app, &["executions", "--json"]).await),
        [json!([])]
    );
}

#[tokio::test]
async fn a_failure_of_the_agent_and_an_order_too_many_are_told_in_the_servers_words() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    job.end(Outcome::failed(
        ErrorCode::AgentError,
        "It fell over. Try \u{1b}[2Jagain.",
    ));
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.output.contains("It fell over. Try again."),
        "{ended:?}"
    );
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let full = wait_until("a full queue", async || {
        let told = pm(&app, &["run", "Shop", "prime", "--no-wait"]).run().await;
        (told.code != Some(0)).then_some(told)
    })
    .await;
    assert_eq!(full.code, Some(4), "{full:?}");
    assert!(full.errors.contains("Too many commands wait"), "{full:?}");
    let path = format!("/api/projects/{project}/executions?status=QUEUED");
    for waiting in app.read(&path).await.as_array().expect("a list") {
        let path = format!("/api/executions/{}/cancel", id(waiting));
        expect(app.post(&path), StatusCode::OK).await;
    }
    job.complete("done");
}
