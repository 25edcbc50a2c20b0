//! The event stream of a project.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;

use super::{
    activity::verbosity,
    auth::Place,
    error::ApiError,
    extract::{Id, Query, limit, place},
};
use crate::{
    actors::streamer::{Found, Streams, Wanted},
    db::{Reader, project},
    domain::id::ProjectId,
};

/// Activities a stream without a cursor begins with, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/sse/scar/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Open {
    after: Option<i64>,
    limit: Option<i64>,
    verbosity: Option<i16>,
}

/// `GET /api/sse/scar/{id}`
pub(super) async fn open(
    Id(id): Id<ProjectId>,
    Query(query): Query<Open>,
    request: HttpRequest,
    reader: Data<Reader>,
    streams: Data<Streams>,
    seat: Place,
) -> Result<HttpResponse, ApiError> {
    let after = place("after", query.after)?;
    let wanted = Wanted {
        project: id,
        after: last_event_id(&request).or(after),
        limit: limit(query.limit, LIMIT, LIMIT_MAX)?,
        verbosity: verbosity(query.verbosity)?.unwrap_or_default(),
    };
    let found = reader
        .read(async |db| project::feed_of(db, id).await)
        .await?
        .ok_or_else(|| ApiError::no_project(id))?;
    let (head, backend) = found;
    let streams = Streams {
        stopping: seat.ends(),
        ..streams.as_ref().clone()
    };
    let body = streams.open(wanted, &Found { head, backend });
    let body = stream::unfold((body, seat), async |(mut body, seat)| {
        body.recv().await.map(|chunk| (chunk, (body, seat)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body.map(Ok::<_, std::convert::Infallible>)))
}

/// The cursor a reconnecting browser sends. One that is no cursor counts as absent: a browser cannot be told.
fn last_event_id(request: &HttpRequest) -> Option<i64> {
    let text = request.headers().get("Last-Event-ID")?.to_str().ok()?;
    text.parse().ok().filter(|after| *after >= 0)
}
