//! What GitHub has: the issues of a project's repository, and the repositories one can choose from.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::ApiError,
    extract::{Id, Query, limit},
    openapi::problems::{GitHubAway, NoneAnswers, NotOnGitHub},
};
use crate::{
    actors::writer::WriterHandle,
    db::{
        Reader,
        project::{self, Project},
    },
    domain::{
        change::{Change, Reported},
        github::{Issue, IssueCounts, RepositoryAbout, RepositoryName, Wanted},
        id::ProjectId,
    },
    github::{GitHub, Owner},
};

/// Issues in an answer, unless asked otherwise, and at most: GitHub gives a hundred at once.
const ISSUES: u64 = 30;
const ISSUES_MAX: u64 = 500;

/// Repositories in an answer, unless asked otherwise, and at most: what fits under a field.
const REPOSITORIES: u64 = 20;
const REPOSITORIES_MAX: u64 = 100;

/// Characters of what is looked for at most: a name has a hundred, and an owner as many.
const QUERY_CHARS_MAX: usize = 200;

/// Repositories of somebody that are looked through: those into which something was pushed last.
const LOOKED_THROUGH: usize = 1_000;

/// The query of `GET /api/projects/{id}/issues`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Which: `open` unless asked otherwise.
    #[serde(default)]
    #[param(inline)]
    state: Wanted,
    /// How many at most: 30 unless asked otherwise; more than 500 count as 500.
    #[param(minimum = 1)]
    limit: Option<i64>,
}

/// `GET /api/projects/{id}/issues`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/issues", operation_id = "list_issues", tag = "github",
    summary = "The issues of a project's repository",
    description = "Those first in which something happened last; pull requests are left out. None for a project without a repository.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Asked),
    responses((status = 200, description = "The issues.", body = Vec<Issue>), NotOnGitHub, GitHubAway, NoneAnswers),
)]
pub(super) async fn issues(
    Id(project): Id<ProjectId>,
    Query(asked): Query<Asked>,
    reader: Data<Reader>,
    github: Data<GitHub>,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(asked.limit, ISSUES, ISSUES_MAX)?;
    let project = find(&reader, project).await?;
    let Some(repository) = repository_of(&github, &project)? else {
        return Ok(HttpResponse::Ok().json([(); 0]));
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let issues = github.issues(&repository, asked.state, limit).await?;
    Ok(HttpResponse::Ok().json(issues))
}

/// `GET /api/projects/{id}/issue-counts`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/issue-counts", operation_id = "count_issues", tag = "github",
    summary = "How many issues a project's repository has",
    description = "Without its pull requests. None for a project without a repository.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "How many.", body = IssueCounts), NotOnGitHub, GitHubAway, NoneAnswers),
)]
pub(super) async fn issue_counts(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    writer: Data<WriterHandle>,
    github: Data<GitHub>,
) -> Result<HttpResponse, ApiError> {
    let project = find(&reader, project).await?;
    let Some(repository) = repository_of(&github, &project)? else {
        return Ok(HttpResponse::Ok().json(IssueCounts::default()));
    };
    let counts = github.issue_counts(&repository).await?;
    let known = IssueCounts {
        open: project.open_issues_count,
        closed: project.closed_issues_count,
    };
    if counts != known {
        let counted = Reported::now(project.id, Change::IssuesCounted(counts));
        if let Err(error) = writer.append_now(vec![counted]).await {
            // It is there all the same for who asked, and is kept the next time.
            tracing::debug!(project.id = %project.id, %error, "how many issues there are could not be kept");
        }
    }
    Ok(HttpResponse::Ok().json(counts))
}

/// The query of `GET /api/github/repositories`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// What is in their names or descriptions; upper and lower case make no difference.
    #[param(max_length = 200)]
    query: Option<String>,
    /// How many at most: 20 unless asked otherwise; more than 100 count as 100.
    #[param(minimum = 1)]
    limit: Option<i64>,
}

/// The repositories one can choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Repositories)]
pub(super) struct Choice {
    /// Whether this server has a token: without one nobody's repositories are known.
    has_token: bool,
    /// Those that were asked for, the ones first into which something was pushed last.
    repositories: Vec<OneOf>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RepositoryChoice)]
pub(super) struct OneOf {
    #[serde(flatten)]
    about: RepositoryAbout,
    /// The project that has it already; the newest where there are several.
    #[schema(required)]
    project_id: Option<ProjectId>,
}

/// `GET /api/github/repositories`
#[utoipa::path(
    get, path = "/api/github/repositories", operation_id = "list_repositories", tag = "github",
    summary = "The repositories a project can be made for",
    description = "Those that this server's token for GitHub may see. Any other may be named by its address.",
    params(Search),
    responses((status = 200, description = "The repositories.", body = Choice), GitHubAway, NoneAnswers),
)]
pub(super) async fn repositories(
    Query(search): Query<Search>,
    reader: Data<Reader>,
    github: Data<GitHub>,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(search.limit, REPOSITORIES, REPOSITORIES_MAX)?;
    let words = search.query.unwrap_or_default();
    if words.chars().count() > QUERY_CHARS_MAX {
        let why = format!("{QUERY_CHARS_MAX} characters at most are accepted");
        return Err(ApiError::invalid("query", why));
    }
    let mut choice = Choice {
        has_token: github.has_token(),
        repositories: Vec::new(),
    };
    if !choice.has_token {
        return Ok(HttpResponse::Ok().json(choice));
    }
    let words = words.trim().to_lowercase();
    let all = github.repositories(&Owner::Me, LOOKED_THROUGH).await?;
    let has_words = |about: &RepositoryAbout| {
        let text = about.description.iter().map(String::as_str);
        let name = about.name.to_string();
        let mut texts = std::iter::once(name.as_str()).chain(text);
        texts.any(|text| text.to_lowercase().contains(&words))
    };
    let found = all.into_iter().filter(has_words);
    let found = found.take(usize::try_from(limit).unwrap_or(usize::MAX));
    let found: Vec<RepositoryAbout> = found.collect();
    let urls = reader
        .read(async |db| project::repositories(db).await)
        .await?;
    let taken: Vec<(RepositoryName, ProjectId)> = urls
        .into_iter()
        .filter_map(|(id, url)| Some((github.site().repository_of(&url)?, id)))
        .collect();
    choice.repositories = found
        .into_iter()
        .map(|about| OneOf {
            project_id: taken
                .iter()
                .find(|(name, _)| *name == about.name)
                .map(|(_, id)| *id),
            about,
        })
        .collect();
    Ok(HttpResponse::Ok().json(choice))
}

/// The project's repository; none where it has none.
///
/// # Errors
/// 404, when it is not on this GitHub.
fn repository_of(github: &GitHub, project: &Project) -> Result<Option<RepositoryName>, ApiError> {
    let Some(url) = project.github_repo_url.as_deref() else {
        return Ok(None);
    };
    match github.site().repository_of(url) {
        Some(repository) => Ok(Some(repository)),
        None => Err(elsewhere(&github.site().web())),
    }
}

/// 404: a repository is not where issues are known of.
pub(super) fn elsewhere(site: &str) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "Not on GitHub",
        format!(
            "The project's repository is not on {site}, which this server uses: its issues are not known here."
        ),
    )
}

async fn find(reader: &Reader, id: ProjectId) -> Result<Project, ApiError> {
    let found = reader.read(async |db| project::find(db, id).await).await?;
    found.ok_or_else(|| ApiError::no_project(id))
}
