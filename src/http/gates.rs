//! The gates: what a person is asked, and what they answer.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    auth::Signed,
    error::{ApiError, InField as _},
    extract::{Id, Json, Query, limit},
    openapi::problems::{Away, Decided, NoGate, NoProject},
    projects::head,
};
use crate::{
    actors::{
        executor::{DecideError, Decision, ExecutorHandle},
        session::{self, WorkflowError, WorkflowOrder},
        sessions::SessionsHandle,
        writer::AppendError,
    },
    db::{Reader, gate},
    domain::{
        Invalid,
        id::{ExecutionId, GateId, ProjectId},
        workflow::{Gate, GateStatus, RESPONSE_CHARS_MAX},
    },
};

/// Gates in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/projects/{id}/gates`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct List {
    /// Only those in this status.
    status: Option<GateStatus>,
    /// How many at most: 50 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
}

/// `GET /api/projects/{id}/gates`: newest first.
#[utoipa::path(
    get, path = "/api/projects/{project_id}/gates", operation_id = "list_gates", tag = "workflow",
    summary = "What a person was asked, newest first",
    params(("project_id" = ProjectId, Path, description = "Which project."), List),
    responses((status = 200, description = "The gates.", body = Vec<Gate>), NoProject, Away),
)]
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    Query(query): Query<List>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit, LIMIT, LIMIT_MAX)?;
    head(&reader, project).await?;
    let gates = reader
        .read(async |db| gate::list(db, project, query.status, limit).await)
        .await?;
    Ok(HttpResponse::Ok().json(gates))
}

/// The body of `POST /api/gates/{id}/approve`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Approval)]
pub(super) struct Approve {
    /// What is to be kept beside the yes.
    #[schema(max_length = 4_000, pattern = r"^[^\u0000]*$", example = "Go ahead.")]
    notes: Option<String>,
    /// Which of the answers a coding agent offers: an `id` of the gate's `options`. Left out, the least of those that allow it.
    option: Option<String>,
}

/// `POST /api/gates/{id}/approve`
#[utoipa::path(
    post, path = "/api/gates/{gate_id}/approve", operation_id = "approve_gate", tag = "workflow",
    summary = "Say yes",
    description = "A gate is decided once; whoever comes second is told how it was decided.",
    params(("gate_id" = GateId, Path, description = "Which gate.")),
    request_body = Approve,
    responses((status = 200, description = "The gate as it is now.", body = Gate), NoGate, Decided, Away),
)]
pub(super) async fn approve(
    Id(id): Id<GateId>,
    Json(body): Json<Approve>,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
    executor: Signed<ExecutorHandle>,
) -> Result<HttpResponse, ApiError> {
    let notes = parse(body.notes.as_deref().unwrap_or_default()).in_field("notes")?;
    let said = Said {
        status: GateStatus::Approved,
        response: notes,
        option: body.option,
    };
    decide(id, said, &reader, &sessions, &executor).await
}

/// The body of `POST /api/gates/{id}/reject`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Rejection)]
pub(super) struct Reject {
    /// What is wrong. Needed at a gate of the workflow, for the next try.
    #[schema(
        max_length = 4_000,
        pattern = r"^[^\u0000]*$",
        example = "It shall work without JavaScript."
    )]
    reason: Option<String>,
    /// Which of the answers a coding agent offers: an `id` of the gate's `options`. Left out, the least of those that reject it.
    option: Option<String>,
}

/// `POST /api/gates/{id}/reject`
#[utoipa::path(
    post, path = "/api/gates/{gate_id}/reject", operation_id = "reject_gate", tag = "workflow",
    summary = "Say no, and why",
    description = "The reason goes to the coding agent with the next try. A gate is decided once; whoever comes second is told \
    how it was decided.",
    params(("gate_id" = GateId, Path, description = "Which gate.")),
    request_body = Reject,
    responses((status = 200, description = "The gate as it is now.", body = Gate), NoGate, Decided, Away),
)]
pub(super) async fn reject(
    Id(id): Id<GateId>,
    Json(body): Json<Reject>,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
    executor: Signed<ExecutorHandle>,
) -> Result<HttpResponse, ApiError> {
    let reason = parse(body.reason.as_deref().unwrap_or_default()).in_field("reason")?;
    let said = Said {
        status: GateStatus::Rejected,
        response: reason,
        option: body.option,
    };
    decide(id, said, &reader, &sessions, &executor).await
}

fn parse(text: &str) -> Result<Option<String>, Invalid> {
    let text = text.trim();
    let length = text.chars().count();
    if length > RESPONSE_CHARS_MAX || text.contains('\0') {
        return Err(Invalid(format!(
            "at most {RESPONSE_CHARS_MAX} characters without NUL are accepted; got {length}"
        )));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// What a person said at a gate.
struct Said {
    status: GateStatus,
    response: Option<String>,
    option: Option<String>,
}

async fn decide(
    id: GateId,
    said: Said,
    reader: &Reader,
    sessions: &SessionsHandle,
    executor: &ExecutorHandle,
) -> Result<HttpResponse, ApiError> {
    let gate = find(reader, id).await?;
    let decided = match gate.execution_id {
        Some(execution) => answer(&gate, execution, said, executor).await?,
        None => move_on(&gate, said, sessions).await?,
    };
    let now = find(reader, id).await?;
    match decided {
        true => Ok(HttpResponse::Ok().json(now)),
        false => Err(ApiError::decided(&now)),
    }
}

/// Decides a gate of the workflow. False when it was decided before.
async fn move_on(gate: &Gate, said: Said, sessions: &SessionsHandle) -> Result<bool, ApiError> {
    if said.option.is_some() {
        let why = "there is nothing to choose from at this gate: leave it out";
        return Err(ApiError::invalid("option", why));
    }
    if said.status == GateStatus::Rejected && said.response.is_none() {
        let why = "say what is wrong, so that it can be changed";
        return Err(ApiError::invalid("reason", why));
    }
    let order = WorkflowOrder::Decide(session::Decision {
        gate: gate.id,
        status: said.status,
        response: said.response,
    });
    match sessions.move_workflow(gate.project_id, order).await {
        Ok(()) => Ok(true),
        Err(
            WorkflowError::Append(AppendError::GatePast | AppendError::PhasePast)
            | WorkflowError::NotNow(_),
        ) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Answers a coding agent. False when nobody waits for the answer any more.
async fn answer(
    gate: &Gate,
    execution: ExecutionId,
    said: Said,
    executor: &ExecutorHandle,
) -> Result<bool, ApiError> {
    let allows = said.status == GateStatus::Approved;
    let option = gate.option(allows, said.option.as_deref());
    let decision = Decision {
        execution,
        gate: gate.id,
        status: said.status,
        option: option.in_field("option")?.id.clone(),
        response: said.response,
    };
    match executor.decide(gate.project_id, decision).await {
        Ok(()) => Ok(true),
        Err(DecideError::NotAsked | DecideError::Append(AppendError::GatePast)) => Ok(false),
        Err(DecideError::Append(error)) => Err(error.into()),
    }
}

async fn find(reader: &Reader, id: GateId) -> Result<Gate, ApiError> {
    let gate = reader.read(async |db| gate::find(db, id).await).await?;
    gate.ok_or_else(|| ApiError::no_gate(id))
}
