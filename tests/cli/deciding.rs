//! `pm gates`: what waits for a person, and their answer, which is given once.

use project_manager::{
    backends::{Answer, Question},
    domain::workflow::{GateOption, OptionKind},
};
use serde_json::Value;

use super::{done, failed, id, json_lines, pm};
use crate::{
    support::{Client, spawn_scripted, wait_until},
    workflow::{answer_all, stands},
};

fn question() -> Question {
    let option = |id: &str, name: &str, kind| GateOption {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
    };
    Question {
        what: "npm install".to_owned(),
        detail: "$ npm install \u{1b}]0;evil\u{7}".to_owned(),
        options: vec![
            option("always", "Always allow", OptionKind::AllowAlways),
            option("once", "Allow", OptionKind::AllowOnce),
            option("no", "Reject", OptionKind::RejectOnce),
        ],
    }
}

/// The only open gate.
async fn open(app: &Client) -> Value {
    wait_until("a question", async || {
        let [list] = json_lines(&done(app, &["gates", "--json"]).await)
            .try_into()
            .ok()?;
        let [gate] = <[Value; 1]>::try_from(list.as_array()?.clone()).ok()?;
        Some(gate)
    })
    .await
}

#[tokio::test]
async fn what_a_coding_agent_asks_is_shown_while_its_command_is_watched_and_answered_beside_it() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    assert_eq!(done(&app, &["gates"]).await, "Nothing waits for you.\n");
    let mut run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    let answered = async {
        let gate = open(&app).await;
        let asked = run.until("pm gates reject").await.join("\n");
        let yes = format!("yes   pm gates approve {}", id(&gate));
        for words in ["A test wants to: npm install", "what  $ npm install", &yes] {
            assert!(asked.contains(words), "no {words:?} in {asked}");
        }
        assert!(
            !asked.contains('\u{1b}') && !asked.contains("evil"),
            "{asked}"
        );
        let listed = done(&app, &["gates", "shop"]).await;
        assert!(
            listed.contains(&yes) && listed.contains("--option always"),
            "{listed}"
        );
        let told = done(
            &app,
            &["gates", "approve", &id(&gate)[..13], "--option", "always"],
        )
        .await;
        assert!(told.starts_with("Approved: "), "{told}");
        assert!(told.contains("(Always allow)"), "{told}");
        // The first answer stands, and whoever comes second is told it.
        for again in ["approve", "reject"] {
            let told = failed(&app, &["gates", again, id(&gate)], 1).await;
            assert!(told.errors.contains("It is approved"), "{told:?}");
        }
    };
    let (answer, ()) = tokio::join!(job.asks(question()), answered);
    assert_eq!(answer, Ok(Answer::Chosen("always".to_owned())));
    job.complete("done");
    assert_eq!(run.ended().await.code, Some(0));
}

#[tokio::test]
async fn a_gate_of_the_workflow_is_rejected_with_a_reason_and_approved_with_a_note() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Pots").await;
    answer_all(&app, &project).await;
    let gate = open(&app).await;
    let listed = done(&app, &["gates"]).await;
    for words in [
        "Pots",
        gate["question"].as_str().expect("a text"),
        "why ",
        "then",
        "--reason",
    ] {
        assert!(listed.contains(words), "no {words:?} in {listed}");
    }
    let told = failed(&app, &["gates", "reject", id(&gate)], 4).await;
    assert!(told.errors.contains("say what is wrong"), "{told:?}");
    let approve = [
        "gates",
        "approve",
        id(&gate),
        "--notes",
        "Go ahead.",
        "--json",
    ];
    let [decided] = json_lines(&done(&app, &approve).await)
        .try_into()
        .expect("one");
    assert_eq!(
        (&decided["status"], &decided["response"]),
        (&"APPROVED".into(), &"Go ahead.".into())
    );
    backend.next_job().await.complete("done");
    stands(&app, &project, "in_progress").await;
    backend.next_job().await.complete("done");
    let told = failed(&app, &["gates", "approve", "ffff"], 2).await;
    assert!(told.errors.contains("`pm gates` lists them"), "{told:?}");
}
