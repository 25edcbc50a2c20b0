//! A model that uses its tools wrongly: it is told so, and in the end the person is.

use serde_json::json;

use super::{commands, spawn, spawn_with, told};
use crate::support::llm::{Reply, WIRES};

#[tokio::test]
async fn a_wrong_call_goes_back_to_the_model_which_may_do_better() {
    for model in WIRES {
        for (tool, arguments, says) in [
            (
                "execute_scar",
                json!({ "command": "format-disk" }),
                "format-disk",
            ),
            ("execute_scar", json!({ "command": 5 }), "invalid type"),
            ("execute_scar", json!([1]), "arguments are wrong"),
            (
                "get_conversation",
                json!({ "limit": "all" }),
                "invalid type",
            ),
            ("get_conversation", json!({ "until": 5 }), "unknown field"),
            ("open_door", json!({}), "there is no tool"),
        ] {
            let (app, llm, _) = spawn_with(model).await;
            let project = app.project("Shop").await;
            llm.calls(tool, &arguments).says("I see.");
            assert_eq!(told(&app, &project, "tell me something").await, "I see.");
            let results = llm.requests()[1].results();
            assert!(
                results.contains("Error: ") && results.contains(says),
                "{tool}: {results}"
            );
        }
    }
}

#[tokio::test]
async fn arguments_that_are_no_json_or_far_too_long_are_wrong_calls() {
    for model in WIRES {
        let (app, llm, _) = spawn_with(model).await;
        let project = app.project("Shop").await;
        let long = json!({ "command": "prime", "args": "x".repeat(50_000) }).to_string();
        for arguments in [long, "{\"command\": ".to_owned()] {
            llm.then(Reply::Calls(
                String::new(),
                vec![("execute_scar".to_owned(), arguments)],
            ));
        }
        llm.says("Sorry.");
        assert_eq!(
            told(&app, &project, "tell me something").await,
            "Sorry.",
            "{model}"
        );
        let requests = llm.requests();
        assert!(
            requests[1].results().contains("too long"),
            "{}",
            requests[1].results()
        );
        assert!(
            requests[2].results().contains("arguments are wrong"),
            "{}",
            requests[2].results()
        );
        assert_eq!(commands(&app, &project).await, []);
    }
}

#[tokio::test]
async fn a_model_that_does_not_learn_is_given_up_and_the_person_is_told() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    for _ in 0..4 {
        llm.calls("open_door", &json!({}));
    }
    let reply = told(&app, &project, "tell me something").await;
    assert!(
        reply.contains("used its tools wrongly") && reply.contains("stands under Activity"),
        "{reply}"
    );
    let told_so = llm.requests()[1..]
        .iter()
        .filter(|request| request.results().contains("there is no tool"))
        .count();
    assert_eq!((llm.requests().len(), told_so), (4, 3));
    assert_eq!(
        told(&app, &project, "hello").await,
        crate::support::llm::IDLE
    );
}

#[tokio::test]
async fn a_model_that_comes_to_no_end_is_given_up_and_the_person_is_told() {
    let (app, llm, _) = spawn().await;
    let project = app.project("Shop").await;
    for _ in 0..20 {
        llm.calls("get_project_context", &json!({}));
    }
    let reply = told(&app, &project, "tell me something").await;
    assert!(reply.contains("came to no end"), "{reply}");
    assert_eq!(llm.requests().len(), 8);
}

#[tokio::test]
async fn an_order_is_carried_out_also_by_a_model_that_does_not_learn() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    for _ in 0..4 {
        llm.calls("open_door", &json!({}));
    }
    let reply = told(&app, &project, "analyze the codebase").await;
    assert!(reply.contains("look"), "the rules' own words: {reply}");
    scripted.next_job().await.complete("A shop.");
    assert_eq!(commands(&app, &project).await.len(), 1);
}

#[tokio::test]
async fn an_order_is_carried_out_also_when_all_calls_are_wrong_at_once() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    let wrong = || ("open_door".to_owned(), "{}".to_owned());
    llm.then(Reply::Calls(
        String::new(),
        (0..4).map(|_| wrong()).collect(),
    ));
    let reply = told(&app, &project, "analyze the codebase").await;
    assert!(
        reply.contains("having a look"),
        "the rules' own words: {reply}"
    );
    scripted.next_job().await.complete("A shop.");
    assert_eq!(commands(&app, &project).await.len(), 1);
    assert_eq!(llm.requests().len(), 1);
}
