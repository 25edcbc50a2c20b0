//! Somebody who answers whatever coding agents ask.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::{
    sync::watch::{self, Sender},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::traffic::list;
use crate::support::{Client, patiently};

/// How long a coding agent's question stays open, in seconds: on a busy machine it takes a while until it is found. Somebody
/// looks for it to the end.
pub const ASKS_FOR: u32 = 30;

/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Somebody who answers, at once.
pub struct Answering {
    /// How often they did.
    pub given: watch::Receiver<usize>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Answering {
    /// Begins to answer what is asked in these projects of the server at `base`.
    #[expect(clippy::disallowed_methods, reason = "the task is kept and waited for")]
    pub fn of(base: &str, projects: Vec<String>) -> Self {
        let (told, given) = watch::channel(0);
        let stop = CancellationToken::new();
        let task = tokio::spawn(answer(base.to_owned(), projects, stop.clone(), told));
        Self { given, stop, task }
    }

    /// Returns when a question was answered.
    pub async fn once(&self) {
        let mut given = self.given.clone();
        let once = given.wait_for(|given| *given > 0);
        patiently("a coding agent to be answered", once)
            .await
            .expect("who answers found nothing wrong");
    }

    /// Ends it.
    pub async fn stop(self) {
        self.stop.cancel();
        patiently("who answers to stop", self.task)
            .await
            .expect("who answers found nothing wrong");
    }
}

async fn answer(base: String, projects: Vec<String>, stop: CancellationToken, told: Sender<usize>) {
    let client = Client::of(base);
    let mut look_again = tokio::time::interval(LOOK_EVERY);
    while !stop.is_cancelled() {
        for project in &projects {
            let asked = format!("/api/projects/{project}/gates?status=PENDING");
            for gate in list(&client, &asked).await {
                let id = gate["id"].as_str().expect("an id");
                let answer = client.post(&format!("/api/gates/{id}/approve"));
                let answer = answer.json(&json!({})).send().await;
                // Too late: what asked has ended.
                let is_late = answer.is_ok_and(|answer| answer.status() == StatusCode::CONFLICT);
                if !is_late {
                    told.send_modify(|given| *given += 1);
                }
            }
        }
        look_again.tick().await;
    }
}
