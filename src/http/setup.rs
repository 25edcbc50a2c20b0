//! What a first visit needs to know.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

/// The answer of `GET /api/setup`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Setup {
    /// The checkout the server was started in, if it was: offered as the first project.
    #[schema(required)]
    pub suggested_project: Option<Suggested>,
    /// Where commands run.
    pub backend: BackendInUse,
    /// Everything commands can run in; a project may choose among them.
    pub backends: Vec<BackendThere>,
    /// The server's version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

/// A project to be made with one click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SuggestedProject)]
pub struct Suggested {
    /// Its name: the folder's.
    #[schema(example = "shop")]
    pub name: String,
    /// The folder.
    #[schema(example = "/home/you/shop")]
    pub workspace_path: String,
    /// Where its repository is on the web, if git knows.
    #[schema(required)]
    pub github_repo_url: Option<String>,
}

/// Where commands run, and why there.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BackendInUse {
    /// Its name.
    #[schema(example = "offline")]
    pub name: &'static str,
    /// Why, in words.
    #[schema(
        example = "Neither SCAR nor a coding agent is here, so commands run in this program."
    )]
    pub reason: String,
}

/// Something commands can run in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BackendThere {
    /// Its name.
    #[schema(example = "offline")]
    pub name: &'static str,
    /// Its name for people.
    #[schema(example = "this program")]
    pub label: &'static str,
}

/// `GET /api/setup`
#[utoipa::path(
    get, path = "/api/setup", operation_id = "show_setup", tag = "server",
    summary = "What a first visit needs to know",
    responses((status = 200, description = "Where commands run, and a project to begin with.", body = Setup)),
)]
pub(super) async fn show(setup: Data<Setup>) -> HttpResponse {
    HttpResponse::Ok().json(setup.as_ref())
}
