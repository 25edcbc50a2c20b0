//! Traffic that comes by every point.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};

use super::{
    Cell,
    answering::{self, Answering},
    correspondence::Correspondence,
};
use crate::{
    faults::load::{Load, open_pull_request},
    support::{Client, Program, Receiver, TestGitHub, Witness, wait_until},
};

/// Activities that are shown, over all who watch, while the traffic flows.
const FLOWS: usize = 240;

/// Rounds in which a coding agent's command is left alone, for one in which it is cancelled.
const CANCELS_EVERY: usize = 4;

/// A server with traffic.
pub struct Traffic {
    server: Program,
    witness: Witness,
    meddling: Meddling,
    answering: Answering,
    /// Whether a project's commands run in a coding agent.
    with_agent: bool,
    projects: Vec<String>,
    /// What is said on GitHub, where that makes a difference.
    correspondence: Option<Correspondence>,
    /// Held as long as the server runs.
    load: Load,
}

impl Traffic {
    /// Starts a server that is made to fail so, and the traffic.
    pub async fn start(cell: &Cell) -> Self {
        let load = Load::new().await;
        let github = cell.is_of_github().then(TestGitHub::start);
        let settings = github.iter().flat_map(TestGitHub::settings);
        let serving = settings.fold(load.serving(), |serving, (name, value)| {
            serving.set(name, value)
        });
        let server = serving
            .set("FAILPOINTS", cell.failpoints())
            .set("PM__ACP__PERMISSION_EXPIRES_SECONDS", answering::ASKS_FOR)
            .start()
            .await;
        let mut projects = load.projects(&server).await;
        let correspondence = match github {
            Some(github) => Some(Correspondence::begin(github, &server).await),
            None => None,
        };
        let with_agent = cell.is_of_agents();
        if with_agent {
            projects.push(load.project_beside(&server).await);
        }
        if cell.is_of_pull_requests() {
            open_pull_request(&server, &projects[1]).await;
        }
        let witness = Witness::of(&server.base, &projects);
        let answering = Answering::of(&server.base, projects.clone());
        let meddling = Meddling::with(&server.base, projects.clone(), &answering.given);
        Self {
            server,
            witness,
            meddling,
            answering,
            with_agent,
            projects,
            correspondence,
            load,
        }
    }

    /// Returns when much has happened, the cell's fault among it, and more after that.
    pub async fn flow(&self, cell: &Cell) {
        self.witness.shown(FLOWS).await;
        // Some of it is done only where there is something to do it to, such as ending a command that still runs.
        if !cell.is_of_the_end() {
            self.server.logged(cell.point.name()).await;
        }
        self.meddling.rounds(3).await;
        if self.with_agent {
            self.answering.once().await;
        }
    }

    /// Ends the traffic, compares what everybody saw with the log, and has the server end; its log.
    pub async fn end(self, cell: &Cell) -> String {
        let Self {
            server,
            witness,
            meddling,
            answering,
            projects,
            correspondence,
            load,
            ..
        } = self;
        meddling.stop().await;
        witness.compare(&server).await;
        server.ready().await;
        all_told(&server, &projects, &load.receiver).await;
        if let Some(correspondence) = correspondence {
            correspondence.answered_once(&server).await;
        }
        answering.stop().await;
        let (status, log) = server.terminate().await;
        assert_eq!(status.code(), Some(0), "{cell}: {log}");
        log
    }
}

/// Waits until all that ended and every gate that was opened is told, signed, and under the id it has in the log.
async fn all_told(server: &Client, projects: &[String], receiver: &Receiver) {
    for project in projects {
        let log = server.log(project).await;
        let is_told = |one: &&Value| match one["kind"].as_str() {
            Some("status") => ["COMPLETED", "FAILED", "CANCELLED"]
                .iter()
                .any(|status| one["status"] == *status),
            Some("gate") => one["status"] == "PENDING",
            _ => false,
        };
        let told = log.iter().filter(is_told);
        let ids: Vec<&str> = told.filter_map(|one| one["id"].as_str()).collect();
        wait_until("all that happened to be told", async || {
            let received = receiver.received();
            let is_there = |id: &&str| received.iter().any(|one| one.id == *id);
            ids.iter().all(is_there).then_some(())
        })
        .await;
    }
}

