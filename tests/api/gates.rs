//! What a coding agent asks while its command runs: answered once, by a person, or closed with a sentence.

use std::sync::Arc;

use project_manager::{
    backends::{Answer, NobodyListens, Question},
    domain::{
        execution::Outcome,
        workflow::{GateOption, OptionKind},
    },
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    RunningJob, Scripted, TestApp, TestAppBuilder, Window, expect, refused, refused_field,
    spawn_scripted, wait_until,
};

/// What an agent usually offers.
fn question(what: &str) -> Question {
    let option = |id: &str, name: &str, kind| GateOption {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
    };
    Question {
        what: what.to_owned(),
        detail: format!("$ {what}"),
        options: vec![
            option("always", "Always allow", OptionKind::AllowAlways),
            option("once", "Allow", OptionKind::AllowOnce),
            option("never", "Never", OptionKind::RejectAlways),
            option("no", "Reject", OptionKind::RejectOnce),
        ],
    }
}

/// A command that runs, and its project.
async fn running(app: &TestApp, backend: &Scripted) -> (String, RunningJob) {
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    (project, backend.next_job().await)
}

/// The open gates of a project, oldest first, once there are so many.
async fn open(app: &TestApp, project: &str, count: usize) -> Vec<Value> {
    wait_until("questions", async || {
        let path = format!("/api/projects/{project}/gates?status=PENDING");
        let mut gates = app.read(&path).await.as_array()?.clone();
        gates.reverse();
        (gates.len() == count).then_some(gates)
    })
    .await
}

fn path(gate: &Value, decision: &str) -> String {
    format!("/api/gates/{}/{decision}", gate["id"].as_str().unwrap())
}

async fn decide(app: &TestApp, gate: &Value, decision: &str, body: Value) -> Value {
    expect(app.post(&path(gate, decision)).json(&body), StatusCode::OK).await
}

fn chosen(option: &str) -> Result<Answer, NobodyListens> {
    Ok(Answer::Chosen(option.to_owned()))
}

#[tokio::test]
async fn what_a_coding_agent_asks_is_shown_and_answered_once() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut window = Window::open(&app, &project).await;
    let answered = async {
        let gate = open(&app, &project, 1).await.remove(0);
        assert_eq!(gate["gate_type"], "permission");
        assert_eq!(gate["execution_id"], json!(job.job.execution));
        assert_eq!(gate["question"], "A test wants to: npm install");
        assert_eq!(gate["context"]["what"], "$ npm install");
        let first = json!({ "id": "always", "name": "Always allow", "kind": "allow_always" });
        assert_eq!(
            (&gate["options"][0], &gate["chosen"]),
            (&first, &Value::Null)
        );
        assert_eq!(window.next_of("gate").await, gate);
        let shown = app.read(&format!("/api/projects/{project}")).await;
        assert_eq!(shown["needs_attention"], 1);
        // It is not the workflow's, which has not begun.
        let workflow = app.read(&format!("/api/projects/{project}/workflow")).await;
        assert_eq!(
            (&workflow["gate"], &workflow["status"]),
            (&Value::Null, &"not_started".into())
        );
        let body = json!({ "option": "always", "notes": "go" });
        let decided = decide(&app, &gate, "approve", body).await;
        assert_eq!(
            (&decided["status"], &decided["chosen"], &decided["response"]),
            (&"APPROVED".into(), &"always".into(), &"go".into())
        );
        assert_eq!(window.next_of("gate").await, decided);
        for again in ["approve", "reject"] {
            let again = app.post(&path(&gate, again)).json(&json!({}));
            let refused = refused(again, StatusCode::CONFLICT).await;
            assert_eq!(refused["gate"], decided, "{refused}");
        }
    };
    let (answer, ()) = tokio::join!(job.asks(question("npm install")), answered);
    assert_eq!(answer, chosen("always"));
    let log = app.log(&project).await;
    let gates = log.iter().filter(|item| item["kind"] == "gate");
    let words: Vec<&str> = gates.filter_map(|item| item["message"].as_str()).collect();
    assert_eq!(
        words,
        [
            "Asks for your decision: A test wants to: npm install",
            "You allowed it “Always allow”: A test wants to: npm install",
        ]
    );
    job.complete("done");
}

