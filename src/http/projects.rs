//! Projects: list, make, show, change, delete.

mod agent;
mod body;

use std::{path::Path, time::Duration};

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use self::{
    agent::Agent,
    body::{Create, Edit},
};
use super::{
    auth::Signed,
    error::{ApiError, InField as _},
    extract::{Id, Json, Key},
    openapi::problems::{Away, DoneAlready, NoProject, ProjectBusy},
};
use crate::{
    actors::{
        executor::ExecutorHandle,
        sessions::SessionsHandle,
        writer::{AppendError, WriterHandle},
    },
    backends::Backends,
    db::{Reader, phase, project},
    domain::{
        change::{Change, NewProject, ProjectEdit, Reported},
        id::ProjectId,
        project::{
            AgentSettings, LOCATION_CHARS_MAX, ProjectName, Reach, parse_description,
            parse_repository_url,
        },
        vision::VisionDocument,
    },
    leases::Leases,
};

/// `GET /api/projects`
#[utoipa::path(
    get, path = "/api/projects", operation_id = "list_projects", tag = "projects",
    summary = "All projects, newest first",
    responses((status = 200, description = "The projects.", body = Vec<project::Project>), Away),
)]
pub(super) async fn list(reader: Data<Reader>) -> Result<HttpResponse, ApiError> {
    let projects = reader.read(async |db| project::list(db).await).await?;
    Ok(HttpResponse::Ok().json(projects))
}

/// `POST /api/projects`
#[utoipa::path(
    post, path = "/api/projects", operation_id = "create_project", tag = "projects",
    summary = "Make a project",
    description = "Asked again with the same `Idempotency-Key`, it answers with the project that was made the first time.",
    params(Key),
    request_body = Create,
    responses((status = 201, description = "The project.", body = project::Project), DoneAlready, Away),
)]
pub(super) async fn create(
    Json(body): Json<Create>,
    Key(key): Key,
    writer: Signed<WriterHandle>,
    reader: Data<Reader>,
    backends: Data<Backends>,
    leases: Data<Leases>,
    reach: Data<Reach>,
) -> Result<HttpResponse, ApiError> {
    // Before anything is judged: what was right the first time may be wrong by now, such as a folder that has gone.
    if let Some(id) = made_with(&reader, key.as_deref()).await? {
        return Ok(HttpResponse::Created().json(find(&reader, id).await?));
    }
    let new = parse(body, key.clone(), &backends, **reach).await?;
    let fresh = ProjectId::new();
    // Whoever made it works for it, if it can.
    let here = leases.here();
    let holding = here.as_ref().map(|hold| writer.holding(hold));
    let appended = holding
        .as_ref()
        .unwrap_or(&writer)
        .append_now(vec![Reported::now(fresh, Change::ProjectCreated(new))])
        .await;
    let id = match appended {
        Ok(_) => {
            if let Some(hold) = &here {
                leases.add(fresh, hold);
            }
            fresh
        }
        // The same request came at the same time, and was first.
        Err(AppendError::Duplicate) => made_with(&reader, key.as_deref())
            .await?
            .ok_or(AppendError::Duplicate)?,
        Err(error) => return Err(error.into()),
    };
    Ok(HttpResponse::Created().json(find(&reader, id).await?))
}

/// The project that an earlier request with this key made.
async fn made_with(reader: &Reader, key: Option<&str>) -> Result<Option<ProjectId>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let read = reader.read(async |db| project::id_by_key(db, key).await);
    Ok(read.await?)
}

