//! Who talks and who watches.

use std::{sync::Arc, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Client, Stream, patiently};

/// What is said, in turn: talk, commands that read and run, and a change of mind.
const TEXTS: [&str; 6] = [
    "hello",
    "analyze the codebase",
    "run validation",
    "stop",
    "what is running?",
    "run validation",
];

/// How long a client waits before it asks again a server that is not there, or not well.
const AGAIN_AFTER: Duration = Duration::from_millis(10);

/// How long a client waits for an answer: one from a server that was killed never comes.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What somebody who watches has seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The activities.
    pub(super) log: Vec<Value>,
    /// How often they came.
    pub(super) opened: usize,
    /// The heartbeats.
    pub(super) beats: usize,
    /// What was said of the database, in turn.
    pub(super) database: Vec<String>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the witness keeps its tasks and waits for them"
)]
pub(super) fn spawn<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    tokio::spawn(task)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server that is dead gives no sign of when it is back"
)]
async fn again_later() {
    tokio::time::sleep(AGAIN_AFTER).await;
}

/// Talks until told to stop; what was acknowledged.
pub(super) async fn talk(
    base: watch::Receiver<String>,
    project: String,
    mut seen: Vec<watch::Receiver<Seen>>,
    turned_away: Arc<watch::Sender<Vec<Value>>>,
    stop: CancellationToken,
) -> Vec<Value> {
    let mut acknowledged = Vec::new();
    let mut client = Client::of(base.borrow().clone());
    for text in TEXTS.iter().cycle() {
        if stop.is_cancelled() {
            break;
        }
        // It comes after what has been seen by now.
        let before: Vec<usize> = seen.iter().map(|seen| seen.borrow().log.len()).collect();
        let message = say(&mut client, &base, &project, text, &turned_away).await;
        for (seen, before) in seen.iter_mut().zip(before) {
            let id = &message["id"];
            let is_it = |seen: &Value| seen["data"]["message_id"] == *id;
            let shown = seen.wait_for(|seen| seen.log[before..].iter().any(is_it));
            let shown = patiently("an acknowledged message to be shown", shown).await;
            assert!(shown.is_ok(), "who watches found nothing wrong");
        }
        acknowledged.push(message);
    }
    acknowledged
}

/// Says something until it is acknowledged.
async fn say(
    client: &mut Client,
    base: &watch::Receiver<String>,
    project: &str,
    text: &str,
    turned_away: &watch::Sender<Vec<Value>>,
) -> Value {
    let key = Uuid::now_v7().to_string();
    let say = async {
        loop {
            client.base.clone_from(&base.borrow());
            let asked = client
                .post(&format!("/api/projects/{project}/messages"))
                .header("Idempotency-Key", &key)
                .json(&json!({ "content": text }))
                .timeout(ANSWER_WITHIN)
                .send()
                .await;
            if let Ok(answer) = asked {
                let status = answer.status();
                let may_come_again = answer.headers().contains_key("Retry-After");
                let said = answer.json::<Value>().await;
                if status == StatusCode::ACCEPTED
                    && let Ok(message) = said
                {
                    return message;
                }
                assert!(
                    status.is_server_error() || status == StatusCode::ACCEPTED,
                    "a message is taken, or the server is not well: {status}"
                );
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    assert!(may_come_again, "when to come again is said");
                }
                if let Ok(problem) = said {
                    turned_away.send_modify(|told| told.push(problem));
                }
            }
            again_later().await;
        }
    };
    patiently("a message to be acknowledged", say).await
}

/// Watches a project, and comes back whenever the stream ends.
pub(super) fn watch_on(
    base: watch::Receiver<String>,
    project: String,
    shown: Arc<watch::Sender<usize>>,
) -> (watch::Receiver<Seen>, impl Future<Output = ()> + Send) {
    let (sender, seen) = watch::channel(Seen::default());
    let watches = async move {
        let mut client = Client::of(base.borrow().clone());
        loop {
            client.base.clone_from(&base.borrow());
            let cursor = sender.borrow().log.len();
            if let Some(mut stream) = open(&client, &project, cursor).await {
                sender.send_modify(|seen| seen.opened += 1);
                while let Some(event) = stream.next_or_end().await {
                    sender.send_modify(|seen| match event.name.as_str() {
                        "activity" => {
                            let next = i64::try_from(seen.log.len() + 1).expect("it fits");
                            assert_eq!(event.id, Some(next), "once and in order: {event:?}");
                            seen.log.push(event.data);
                            shown.send_modify(|shown| *shown += 1);
                        }
                        "heartbeat" => seen.beats += 1,
                        "system" if event.data["part"] == "database" => {
                            let status = event.data["status"].as_str().expect("a status");
                            seen.database.push(status.to_owned());
                        }
                        // Beside the log: what is being written.
                        "system" | "delta" => {}
                        _ => panic!("nothing is missing, and all can be read: {event:?}"),
                    });
                }
            }
            again_later().await;
        }
    };
    (seen, watches)
}

/// Opens the stream after the last `seq` that was seen; none if the server is not there, or not well.
async fn open(client: &Client, project: &str, seen: usize) -> Option<Stream> {
    let request = client
        .get(&format!("/api/sse/scar/{project}?after=0&verbosity=3"))
        .header("Last-Event-ID", seen.to_string());
    let stream = Stream::try_open(request).await.ok()?;
    stream.status.is_success().then_some(stream)
}
