//! Traffic that comes by every point.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::Utc;
use futures_util::StreamExt as _;
use project_manager::db::gate;
use reqwest::StatusCode;
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait as _};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::Cell;
use crate::{
    faults::load::Load,
    support::{Client, Program, Witness},
};

/// Activities that are shown, over all who watch, while the traffic flows.
const FLOWS: usize = 240;

/// A server with traffic.
pub struct Traffic {
    server: Program,
    witness: Witness,
    meddling: Meddling,
    /// Held as long as the server runs.
    _load: Load,
}

impl Traffic {
    /// Starts a server that is made to fail so, and the traffic.
    pub async fn start(failpoints: &str) -> Self {
        let load = Load::new().await;
        let server = load.serving().set("FAILPOINTS", failpoints).start().await;
        let projects = load.projects(&server).await;
        let witness = Witness::of(&server.base, &projects);
        let database = load.database.connect().await;
        let meddling = Meddling::with(&server.base, &database, projects);
        Self {
            server,
            witness,
            meddling,
            _load: load,
        }
    }

    /// Returns when much has happened.
    pub async fn flow(&self) {
        self.witness.shown(FLOWS).await;
        self.meddling.rounds(3).await;
    }

    /// Ends the traffic, compares what everybody saw with the log, and has the server end; its log.
    pub async fn end(self, cell: &Cell) -> String {
        self.meddling.stop().await;
        self.witness.compare(&self.server).await;
        let ready = self.server.get("/health/ready").send().await;
        assert_eq!(
            ready.expect("an answer").status(),
            StatusCode::OK,
            "{cell}: it is well"
        );
        let (status, log) = self.server.terminate().await;
        assert_eq!(status.code(), Some(0), "{cell}: {log}");
        log
    }
}

/// Somebody who does everything else: cancels, begins anew, lets messages wait, deletes, looks into a chat window.
struct Meddling {
    stop: Arc<AtomicBool>,
    rounds: tokio::sync::watch::Receiver<usize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Meddling {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tasks are kept and waited for"
    )]
    fn with(base: &str, database: &DatabaseConnection, projects: Vec<String>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (told, rounds) = tokio::sync::watch::channel(0);
        let mut tasks = Vec::new();
        for project in projects {
            let (base, stopped, told) = (base.to_owned(), Arc::clone(&stop), told.clone());
            let database = database.clone();
            tasks.push(tokio::spawn(async move {
                let client = Client::of(base);
                while !stopped.load(Ordering::Relaxed) {
                    meddle(&client, &database, &project).await;
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
async fn meddle(client: &Client, database: &DatabaseConnection, project: &str) {
    let window = format!(
        "{}/api/ws/chat/{project}",
        client.base.replace("http:", "ws:")
    );
    let window = tokio_tungstenite::connect_async(window).await;
    let path = format!("/api/projects/{project}");
    // Of what somebody ordered in the chat; the report is theirs.
    for execution in list(client, &format!("{path}/executions?limit=2")).await {
        if let (Some(id), true) = (
            execution["id"].as_str(),
            execution["completed_at"].is_null(),
        ) {
            ask_and_answer(client, database, project, id).await;
            let cancelled = client.post(&format!("/api/executions/{id}/cancel"));
            drop(cancelled.send().await);
        }
    }
    drop(client.post(&format!("{path}/reset")).send().await);
    // Whoever chose once may choose again: what waits is looked at anew.
    let project = client.get(&path).send().await;
    let chosen = match project {
        Ok(project) => project.json::<Value>().await.unwrap_or_default()["backend"].clone(),
        Err(_) => Value::Null,
    };
    let moved = client.patch(&path).json(&json!({ "backend": chosen }));
    drop(moved.send().await);
    let later = client.post(&format!("{path}/messages"));
    let later = later.json(&json!({ "content": "what can you do?", "queue": true }));
    drop(later.send().await);
    make_and_delete(client).await;
    if let Ok((mut window, _)) = window {
        for _ in 0..3 {
            match window.next().await {
                Some(Ok(_)) => {}
                _ => break,
            }
        }
    }
}

/// Answers a question of a command that runs. Nothing that this load runs asks one, so it is put into the table by hand, and
/// whoever follows the command says that nobody waits for the answer.
async fn ask_and_answer(
    client: &Client,
    database: &DatabaseConnection,
    project: &str,
    execution: &str,
) {
    let id = Uuid::now_v7();
    let options = json!([{ "id": "yes", "name": "Yes", "kind": "allow_once" }]);
    let asked = gate::ActiveModel {
        id: Set(id),
        project_id: Set(project.parse().expect("an id")),
        phase_id: Set(None),
        execution_id: Set(Some(execution.parse().expect("an id"))),
        gate_type: Set("permission".to_owned()),
        question: Set("May I?".to_owned()),
        context: Set(None),
        options: Set(Some(options)),
        status: Set("PENDING".to_owned()),
        chosen: Set(None),
        response: Set(None),
        created_at: Set(Utc::now()),
        responded_at: Set(None),
    };
    let asked = gate::Entity::insert(asked);
    if asked.exec_without_returning(database).await.is_ok() {
        let answer = client.post(&format!("/api/gates/{id}/approve"));
        drop(answer.json(&json!({})).send().await);
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

async fn list(client: &Client, path: &str) -> Vec<Value> {
    match client.get(path).send().await {
        Ok(answer) => answer.json().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}
