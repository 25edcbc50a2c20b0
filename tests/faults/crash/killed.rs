//! `kill -9`.

use serde_json::json;

use super::{
    data, endings, gated, gone, in_order, kill, message_with_client_id, open_gate, says_two, start,
    with_client_id,
};
use crate::support::{Checkout, TestDatabase, wait_until};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story: before, the kill, after")]
async fn after_kill_9_all_that_was_shown_is_there_once_the_command_ended_once_and_what_waited_runs()
{
    let (database, checkout) = (TestDatabase::new().await, gated());
    let server = start(&database).await;
    let project = server.project_in("Shop", checkout.text()).await;
    let mut stream = server.stream(&project, "?verbosity=3").await;
    server.say(&project, "run validation").await;
    let shown = data(stream.activities_until(says_two).await);
    let interrupted = shown.last().expect("a step")["execution_id"].clone();
    let waiting = server.execute(&project, "validate").await;
    assert_eq!(waiting["position"], 1);
    // What the stream still has to show is stored, too.
    let before = server.log(&project).await;
    assert_eq!(before[..shown.len()], shown, "what is shown is the log");
    in_order(&before);
    let below = server.descendants();
    assert!(
        below.len() >= 4,
        "a guard, the shell and its two children: {below:?}"
    );
    server.kill().await;
    gone(&below).await;
    while let Some(event) = stream.next_or_end().await {
        let is_stored = event.name == "heartbeat" || before.contains(&event.data);
        assert!(is_stored, "shown at the last moment: {event:?}");
    }

    let server = start(&database).await;
    let cursor = shown.last().expect("a step")["seq"].to_string();
    let mut stream = server.stream_after(&project, &cursor).await;
    open_gate(&checkout).await;
    let continued = data(
        stream
            .activities_until(|data| {
                data["execution_id"] == waiting["id"] && data["status"] == "COMPLETED"
            })
            .await,
    );
    let report = format!("report:{}", interrupted.as_str().unwrap());
    let said = message_with_client_id(&server, &project, &report).await;
    assert!(
        said["content"].as_str().unwrap().contains("interrupted"),
        "{said}"
    );

    let log = server.log(&project).await;
    in_order(&log);
    assert_eq!(log[..before.len()], before, "nothing was lost or changed");
    // Without a wish, a stream leaves out what the tools answered.
    let after = log[shown.len()..]
        .iter()
        .filter(|item| item["verbosity"].as_i64().unwrap() <= 2)
        .take(continued.len());
    assert!(after.eq(&continued), "the stream went on where it was");
    let execution = server.execution(interrupted.as_str().unwrap()).await;
    assert_eq!(
        (&execution["status"], &execution["error_code"]),
        (&json!("FAILED"), &json!("interrupted"))
    );
    assert!(
        execution["error"]
            .as_str()
            .unwrap()
            .contains("run it again"),
        "{execution}"
    );
    assert_eq!(endings(&log, &interrupted).len(), 1);
    assert_eq!(endings(&log, &waiting["id"]).len(), 1);

    // Once more, at rest: it has nothing to add.
    let quiet = log.len();
    kill(server).await;
    let server = start(&database).await;
    message_with_client_id(&server, &project, &report).await;
    server.say(&project, "hello").await;
    let all = wait_until(
        "an answer, after which nothing else is left to say",
        async || {
            let log = server.log(&project).await;
            let answered = log.last()?["data"]["role"] == "assistant" && log.len() >= quiet + 2;
            answered.then_some(log)
        },
    )
    .await;
    assert_eq!(all[..log.len()], log);
    assert_eq!(endings(&all, &interrupted).len(), 1);
    assert_eq!(
        with_client_id(&server.messages(&project).await, &report).len(),
        1
    );
}

#[tokio::test]
async fn a_message_whose_server_died_right_after_taking_it_is_kept_and_answered_once() {
    let database = TestDatabase::new().await;
    let mut server = start(&database).await;
    let project = server.project("Shop").await;
    let mut said = Vec::new();
    for round in 0..6 {
        let message = server.say(&project, &format!("hello {round}")).await;
        said.push(message["id"].as_str().unwrap().to_owned());
        server.kill().await;
        server = start(&database).await;
        for id in &said {
            message_with_client_id(&server, &project, &format!("reply:{id}")).await;
        }
    }
    let messages = server.messages(&project).await;
    assert_eq!(
        messages.len(),
        2 * said.len(),
        "each message, and one answer to each"
    );
    for (pair, id) in messages.chunks(2).zip(&said) {
        assert_eq!(
            (&pair[0]["id"], &pair[0]["role"]),
            (&json!(id), &json!("user"))
        );
        assert_eq!(pair[1]["client_id"], format!("reply:{id}"));
        assert_eq!(pair[1]["role"], "assistant");
    }
    in_order(&server.log(&project).await);
}

#[tokio::test]
async fn a_command_whose_server_died_right_after_it_was_asked_for_is_run_or_reported_but_ordered_once()
 {
    let (database, checkout) = (
        TestDatabase::new().await,
        Checkout::with(&[("checks.sh", "echo fine\n")]),
    );
    let mut server = start(&database).await;
    let project = server.project_in("Shop", checkout.text()).await;
    for round in 1..=6 {
        let message = server.say(&project, "run validation").await;
        kill(server).await;
        server = start(&database).await;
        let reply = format!("reply:{}", message["id"].as_str().unwrap());
        message_with_client_id(&server, &project, &reply).await;
        let executions = wait_until("every execution to have ended", async || {
            let executions = server
                .read(&format!("/api/projects/{project}/executions"))
                .await;
            let executions = executions.as_array().unwrap().clone();
            let ended = executions
                .iter()
                .all(|execution| execution["completed_at"].is_string());
            ended.then_some(executions)
        })
        .await;
        assert_eq!(executions.len(), round, "one order, one execution");
        for execution in &executions {
            let id = execution["id"].as_str().unwrap();
            message_with_client_id(&server, &project, &format!("report:{id}")).await;
        }
    }
    let log = server.log(&project).await;
    in_order(&log);
    let messages = server.messages(&project).await;
    assert_eq!(
        messages.len(),
        3 * 6,
        "a message, an answer and a report, six times"
    );
}
