//! The recordings of the real SCAR, a few dozen times as fast, each with the outcome and the steps it must lead to.

use std::ops::Range;

use serde_json::{Value, json};

use super::{builder, end_of, notices, rebuilt, shop, statuses, steps};
use crate::support::scar::{Recording, TestScar};

/// How many times as fast recordings are played: the silence of ten seconds takes a third of a second.
const SPEED: u32 = 30;

/// Everything a server waits for, as many times as fast.
fn fast(scar: &TestScar) -> crate::support::TestAppBuilder {
    builder(scar)
        .set("PM__SCAR__POLL_MS_MIN", 100 / SPEED)
        .set("PM__SCAR__POLL_MS_MAX", 1000 / SPEED)
        .set("PM__SCAR__STALL_SECONDS", 30.0 / f64::from(SPEED))
        // Shorter than the silences of the recordings: of a SCAR that says what it works on it is no end.
        .set("PM__SCAR__QUIET_SECONDS", 4.0 / f64::from(SPEED))
}

/// Plays these messages of a recording as the command `prime`: the execution, its steps' messages, its notices' statuses.
async fn replay(name: &str, range: Range<usize>) -> (Value, Vec<String>, Vec<String>) {
    let recording = Recording::named(name);
    let scar = TestScar::start();
    scar.script("prime", recording.script(range.clone(), SPEED));
    let app = fast(&scar).spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    let steps = rebuilt(&steps(&app, &project, &execution).await);
    let (repository, said) = steps.split_first().expect("an answer to /repo");
    assert!(
        repository.starts_with("Switched to: demo-shop"),
        "{repository}"
    );
    let expected: Vec<String> = recording.messages[range]
        .iter()
        .map(|(_, text)| text.replace('\0', "\u{2400}"))
        .collect();
    assert_eq!(
        said, expected,
        "{name}: every message, once, in order, byte for byte"
    );
    let notices = notices(&app, &project, &execution).await;
    let statuses = statuses(&app, &project, &execution).await;
    assert_eq!(
        statuses.len(),
        3,
        "queued, running and one end: {statuses:?}"
    );
    (
        execution,
        steps,
        notices.into_iter().map(|(status, _)| status).collect(),
    )
}

async fn completes(name: &str, range: Range<usize>, last: &str) {
    let (execution, ..) = replay(name, range).await;
    assert_eq!(execution["status"], "COMPLETED", "{name}: {execution}");
    let output = execution["output"].as_str().expect("an output");
    assert!(output.contains(last), "{name}: {output}");
}

async fn fails(name: &str, range: Range<usize>, code: &str, words: &str) {
    let (execution, ..) = replay(name, range).await;
    assert_eq!(
        (&execution["status"], &execution["error_code"]),
        (&json!("FAILED"), &json!(code)),
        "{name}: {execution}"
    );
    let error = execution["error"].as_str().expect("an error");
    assert!(error.contains(words), "{name}: {error}");
}

#[tokio::test]
async fn prime_completes_with_its_eight_steps_over_a_silence_of_seven_seconds() {
    let (_, steps, _) = replay("prime", 1..9).await;
    assert_eq!(steps.len(), 9);
    completes("prime-pm-style", 1..9, "Codebase summary").await;
}

#[tokio::test]
async fn planning_validating_and_a_gap_of_seven_seconds_complete() {
    completes("plan-feature-github", 1..6, "Plan written to").await;
    completes("validate", 1..4, "All checks passed").await;
    completes("gap7", 1..4, "GAP7-AFTER").await;
}

#[tokio::test]
async fn carrying_out_a_plan_completes_over_silences_of_ten_seconds() {
    completes("execute-github", 1..8, "2 passed, 0 failed").await;
}

#[tokio::test]
async fn text_that_looks_like_markup_is_kept_as_it_is() {
    completes("markup", 1..4, "line4 after CRLF").await;
}

#[tokio::test]
async fn what_scar_refuses_fails_with_its_words() {
    fails(
        "command-invoke-missing",
        1..2,
        "scar_rejected",
        "Command 'missing' not found",
    )
    .await;
    fails(
        "command-invoke-missing",
        2..3,
        "scar_rejected",
        "Failed to read command file",
    )
    .await;
    fails(
        "command-invoke-missing",
        3..4,
        "scar_rejected",
        "Usage: /command-invoke",
    )
    .await;
    fails(
        "command-invoke-no-repo",
        0..1,
        "scar_rejected",
        "No codebase configured",
    )
    .await;
    fails(
        "unknown-command",
        1..2,
        "scar_rejected",
        "Unknown command: /frobnicate",
    )
    .await;
}

#[tokio::test]
async fn a_repository_scar_does_not_know_fails_before_the_command_is_sent() {
    let scar = TestScar::start();
    let app = builder(&scar).spawn().await;
    let project = app.project("no-such-repo").await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_rejected", "{execution}");
    let recording = Recording::named("repo-unknown");
    assert_eq!(execution["error"], recording.messages[0].1);
    let posts: Vec<String> = scar.posts().into_iter().map(|(_, text)| text).collect();
    assert_eq!(posts, ["/repo no-such-repo"]);
}

