//! What people do on a server other than the one that works for the project is done as if it were there.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{LONG_LEASE_SECONDS, Site, same_log};
use crate::{
    scar::{end_of, notice, shop, statuses},
    support::{Checkout, Client, expect, wait_until},
    workflow::{answer_all, say, stands},
};

/// Ends an execution, and returns it as it is answered.
async fn cancel(client: &Client, execution: &Value) -> Value {
    let id = execution["id"].as_str().expect("an id");
    let cancelled = client.post(&format!("/api/executions/{id}/cancel"));
    expect(cancelled, StatusCode::OK).await
}

#[tokio::test]
async fn commands_are_queued_ended_and_tried_again_on_any_server() {
    let Some(site) = Site::with(LONG_LEASE_SECONDS).await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    let first = other.execute(&project, "prime").await;
    let run = site.scar.next_run().await;
    let path = format!("/api/projects/{project}/executions");
    let order = |command: &str| other.post(&path).json(&json!({ "command": command }));
    let second = expect(order("validate"), StatusCode::ACCEPTED).await;
    assert_eq!(second["position"], 1, "{second}");
    let third = expect(order("prime"), StatusCode::ACCEPTED).await;
    assert_eq!(third["position"], 2, "{third}");
    // One that waits, and one that runs.
    assert_eq!(cancel(&other, &second).await["status"], "CANCELLED");
    run.say("working");
    assert_eq!(cancel(&other, &first).await["status"], "CANCELLED");
    let told = notice(&one, &project, &first, "stopping").await;
    assert!(told.contains("prime"), "{told}");
    run.end();
    site.scar.next_run().await.end();
    assert_eq!(end_of(&other, &third).await["status"], "COMPLETED");
    let went = statuses(&other, &project, &second).await;
    assert_eq!(went, ["QUEUED", "CANCELLED"]);
    // And once more.
    let id = first["id"].as_str().unwrap();
    let again = other.post(&format!("/api/executions/{id}/retry"));
    let again = expect(again, StatusCode::ACCEPTED).await;
    site.scar.next_run().await.end();
    assert_eq!(end_of(&one, &again).await["status"], "COMPLETED");
    same_log(&[&one, &other], &project).await;
}

#[tokio::test]
async fn who_talks_on_another_server_is_answered_has_commands_run_and_stops_them() {
    let Some(site) = Site::with(LONG_LEASE_SECONDS).await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    say(&other, &project, "analyze the codebase").await;
    let run = site.scar.next_run().await;
    let waiting = other.queue(&project, "what can you do?").await;
    say(&other, &project, "stop").await;
    run.end();
    let key = json!(format!("reply:{}", waiting["id"].as_str().unwrap()));
    wait_until("what was queued to be answered", async || {
        let messages = one.messages(&project).await;
        messages.into_iter().find(|one| one["client_id"] == key)
    })
    .await;
    let log = same_log(&[&one, &other], &project).await;
    let ends = log.iter().filter(|one| one["status"] == "CANCELLED");
    assert_eq!(ends.count(), 1, "{log:#?}");
}

#[tokio::test]
async fn a_workflow_goes_on_when_its_gate_is_decided_on_another_server() {
    let Some(site) = Site::with(LONG_LEASE_SECONDS).await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    answer_all(&other, &project).await;
    let gates = other
        .read(&format!("/api/projects/{project}/gates?status=PENDING"))
        .await;
    let gate = gates[0]["id"].as_str().expect("a gate");
    let approved = other
        .post(&format!("/api/gates/{gate}/approve"))
        .json(&json!({}));
    expect(approved, StatusCode::OK).await;
    assert_eq!(site.scar.next_run().await.command, "/command-invoke prime");
    stands(&one, &project, "in_progress").await;
}

#[tokio::test]
async fn a_coding_agent_is_answered_on_another_server() {
    let Some(site) = Site::with(LONG_LEASE_SECONDS).await else {
        return;
    };
    site.agent.rewrite(&json!({ "turns": [{ "when": "", "do": [
        { "ask": { "toolCall": { "toolCallId": "1", "title": "`ls`", "kind": "execute" }, "options": [
            { "optionId": "yes", "name": "Allow", "kind": "allow_once" },
            { "optionId": "no", "name": "Reject", "kind": "reject_once" },
        ] } },
    ] }] }));
    let [one, other] = site.servers().await;
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let body = json!({ "name": "Shop", "workspace_path": checkout.text(), "backend": "acp" });
    let made = one.post("/api/projects").json(&body);
    let made = expect(made, StatusCode::CREATED).await;
    let project = made["id"].as_str().unwrap();
    let execution = other.execute(project, "prime").await;
    let asked = format!("/api/projects/{project}/gates?status=PENDING");
    let gate = wait_until("the question", async || {
        other.read(&asked).await[0]["id"]
            .as_str()
            .map(str::to_owned)
    })
    .await;
    let no = other
        .post(&format!("/api/gates/{gate}/reject"))
        .json(&json!({}));
    expect(no, StatusCode::OK).await;
    let answer = site.agent.hears("answer").await;
    assert_eq!(answer["outcome"]["optionId"], "no", "{answer}");
    end_of(&other, &execution).await;
    // Nobody waits for it any more.
    let late = other
        .post(&format!("/api/gates/{gate}/approve"))
        .json(&json!({}));
    expect(late, StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn only_so_much_is_stored_for_a_server_that_answers_nothing() {
    let Some(site) = Site::with(LONG_LEASE_SECONDS).await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    say(&other, &project, "hello").await;
    one.suspend();
    let path = format!("/api/projects/{project}/messages");
    let mut taken = 0;
    let refused = loop {
        let said = other.post(&path).json(&json!({ "content": "hello" }));
        let answer = said.send().await.expect("an answer");
        match answer.status() {
            StatusCode::ACCEPTED => taken += 1,
            refused => break refused,
        }
        assert!(taken <= 32, "there is a limit");
    };
    assert_eq!((refused, taken), (StatusCode::SERVICE_UNAVAILABLE, 32));
    one.resume();
    wait_until("all to be answered", async || {
        let messages = other.messages(&project).await;
        let answers = messages.iter().filter(|one| one["role"] == "assistant");
        (answers.count() == taken + 1).then_some(())
    })
    .await;
}
