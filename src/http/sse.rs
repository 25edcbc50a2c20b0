//! The event stream of a project.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use futures_util::StreamExt as _;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    activity::verbosity,
    auth::Place,
    error::ApiError,
    extract::{Id, Query, limit, place},
    openapi::{
        problems::{Away, NoProject},
        stream::StreamEvent,
    },
};
use crate::{
    actors::streamer::{Found, Streams, Wanted},
    db::{Reader, project},
    domain::{activity::Verbosity, id::ProjectId},
    feed,
};

/// Activities a stream without a cursor begins with, unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/sse/scar/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Open {
    /// Begin with what comes after this `seq`; without it, with the last few.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many the last few are: 50 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// How much to show: 1 is status, messages and notices, 2 (unless asked otherwise) also each step, 3 also what the tools
    /// answered.
    #[param(value_type = Option<Verbosity>)]
    verbosity: Option<i16>,
}

/// `GET /api/sse/scar/{id}`
#[utoipa::path(
    get, path = "/api/sse/scar/{project_id}", operation_id = "open_stream", tag = "feed",
    summary = "What happens in a project, live",
    params(("project_id" = ProjectId, Path, description = "Which project."), Open, ("Last-Event-ID" = Option<String>, Header,
        description = "The last `seq` that was seen; a browser sends it by itself. It wins over `after`. One that is no number from 0 \
            on counts as absent: a browser could not be told.")),
    responses(
    (status = 200, description = "Events, until one of the two goes.", body = StreamEvent, content_type = "text/event-stream",
    headers(
    ("Cache-Control" = String, description = "`no-cache, no-transform`: nobody on the way may keep or compress it."),
    ("X-Accel-Buffering" = String, description = "`no`: nobody on the way may hold it back."),
    )),
    NoProject, Away
    ),
)]
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
    // First of all: what is stored after the project was looked for is published to it.
    let watcher = streams.feed.watch_newest(id, wanted.verbosity);
    let found = reader
        .read(async |db| project::feed_of(db, id).await)
        .await?
        .ok_or_else(|| ApiError::no_project(id))?;
    let (head, backend) = found;
    let streams = Streams {
        stopping: seat.ends(),
        ..streams.as_ref().clone()
    };
    let body = streams.open(wanted, watcher, &Found { head, backend });
    let body = body.map(move |chunk| {
        // Taken for as long as the stream is open.
        let _ = &seat;
        Ok::<_, std::convert::Infallible>(chunk)
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body))
}

/// The cursor a reconnecting browser sends. One that is no cursor counts as absent: a browser cannot be told.
fn last_event_id(request: &HttpRequest) -> Option<i64> {
    feed::cursor(request.headers().get("Last-Event-ID")?.to_str().ok()?)
}
