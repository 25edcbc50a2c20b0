//! Executions: queue, list, show.

mod cancelling;
mod kept;
mod queueing;
mod records;
mod retrying;
mod sequences;
mod slots;

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    TestApp, expect, refused, refused_field, spawn_app, spawn_scripted, wait_until,
};

fn path(project: &str) -> String {
    format!("/api/projects/{project}/executions")
}

fn id(execution: &Value) -> &str {
    execution["id"].as_str().expect("an id")
}

/// Waits until an execution is in this status; it as it is then.
async fn wait_for(app: &TestApp, execution: &Value, status: &str) -> Value {
    wait_until(format!("an execution {status}"), async || {
        Some(app.execution(id(execution)).await).filter(|now| now["status"] == status)
    })
    .await
}

/// The statuses the log tells of an execution, in order.
async fn told(app: &TestApp, project: &str, execution: &Value) -> Vec<String> {
    app.log(project)
        .await
        .into_iter()
        .filter(|activity| {
            activity["execution_id"] == execution["id"] && activity["source"] == "scar"
        })
        .map(|activity| activity["status"].as_str().expect("a status").to_owned())
        .collect()
}

#[tokio::test]
async fn a_command_is_accepted_with_every_key_of_the_contract() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let body = json!({ "command": "plan-feature-github", "args": " a page with all orders " });
    let mut accepted = expect(app.post(&path(&project)).json(&body), StatusCode::ACCEPTED).await;
    let execution = accepted.clone();
    let fields = accepted.as_object_mut().expect("an execution");
    let id = fields.remove("id").expect("an id");
    id.as_str()
        .expect("a text")
        .parse::<uuid::Uuid>()
        .expect("a UUID");
    assert!(fields.remove("queued_at").expect("a time").is_string());
    assert_eq!(
        accepted,
        json!({
            "project_id": project, "phase": null, "phase_id": null, "command_type": "PLAN_FEATURE_GITHUB",
            "command_args": "a page with all orders", "branch_name": null, "backend": null, "status": "QUEUED", "output": null,
            "error": null, "error_code": null, "started_at": null, "completed_at": null, "duration_ms": null,
            "attempt": 1, "position": 0, "pull_request": null,
        })
    );
    let job = backend.next_job().await;
    assert_eq!(job.job.order.args, "a page with all orders");
    let running = wait_for(&app, &execution, "RUNNING").await;
    assert!(
        running["started_at"].is_string() && running["completed_at"].is_null(),
        "{running}"
    );
    job.complete("# The plan");
    let completed = wait_for(&app, &execution, "COMPLETED").await;
    assert_eq!(completed["output"], "# The plan");
    assert!(
        completed["completed_at"].is_string() && completed["duration_ms"].is_u64(),
        "{completed}"
    );
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
}

#[tokio::test]
async fn a_command_that_fails_says_why_for_people_and_for_programs() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let execution = app.execute(&project, "validate").await;
    backend.next_job().await.end(Outcome::Failed {
        code: ErrorCode::ChecksFailed,
        error: "2 of 7 tests failed".to_owned(),
        output: "7 tests ran".to_owned(),
    });
    let failed = wait_for(&app, &execution, "FAILED").await;
    assert_eq!(
        (&failed["error_code"], &failed["error"], &failed["output"]),
        (
            &json!("checks_failed"),
            &json!("2 of 7 tests failed"),
            &json!("7 tests ran")
        )
    );
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "FAILED"]
    );
    let last = app.log(&project).await.pop().expect("the end");
    assert_eq!(last["data"]["error_code"], "checks_failed");
    assert_eq!(last["detail"], "2 of 7 tests failed");
}

#[tokio::test]
async fn without_a_coding_agent_what_needs_one_fails_and_says_so() {
    let app = spawn_app().await;
    let checkout = crate::support::Checkout::with(&[("README.md", "# Shop")]);
    let project = app.project_in("Shop", checkout.text()).await;
    for command in ["plan-feature-github", "execute-github"] {
        let execution = app.execute(&project, command).await;
        let failed = wait_for(&app, &execution, "FAILED").await;
        assert_eq!(failed["error_code"], "agent_missing");
        assert!(
            failed["error"]
                .as_str()
                .is_some_and(|words| words.contains("agent")),
            "{failed}"
        );
    }
}

#[tokio::test]
async fn both_names_of_a_command_are_understood() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let names = [
        ("prime", "PRIME"),
        ("PRIME", "PRIME"),
        ("plan-feature-github", "PLAN_FEATURE_GITHUB"),
        ("PLAN_FEATURE_GITHUB", "PLAN_FEATURE_GITHUB"),
        ("execute-github", "EXECUTE_GITHUB"),
        ("EXECUTE_GITHUB", "EXECUTE_GITHUB"),
        ("validate", "VALIDATE"),
        ("VALIDATE", "VALIDATE"),
    ];
    for (name, kind) in names {
        let execution = app.execute(&project, name).await;
        assert_eq!(execution["command_type"], kind);
        backend.next_job().await.complete("done");
        wait_for(&app, &execution, "COMPLETED").await;
    }
}