#[tokio::test]
async fn without_a_choice_it_holds_for_this_time_and_a_no_needs_no_reason() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut no_once = question("fourth");
    no_once
        .options
        .retain(|option| !["once", "no"].contains(&option.id.as_str()));
    let answers = async {
        let gates = open(&app, &project, 4).await;
        // Whichever they are answered first.
        decide(&app, &gates[2], "approve", json!({ "option": "once" })).await;
        decide(&app, &gates[0], "approve", json!({})).await;
        let rejected = decide(&app, &gates[1], "reject", json!({})).await;
        assert_eq!(
            (
                &rejected["status"],
                &rejected["chosen"],
                &rejected["response"]
            ),
            (&"REJECTED".into(), &"no".into(), &Value::Null)
        );
        decide(&app, &gates[3], "reject", json!({ "reason": "no" })).await;
    };
    let (first, second, third, fourth, ()) = tokio::join!(
        job.asks(question("first")),
        job.asks(question("second")),
        job.asks(question("third")),
        job.asks(no_once),
        answers
    );
    assert_eq!((first, second), (chosen("once"), chosen("no")));
    assert_eq!((third, fourth), (chosen("once"), chosen("never")));
    job.complete("done");
}

#[tokio::test]
async fn an_answer_that_is_not_offered_is_refused_and_decides_nothing() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut only_yes = question("npm install");
    only_yes.options.retain(|option| option.kind.allows());
    let tried = async {
        let gate = open(&app, &project, 1).await.remove(0);
        for (decision, body) in [
            ("approve", json!({ "option": "maybe" })),
            ("approve", json!({ "option": "" })),
            ("reject", json!({ "option": "once" })),
            ("reject", json!({})),
        ] {
            let refused = app.post(&path(&gate, decision)).json(&body);
            refused_field(refused, "option").await;
        }
        let long = json!({ "notes": "x".repeat(4_001) });
        refused_field(app.post(&path(&gate, "approve")).json(&long), "notes").await;
        assert_eq!(open(&app, &project, 1).await, std::slice::from_ref(&gate));
        decide(&app, &gate, "approve", json!({})).await;
    };
    let (answer, ()) = tokio::join!(job.asks(only_yes), tried);
    assert_eq!(answer, chosen("once"));
    job.complete("done");
}

#[tokio::test]
async fn of_two_people_who_answer_at_once_one_is_told_what_the_other_said() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let decided = async {
        let gate = open(&app, &project, 1).await.remove(0);
        let answer = |decision: &str| app.post(&path(&gate, decision)).json(&json!({})).send();
        let (yes, no) = tokio::join!(answer("approve"), answer("reject"));
        let (yes, no) = (yes.unwrap(), no.unwrap());
        let (first, second) = match yes.status() {
            StatusCode::OK => (yes, no),
            _ => (no, yes),
        };
        assert_eq!(
            (first.status(), second.status()),
            (StatusCode::OK, StatusCode::CONFLICT)
        );
        let (first, second): (Value, Value) =
            (first.json().await.unwrap(), second.json().await.unwrap());
        assert_eq!(second["gate"], first);
        first["chosen"].as_str().unwrap().to_owned()
    };
    let (answer, decided) = tokio::join!(job.asks(question("npm install")), decided);
    assert_eq!(answer, chosen(&decided));
    job.complete("done");
}

/// The gates a project ends up with, and that their end was told before that of their command.
async fn closed(app: &TestApp, project: &str) -> Vec<Value> {
    let log = wait_until("the end of the command", async || {
        let log = app.log(project).await;
        let ended = ["COMPLETED", "FAILED", "CANCELLED"];
        let is_end = |item: &Value| ended.iter().any(|status| item["status"] == *status);
        (log.last().is_some_and(is_end)).then_some(log)
    })
    .await;
    let gates = log.iter().filter(|item| item["kind"] == "gate");
    let told: Vec<Value> = gates.map(|item| item["data"]["gate"].clone()).collect();
    let mut gates = app.read(&format!("/api/projects/{project}/gates")).await;
    let mut gates = std::mem::take(gates.as_array_mut().unwrap());
    gates.reverse();
    assert_eq!(told[told.len() / 2..], gates, "each was told last as it is");
    for gate in &gates {
        let words = "The command ended before this was answered.";
        assert_eq!(
            (&gate["status"], &gate["response"]),
            (&"WITHDRAWN".into(), &words.into())
        );
        assert!(gate["responded_at"].is_string());
        let late = app.post(&path(gate, "approve")).json(&json!({}));
        let refused = refused(late, StatusCode::CONFLICT).await;
        assert_eq!(
            (&refused["gate"], &refused["detail"]),
            (gate, &words.into())
        );
    }
    let shown = app.read(&format!("/api/projects/{project}")).await;
    assert_eq!(shown["needs_attention"], 0);
    gates
}

