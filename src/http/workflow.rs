//! The workflow: where it stands, and what a person does with it.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use super::{
    auth::Signed,
    error::ApiError,
    extract::Id,
    openapi::problems::{Away, NoProject, NotNow},
    projects::head,
};
use crate::{
    actors::{session::WorkflowOrder, sessions::SessionsHandle},
    db::{
        Reader, gate,
        phase::{self, Phase},
    },
    domain::{
        id::ProjectId,
        workflow::{Gate, GateStatus, Standing},
    },
};

/// Reads until phases and gate fit together: only a decision at that very moment takes a second one.
const READS_MAX: usize = 3;

/// A workflow as its page shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WorkflowShown)]
pub(super) struct Shown {
    /// Where it stands.
    status: Standing,
    /// Its phases, in order.
    phases: Vec<Phase>,
    /// What a person is asked now.
    #[schema(required)]
    gate: Option<Gate>,
}

/// `GET /api/projects/{id}/workflow`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/workflow", operation_id = "show_workflow", tag = "workflow",
    summary = "Where the workflow stands",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "Its phases, and what a person is asked now.", body = Shown), NoProject, Away),
)]
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
                let phases = phase::shown(db, project).await?;
                let open = gate::of_workflow(db, project, Some(GateStatus::Pending), 1).await?;
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
#[utoipa::path(
    post, path = "/api/projects/{project_id}/workflow/advance", operation_id = "advance_workflow", tag = "workflow",
    summary = "Begin the workflow, or have it go on after a pause or a failure",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "Where it stands now.", body = Shown), NoProject, NotNow, Away),
)]
pub(super) async fn advance(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    moved(project, WorkflowOrder::GoOn, &reader, &sessions).await
}

/// `POST /api/projects/{id}/workflow/reset`: back to its beginning. Nothing of what was done is lost.
#[utoipa::path(
    post, path = "/api/projects/{project_id}/workflow/reset", operation_id = "reset_workflow", tag = "workflow",
    summary = "Go back to the beginning of the workflow",
    description = "Nothing of what was done is lost.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "Where it stands now.", body = Shown), NoProject, NotNow, Away),
)]
pub(super) async fn reset(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
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
