//! However an agent ends, its command ends once, with words, and nothing it started is left.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Stage, end_of, spawn, text};
use crate::support::{ProgramBuilder, TestDatabase, acp::ScriptedAgent, expect, wait_until};

/// Whether a process is there and has not ended.
fn lives(pid: &Value) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

async fn all_gone(agent: &ScriptedAgent) {
    let pids = [agent.asked("started"), agent.asked("left")].concat();
    assert!(!pids.is_empty());
    wait_until(format!("{pids:?} to be gone"), async || {
        (!pids.iter().any(lives)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_person_who_stops_a_command_has_the_agent_asked_and_then_all_of_it_ended() {
    for (ignores, marker) in [(false, "obeys"), (true, "does not care")] {
        let stage = Stage::of(ScriptedAgent::with(&json!({
            "ignore_cancel": ignores,
            "turns": [{ "when": "", "do": [{ "leave_behind": 1 }, { "say": marker }, { "hang": 1 }] }],
        })))
        .await;
        let execution = stage.app.execute(&stage.project, "prime").await;
        stage.agent.hears("left").await;
        let path = format!("/api/executions/{}/cancel", text(&execution["id"]));
        expect(stage.app.post(&path), StatusCode::OK).await;
        let ended = end_of(&stage.app, &execution).await;
        assert_eq!(ended["status"], "CANCELLED", "{marker}: {ended}");
        assert_eq!(stage.agent.asked("cancel").len(), 1, "{marker}");
        all_gone(&stage.agent).await;
        let said = stage.steps_of("text").await;
        assert_eq!(said[0]["message"], marker, "what it said is kept");
    }
}

#[tokio::test]
async fn an_agent_that_crashes_or_leaves_is_told_of_with_its_last_words() {
    for (actions, words) in [
        (
            json!([{ "complain": "panic: no memory" }, { "exit": 3 }]),
            &["exit code 3", "panic: no memory"][..],
        ),
        (
            json!([{ "run": ["sh", "-c", "kill -9 $PPID"] }]),
            &["signal 9"],
        ),
        (
            json!([{ "fail": "the model is overloaded" }]),
            &["the model is overloaded"],
        ),
        (
            json!([{ "say": "half" }, { "end": "max_tokens" }]),
            &["limit"],
        ),
        (json!([{ "end": "refusal" }]), &["refused"]),
    ] {
        let stage = spawn(&actions).await;
        let ended = stage.run("prime").await;
        assert_eq!(ended["status"], "FAILED", "{ended}");
        assert_eq!(ended["error_code"], "agent_error", "{ended}");
        for word in words {
            assert!(text(&ended["error"]).contains(word), "{ended}");
        }
        all_gone(&stage.agent).await;
    }
}

#[tokio::test]
async fn an_agent_that_never_gets_ready_is_told_of_with_the_reason() {
    for (script, code, words) in [
        (
            json!({ "start": [{ "exit": 7 }] }),
            "agent_error",
            "exit code 7",
        ),
        (
            json!({ "start": [{ "print": "Usage: agent [options]" }, { "hang": 1 }] }),
            "agent_error",
            "did not get ready within 3 s. The last it said: Usage: agent [options]",
        ),
        (
            json!({ "version": 2 }),
            "agent_error",
            "does not speak version 1",
        ),
        (json!({ "login": true }), "agent_error", "log in"),
    ] {
        // Only who says nothing at all is to wait in vain.
        let limit = if words.contains("did not get ready") {
            3.0
        } else {
            60.0
        };
        let agent = ScriptedAgent::with(&script);
        let app = agent
            .builder()
            .set("PM__ACP__START_SECONDS", limit)
            .spawn()
            .await;
        let stage = Stage::on(app, agent).await;
        let ended = stage.run("prime").await;
        assert_eq!(ended["error_code"], code, "{ended}");
        assert!(text(&ended["error"]).contains(words), "{ended}");
        all_gone(&stage.agent).await;
    }
}

#[tokio::test]
async fn what_is_no_message_is_skipped_and_the_work_goes_on() {
    let stage = spawn(&json!([
        { "print": "Warning: an old version" }, { "print": "{not json" }, { "print": "" },
        { "say": "All is well." },
    ]))
    .await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["output"], "All is well.", "{ended}");
}

#[tokio::test]
async fn checks_that_did_not_pass_are_not_said_to_have() {
    for (line, status, output) in [
        ("CHECKS: PASSED", "COMPLETED", "All ran."),
        ("**CHECKS: FAILED**", "FAILED", "All ran."),
        ("I am not sure.", "COMPLETED", "All ran.\n\nI am not sure."),
    ] {
        let said = format!("All ran.\n\n{line}");
        let stage = spawn(&json!([{ "say": said }])).await;
        let ended = stage.run("validate").await;
        assert_eq!(ended["status"], status, "{ended}");
        assert_eq!(ended["output"], output, "{ended}");
        if status == "FAILED" {
            assert_eq!(ended["error_code"], "checks_failed");
        }
    }
}

#[tokio::test]
async fn nothing_of_an_agent_outlives_a_server_that_is_killed() {
    let database = TestDatabase::new().await;
    let agent =
        ScriptedAgent::doing(&json!([{ "leave_behind": 1 }, { "say": "Busy." }, { "hang": 1 }]));
    let start =
        || ProgramBuilder::serving_database(&database).set("PM__ACP__COMMAND", agent.line());
    let server = start().start().await;
    let checkout = crate::support::Checkout::with(&[("README.md", "# Shop\n")]);
    let project = server.project_in("Shop", checkout.text()).await;
    let execution = server.execute(&project, "prime").await;
    agent.hears("left").await;
    server.kill().await;
    all_gone(&agent).await;
    let server = start().start().await;
    let ended = end_of(&server, &execution).await;
    assert_eq!(ended["error_code"], "interrupted", "{ended}");
}

#[tokio::test]
async fn a_verdict_that_stands_alone_counts_as_well() {
    let stage = spawn(&json!([
        { "say": "I run one more check." },
        { "tell": { "sessionUpdate": "tool_call", "toolCallId": "1", "title": "`make`", "kind": "execute", "status": "completed" } },
        { "say": "CHECKS: FAILED" },
    ]))
    .await;
    let ended = stage.run("validate").await;
    assert_eq!(ended["error_code"], "checks_failed", "{ended}");
}