async fn parse(
    body: Create,
    key: Option<String>,
    backends: &Backends,
    reach: Reach,
) -> Result<NewProject, ApiError> {
    let name = body
        .name
        .ok_or_else(|| ApiError::invalid("name", "a project needs a name"))?;
    let workspace_path = match body.workspace_path.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(path) => Some(parse_workspace(path).await?),
    };
    let agent = body.agent.map(Agent::parse).transpose()?.flatten();
    let agent = AgentSettings::default().edited(&agent.unwrap_or_default());
    Ok(NewProject {
        name: ProjectName::parse(&name).in_field("name")?,
        description: parse_description(body.description.as_deref().unwrap_or_default())
            .in_field("description")?,
        github_repo_url: parse_repository_url(
            body.github_repo_url.as_deref().unwrap_or_default(),
            reach,
        )
        .in_field("github_repo_url")?,
        telegram_chat_id: None,
        workspace_path,
        backend: parse_backend(body.backend.as_deref(), backends)?,
        agent: agent.in_field("agent.env")?,
        key,
    })
}

/// `PATCH /api/projects/{id}`
#[utoipa::path(
    patch, path = "/api/projects/{project_id}", operation_id = "edit_project", tag = "projects",
    summary = "Change a project",
    description = "What is not there stays as it is. Null or an empty text clears it.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    request_body = Edit,
    responses((status = 200, description = "The project as it is now.", body = project::Project), NoProject, Away),
)]
pub(super) async fn edit(
    Id(id): Id<ProjectId>,
    Json(body): Json<Edit>,
    writer: Signed<WriterHandle>,
    reader: Data<Reader>,
    backends: Data<Backends>,
    executor: Data<ExecutorHandle>,
    reach: Data<Reach>,
) -> Result<HttpResponse, ApiError> {
    let edit = parse_edit(body, &backends, **reach).await?;
    if edit != ProjectEdit::default() {
        let is_moved = edit.backend.is_some();
        if let Some(agent) = &edit.agent {
            // Refused in words here; what else is set at this very moment is seen where it is stored.
            let now = find(&reader, id).await?.agent;
            now.edited(agent).in_field("agent.env")?;
        }
        writer
            .append_now(vec![Reported::now(id, Change::ProjectEdited(edit))])
            .await?;
        if is_moved && !executor.look_again() {
            tracing::warn!(project.id = %id, "where a project's commands run is seen when the next one has ended");
        }
    }
    Ok(HttpResponse::Ok().json(find(&reader, id).await?))
}

async fn parse_edit(
    body: Edit,
    backends: &Backends,
    reach: Reach,
) -> Result<ProjectEdit, ApiError> {
    let name = body.name.map(|name| ProjectName::parse(&name));
    let workspace_path = match body.workspace_path {
        None => None,
        Some(path) => match path.as_deref().map(str::trim) {
            None | Some("") => Some(None),
            Some(path) => Some(Some(parse_workspace(path).await?)),
        },
    };
    let description = body
        .description
        .map(|text| parse_description(text.as_deref().unwrap_or_default()));
    let github_repo_url = body
        .github_repo_url
        .map(|url| parse_repository_url(url.as_deref().unwrap_or_default(), reach));
    let backend = body
        .backend
        .map(|name| parse_backend(name.as_deref(), backends));
    Ok(ProjectEdit {
        name: name.transpose().in_field("name")?,
        description: description.transpose().in_field("description")?,
        github_repo_url: github_repo_url.transpose().in_field("github_repo_url")?,
        workspace_path,
        backend: backend.transpose()?,
        agent: body.agent.map(Agent::parse).transpose()?.flatten(),
        status: None,
    })
}

/// Accepts the name of a backend this server has; none or nothing means the server's own choice.
fn parse_backend(name: Option<&str>, backends: &Backends) -> Result<Option<String>, ApiError> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if backends.named(name).is_some() {
        return Ok(Some(name.to_owned()));
    }
    let names: Vec<&str> = backends
        .all()
        .iter()
        .map(|backend| backend.name())
        .collect();
    let hint = if name == "scar" {
        "; to connect SCAR, set SCAR_BASE_URL and start the server again"
    } else {
        ""
    };
    Err(ApiError::invalid(
        "backend",
        format!(
            "commands cannot run in {name:?} here; this server has: {}{hint}",
            names.join(", ")
        ),
    ))
}

/// How long a look at a folder may take: a network folder whose server is gone answers never.
const LOOK_WITHIN: Duration = Duration::from_secs(3);