/// Somebody who does everything else: cancels, begins anew, lets messages wait, deletes, looks into a chat window.
struct Meddling {
    stop: Arc<AtomicBool>,
    rounds: watch::Receiver<usize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Meddling {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tasks are kept and waited for"
    )]
    fn with(base: &str, projects: Vec<String>, answers: &watch::Receiver<usize>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (told, rounds) = watch::channel(0);
        let mut tasks = Vec::new();
        for project in projects {
            let (base, stopped) = (base.to_owned(), Arc::clone(&stop));
            let (told, answers) = (told.clone(), answers.clone());
            tasks.push(tokio::spawn(async move {
                let client = Client::of(base);
                for round in 1_usize.. {
                    if stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    // A coding agent needs a while until it asks, on a busy machine many rounds.
                    let has_asked = *answers.borrow() > 0;
                    let cancels = has_asked && round.is_multiple_of(CANCELS_EVERY);
                    meddle(&client, &project, cancels).await;
                    told.send_modify(|rounds| *rounds += 1);
                }
            }));
        }
        Self {
            stop,
            rounds,
            tasks,
        }
    }

    async fn rounds(&self, more: usize) {
        let mut rounds = self.rounds.clone();
        let from = *rounds.borrow();
        let enough = rounds.wait_for(|now| *now >= from + more);
        crate::support::patiently("everything else to be done", enough)
            .await
            .expect("who does it found nothing wrong");
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            crate::support::patiently("who does everything else to stop", task)
                .await
                .expect("who does it found nothing wrong");
        }
    }
}

/// One round. What fails is left: it is the server's to be whole afterwards.
async fn meddle(client: &Client, project: &str, cancels: bool) {
    let window = format!(
        "{}/api/ws/chat/{project}",
        client.base.replace("http:", "ws:")
    );
    let window = tokio_tungstenite::connect_async(window).await;
    let path = format!("/api/projects/{project}");
    // Of what somebody ordered in the chat; the report is theirs.
    for execution in list(client, &format!("{path}/executions?limit=2")).await {
        let is_left = execution["backend"] == "acp" && !cancels;
        if let (Some(id), true, false) = (
            execution["id"].as_str(),
            execution["completed_at"].is_null(),
            is_left,
        ) {
            let cancelled = client.post(&format!("/api/executions/{id}/cancel"));
            drop(cancelled.send().await);
        }
    }
    drop(client.post(&format!("{path}/reset")).send().await);
    // Whoever chose once may choose again: what waits is looked at anew.
    let found = client.get(&path).send().await;
    let chosen = match found {
        Ok(project) => project.json::<Value>().await.unwrap_or_default()["backend"].clone(),
        Err(_) => Value::Null,
    };
    let moved = client.patch(&path).json(&json!({ "backend": chosen }));
    drop(moved.send().await);
    let later = client.post(&format!("{path}/messages"));
    let later = later.json(&json!({ "content": "what can you do?", "queue": true }));
    drop(later.send().await);
    make_and_delete(client).await;
    // Whoever wonders has the canary sing.
    drop(
        client
            .get(&format!("/api/diagnostics/sse/{project}"))
            .send()
            .await,
    );
    if let Ok((mut window, _)) = window {
        for _ in 0..3 {
            match window.next().await {
                Some(Ok(_)) => {}
                _ => break,
            }
        }
    }
}

/// Makes a project that is not kept.
async fn make_and_delete(client: &Client) {
    let made = client.post("/api/projects");
    let Ok(made) = made.json(&json!({ "name": "Away" })).send().await else {
        return;
    };
    let made: Value = made.json().await.unwrap_or_default();
    if let Some(id) = made["id"].as_str() {
        let reset = client.post(&format!("/api/projects/{id}/workflow/reset"));
        drop(reset.send().await);
        drop(client.delete(&format!("/api/projects/{id}")).send().await);
    }
}

pub(super) async fn list(client: &Client, path: &str) -> Vec<Value> {
    match client.get(path).send().await {
        Ok(answer) => answer.json().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}
