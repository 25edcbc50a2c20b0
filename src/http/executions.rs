//! Executions: queue, list, show, cancel, retry.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    auth::Signed,
    error::{ApiError, InField as _},
    extract::{Id, Json, Key, Query, limit},
    openapi::problems::{Away, DoneAlready, NoExecution, NoProject, NotRetried, QueueFull},
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
        execution::{ARGS_CHARS_MAX, Command, CommandName, ExecutionStatus, Order, RecordedName},
        id::{ExecutionId, ProjectId},
    },
};

/// Executions in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/projects/{id}/executions`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct List {
    /// How many at most: 50 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// Only those in this status.
    status: Option<ExecutionStatus>,
    /// Only those of this command.
    #[param(value_type = Option<RecordedName>)]
    command: Option<String>,
}

/// `GET /api/projects/{id}/executions`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/executions", operation_id = "list_executions", tag = "executions",
    summary = "The executions of a project, newest first",
    params(("project_id" = ProjectId, Path, description = "Which project."), List),
    responses((status = 200, description = "The executions.", body = Vec<execution::Execution>), NoProject, Away),
)]
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
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewExecution)]
pub(super) struct Create {
    /// What to run.
    #[schema(value_type = CommandName, required)]
    command: Option<String>,
    /// What to run it with: for `plan-feature-github` what is to be planned, in words.
    #[schema(max_length = 20_000, pattern = r"^[^\u0000]*$", example = "")]
    args: Option<String>,
}

/// The answer: the execution and its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueuedExecution)]
pub(super) struct Accepted {
    #[serde(flatten)]
    execution: execution::Execution,
    /// How many are before it in its project.
    position: usize,
}

/// The answer to a retry: a place too, unless the workflow gives it one.
#[derive(Serialize, ToSchema)]
#[schema(as = RetriedExecution)]
pub(super) struct Retried {
    #[serde(flatten)]
    execution: execution::Execution,
    /// How many are before it in its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    position: Option<usize>,
}

/// `POST /api/projects/{id}/executions`
#[utoipa::path(
    post, path = "/api/projects/{project_id}/executions", operation_id = "queue_execution", tag = "executions",
    summary = "Run a command",
    description = "It is queued, and runs when nothing before it in its project is left. Asked again with the same \
    `Idempotency-Key`, it runs once.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Key),
    request_body = Create,
    responses((status = 202, description = "The execution and its place.", body = Accepted), NoProject, QueueFull, Away),
)]
pub(super) async fn create(
    Id(project): Id<ProjectId>,
    Json(body): Json<Create>,
    Key(key): Key,
    reader: Data<Reader>,
    executor: Signed<ExecutorHandle>,
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
#[utoipa::path(
    get, path = "/api/executions/{execution_id}", operation_id = "show_execution", tag = "executions",
    summary = "An execution",
    params(("execution_id" = ExecutionId, Path, description = "Which execution.")),
    responses((status = 200, description = "The execution.", body = execution::Execution), NoExecution, Away),
)]
pub(super) async fn show(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(find(&reader, id).await?))
}

/// `POST /api/executions/{id}/cancel`
#[utoipa::path(
    post, path = "/api/executions/{execution_id}/cancel", operation_id = "cancel_execution", tag = "executions",
    summary = "Stop an execution",
    description = "One that has ended is answered as it is: asking twice is harmless.",
    params(("execution_id" = ExecutionId, Path, description = "Which execution.")),
    responses((status = 200, description = "The execution as it is now.", body = execution::Execution), NoExecution, DoneAlready, Away),
)]
pub(super) async fn cancel(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
    executor: Signed<ExecutorHandle>,
) -> Result<HttpResponse, ApiError> {
    let project = find(&reader, id).await?.project_id;
    executor.cancel(project, id).await?;
    // One that had ended before is answered as it is: asking twice is harmless.
    Ok(HttpResponse::Ok().json(find(&reader, id).await?))
}

/// `POST /api/executions/{id}/retry`: one that failed or was stopped is ordered once more, and with it what was to follow.
/// Asking twice is harmless: an execution has one retry, which may be retried in its turn.
#[utoipa::path(
    post, path = "/api/executions/{execution_id}/retry", operation_id = "retry_execution", tag = "executions",
    summary = "Run once more what failed or was stopped",
    description = "And with it what was to follow. Asking twice is harmless: an execution has one retry, which may be retried in \
    its turn. What belongs to a phase of the workflow is tried again by the workflow.",
    params(("execution_id" = ExecutionId, Path, description = "Which execution.")),
    responses((status = 202, description = "The new execution. It has a `position` unless the workflow tries it again.", body = Retried), NoExecution, NotRetried, Away),
)]
pub(super) async fn retry(
    Id(id): Id<ExecutionId>,
    reader: Data<Reader>,
    executor: Signed<ExecutorHandle>,
    sessions: Signed<SessionsHandle>,
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
        return Err(nothing_to_retry(refusal));
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

/// 409: it has not ended, or not so that it could be repeated.
pub(super) fn nothing_to_retry(why: String) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "Nothing to retry", why)
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
