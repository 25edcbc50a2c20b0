//! A model that is away: the rules answer, it is said once, and so is its return.

use super::{builder, commands, notices, spawn, spawn_with, told};
use crate::support::{
    Scripted, TestAppBuilder,
    llm::{IDLE, Reply, TestLlm, WIRES},
    wait_until,
};

/// What the rules answer to "hello" in a project without a model.
async fn by_rules() -> String {
    let app = TestAppBuilder::default()
        .backend(Scripted::new())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    told(&app, &project, "hello").await
}

/// How it fails, how often it is asked until it is given up, and what is said of it.
type Failing = (Box<dyn Fn() -> Reply>, usize, &'static str);

fn failures() -> Vec<Failing> {
    let text = || "Once upon".to_owned();
    vec![
        (
            Box::new(|| Reply::Status(401)),
            1,
            "does not accept the key",
        ),
        (
            Box::new(|| Reply::Status(404)),
            1,
            "does not take the request",
        ),
        (Box::new(|| Reply::Page), 1, "could not be understood"),
        (Box::new(|| Reply::Status(429)), 3, "too much was asked"),
        (Box::new(|| Reply::Status(500)), 3, "overloaded or broken"),
        (Box::new(|| Reply::Status(529)), 3, "overloaded or broken"),
        (
            Box::new(move || Reply::Fails(text(), "overloaded_error")),
            3,
            "overloaded or broken",
        ),
        (Box::new(move || Reply::Breaks(text())), 3, "broke off"),
        (Box::new(move || Reply::Ends(text())), 3, "broke off"),
        (Box::new(|| Reply::Silence), 3, "did not answer in time"),
    ]
}

#[tokio::test]
async fn while_a_model_is_away_the_rules_answer_and_that_is_said_once_with_the_reason() {
    let usual = by_rules().await;
    for model in WIRES {
        for (failure, requests, reason) in failures() {
            let llm = TestLlm::start();
            let app = builder(&llm, model)
                .set("PM__LLM__TIMEOUT_SECONDS", 0.3)
                .backend(Scripted::new())
                .spawn()
                .await;
            let project = app.project("Shop").await;
            for _ in 0..=requests {
                llm.then(failure());
            }
            assert_eq!(told(&app, &project, "hello").await, usual, "{reason}");
            assert_eq!(llm.requests().len(), requests, "{model}, {reason}");
            // What is known to be away is asked once.
            assert_eq!(told(&app, &project, "hello").await, usual);
            assert_eq!(llm.requests().len(), requests + 1, "{model}, {reason}");
            let said = notices(&app, &project).await;
            assert_eq!(said.len(), 1, "{said:?}");
            assert_eq!(said[0].0, "degraded");
            assert!(
                said[0].1.contains("working with fixed phrases") && said[0].1.contains(reason),
                "{said:?}"
            );
            let health = app.get("/health/ai").send().await.expect("an answer");
            assert_eq!(health.status(), 503);
            let health: serde_json::Value = health.json().await.expect("JSON");
            assert!(
                health["reason"]
                    .as_str()
                    .expect("a reason")
                    .contains(reason),
                "{health}"
            );
            assert!(health["since"].is_string(), "{health}");
            assert_eq!(told(&app, &project, "hello").await, IDLE);
            let said = notices(&app, &project).await;
            assert_eq!(
                (said.len(), said[1].0.as_str()),
                (2, "recovered"),
                "{said:?}"
            );
            assert_eq!(app.read("/health/ai").await["checks"]["ai"], "ok");
        }
    }
}

#[tokio::test]
async fn what_passes_in_a_moment_is_asked_again_and_not_spoken_of() {
    for model in WIRES {
        let (app, llm, _) = spawn_with(model).await;
        let project = app.project("Shop").await;
        llm.then(Reply::Status(529))
            .then(Reply::Breaks("Once".to_owned()))
            .says("Good day.");
        assert_eq!(told(&app, &project, "hello").await, "Good day.");
        assert_eq!(notices(&app, &project).await, []);
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_said_to_be_away() {
    let llm = TestLlm::start();
    let app = builder(&llm, WIRES[0])
        .backend(Scripted::new())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    assert!(
        app.read("/health/ai").await["checks"]["ai"]
            .as_str()
            .expect("words")
            .contains("not asked")
    );
    drop(llm);
    told(&app, &project, "hello").await;
    let said = notices(&app, &project).await;
    assert!(said[0].1.contains("cannot be reached"), "{said:?}");
}

#[tokio::test]
async fn an_order_is_carried_out_while_the_model_is_away() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    llm.then(Reply::Status(401));
    let reply = told(&app, &project, "analyze the codebase").await;
    assert!(reply.contains("having a look"), "{reply}");
    scripted.next_job().await.complete("A shop.");
    assert_eq!(commands(&app, &project).await.len(), 1);
}

#[tokio::test]
async fn an_order_is_carried_out_once_when_the_model_goes_away_after_it() {
    let (app, llm, scripted) = spawn().await;
    let project = app.project_in("Shop", env!("CARGO_MANIFEST_DIR")).await;
    llm.calls("execute_scar", &serde_json::json!({ "command": "prime" }))
        .then(Reply::Status(401));
    let reply = told(&app, &project, "analyze the codebase").await;
    assert!(reply.contains("having a look"), "{reply}");
    scripted.next_job().await.complete("A shop.");
    assert_eq!(commands(&app, &project).await.len(), 1);
    assert!(!scripted.has_job());
}

#[tokio::test]
async fn each_project_is_told_once() {
    let (app, llm, _) = spawn().await;
    let (one, other) = (app.project("One").await, app.project("Other").await);
    llm.then(Reply::Status(401)).then(Reply::Status(401));
    told(&app, &one, "hello").await;
    told(&app, &other, "hello").await;
    told(&app, &one, "hello").await;
    wait_until("both to be told", async || {
        let (one, other) = (notices(&app, &one).await, notices(&app, &other).await);
        (one.len() == 2 && other.len() == 1).then_some(())
    })
    .await;
}
