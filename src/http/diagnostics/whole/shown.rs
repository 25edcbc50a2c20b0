//! The parts of the answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Asked, LIST_MAX, Read, Stored};
use crate::{
    agent::llm,
    domain::{
        activity::{millis, millis_opt},
        finding::{Facts, Undelivered, is_stuck},
        id::ProjectId,
    },
    feed::Standing,
    http::{
        About,
        diagnostics::{notifications, time},
    },
};

/// A command that runs, as it is shown.
#[derive(Serialize)]
struct RunningShown<'a> {
    id: String,
    project_id: ProjectId,
    project_name: &'a str,
    command: &'static str,
    #[serde(serialize_with = "millis")]
    last_word_at: DateTime<Utc>,
    is_stuck: bool,
}

/// Somebody who watches, as it is shown.
#[derive(Serialize)]
pub(super) struct WatchingShown {
    project_id: ProjectId,
    #[serde(serialize_with = "millis")]
    opened_at: DateTime<Utc>,
    cursor: i64,
    lag: i64,
    #[serde(serialize_with = "millis_opt")]
    last_sent_at: Option<DateTime<Utc>>,
}

impl From<&Standing> for WatchingShown {
    fn from(standing: &Standing) -> Self {
        Self {
            project_id: standing.project,
            opened_at: standing.place.opened_at,
            cursor: standing.place.cursor(),
            lag: standing.lag,
            last_sent_at: standing.place.last_sent_at(),
        }
    }
}

impl Asked {
    pub(super) fn server(&self, now: DateTime<Utc>, disk: Option<(u64, u64)>) -> Value {
        let About {
            app_name,
            version,
            environment,
            data_folder,
            ..
        } = self.about.as_ref();
        let started = self
            .supervisor
            .statuses()
            .first()
            .map(|first| first.started_at);
        json!({
            "app_name": app_name, "version": version, "environment": environment,
            "started_at": started.map(time),
            "uptime_seconds": started.map(|started| (now - started).num_seconds()),
            "data_folder": data_folder,
            "disk": disk.map(|(free, total)| json!({ "free_bytes": free, "total_bytes": total })),
        })
    }

    pub(super) fn database(&self, read: &Read) -> Value {
        let database = self.reader.database();
        let (open, idle) = self.reader.connections();
        json!({
            "kind": if database.is_sqlite() { "sqlite" } else { "postgres" },
            "read_ms": read.answer.is_ok().then_some(read.took.as_secs_f64() * 1_000.0),
            "problem": read.answer.as_ref().err(),
            "connections": { "open": open, "idle": idle, "limit": database.readers },
        })
    }

    pub(super) fn backends(&self) -> Vec<Value> {
        let load = self.executor.load();
        let usual = self.backends.default_one().name();
        let backends = self.backends.all().iter();
        backends
            .map(|backend| {
                json!({
                    "name": backend.name(), "label": backend.label(), "is_usual": backend.name() == usual,
                    "running": load.running.get(backend.name()).copied().unwrap_or(0),
                    "health": backend.health(),
                })
            })
            .collect()
    }

    pub(super) fn model(&self) -> Value {
        let Some(model) = self.model.as_ref() else {
            return Value::Null;
        };
        let status = match model.state().health() {
            llm::Health::Unknown => "not_asked_yet",
            llm::Health::There => "there",
            llm::Health::Away { .. } => "away",
        };
        json!({ "name": model.name(), "status": status })
    }

    pub(super) fn notifications(&self, read: &Read) -> Option<notifications::Shown> {
        let notifier = self.notifier.as_ref().as_ref()?;
        let standing = read.deliveries.as_ref()?;
        Some(notifications::Shown::of(notifier, standing.as_ref()))
    }

    pub(super) fn undelivered(&self, read: &Read, now: DateTime<Utc>) -> Option<Undelivered> {
        let notifier = self.notifier.as_ref().as_ref()?;
        let standing = read.deliveries.as_ref()?.as_ref().ok()?;
        notifications::undelivered(notifier, standing, now)
    }

    pub(super) fn executions(&self, facts: &Facts, stored: Option<&Stored>) -> Value {
        let running: Vec<RunningShown<'_>> = facts
            .running
            .iter()
            .take(LIST_MAX)
            .map(|running| RunningShown {
                id: running.id.to_string(),
                project_id: running.project,
                project_name: &running.project_name,
                command: running.command,
                last_word_at: running.last_word,
                is_stuck: is_stuck(running.last_word, facts.now),
            })
            .collect();
        json!({
            // Of all servers; null when the database cannot be read.
            "queued": stored.map(|stored| stored.queued),
            "running": stored.map(|_| running),
            // Of this one.
            "waiting_here": self.executor.load().waiting,
        })
    }
}
