//! The copies in which coding agents work, and the branches made in them.

use std::path::Path;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::ApiError,
    extract::{Id, Query},
    openapi::problems::{Away, NoBranch, NoCopy, NoProject, NotPossible},
    projects,
};
use crate::{
    backends::{
        Backends,
        acp::{Branch, COPY, Unseen, Worktree, Worktrees},
    },
    db::{Reader, execution, project::Project},
    domain::id::ProjectId,
};

/// A difference, for the API's document.
const DIFF: &str = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# Shop\n+# Book shop\n";

/// A copy with whether something runs in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorktreeShown)]
pub(super) struct Shown {
    #[serde(flatten)]
    worktree: Worktree,
    /// Whether something runs in it.
    in_use: bool,
}

/// A branch with where to read what it changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BranchShown)]
pub(super) struct ShownBranch {
    #[serde(flatten)]
    branch: Branch,
    /// Where to read what it changed.
    #[schema(
        example = "/api/projects/0197f2b5-5e00-7000-8000-000000000001/branches/diff?branch=feature%2Fdark-mode"
    )]
    diff_url: String,
}

/// `GET /api/projects/{id}/worktrees`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/worktrees", operation_id = "list_worktrees", tag = "changes",
    summary = "The copy in which the project's coding agent works",
    description = "A list with one entry, or none where no coding agent of this machine has worked yet.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The copies.", body = Vec<Shown>), NoProject, NotPossible, Away),
)]
pub(super) async fn list(
    Id(id): Id<ProjectId>,
    reader: Data<Reader>,
    backends: Data<Backends>,
) -> Result<HttpResponse, ApiError> {
    let project = projects::find(&reader, id).await?;
    let Some(copies) = backends.copies() else {
        return Ok(HttpResponse::Ok().json(Vec::<Shown>::new()));
    };
    let shown = copies.show(id, folder(&project)).await.map_err(unseen)?;
    let in_use = project.running.is_some();
    let shown = shown.map(|worktree| Shown { worktree, in_use });
    Ok(HttpResponse::Ok().json(shown.into_iter().collect::<Vec<_>>()))
}

/// `GET /api/projects/{id}/worktrees/{name}/diff`: against what it and the person's checkout have in common.
#[utoipa::path(
    get, path = "/api/projects/{project_id}/worktrees/{name}/diff", operation_id = "show_worktree_diff", tag = "changes",
    summary = "What was changed in the copy",
    description = "Against the commit that it and the person's checkout have in common, as a unified diff.",
    params(("project_id" = ProjectId, Path, description = "Which project."), ("name" = String, Path, description = "Which copy: a `name` of the list.", example = "copy")),
    responses((status = 200, description = "The difference.", body = String, content_type = "text/plain", example = json!(DIFF)), NoCopy, NotPossible, Away),
)]
pub(super) async fn diff(
    Id(id): Id<ProjectId>,
    request: HttpRequest,
    reader: Data<Reader>,
    backends: Data<Backends>,
) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().query("name");
    let project = projects::find(&reader, id).await?;
    let copies = named(&backends, name)?;
    let diff = copies.diff(id, folder(&project)).await.map_err(unseen)?;
    diff.map(text).ok_or_else(no_copy)
}

/// `DELETE /api/projects/{id}/worktrees/{name}`: its branches stay.
#[utoipa::path(
    delete, path = "/api/projects/{project_id}/worktrees/{name}", operation_id = "remove_worktree", tag = "changes",
    summary = "Take the copy away",
    description = "Its branches stay. Refused while something in it is not committed, or runs.",
    params(("project_id" = ProjectId, Path, description = "Which project."), ("name" = String, Path, description = "Which copy: a `name` of the list.", example = "copy")),
    responses((status = 204, description = "It is gone."), NoCopy, NotPossible, Away),
)]
pub(super) async fn remove(
    Id(id): Id<ProjectId>,
    request: HttpRequest,
    reader: Data<Reader>,
    backends: Data<Backends>,
) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().query("name");
    let project = projects::find(&reader, id).await?;
    let copies = named(&backends, name)?.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "waited for; it goes on also when who asked has gone, for half of it would be worse"
    )]
    let removed = actix_web::rt::spawn(async move { copies.remove(id, folder(&project)).await });
    match removed.await.map_err(|_| stopped())?.map_err(unseen)? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(no_copy()),
    }
}

