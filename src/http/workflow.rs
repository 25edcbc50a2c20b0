//! The workflow: where it stands, its gates, and what a person does with it.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};

use super::{
    error::{ApiError, InField as _},
    extract::{Id, Json, Query, limit},
    projects::head,
};
use crate::{
    actors::{
        session::{Decision, WorkflowError, WorkflowOrder},
        sessions::SessionsHandle,
        writer::AppendError,
    },
    db::{
        Reader, gate,
        phase::{self, Phase},
    },
    domain::{
        Invalid,
        id::{GateId, ProjectId},
        workflow::{Gate, GateStatus, RESPONSE_CHARS_MAX, Standing},
    },
};

/// Gates in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// Reads until phases and gate fit together: only a decision at that very moment takes a second one.
const READS_MAX: usize = 3;

/// A workflow as its page shows it.
#[derive(Debug, Serialize)]
struct Shown {
    status: Standing,
    phases: Vec<Phase>,
    /// What a person is asked now.
    gate: Option<Gate>,
}

/// `GET /api/projects/{id}/workflow`
pub(super) async fn show(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    head(&reader, project).await?;
    Ok(HttpResponse::Ok().json(read(&reader, project).await?))
}

async fn read(reader: &Reader, project: ProjectId) -> Result<Shown, ApiError> {
    let mut reads = 0;
    loop {
        reads += 1;
        let (phases, mut open) = reader
            .read(async |db| {
                let phases = phase::list(db, project).await?;
                let open = gate::list(db, project, Some(GateStatus::Pending), 1).await?;
                Ok((phases, open))
            })
            .await?;
        let status = phase::workflow(&phases).standing();
        let asks = status == Standing::AwaitingApproval;
        // Decided between the two reads: what follows from it is there by now.
        if asks && open.is_empty() && reads < READS_MAX {
            continue;
        }
        return Ok(Shown {
            status,
            phases,
            gate: open.pop().filter(|_| asks),
        });
    }
}

/// `POST /api/projects/{id}/workflow/advance`: begins it, or has it go on after a pause or a failure.
pub(super) async fn advance(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    moved(project, WorkflowOrder::GoOn, &reader, &sessions).await
}

/// `POST /api/projects/{id}/workflow/reset`: back to its beginning. Nothing of what was done is lost.
pub(super) async fn reset(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    moved(project, WorkflowOrder::Reset, &reader, &sessions).await
}

async fn moved(
    project: ProjectId,
    order: WorkflowOrder,
    reader: &Reader,
    sessions: &SessionsHandle,
) -> Result<HttpResponse, ApiError> {
    head(reader, project).await?;
    sessions.move_workflow(project, order).await?;
    Ok(HttpResponse::Ok().json(read(reader, project).await?))
}

/// The query of `GET /api/projects/{id}/gates`.
#[derive(Debug, Deserialize)]
pub(super) struct List {
    status: Option<GateStatus>,
    limit: Option<i64>,
}

/// `GET /api/projects/{id}/gates`: newest first.
pub(super) async fn gates(
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
#[derive(Debug, Default, Deserialize)]
pub(super) struct Approve {
    notes: Option<String>,
}

/// `POST /api/gates/{id}/approve`
pub(super) async fn approve(
    Id(id): Id<GateId>,
    Json(body): Json<Approve>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    let notes = parse(body.notes.as_deref().unwrap_or_default()).in_field("notes")?;
    decide(id, GateStatus::Approved, notes, &reader, &sessions).await
}

/// The body of `POST /api/gates/{id}/reject`.
#[derive(Debug, Deserialize)]
pub(super) struct Reject {
    reason: Option<String>,
}

/// `POST /api/gates/{id}/reject`
pub(super) async fn reject(
    Id(id): Id<GateId>,
    Json(body): Json<Reject>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    let reason = parse(body.reason.as_deref().unwrap_or_default()).in_field("reason")?;
    if reason.is_none() {
        let why = "say what is wrong, so that it can be changed";
        return Err(ApiError::invalid("reason", why));
    }
    decide(id, GateStatus::Rejected, reason, &reader, &sessions).await
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

async fn decide(
    id: GateId,
    status: GateStatus,
    response: Option<String>,
    reader: &Reader,
    sessions: &SessionsHandle,
) -> Result<HttpResponse, ApiError> {
    let gate = find(reader, id).await?;
    let order = WorkflowOrder::Decide(Decision {
        gate: id,
        status,
        response,
    });
    match sessions.move_workflow(gate.project_id, order).await {
        Ok(()) => Ok(HttpResponse::Ok().json(find(reader, id).await?)),
        Err(
            WorkflowError::Append(AppendError::GatePast | AppendError::PhasePast)
            | WorkflowError::NotNow(_),
        ) => {
            let first = find(reader, id).await?;
            Err(ApiError::decided(&first))
        }
        Err(error) => Err(error.into()),
    }
}

async fn find(reader: &Reader, id: GateId) -> Result<Gate, ApiError> {
    let gate = reader.read(async |db| gate::find(db, id).await).await?;
    gate.ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "No such gate",
            format!("There is no gate {id}."),
        )
    })
}
