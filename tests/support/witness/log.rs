//! What a log must be like when everything has come to its end.

use serde_json::Value;

use crate::support::{Client, wait_until};

/// The statuses an execution ends with.
const ENDED: [&str; 3] = ["COMPLETED", "FAILED", "CANCELLED"];

/// The log, when every message has its reply and every execution its end and its report. All of it is in the log, which is
/// read at one moment: two reads would not fit together.
pub(super) async fn quiet(server: &Client, project: &str) -> Vec<Value> {
    wait_until("everything to have come to its end", async || {
        let log = server.log(project).await;
        let said = |role: &str| {
            log.iter()
                .filter(|item| item["data"]["role"] == role)
                .count()
        };
        let queued = executions(&log, &["QUEUED"]).len();
        let all_ended = executions(&log, &ENDED).len() >= queued;
        let all_said = said("assistant") >= said("user") + queued;
        (all_ended && all_said).then_some(log)
    })
    .await
}

/// No gap and no double.
pub(super) fn in_order(log: &[Value]) {
    let seqs = log.iter().map(|item| item["seq"].as_u64());
    assert!(
        seqs.eq((1..).take(log.len()).map(Some)),
        "the log has no gap and no double"
    );
}

/// Each execution of the log ended once.
pub(super) fn one_ending_each(log: &[Value]) {
    assert_eq!(
        executions(log, &ENDED),
        executions(log, &["QUEUED"]),
        "each execution that was queued ended once"
    );
}

/// The executions the log says this of, as often as it does.
fn executions<'a>(log: &'a [Value], statuses: &[&str]) -> Vec<&'a str> {
    let mut of: Vec<&str> = log
        .iter()
        .filter(|item| item["source"] == "scar" && item["kind"] == "status")
        .filter(|item| statuses.contains(&item["status"].as_str().unwrap_or_default()))
        .filter_map(|item| item["execution_id"].as_str())
        .collect();
    of.sort_unstable();
    of
}

/// Each message that was acknowledged is stored once, in the table and in the log, and answered once.
pub(super) async fn stored_once(
    server: &Client,
    project: &str,
    acknowledged: &[Value],
    log: &[Value],
) {
    let stored = messages(server, project).await;
    for message in acknowledged {
        let id = &message["id"];
        let rows = stored.iter().filter(|row| row["id"] == *id).count();
        let of_it = |item: &&Value| item["data"]["message_id"] == *id;
        let entries = log.iter().filter(of_it).count();
        let reply = format!("reply:{}", id.as_str().expect("an id"));
        let replies = stored
            .iter()
            .filter(|row| row["client_id"] == reply.as_str())
            .count();
        assert_eq!((rows, entries, replies), (1, 1, 1), "{message}");
    }
}

/// All messages of a project.
async fn messages(server: &Client, project: &str) -> Vec<Value> {
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/projects/{project}/messages?limit=1000{before}");
        let page = server.read(&path).await;
        let page = page.as_array().expect("a list");
        let Some(oldest) = page.first() else {
            return all;
        };
        before = format!("&before={}", oldest["id"].as_str().expect("an id"));
        all.extend_from_slice(page);
    }
}
