//! Which agent is used, and why.

use serde_json::json;

use super::{Stage, text};
use crate::support::{TestAppBuilder, acp::ScriptedAgent};

#[tokio::test]
async fn a_setting_names_the_agent_and_the_page_says_so() {
    let stage = Stage::of(ScriptedAgent::doing(&json!([]))).await;
    let setup = stage.app.read("/api/setup").await;
    assert_eq!(setup["backend"]["name"], "acp");
    let reason = text(&setup["backend"]["reason"]);
    assert!(
        reason.contains("acp.command") && reason.contains("scripted-agent"),
        "{reason}"
    );
    let ended = stage.run("prime").await;
    let log = stage.app.log(&stage.project).await;
    let started = log
        .iter()
        .find(|activity| activity["status"] == "RUNNING")
        .unwrap();
    assert_eq!(started["data"]["backend"], "acp", "{ended}");
}

#[tokio::test]
async fn scar_comes_first_then_an_agent_then_this_program() {
    let agent = ScriptedAgent::doing(&json!([]));
    let both = agent
        .builder()
        .set("SCAR_BASE_URL", "http://127.0.0.1:9")
        .spawn()
        .await;
    let setup = both.read("/api/setup").await;
    assert_eq!(setup["backend"]["name"], "scar");
    let names: Vec<_> = setup["backends"]
        .as_array()
        .unwrap()
        .iter()
        .map(|backend| text(&backend["name"]))
        .collect();
    assert_eq!(names, ["scar", "acp", "offline"]);
    let none = TestAppBuilder::default().spawn().await;
    let setup = none.read("/api/setup").await;
    assert_eq!(setup["backend"]["name"], "offline");
    assert!(text(&setup["backend"]["reason"]).contains("Claude Code"));
}

#[tokio::test]
async fn a_program_that_is_not_there_or_may_not_be_run_is_said_to_be() {
    for program in ["/nowhere/agent", "no-such-agent", "/etc/passwd"] {
        let app = TestAppBuilder::default()
            .set("PM__ACP__COMMAND", json!([program]))
            .spawn()
            .await;
        let stage = Stage::on(app, ScriptedAgent::doing(&json!([]))).await;
        let ended = stage.run("prime").await;
        assert_eq!(ended["error_code"], "agent_missing", "{ended}");
        let error = text(&ended["error"]);
        assert!(
            error.contains(program) && error.contains("Install it"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_environment_of_an_agent_is_the_servers_without_its_keys_and_with_its_own() {
    let agent = ScriptedAgent::doing(&json!([
        { "run": ["sh", "-c", "printf '%s|%s|%s' \"$KEY\" \"$PM__ACP__ENV\" \"${HOME:+home}\" > seen.txt"] },
    ]));
    let app = agent
        .builder()
        .set("PM__ACP__ENV", "KEY='a b' OTHER=1")
        .spawn()
        .await;
    let stage = Stage::on(app, agent).await;
    stage.run("prime").await;
    let seen = std::fs::read_to_string(stage.copy().join("seen.txt")).unwrap();
    assert_eq!(seen, "a b||home");
}

#[tokio::test]
async fn an_environment_that_cannot_be_read_stops_the_start_without_showing_it() {
    for (env, words) in [("A='b", "not closed"), ("no-equals-sign", "NAME=value")] {
        let folder = tempfile::tempdir().unwrap();
        let done = crate::support::ProgramBuilder::serving(folder.path())
            .set("PM__ACP__COMMAND", "true")
            .set("PM__ACP__ENV", env)
            .run()
            .await;
        assert_ne!(done.code, Some(0));
        assert!(done.errors.contains(words), "{}", done.errors);
        assert!(!done.errors.contains(env), "{}", done.errors);
    }
}

#[tokio::test]
async fn diagnostics_say_which_agent_it_is_why_and_what_it_wrote_last() {
    let stage = Stage::of(ScriptedAgent::doing(&json!([
        { "complain": "cannot find my settings" }, { "exit": 1 },
    ])))
    .await;
    stage.run("prime").await;
    let path = format!("/api/diagnostics/sse/{}", stage.project);
    let backend = &stage.app.read(&path).await["backend"];
    assert_eq!(backend["name"], "acp", "{backend}");
    assert!(
        text(&backend["reason"]).contains("acp.command"),
        "{backend}"
    );
    assert_eq!(backend["log"], json!(["cannot find my settings"]));
}

#[tokio::test]
async fn a_project_has_an_agent_of_its_own_where_the_server_has_none() {
    let app = TestAppBuilder::default()
        .set("PM__ACP__COMMAND", "[]")
        .spawn()
        .await;
    let stage = Stage::on(app, ScriptedAgent::doing(&json!([{ "say": "Mine." }]))).await;
    let line = stage.agent.line();
    let line = format!("'{}' '{}'", text(&line[0]), text(&line[1]));
    let path = format!("/api/projects/{}", stage.project);
    let own = json!({ "backend": "acp", "agent": { "command": line } });
    crate::support::expect(stage.app.patch(&path).json(&own), reqwest::StatusCode::OK).await;
    let ended = stage.run("prime").await;
    assert_eq!(ended["output"], "Mine.", "{ended}");
}