/// Accepts the folder of a git checkout on this machine. Looked at now, because a person who mistyped it wants to know
/// now; looked at again by each command, because it may be gone by then.
async fn parse_workspace(path: &str) -> Result<String, ApiError> {
    let invalid = |why: String| ApiError::invalid("workspace_path", why);
    if path.len() > LOCATION_CHARS_MAX || path.contains('\0') {
        return Err(invalid(format!(
            "a path of at most {LOCATION_CHARS_MAX} characters is accepted"
        )));
    }
    let folder = Path::new(path);
    if !folder.is_absolute() {
        return Err(invalid(format!(
            "{path:?} must be a full path, one that starts with /"
        )));
    }
    let refusal = tokio::time::timeout(LOOK_WITHIN, no_checkout(folder)).await;
    match refusal.unwrap_or_else(|_| {
        Some("does not answer; is it on a network drive that is gone?".to_owned())
    }) {
        None => Ok(path.to_owned()),
        Some(why) => Err(invalid(format!("{path} {why}"))),
    }
}

/// Why a folder is no git checkout.
async fn no_checkout(folder: &Path) -> Option<String> {
    match tokio::fs::metadata(folder).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some("does not exist; check the spelling".to_owned())
        }
        Err(error) => Some(format!("cannot be opened: {error}")),
        Ok(found) if !found.is_dir() => Some("is not a folder".to_owned()),
        // A file `.git` is there in worktrees and submodules.
        Ok(_) => match tokio::fs::try_exists(folder.join(".git")).await {
            Ok(true) => None,
            Ok(false) => Some(
                "is not a git checkout: it has no .git in it; give the top folder of the checkout, or run `git init` there"
                    .to_owned(),
            ),
            Err(error) => Some(format!("cannot be looked into ({error}); check its permissions")),
        },
    }
}

/// The answer of `GET /api/projects/{id}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProjectShown)]
pub(super) struct Shown {
    #[serde(flatten)]
    project: project::Project,
    /// What is to be built, for whom and why; null as long as there is none.
    #[schema(value_type = Option<VisionDocument>, required)]
    vision_document: Option<serde_json::Value>,
    /// The phases of its workflow, in order.
    phases: Vec<phase::Phase>,
}

/// `GET /api/projects/{id}`
#[utoipa::path(
    get, path = "/api/projects/{project_id}", operation_id = "show_project", tag = "projects",
    summary = "A project, with its vision document and its phases",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The project.", body = Shown), NoProject, Away),
)]
pub(super) async fn show(
    Id(id): Id<ProjectId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let project = find(&reader, id).await?;
    let (phases, vision_document) = reader
        .read(async |db| {
            Ok((
                phase::shown(db, id).await?,
                project::vision_document(db, id).await?,
            ))
        })
        .await?;
    Ok(HttpResponse::Ok().json(Shown {
        project,
        vision_document,
        phases,
    }))
}

/// `DELETE /api/projects/{id}`
#[utoipa::path(
    delete, path = "/api/projects/{project_id}", operation_id = "delete_project", tag = "projects",
    summary = "Delete a project and all that is stored of it",
    description = "It is gone at once. Refused while something is queued or runs in it.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 204, description = "It is deleted."), NoProject, ProjectBusy, Away),
)]
pub(super) async fn delete(
    Id(id): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    head(&reader, id).await?;
    sessions.delete(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A project.
///
/// # Errors
/// 404 when there is no such project.
pub(super) async fn find(reader: &Reader, id: ProjectId) -> Result<project::Project, ApiError> {
    let project = reader.read(async |db| project::find(db, id).await).await?;
    project.ok_or_else(|| ApiError::no_project(id))
}

/// The last `seq` of a project.
///
/// # Errors
/// 404 when there is no such project.
pub(super) async fn head(reader: &Reader, id: ProjectId) -> Result<i64, ApiError> {
    let head = reader.read(async |db| project::head(db, id).await).await?;
    head.ok_or_else(|| ApiError::no_project(id))
}
