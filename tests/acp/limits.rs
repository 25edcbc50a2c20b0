//! Time, silence and floods.

use serde_json::json;

use super::{Stage, spawn, text};
use crate::support::acp::ScriptedAgent;

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended() {
    let agent = ScriptedAgent::doing(&json!([{ "say": "Still at it." }, { "hang": 1 }]));
    let app = agent
        .builder()
        .set("PM__EXECUTOR__TIME_LIMIT_SECONDS", 1.0)
        .spawn()
        .await;
    let stage = Stage::on(app, agent).await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["error_code"], "timed_out", "{ended}");
    assert!(
        text(&ended["error"]).contains("longer than the 1 s allowed"),
        "{ended}"
    );
}

#[tokio::test]
async fn silence_is_told_and_the_command_goes_on() {
    let agent = ScriptedAgent::with(&json!({}));
    let go_on = agent.path("go on");
    agent.rewrite(
        &json!({ "turns": [{ "when": "", "do": [{ "wait_for": go_on }, { "say": "Back." }] }] }),
    );
    let app = agent
        .builder()
        .set("PM__ACP__STALL_SECONDS", 0.05)
        .spawn()
        .await;
    let stage = Stage::on(app, agent).await;
    let mut stream = stage.app.stream(&stage.project, "").await;
    let execution = stage.app.execute(&stage.project, "prime").await;
    let stalled = stream
        .activities_until(|data| data["status"] == "stalled")
        .await;
    let last = &stalled.last().unwrap().data;
    assert!(text(&last["message"]).starts_with("Silent for"), "{last}");
    stage.agent.go_on("go on");
    let ended = super::end_of(&stage.app, &execution).await;
    assert_eq!(ended["output"], "Back.", "{ended}");
}

#[tokio::test]
async fn a_flood_is_cut_and_what_comes_after_it_is_not_lost() {
    let stage = spawn(&json!([
        { "tell_many": { "times": 2_000, "what": { "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": "x".repeat(1_000) } } } },
        { "tell": { "sessionUpdate": "tool_call", "toolCallId": "1", "title": "Read a", "kind": "read", "status": "completed", "rawOutput": "y".repeat(100_000) } },
        { "say": "The end." },
    ]))
    .await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["output"], "The end.", "{}", ended["error"]);
    let texts = stage.steps_of("text").await;
    let long = text(&texts[0]["message"]);
    assert!(long.len() < 300 << 10, "{}", long.len());
    assert!(long.contains("more bytes were not stored"));
    let result = &stage.steps_of("tool_result").await[0];
    assert_eq!(text(&result["detail"]).len(), 64 << 10);
    assert_eq!(result["data"]["cut_bytes"], 100_000 - (64 << 10));
}

#[tokio::test]
async fn an_agent_that_has_run_wild_is_ended() {
    // In lines that are no messages: the quickest way to write very much.
    let stage = spawn(&json!([{ "flood": 110 << 10 }, { "say": "never heard" }])).await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["error_code"], "agent_error", "{ended}");
    assert!(
        text(&ended["error"]).contains("more than 100 MB"),
        "{ended}"
    );
}
