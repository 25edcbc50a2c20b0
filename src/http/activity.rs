//! The log: page by page, and as a file.

pub(super) mod export;
mod markdown;
pub(super) mod query;

pub(super) use self::export::export;

use actix_web::{HttpResponse, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::query::Asked;
use super::{
    error::ApiError,
    extract::{Id, Query, limit},
    openapi::problems::{Away, NoProject},
    projects::head,
};
use crate::{
    db::{Reader, activity},
    domain::{
        activity::{Activity, Verbosity},
        id::ProjectId,
    },
};

/// Activities in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 100;
const LIMIT_MAX: u64 = 1_000;

/// A page of the log, ascending by `seq`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActivityPage)]
pub(super) struct Page {
    /// The activities.
    items: Vec<Activity>,
    /// The last `seq` of the log.
    head: i64,
    /// What to ask for to go on: `after` when going forward, `before` when going back; null at the end.
    #[schema(required)]
    next: Option<i64>,
}

/// What the query of `GET /api/projects/{id}/activity` has beside what [`Asked`] has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Limit {
    /// How many at most: 100 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
}

/// `GET /api/projects/{id}/activity`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/activity", operation_id = "list_activity", tag = "feed",
    summary = "The log of a project, page by page",
    description = "Ascending by `seq`. With `after` it goes forward, else back from the newest or from `before`. All filters \
    are held at once.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Asked, Limit),
    responses((status = 200, description = "A page of the log.", body = Page), NoProject, Away),
)]
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Limit>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(wanted.limit, LIMIT, LIMIT_MAX)?;
    // One more than is shown tells whether anything is left.
    let (page, filter) = (asked.page(limit + 1)?, asked.filter()?);
    let after = page.after;
    let head = head(&reader, project).await?;
    let mut items = activity::search(&reader, project, page, &filter, head).await?;
    let is_more = u64::try_from(items.len()).is_ok_and(|read| read > limit);
    if is_more && after.is_some() {
        items.pop();
    } else if is_more {
        items.remove(0);
    }
    let edge = if after.is_some() {
        items.last()
    } else {
        items.first()
    };
    let next = edge.filter(|_| is_more).map(|activity| activity.seq);
    // What was appended between the two reads may be on the page.
    let head = items.last().map_or(head, |last| head.max(last.seq));
    Ok(HttpResponse::Ok().json(Page { items, head, next }))
}

/// The verbosity that was asked for.
pub(super) fn verbosity(asked: Option<i16>) -> Result<Option<Verbosity>, ApiError> {
    asked
        .map(Verbosity::try_from)
        .transpose()
        .map_err(|why| ApiError::invalid("verbosity", why))
}
