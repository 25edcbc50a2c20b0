//! Executions: queue, list, show, cancel, retry.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};

use super::{
    error::{ApiError, InField as _},
    extract::{Id, Json, Key, Query, limit},
    projects::head,
};
use crate::{
    actors::{
        executor::{ExecutorHandle, Queued},
        session::WorkflowOrder,
        sessions::SessionsHandle,
    },
    db::{Reader, execution},
    domain::{
        Invalid,
        execution::{ARGS_CHARS_MAX, Command, ExecutionStatus, Order},
        id::{ExecutionId, ProjectId},
    },
};

/// Executions in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/projects/{id}/executions`.
#[derive(Debug, Deserialize)]
pub(super) struct List {
    limit: Option<i64>,
    status: Option<ExecutionStatus>,
    command: Option<String>,
}

/// `GET /api/projects/{id}/executions`
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    Query(query): Query<List>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let page = execution::Page {
        limit: limit(query.limit, LIMIT, LIMIT_MAX)?,
        status: query.status,
        command: query
            .command
            .as_deref()
            .map(Command::parse_recorded)
            .transpose()
            .in_field("command")?,
    };
    head(&reader, project).await?;
    let executions = reader
        .read(async |db| execution::list(db, project, page).await)
        .await?;
    Ok(HttpResponse::Ok().json(executions))
}

/// The body of `POST /api/projects/{id}/executions`.
#[derive(Debug, Deserialize)]
pub(super) struct Create {
    command: Option<String>,
    args: Option<String>,
}

/// The answer: the execution and its place.
#[derive(Debug, Serialize)]
struct Accepted {
    #[serde(flatten)]
    execution: execution::Execution,
    /// How many are before it in its project.
    position: usize,
}

/// `POST /api/projects/{id}/executions`
pub(super) async fn create(
    Id(project): Id<ProjectId>,
    Json(body): Json<Create>,
    Key(key): Key,
    reader: Data<Reader>,
    executor: Data<ExecutorHandle>,
) -> Result<HttpResponse, ApiError> {
    let command = body
        .command
        .ok_or_else(|| ApiError::invalid("command", "an execution needs a command"))?;
    let command = Command::parse(&command).in_field("command")?;
    let args = parse_args(body.args.unwrap_or_default()).in_field("args")?;
    head(&reader, project).await?;
    let queued = executor
        .queue(project, vec![Order { command, args }], None, key)
        .await?;
    Ok(accepted(queued))
}

fn parse_args(args: String) -> Result<String, Invalid> {
    let length = args.chars().count();
    if length > ARGS_CHARS_MAX || args.contains('\0') {
        return Err(Invalid(format!(
            "at most {ARGS_CHARS_MAX} characters without NUL are accepted; got {length}"
        )));
    }
    Ok(args.trim().to_owned())
}

/// `GET /api/executions/{id}`
pub(super) async fn show(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(find(&reader, id).await?))
}

/// `POST /api/executions/{id}/cancel`
pub(super) async fn cancel(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
    executor: Data<ExecutorHandle>,
) -> Result<HttpResponse, ApiError> {
    let project = find(&reader, id).await?.project_id;
    executor.cancel(project, id).await?;
    // One that had ended before is answered as it is: asking twice is harmless.
    Ok(HttpResponse::Ok().json(find(&reader, id).await?))
}

/// `POST /api/executions/{id}/retry`: one that failed or was stopped is ordered once more, and with it what was to follow.
/// Asking twice is harmless: an execution has one retry, which may be retried in its turn.
pub(super) async fn retry(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
    executor: Data<ExecutorHandle>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    let ended = find(&reader, id).await?;
    let name = ended.order.command.as_str();
    let refusal = match ended.status {
        ExecutionStatus::Queued | ExecutionStatus::Running => Some(format!(
            "Execution {id} has not ended. Cancel it first, or wait for its end."
        )),
        ExecutionStatus::Completed => Some(format!(
            "Execution {id} has completed, so there is nothing to retry. To run {name} again, order it anew."
        )),
        ExecutionStatus::Failed | ExecutionStatus::Cancelled => {
            Command::parse(name).err().map(|Invalid(why)| {
                format!(
                    "Execution {id} is from an earlier deployment and cannot be repeated: {why}."
                )
            })
        }
    };
    if let Some(refusal) = refusal {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "Nothing to retry",
            refusal,
        ));
    }
    if let Some(phase) = ended.in_phase() {
        // The workflow tries it again, so that it goes on with what comes of it.
        sessions
            .move_workflow(ended.project_id, WorkflowOrder::GoOn)
            .await?;
        let last = reader
            .read(async |db| execution::last_of_phase(db, phase.id).await)
            .await?;
        return Ok(HttpResponse::Accepted().json(last));
    }
    let message = ended.message;
    Ok(accepted(executor.retry(ended, message).await?))
}

fn accepted(queued: Queued) -> HttpResponse {
    HttpResponse::Accepted().json(Accepted {
        execution: queued.execution,
        position: queued.position,
    })
}

async fn find(reader: &Reader, id: ExecutionId) -> Result<execution::Execution, ApiError> {
    let execution = reader
        .read(async |db| execution::find(db, id).await)
        .await?;
    execution.ok_or_else(|| ApiError::no_execution(id))
}