/// The server stopped in the middle.
fn stopped() -> ApiError {
    conflict(
        "The server stopped while the copy was being taken away; look whether it is there."
            .to_owned(),
    )
}

/// `GET /api/projects/{id}/branches`: those its commands worked on, the newest first.
#[utoipa::path(
    get, path = "/api/projects/{project_id}/branches", operation_id = "list_branches", tag = "changes",
    summary = "The branches a project's commands worked on, the newest first",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The branches, and where to read what they changed.", body = Vec<ShownBranch>), NoProject, NotPossible, Away),
)]
pub(super) async fn branches(
    Id(id): Id<ProjectId>,
    reader: Data<Reader>,
    backends: Data<Backends>,
) -> Result<HttpResponse, ApiError> {
    let project = projects::find(&reader, id).await?;
    let names = reader
        .read(async |db| execution::branches(db, id).await)
        .await?;
    // Without a folder its branches are elsewhere: SCAR's, of which a pull request told.
    let has_some = !names.is_empty() && project.workspace_path.is_some();
    let Some(copies) = backends.copies().filter(|_| has_some) else {
        return Ok(HttpResponse::Ok().json(Vec::<ShownBranch>::new()));
    };
    let branches = copies.branches(id, folder(&project), &names).await;
    let shown = branches
        .map_err(unseen)?
        .into_iter()
        .map(|branch| ShownBranch {
            diff_url: diff_url(id, &branch.name),
            branch,
        });
    Ok(HttpResponse::Ok().json(shown.collect::<Vec<_>>()))
}

/// A branch's name may have a slash in it.
fn diff_url(project: ProjectId, branch: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("branch", branch)
        .finish();
    format!("/api/projects/{project}/branches/diff?{query}")
}

/// The query of `GET /api/projects/{id}/branches/diff`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfBranch {
    /// Its name.
    #[param(example = "feature/dark-mode")]
    branch: String,
}

/// `GET /api/projects/{id}/branches/diff?branch=`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/branches/diff", operation_id = "show_branch_diff", tag = "changes",
    summary = "What a branch changed",
    description = "Against the commit that it and the person's checkout have in common, as a unified diff.",
    params(("project_id" = ProjectId, Path, description = "Which project."), OfBranch),
    responses((status = 200, description = "The difference.", body = String, content_type = "text/plain", example = json!(DIFF)), NoBranch, NotPossible, Away),
)]
pub(super) async fn branch_diff(
    Id(id): Id<ProjectId>,
    Query(OfBranch { branch: name }): Query<OfBranch>,
    reader: Data<Reader>,
    backends: Data<Backends>,
) -> Result<HttpResponse, ApiError> {
    let project = projects::find(&reader, id).await?;
    let names = reader
        .read(async |db| execution::branches(db, id).await)
        .await?;
    // Only what was made here: a name from outside is not handed to git.
    let known = backends.copies().filter(|_| names.contains(&name));
    let diff = match known {
        Some(copies) => copies
            .branch_diff(folder(&project), &name)
            .await
            .map_err(unseen)?,
        None => None,
    };
    diff.map(text).ok_or_else(no_branch)
}

fn folder(project: &Project) -> Option<&Path> {
    project.workspace_path.as_deref().map(Path::new)
}

fn named<'a>(backends: &'a Backends, name: &str) -> Result<&'a Worktrees, ApiError> {
    backends
        .copies()
        .filter(|_| name == COPY)
        .ok_or_else(no_copy)
}

fn text(diff: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(diff)
}

/// 404: nothing has worked in a copy yet.
pub(super) fn no_copy() -> ApiError {
    missing(
        "No such copy",
        "This project has no copy for a coding agent: it is made when the first command runs in one.",
    )
}

/// 404: none was made here by that name.
pub(super) fn no_branch() -> ApiError {
    missing("No such branch", "This project has no branch of that name.")
}

fn missing(title: &'static str, words: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, title, words.to_owned())
}

fn unseen(unseen: Unseen) -> ApiError {
    conflict(unseen.to_string())
}

/// 409: something on the disk is not as it would have to be.
pub(super) fn conflict(words: String) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "Not possible as things are", words)
}
