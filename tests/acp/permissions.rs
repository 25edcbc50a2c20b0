//! What an agent may do: what its project's setting says, or what a person answers.

use serde_json::{Value, json};

use super::{Stage, ask, spawn, text};
use crate::support::acp::ScriptedAgent;

async fn with_permissions(setting: &str, actions: &Value) -> Stage {
    let agent = ScriptedAgent::doing(actions);
    let app = agent
        .builder()
        .set("PM__ACP__PERMISSIONS", setting)
        .spawn()
        .await;
    Stage::on(app, agent).await
}

fn chosen(stage: &Stage) -> Vec<String> {
    let answers = stage.agent.asked("answer").into_iter();
    answers
        .map(|answer| {
            let outcome = &answer["outcome"];
            outcome["optionId"]
                .as_str()
                .unwrap_or_else(|| text(&outcome["outcome"]))
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn what_the_setting_allows_is_not_asked_about() {
    let stage = with_permissions(
        "worktree",
        &json!([
            ask(
                "read",
                "read",
                json!({ "locations": [{ "path": "{root}/README.md" }] })
            ),
            ask(
                "edit",
                "edit",
                json!({ "locations": [{ "path": "{root}/src/cart.js" }] })
            ),
            ask(
                "run",
                "execute",
                json!({ "rawInput": { "command": "npm test" } })
            ),
        ]),
    )
    .await;
    let ended = stage.run("execute-github").await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    assert_eq!(chosen(&stage), ["once", "once", "once"]);
    let log = stage.app.log(&stage.project).await;
    assert!(log.iter().all(|activity| activity["kind"] != "gate"));
}

#[tokio::test]
async fn a_write_outside_the_copy_is_refused_whatever_the_setting_says() {
    for setting in ["ask", "reading", "worktree"] {
        let stage = with_permissions(
            setting,
            &json!([ask(
                "1",
                "edit",
                json!({ "locations": [{ "path": "/etc/hosts" }] })
            )]),
        )
        .await;
        stage.run("execute-github").await;
        assert_eq!(chosen(&stage), ["no"], "{setting}");
        let told = stage.steps_of("status").await;
        let last = text(&told.last().unwrap()["message"]);
        assert!(
            last.starts_with("Refused: /etc/hosts lies outside"),
            "{last}"
        );
    }
}

#[tokio::test]
async fn files_are_read_and_written_for_an_agent_in_its_copy_and_nowhere_else() {
    let stage = spawn(&json!([
        { "ask_to_read": "README.md" },
        { "ask_to_write": { "path": "new/page.js", "text": "made" } },
        { "ask_to_read": "../../../../../etc/passwd" },
        { "ask_to_write": { "path": ".git/hooks/pre-commit", "text": "bad" } },
        { "ask_to_write": { "path": "/tmp/outside.txt", "text": "bad" } },
    ]))
    .await;
    stage.run("execute-github").await;
    let read = stage.agent.asked("read");
    assert_eq!(read[0]["Ok"]["content"], "# Shop\n");
    assert!(read[1]["Err"].is_string(), "{read:?}");
    let written = stage.agent.asked("written");
    assert!(written[0]["Ok"].is_object(), "{written:?}");
    assert!(
        written[1..].iter().all(|answer| answer["Err"].is_string()),
        "{written:?}"
    );
    let made = std::fs::read_to_string(stage.copy().join("new/page.js")).unwrap();
    assert_eq!(made, "made");
}