#[tokio::test]
async fn a_question_is_closed_with_its_command_and_who_asked_is_told_that_nobody_listens() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut window = Window::open(&app, &project).await;
    let mut stream = app.stream(&project, "").await;
    let execution = job.job.execution;
    let cancelled = async {
        let gate = open(&app, &project, 1).await.remove(0);
        let cancel = app.post(&format!("/api/executions/{execution}/cancel"));
        (expect(cancel, StatusCode::OK).await, gate)
    };
    let asked = async move {
        let answer = job.asks(question("npm install")).await;
        assert_eq!(answer, Err(NobodyListens));
        // Nobody is asked any more, either.
        assert_eq!(job.asks(question("again")).await, Err(NobodyListens));
        job.end(Outcome::Cancelled);
    };
    let ((cancelled, gate), ()) = tokio::join!(cancelled, asked);
    assert_eq!(cancelled["status"], "CANCELLED");
    let gates = closed(&app, &project).await;
    assert_eq!((gates.len(), &gates[0]["id"]), (1, &gate["id"]));
    assert_eq!(window.next_of("gate").await, gate);
    assert_eq!(window.next_of("gate").await, gates[0]);
    let shown = stream
        .activities_until(|activity| activity["status"] == "CANCELLED")
        .await;
    assert!(
        shown
            .iter()
            .map(|event| &event.data)
            .eq(&app.log(&project).await)
    );
}

#[tokio::test]
async fn a_question_is_closed_however_its_command_ends() {
    let (app, backend) = spawn_scripted().await;
    // The backend crashes.
    let (project, job) = running(&app, &backend).await;
    let asked = job.asks(question("npm install"));
    tokio::select! {
        answer = asked => panic!("{answer:?}"),
        _ = open(&app, &project, 1) => {}
    }
    drop(job);
    assert_eq!(closed(&app, &project).await.len(), 1);
    // It ends without waiting for its answers.
    let project = app.project("Till").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    {
        let asked = async { tokio::join!(job.asks(question("one")), job.asks(question("two"))) };
        tokio::select! {
            answers = asked => panic!("{answers:?}"),
            _ = open(&app, &project, 2) => {}
        }
    }
    job.complete("done");
    assert_eq!(closed(&app, &project).await.len(), 2);
}

#[tokio::test]
async fn a_server_that_is_started_again_has_closed_what_was_asked_before() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    {
        let asked = job.asks(question("npm install"));
        tokio::select! {
            answer = asked => panic!("{answer:?}"),
            _ = open(&app, &project, 1) => {}
        }
    }
    let stopped = tokio::task::spawn_blocking(move || app.stop());
    job.cancel.cancelled().await;
    job.end(Outcome::Cancelled);
    let database = stopped.await.expect("the server stops");
    let app = TestAppBuilder::default()
        .backend(Scripted::new())
        .database(database)
        .spawn()
        .await;
    assert_eq!(closed(&app, &project).await.len(), 1);
}

async fn app_that_expires(setting: &str) -> (TestApp, Arc<Scripted>) {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .set(setting, "0.2")
        .spawn()
        .await;
    (app, backend)
}

#[tokio::test]
async fn a_question_that_nobody_answers_in_time_expires_and_the_command_goes_on() {
    let (app, backend) = app_that_expires("PM__ACP__PERMISSION_EXPIRES_SECONDS").await;
    let (project, job) = running(&app, &backend).await;
    let (one, two) = tokio::join!(job.asks(question("one")), job.asks(question("two")));
    assert_eq!((one, two), (Ok(Answer::Nobody), Ok(Answer::Nobody)));
    let gates = app.read(&format!("/api/projects/{project}/gates")).await;
    for gate in gates.as_array().unwrap() {
        assert_eq!(gate["status"], "EXPIRED");
        let late = app.post(&path(gate, "reject")).json(&json!({}));
        let refused = refused(late, StatusCode::CONFLICT).await;
        assert_eq!(&refused["gate"], gate);
        assert!(refused["detail"].as_str().unwrap().contains("in time"));
    }
    assert_eq!(gates.as_array().map(Vec::len), Some(2));
    job.says("I go on without").await;
    job.complete("done");
}

#[tokio::test]
async fn the_limit_of_the_workflow_is_not_that_of_a_coding_agents_questions() {
    let (app, backend) = app_that_expires("PM__WORKFLOW__GATE_EXPIRES_SECONDS").await;
    let (project, job) = running(&app, &backend).await;
    let decided = async {
        let gate = open(&app, &project, 1).await.remove(0);
        // Another project's gate expires meanwhile, and was opened later.
        let other = app.project("Pots").await;
        crate::workflow::answer_all(&app, &other).await;
        crate::workflow::stands(&app, &other, "paused").await;
        assert_eq!(open(&app, &project, 1).await, std::slice::from_ref(&gate));
        decide(&app, &gate, "approve", json!({})).await;
    };
    let (answer, ()) = tokio::join!(job.asks(question("npm install")), decided);
    assert_eq!(answer, chosen("once"));
    job.complete("done");
}
