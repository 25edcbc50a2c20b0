//! The workflow: where it stands, and what a person does with it.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use super::{error::ApiError, extract::Id, projects::head};
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
