//! What the answers about the server's own health look like, for the document.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::{
    actors::{supervisor::Status, writer::WriterFigures},
    db::execution::Execution,
    domain::{
        canary::Shown,
        finding::Finding,
        id::{ExecutionId, ProjectId},
    },
    http::diagnostics::{github, notifications},
};

/// What the server is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Healthy {
    /// Always `healthy`: it answered.
    #[schema(example = "healthy")]
    status: String,
    #[schema(example = "Project Manager")]
    app_name: String,
    /// Where it runs, by its own setting: `development`, `production`.
    #[schema(example = "production")]
    environment: String,
    #[schema(example = "0.1.0")]
    version: String,
}

/// That it lives.
#[derive(Serialize, ToSchema)]
#[schema(as = Lives)]
pub(in crate::http) struct Alive {
    #[schema(example = "alive")]
    status: String,
}

/// What was looked at, and what is wrong.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "status": "healthy", "checks": { "database": "ok", "actors": "ok" } }))]
pub(in crate::http) struct Checks {
    status: CheckStatus,
    /// Each with `ok`, or with what is to say of it, in words.
    checks: BTreeMap<String, String>,
    /// Why the language model is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// Since when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    since: Option<DateTime<Utc>>,
}

/// Whether all is well.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum CheckStatus {
    Healthy,
    Unhealthy,
}

/// How a project's feed fares.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum FeedStatus {
    Healthy,
    NoData,
    Degraded,
}

/// How a check went.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Passed {
    Passed,
    Failed,
}

/// The supervision tree.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Actors {
    /// Who runs, and who ended by a crash lately.
    actors: Vec<Status>,
    /// Crashes since the server was started.
    crashes: u64,
}

/// How the whole server fares.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Diagnostics {
    /// `healthy`, `degraded` (it works, and something is worth a look) or `broken` (something does not work).
    #[schema(example = "healthy")]
    status: String,
    /// The same in a sentence.
    #[schema(example = "Everything works.")]
    says: String,
    /// What is wrong, the worst first.
    findings: Vec<Finding>,
    at: DateTime<Utc>,
    /// The program: its version, since when it runs, its folder and what is free on that disk.
    server: BTreeMap<String, Value>,
    /// Which database it is, how long a question took it, and its connections.
    database: BTreeMap<String, Value>,
    canary: Shown,
    writer: WriterFigures,
    /// Where commands run, and how that fares.
    backends: Vec<BTreeMap<String, Value>>,
    /// The language model, if there is one.
    #[schema(required)]
    model: Option<BTreeMap<String, Value>>,
    /// How notifications fare; null where nobody is notified.
    #[schema(required)]
    notifications: Option<notifications::Shown>,
    /// How it stands with GitHub.
    github: github::Shown,
    actors: Vec<Status>,
    /// Crashes since the server was started.
    crashes: u64,
    /// Streams and chat windows: how many, and those that are furthest behind.
    streams: BTreeMap<String, Value>,
    /// What is queued and what runs.
    executions: BTreeMap<String, Value>,
}

/// The execution records of a project.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ExecutionReport {
    project_id: ProjectId,
    /// How many there are in each status.
    #[schema(example = json!({ "COMPLETED": 12, "FAILED": 1 }))]
    counts: BTreeMap<String, i64>,
    /// The newest ones, newest first.
    executions: Vec<Execution>,
    /// Those that run and have said nothing for minutes.
    stuck: Vec<Stuck>,
}

/// An execution that runs and has said nothing for minutes.
#[derive(Serialize, ToSchema)]
#[schema(as = StuckExecution)]
pub(in crate::http) struct Stuck {
    id: ExecutionId,
    last_step_at: DateTime<Utc>,
    /// What to do about it.
    #[schema(
        example = "it is running but has said nothing for minutes; look at its last step, or stop it"
    )]
    advice: String,
}

/// The two answers of a health check.
pub(in crate::http) struct Checked;

impl IntoResponses for Checked {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let answer = |when: &str, example: Value| {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Checks")))
                .example(Some(example));
            let response = ResponseBuilder::new().description(when);
            let response = response.content("application/json", content.build());
            response.build().into()
        };
        let well = json!({ "status": "healthy", "checks": { "database": "ok" } });
        let unwell = json!({
            "status": "unhealthy",
            "checks": { "database": "nothing could be stored since 2026-01-31 09:30:00 UTC: database is locked" },
        });
        [
            ("200".to_owned(), answer("All is well.", well)),
            (
                "503".to_owned(),
                answer("Something is wrong; the check says what.", unwell),
            ),
        ]
        .into()
    }
}
