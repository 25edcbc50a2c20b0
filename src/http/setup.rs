//! What a first visit needs to know.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

/// The answer of `GET /api/setup`.
#[derive(Debug, Clone, Serialize)]
pub struct Setup {
    /// The checkout the server was started in, if it was: offered as the first project.
    pub suggested_project: Option<Suggested>,
    /// Where commands run.
    pub backend: BackendInUse,
    /// Everything commands can run in; a project may choose among them.
    pub backends: Vec<BackendThere>,
    /// The server's version.
    pub version: &'static str,
}

/// A project to be made with one click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggested {
    /// Its name: the folder's.
    pub name: String,
    /// The folder.
    pub workspace_path: String,
    /// Where its repository is on the web, if git knows.
    pub github_repo_url: Option<String>,
}

/// Where commands run, and why there.
#[derive(Debug, Clone, Serialize)]
pub struct BackendInUse {
    /// Its name.
    pub name: &'static str,
    /// Why, in words.
    pub reason: String,
}

/// Something commands can run in.
#[derive(Debug, Clone, Serialize)]
pub struct BackendThere {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
}

/// `GET /api/setup`
pub(super) async fn show(setup: Data<Setup>) -> HttpResponse {
    HttpResponse::Ok().json(setup.as_ref())
}
