//! Documents: the vision document and the plans, as Markdown.

mod plan_files;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::ApiError,
    extract::{Id, Query},
    openapi::problems::{Away, NoDocument, NoProject},
    projects::head,
};
use crate::{
    db::{
        Reader,
        execution::{self, Execution},
        project,
    },
    domain::{
        execution::{Command, ExecutionStatus},
        id::{ExecutionId, ProjectId},
        vision::VisionDocument,
    },
};

/// Plans that are listed: the newest ones.
const PLANS_MAX: u64 = 100;

/// Characters of a plan's name at most: a line of the list.
const NAME_CHARS_MAX: usize = 80;

/// A document as the list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Document)]
pub(super) struct Listed {
    /// Its id.
    #[schema(example = "vision-0197f2b5-5e00-7000-8000-000000000001")]
    id: String,
    /// Its name.
    #[schema(example = "Vision document")]
    name: String,
    /// What it is.
    #[serde(rename = "type")]
    kind: DocumentType,
    /// Where to read it.
    #[schema(example = "/api/documents/vision/0197f2b5-5e00-7000-8000-000000000001")]
    url: String,
}

/// What a document is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DocumentType {
    Vision,
    Plan,
}

/// `GET /api/documents/list/{id}`: the vision document first, then the plans, newest first, then those in the project's
/// folder.
#[utoipa::path(
    get, path = "/api/documents/list/{project_id}", operation_id = "list_documents", tag = "documents",
    summary = "The documents of a project",
    description = "The vision document first, then the plans, newest first, then the plans in the project's folder.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The documents and where to read them.", body = Vec<Listed>), NoProject, Away),
)]
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let (found, vision, plans) = reader
        .read(async |db| {
            let vision = project::vision_document(db, project).await?;
            let found = project::find(db, project).await?;
            Ok((found, vision, plans(db, project).await?))
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::no_project(project))?;
    let files = plan_files::names(found.workspace_path.as_deref()).await;
    let files = files.into_iter().map(|name| {
        let file: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        Listed {
            id: format!("file:{name}"),
            name: format!("Plan file: {name}"),
            kind: DocumentType::Plan,
            url: format!("/api/documents/plans/{project}?file={file}"),
        }
    });
    let vision = vision.map(|_| Listed {
        id: format!("vision-{project}"),
        name: "Vision document".to_owned(),
        kind: DocumentType::Vision,
        url: format!("/api/documents/vision/{project}"),
    });
    let plans = plans.into_iter().map(|plan| Listed {
        id: plan.id.to_string(),
        name: name(&plan),
        kind: DocumentType::Plan,
        url: format!("/api/documents/plans/{project}?execution_id={}", plan.id),
    });
    let all: Vec<Listed> = vision.into_iter().chain(plans).chain(files).collect();
    Ok(HttpResponse::Ok().json(all))
}

/// The plans that were written, newest first: each execution that wrote one is a version of its own.
async fn plans(
    db: &sea_orm::DatabaseConnection,
    project: ProjectId,
) -> Result<Vec<Execution>, sea_orm::DbErr> {
    let page = execution::Page {
        limit: PLANS_MAX,
        status: Some(ExecutionStatus::Completed),
        command: Some(Command::PlanFeatureGithub),
    };
    let plans = execution::list(db, project, page).await?.into_iter();
    let is_written = |plan: &Execution| plan.output.as_deref().is_some_and(|text| !text.is_empty());
    Ok(plans.filter(is_written).collect())
}

fn name(plan: &Execution) -> String {
    let line = plan
        .command_args
        .lines()
        .find(|line| !line.trim().is_empty());
    let line = line.map_or("", str::trim);
    let name = match line.chars().count() > NAME_CHARS_MAX {
        true => line.chars().take(NAME_CHARS_MAX).chain(['…']).collect(),
        false => line.to_owned(),
    };
    match name.as_str() {
        "" => "Plan".to_owned(),
        name => format!("Plan: {name}"),
    }
}

/// `GET /api/documents/vision/{id}`
#[utoipa::path(
    get, path = "/api/documents/vision/{project_id}", operation_id = "show_vision", tag = "documents",
    summary = "The vision document, as Markdown",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The document.", body = String, content_type = "text/markdown", example = "# Vision: Shop\n\nA shop that sells books.\n"), NoDocument, Away),
)]
pub(super) async fn vision(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let found = reader
        .read(async |db| {
            let project = project::find(db, project).await?;
            let Some(project) = project else {
                return Ok(None);
            };
            let document = project::vision_document(db, project.id).await?;
            Ok(Some((project.name, document)))
        })
        .await?;
    let (name, document) = found.ok_or_else(|| ApiError::no_project(project))?;
    let document = document
        .and_then(|document| serde_json::from_value::<VisionDocument>(document).ok())
        .ok_or_else(|| {
            nothing(
                "This project has no vision document yet. Write “start the workflow” in its chat to make one.",
            )
        })?;
    Ok(markdown(document.to_markdown(&name)))
}

/// The query of `GET /api/documents/plans/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The execution that wrote it; without it, the newest.
    execution_id: Option<ExecutionId>,
    /// The file in the project's folder that it stands in.
    file: Option<String>,
}

/// `GET /api/documents/plans/{id}`
#[utoipa::path(
    get, path = "/api/documents/plans/{project_id}", operation_id = "show_plan", tag = "documents",
    summary = "A plan, as Markdown",
    description = "The newest one, unless another is asked for.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Which),
    responses((status = 200, description = "The plan.", body = String, content_type = "text/markdown", example = "# Plan: dark mode\n\n1. Add a switch.\n"), NoDocument, Away),
)]
pub(super) async fn plan(
    Id(project): Id<ProjectId>,
    Query(which): Query<Which>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let missing = || nothing("There is no such plan in this project.");
    if let Some(file) = &which.file {
        let found = reader.read(async |db| project::find(db, project).await);
        let found = found.await?.ok_or_else(|| ApiError::no_project(project))?;
        let text = plan_files::read(found.workspace_path.as_deref(), file).await;
        return Ok(markdown(text.ok_or_else(missing)?));
    }
    head(&reader, project).await?;
    let plans = reader.read(async |db| plans(db, project).await).await?;
    let wanted = |plan: &Execution| which.execution_id.is_none_or(|id| plan.id == id);
    let plan = plans.into_iter().find(wanted);
    let text = plan.and_then(|plan| plan.output);
    Ok(markdown(text.ok_or_else(missing)?))
}

fn nothing(why: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "No such document", why)
}

fn markdown(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/markdown; charset=utf-8")
        .body(text)
}
