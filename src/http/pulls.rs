//! The pull requests of a project's repository, as far as they are known.

use actix_web::{HttpResponse, web::Data};

use super::{
    error::ApiError,
    extract::Id,
    openapi::problems::{Away, NoProject},
    projects::head,
};
use crate::{
    db::{
        Reader,
        pull::{self, Pull},
    },
    domain::id::ProjectId,
};

/// Pull requests in an answer at most: more than anybody reads, and a small answer.
const LIMIT: u64 = 100;

/// `GET /api/projects/{id}/pull-requests`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/pull-requests", operation_id = "list_pull_requests", tag = "executions",
    summary = "The pull requests of a project, the newest first",
    description = "Those that its commands opened, and those that a webhook told of; the newest hundred of them. How they stand is \
    what GitHub said when it was last asked; GitHub is not asked for this.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The pull requests.", body = Vec<Pull>), NoProject, Away),
)]
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    head(&reader, project).await?;
    let pulls = reader
        .read(async |db| pull::list(db, project, LIMIT).await)
        .await?;
    Ok(HttpResponse::Ok().json(pulls))
}
