//! What a model may do with the workflow.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{WIRES, spawn_with, told};
use crate::support::{TestApp, llm::Reply, refused};

pub(super) fn vision() -> Value {
    json!({
        "what_it_is": "A shop for pottery", "who_its_for": "People who like handmade cups",
        "problem_statement": "They find us at markets only", "solution_overview": "They can order from home",
        "key_features": [{ "name": "a basket", "priority": "HIGH" }],
    })
}

async fn workflow(app: &TestApp, project: &str) -> Value {
    app.read(&format!("/api/projects/{project}/workflow")).await
}

#[tokio::test]
async fn a_vision_document_is_kept_and_waits_for_the_person() {
    for model in WIRES {
        let (app, llm, backend) = spawn_with(model).await;
        let project = app.project("Pots").await;
        llm.calls("save_vision_document", &json!({ "what_it_is": "A shop" }));
        llm.calls("save_vision_document", &vision());
        llm.calls("get_workflow_status", &json!({}))
            .says("Please have a look at it.");
        let said = told(&app, &project, "write the vision document, please").await;
        assert_eq!(said, "Please have a look at it.", "{model}");
        let requests = llm.requests();
        assert!(requests[1].results().contains("who_its_for is missing"));
        assert!(requests[2].results().contains("waits for your decision"));
        assert!(
            requests[3]
                .results()
                .contains("Is this vision document what you want?")
        );
        let standing = workflow(&app, &project).await;
        assert_eq!(standing["gate"]["gate_type"], "vision");
        let document = app.get(&format!("/api/documents/vision/{project}"));
        let document = document.send().await.unwrap().text().await.unwrap();
        assert!(document.contains("a basket"), "{document}");
        assert!(!backend.has_job());
    }
}

#[tokio::test]
async fn nothing_is_written_down_before_the_person_wants_it() {
    const ASKED: &str = "A shop for your cups, then. Shall I write it down as a vision document?";
    let (app, llm, _) = spawn_with(WIRES[0]).await;
    let project = app.project("Pots").await;
    llm.calls("save_vision_document", &vision()).says(ASKED);
    told(&app, &project, "it is a shop where people order my cups").await;
    assert!(llm.requests()[1].results().contains("not authorised"));
    let before = workflow(&app, &project).await;
    assert_eq!(before["status"], "not_started");
    llm.calls("save_vision_document", &vision())
        .says("Here it is.");
    assert_eq!(told(&app, &project, "yes, please").await, "Here it is.");
    let asks = workflow(&app, &project).await;
    assert_eq!(asks["gate"]["gate_type"], "vision");
}

#[tokio::test]
async fn without_the_model_a_yes_to_a_vision_document_has_it_asked_for_step_by_step() {
    let (app, llm, _) = spawn_with(WIRES[0]).await;
    let project = app.project("Pots").await;
    llm.says("Shall I write it down as a vision document?");
    told(&app, &project, "it is a shop where people order my cups").await;
    llm.then(Reply::Status(401));
    let said = told(&app, &project, "yes").await;
    assert!(said.contains("Question 1 of 8"), "{said}");
}

#[tokio::test]
async fn a_model_is_told_why_a_person_rejected_what_it_wrote() {
    let (app, llm, _) = spawn_with(WIRES[0]).await;
    let project = app.project("Pots").await;
    llm.calls("save_vision_document", &vision())
        .says("Have a look.");
    told(&app, &project, "write the vision").await;
    told(&app, &project, "reject, the plates are missing").await;
    llm.calls("get_workflow_status", &json!({}))
        .says("The plates.");
    told(&app, &project, "what was wrong with it?").await;
    let told = llm.requests().pop().expect("a request").results();
    assert!(told.contains("the plates are missing"), "{told}");
}

#[tokio::test]
async fn a_model_decides_no_gate_and_has_nothing_go_on_that_nobody_asked_for() {
    let (app, llm, backend) = spawn_with(WIRES[0]).await;
    let project = app.project("Pots").await;
    llm.calls("save_vision_document", &vision())
        .says("Have a look.");
    told(&app, &project, "the vision is a shop for my cups").await;
    let asks = workflow(&app, &project).await;
    llm.calls("approve", &json!({}));
    llm.calls("continue_workflow", &json!({}))
        .says("It waits for you.");
    let said = told(&app, &project, "what happens after that?").await;
    assert_eq!(said, "It waits for you.");
    let requests = llm.requests();
    assert!(
        requests[requests.len() - 1]
            .results()
            .contains("not authorised")
    );
    assert_eq!(workflow(&app, &project).await, asks);
    let gate = asks["gate"]["id"].as_str().unwrap();
    let reject = app.post(&format!("/api/gates/{gate}/reject"));
    let answer = reject
        .json(&json!({ "reason": "no" }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // What the person says counts: it is asked again.
    llm.calls("continue_workflow", &json!({}))
        .says("Once more.");
    told(&app, &project, "alright then, go on with it as it was").await;
    let again = workflow(&app, &project).await;
    assert_eq!(again["status"], "awaiting_approval");
    assert_ne!(again["gate"]["id"], asks["gate"]["id"]);
    assert!(!backend.has_job());
    let gone = app.post(&format!("/api/gates/{gate}/approve"));
    refused(gone.json(&json!({})), StatusCode::CONFLICT).await;
}
