//! Why is my feed empty? What is stored, who watches, and how the actors fare.

mod connection;
pub(super) mod github;
pub(super) mod notifications;
pub(super) mod whole;

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use self::connection::ConnectionTest;
use super::{
    error::ApiError,
    extract::{Id, Query, limit},
    openapi::{
        self,
        health::{Actors, Diagnostics, ExecutionReport},
        problems::{Away, NoProject},
    },
    projects::head,
};
use crate::{
    actors::{
        canary::CanaryHandle,
        supervisor::Supervisor,
        writer::{WriterFigures, WriterHandle},
    },
    backends::{Backends, Health},
    clock,
    db::{Reader, activity, execution},
    domain::{
        activity::{Activity, Verbosity, millis, millis_opt},
        execution::ExecutionStatus,
        finding::is_stuck,
        id::ProjectId,
    },
    feed::{Feed, Place},
};

/// How long the database may take to answer: whoever looks here wonders whether it does, and a browser gives up after 15 seconds.
const READ_WITHIN: Duration = Duration::from_secs(3);

/// Execution records in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// `GET /api/diagnostics`
#[utoipa::path(
    get, path = "/api/diagnostics", operation_id = "diagnose_server", tag = "server",
    summary = "How the whole server fares, and what is wrong with it",
    description = "Each finding says what is wrong, what it likely comes from and what to do next. Everything that is asked for this \
                   has a limit, and what the server knows by itself is told with the database away, too. A browser is sent to the page \
                   that shows it.",
    responses(
        (status = 200, description = "How it fares.", body = Diagnostics),
        (status = 303, description = "To a browser: where the page is.", headers(("Location" = String, description = "The page."))),
    ),
)]
pub(super) async fn whole(request: HttpRequest, asked: whole::Asked) -> HttpResponse {
    if whole::wants_page(&request) {
        return whole::page();
    }
    asked.answer().await
}

/// `GET /api/diagnostics/actors`
#[utoipa::path(
    get, path = "/api/diagnostics/actors", operation_id = "diagnose_actors", tag = "server",
    summary = "How the parts of the server fare",
    description = "Who runs, who was restarted and why.",
    responses((status = 200, description = "The supervision tree.", body = Actors)),
)]
pub(super) async fn actors(supervisor: Data<Supervisor>) -> HttpResponse {
    HttpResponse::Ok()
        .json(json!({ "actors": supervisor.statuses(), "crashes": supervisor.crashes() }))
}

/// The answer of `GET /api/diagnostics/sse/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeedReport {
    project_id: ProjectId,
    /// `healthy`, `no_data` or `degraded`.
    #[schema(value_type = openapi::health::FeedStatus)]
    status: &'static str,
    /// Whether it can be read and written.
    #[schema(value_type = openapi::health::Passed)]
    database_check: &'static str,
    /// What is wrong, in words; null when nothing is.
    problem: Option<String>,
    // Null when the database cannot be read: that is not the same as nothing.
    activity_count: Option<i64>,
    execution_count: Option<i64>,
    head: Option<i64>,
    /// Null also when there is none.
    last_activity: Option<Activity>,
    #[serde(serialize_with = "millis_opt")]
    last_activity_at: Option<DateTime<Utc>>,
    streams: Vec<StreamReport>,
    writer: WriterFigures,
    backend: Option<BackendReport>,
    connection_test: ConnectionTest,
}

/// What the project's commands run in, and how that fares.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BackendReport {
    #[schema(example = "offline")]
    name: &'static str,
    #[schema(example = "this program")]
    label: &'static str,
    #[serde(flatten)]
    health: Health,
}

/// One open stream or chat window.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StreamReport {
    #[serde(serialize_with = "millis")]
    opened_at: DateTime<Utc>,
    cursor: i64,
    /// How many activities it is behind; null when the database cannot be read.
    lag: Option<i64>,
    verbosity: Verbosity,
    #[serde(serialize_with = "millis_opt")]
    last_sent_at: Option<DateTime<Utc>>,
}

/// What the database knows of a project's log; nothing of it when it cannot be read.
#[derive(Default)]
struct Stored {
    head: Option<i64>,
    backend: Option<String>,
    last: Option<Activity>,
    activities: Option<i64>,
    executions: Option<i64>,
}