#[tokio::test]
async fn an_agent_that_fails_at_once_is_an_error_of_the_agent_and_the_next_command_is_apart() {
    let recording = Recording::named("fail-401-noretry");
    let scar = TestScar::start();
    scar.script("prime", recording.script(1..3, SPEED));
    scar.script("validate", recording.script(3..4, SPEED));
    let app = fast(&scar).spawn().await;
    let project = shop(&app).await;
    let first = app.execute(&project, "prime").await;
    let second = app.execute(&project, "validate").await;
    let (first, second) = (end_of(&app, &first).await, end_of(&app, &second).await);
    assert_eq!(first["error_code"], "agent_error", "{first}");
    let error = first["error"].as_str().expect("an error");
    assert!(error.starts_with("Invalid API key"), "{error}");
    assert_eq!(second["status"], "COMPLETED", "{second}");
    assert_eq!(second["output"], "Quick answer.");
}

#[tokio::test]
async fn an_agent_that_retries_for_three_minutes_is_stalled_and_then_fails() {
    let (execution, _, notices) = replay("fail-529", 1..3).await;
    assert_eq!(execution["error_code"], "agent_error", "{execution}");
    assert!(notices.contains(&"stalled".to_owned()), "{notices:?}");
    let error = execution["error"].as_str().expect("an error");
    assert!(error.contains("Overloaded"), "{error}");
}

#[tokio::test]
async fn commands_after_one_another_have_only_their_own_messages() {
    for (name, ranges) in [
        ("accumulation", vec![1..2, 2..5, 5..6]),
        ("queue-second-command", vec![1..13, 13..16]),
    ] {
        let recording = Recording::named(name);
        let scar = TestScar::start();
        let app = fast(&scar).spawn().await;
        let project = shop(&app).await;
        let mut executions = Vec::new();
        let commands = ["prime", "validate", "execute-github"];
        for (range, command) in ranges.iter().zip(commands) {
            scar.script(command, recording.script(range.clone(), SPEED));
            executions.push(app.execute(&project, command).await);
        }
        for (range, execution) in ranges.into_iter().zip(executions) {
            let execution = end_of(&app, &execution).await;
            assert_eq!(execution["status"], "COMPLETED", "{name}: {execution}");
            let said = rebuilt(&steps(&app, &project, &execution).await);
            let expected = recording.messages[range].iter().map(|(_, text)| text);
            assert!(said[1..].iter().eq(expected), "{name}: {said:?}");
        }
    }
}

#[tokio::test]
async fn a_list_that_was_deleted_in_the_middle_fails_and_keeps_what_had_arrived() {
    let recording = Recording::named("delete-while-running");
    let scar = TestScar::start();
    let app = fast(&scar).spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    for (_, text) in &recording.messages[1..6] {
        run.say(text);
    }
    crate::support::wait_until("five steps and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 6).then_some(())
    })
    .await;
    scar.delete(&super::conversation(&project));
    // The list begins anew, with what the agent goes on to say.
    for (_, text) in &recording.messages[6..] {
        run.say(text);
    }
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_restarted", "{execution}");
    assert_eq!(steps(&app, &project, &execution).await.len(), 6);
}

#[tokio::test]
async fn a_scar_that_is_told_to_end_in_the_middle_fails_the_command_and_runs_the_next() {
    let recording = Recording::named("restart-sigterm");
    let scar = TestScar::start();
    let app = fast(&scar).spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    for (_, text) in &recording.messages[1..4] {
        run.say(text);
    }
    crate::support::wait_until("three steps and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 4).then_some(())
    })
    .await;
    scar.kill();
    scar.start_again();
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_restarted", "{execution}");
    let said = rebuilt(&steps(&app, &project, &execution).await);
    let expected = recording.messages[1..4].iter().map(|(_, text)| text);
    assert!(said[1..].iter().eq(expected), "{said:?}");
    scar.say(&super::conversation(&project), &recording.messages[4].1);
    scar.script("validate", recording.script(5..6, SPEED));
    let next = app.execute(&project, "validate").await;
    assert_eq!(end_of(&app, &next).await["output"], "Quick answer.");
}

#[tokio::test]
async fn what_scar_answers_without_its_agent_is_no_part_of_a_command() {
    let (status, switch) = (Recording::named("status"), Recording::named("repo-switch"));
    let scar = TestScar::start();
    scar.script("prime", status.script(3..4, SPEED));
    let app = fast(&scar).spawn().await;
    let project = shop(&app).await;
    for (_, text) in &status.messages[..3] {
        scar.say(&super::conversation(&project), text);
    }
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["output"], "Quick answer.", "{execution}");
    let said = rebuilt(&steps(&app, &project, &execution).await);
    let switched = switch.messages[0].1.replace("16 commands", "18 commands");
    assert_eq!(said, [switched.as_str(), "Quick answer."]);
}

#[tokio::test]
async fn tools_edits_and_plans_of_the_recordings_are_steps_of_their_kind() {
    for (name, range, expected) in [
        (
            "prime",
            1..9,
            "text tool tool tool tool text file_change text",
        ),
        (
            "execute-github",
            1..8,
            "text plan tool file_change tool tool text",
        ),
        (
            "plan-feature-github",
            1..6,
            "text tool tool file_change text",
        ),
    ] {
        let recording = Recording::named(name);
        let scar = TestScar::start();
        scar.script("prime", recording.script(range, SPEED));
        let app = fast(&scar).spawn().await;
        let project = shop(&app).await;
        let execution = app.execute(&project, "prime").await;
        let execution = end_of(&app, &execution).await;
        let steps = steps(&app, &project, &execution).await;
        let kinds: Vec<&str> = steps[1..]
            .iter()
            .filter_map(|step| step["kind"].as_str())
            .collect();
        assert_eq!(kinds.join(" "), expected, "{name}");
    }
}
