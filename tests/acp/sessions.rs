//! One session of the agent for each project, continued from command to command.

use serde_json::json;

use super::Stage;
use crate::support::acp::ScriptedAgent;

fn script(more: &str) -> serde_json::Value {
    json!({ more: true, "turns": [{ "when": "", "do": [{ "say": "Done." }] }] })
}

#[tokio::test]
async fn the_next_command_continues_the_session_and_carrying_out_a_plan_begins_a_new_one() {
    let stage = Stage::of(ScriptedAgent::with(&script("load"))).await;
    for command in ["prime", "validate", "execute-github", "validate"] {
        let ended = stage.run(command).await;
        assert_eq!(ended["status"], "COMPLETED", "{ended}");
        assert_eq!(
            ended["output"], "Done.",
            "and nothing of what was said before"
        );
    }
    let journal = stage.agent.journal();
    let sessions: Vec<_> = journal
        .iter()
        .filter_map(|line| {
            let kind = ["new", "load"]
                .into_iter()
                .find(|kind| line.get(kind).is_some())?;
            Some((kind, line[kind]["sessionId"].as_str().map(str::to_owned)))
        })
        .collect();
    let kinds: Vec<_> = sessions.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["new", "load", "new", "load"]);
    let prompts = stage.agent.asked("prompt");
    let in_session = |index: usize| prompts[index]["sessionId"].as_str();
    assert_eq!(in_session(0), in_session(1));
    assert_ne!(in_session(1), in_session(2));
    assert_eq!(in_session(2), in_session(3));
    assert_eq!(sessions[3].1.as_deref(), in_session(2));
    let steps = stage.steps_of("text").await;
    assert!(
        steps.iter().all(|step| step["message"] == "Done."),
        "what is loaded was told before: {steps:?}"
    );
}

#[tokio::test]
async fn an_agent_that_can_resume_is_not_made_to_tell_all_again() {
    let stage = Stage::of(ScriptedAgent::with(&script("resume"))).await;
    stage.run("prime").await;
    stage.run("prime").await;
    assert_eq!(stage.agent.asked("new").len(), 1);
    assert_eq!(stage.agent.asked("resume").len(), 1);
}

#[tokio::test]
async fn an_agent_that_can_neither_and_one_that_was_exchanged_begin_anew() {
    let stage = Stage::of(ScriptedAgent::with(&script("nothing"))).await;
    stage.run("prime").await;
    stage.run("prime").await;
    assert_eq!(stage.agent.asked("new").len(), 2);
}