/// `GET /api/diagnostics/sse/{id}`
#[utoipa::path(
    get, path = "/api/diagnostics/sse/{project_id}", operation_id = "diagnose_feed", tag = "server",
    summary = "Why is my feed empty?",
    description = "What is stored, who watches and how far each is. It answers also while the database is away.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "What is known.", body = FeedReport), NoProject),
)]
pub(super) async fn feed(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    writer: Data<WriterHandle>,
    feed: Data<Feed>,
    backends: Data<Backends>,
    canary: Data<CanaryHandle>,
) -> Result<HttpResponse, ApiError> {
    // With the database away there is nobody to ask whether the project exists; the answer says what is known.
    let (stored, unread) = match reader
        .read_within(READ_WITHIN, async |db| read(db, project).await)
        .await
    {
        Ok(Some(stored)) => (stored, None),
        Ok(None) => return Err(ApiError::no_project(project)),
        Err(error) => (Stored::default(), Some(crate::db::reason(&error))),
    };
    let degraded = writer.status().degraded().borrow().clone();
    let unwritten = degraded.map(|away| {
        format!(
            "nothing could be stored since {}: {}",
            time(away.since),
            away.reason
        )
    });
    let database_check = if unread.is_none() && unwritten.is_none() {
        "passed"
    } else {
        "failed"
    };
    let connection_test = connection::test(&canary, &feed, project, stored.head).await;
    let problem = unread
        .map(|why| format!("the database cannot be read: {why}"))
        .or(unwritten)
        .or_else(|| connection_test.problem());
    let status = match (&problem, stored.activities) {
        (Some(_), _) => "degraded",
        (None, Some(0)) => "no_data",
        (None, _) => "healthy",
    };
    let report = FeedReport {
        project_id: project,
        status,
        database_check,
        problem,
        activity_count: stored.activities,
        execution_count: stored.executions,
        last_activity_at: stored.last.as_ref().map(|last| last.timestamp),
        last_activity: stored.last,
        head: stored.head,
        streams: feed
            .watchers(project)
            .iter()
            .map(|place| StreamReport::new(place, stored.head))
            .collect(),
        writer: writer.status().figures(),
        backend: backends
            .chosen(stored.backend.as_deref())
            .map(|backend| BackendReport {
                name: backend.name(),
                label: backend.label(),
                health: backend.health(),
            }),
        connection_test,
    };
    Ok(HttpResponse::Ok().json(report))
}

async fn read(
    db: &sea_orm::DatabaseConnection,
    project: ProjectId,
) -> Result<Option<Stored>, sea_orm::DbErr> {
    let Some((head, backend)) = crate::db::project::feed_of(db, project).await? else {
        return Ok(None);
    };
    let newest = activity::Page {
        after: None,
        before: None,
        verbosity: Verbosity::Full,
        limit: 1,
    };
    Ok(Some(Stored {
        head: Some(head),
        backend,
        last: activity::page(db, project, newest).await?.pop(),
        activities: Some(activity::count(db, project).await?),
        executions: Some(
            execution::counts_by_status(db, project)
                .await?
                .values()
                .sum(),
        ),
    }))
}

impl StreamReport {
    fn new(place: &Place, head: Option<i64>) -> Self {
        Self {
            opened_at: place.opened_at,
            cursor: place.cursor(),
            lag: head.map(|head| (head - place.cursor()).max(0)),
            verbosity: place.verbosity,
            last_sent_at: place.last_sent_at(),
        }
    }
}

/// The query of `GET /api/diagnostics/executions/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Records {
    /// How many records at most: 50 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
}

/// `GET /api/diagnostics/executions/{id}`
#[utoipa::path(
    get, path = "/api/diagnostics/executions/{project_id}", operation_id = "diagnose_executions", tag = "server",
    summary = "The execution records of a project, as they are stored",
    params(("project_id" = ProjectId, Path, description = "Which project."), Records),
    responses((status = 200, description = "The records, newest first, with counts and what looks stuck.", body = ExecutionReport), NoProject, Away),
)]
pub(super) async fn executions(
    Id(project): Id<ProjectId>,
    Query(query): Query<Records>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let page = execution::Page {
        limit: limit(query.limit, LIMIT, LIMIT_MAX)?,
        status: None,
        command: None,
    };
    head(&reader, project).await?;
    let now = clock::now();
    let (counts, records, running) = reader
        .read(async |db| {
            let running = execution::Page {
                status: Some(ExecutionStatus::Running),
                limit: LIMIT_MAX,
                ..page
            };
            let mut last_steps = Vec::new();
            for execution in execution::list(db, project, running).await? {
                let last_step = activity::last_of_execution(db, execution.id).await?;
                last_steps.push((execution.id, last_step.or(execution.started_at)));
            }
            Ok((
                execution::counts_by_status(db, project).await?,
                execution::list(db, project, page).await?,
                last_steps,
            ))
        })
        .await?;
    let stuck: Vec<_> = running
        .into_iter()
        .filter_map(|(id, last)| Some((id, last?)))
        .filter(|(_, last)| is_stuck(*last, now))
        .map(|(id, last)| {
            json!({
                "id": id,
                "last_step_at": time(last),
                "advice": "it is running but has said nothing for minutes; look at its last step, or stop it",
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "project_id": project, "counts": counts, "executions": records, "stuck": stuck,
    })))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