#[tokio::test]
async fn an_unknown_command_is_answered_with_the_ones_there_are() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for command in ["deploy", "", "Prime", "prime ", "rm -rf /"] {
        let request = app
            .post(&path(&project))
            .json(&json!({ "command": command }));
        let words = refused_field(request, "command").await;
        for known in ["prime", "plan-feature-github", "execute-github", "validate"] {
            assert!(words.contains(known), "{known} is named: {words}");
        }
    }
    for command in [json!(5), json!(["prime"]), Value::Null] {
        let request = app
            .post(&path(&project))
            .json(&json!({ "command": command }));
        refused_field(request, "command").await;
    }
    refused_field(app.post(&path(&project)).json(&json!({})), "command").await;
    assert_eq!(
        app.read(&path(&project)).await,
        json!([]),
        "nothing was queued"
    );
}

#[tokio::test]
async fn arguments_are_a_text_of_at_most_twenty_thousand_characters() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for args in [
        json!("a".repeat(20_001)),
        json!("a\0b"),
        json!(["a"]),
        json!(5),
    ] {
        let body = json!({ "command": "prime", "args": args });
        refused_field(app.post(&path(&project)).json(&body), "args").await;
    }
    assert_eq!(
        app.read(&path(&project)).await,
        json!([]),
        "nothing was queued"
    );
}

#[tokio::test]
async fn the_list_is_newest_first_and_can_be_narrowed() {
    let (app, backend) = spawn_scripted().await;
    let (project, other) = (app.project("Shop").await, app.project("Zoo").await);
    let mut newest_first = Vec::new();
    for (command, fails) in [
        ("prime", false),
        ("validate", true),
        ("prime", true),
        ("validate", false),
    ] {
        let execution = app.execute(&project, command).await;
        let job = backend.next_job().await;
        let status = if fails {
            job.end(Outcome::failed(ErrorCode::AgentError, "it broke"));
            "FAILED"
        } else {
            job.complete("done");
            "COMPLETED"
        };
        newest_first.insert(0, wait_for(&app, &execution, status).await);
    }
    let list = async |query: &str| app.read(&format!("{}{query}", path(&project))).await;
    let only = |keep: fn(&Value) -> bool| {
        let kept: Vec<&Value> = newest_first
            .iter()
            .filter(|execution| keep(execution))
            .collect();
        json!(kept)
    };
    assert_eq!(list("").await, json!(newest_first));
    assert_eq!(list("?limit=3").await, json!(newest_first[..3]));
    assert_eq!(
        list("?status=FAILED").await,
        only(|execution| execution["status"] == "FAILED")
    );
    assert_eq!(list("?status=CANCELLED").await, json!([]));
    for command in ["prime", "PRIME"] {
        let found = list(&format!("?command={command}")).await;
        assert_eq!(
            found,
            only(|execution| execution["command_type"] == "PRIME")
        );
    }
    let both = list("?command=VALIDATE&status=COMPLETED&limit=5").await;
    assert_eq!(both, json!([newest_first[0]]));
    assert_eq!(
        app.read(&path(&other)).await,
        json!([]),
        "each project has its own"
    );
}

#[tokio::test]
async fn a_request_repeated_with_its_key_is_the_same_execution() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let send = |command: &str| {
        let request = app.post(&path(&project)).header("Idempotency-Key", "key");
        expect(
            request.json(&json!({ "command": command })),
            StatusCode::ACCEPTED,
        )
    };
    let answers =
        futures_util::future::join_all([send("prime"), send("prime"), send("validate")]).await;
    let job = backend.next_job().await;
    let execution = answers[0].clone();
    for answer in answers.iter().chain([&send("prime").await]) {
        assert_eq!(answer["id"], execution["id"]);
        assert_eq!(answer["position"], 0);
    }
    job.complete("done");
    wait_for(&app, &execution, "COMPLETED").await;
    let again = send("prime").await;
    assert_eq!(
        (&again["id"], &again["status"]),
        (&execution["id"], &json!("COMPLETED"))
    );
    assert_eq!(
        told(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
    let list = app.read(&path(&project)).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
}

#[tokio::test]
async fn an_execution_that_is_not_there_is_not_found() {
    let app = spawn_app().await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    for request in [
        app.get(&format!("/api/executions/{nobody}")),
        app.post(&format!("/api/executions/{nobody}/cancel")),
    ] {
        refused(request, StatusCode::NOT_FOUND).await;
    }
}
