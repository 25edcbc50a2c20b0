//! How notifications fare, and a test whether they arrive.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    actors::notifier::NotifierHandle,
    domain::{
        activity::{millis, millis_opt},
        finding::Undelivered,
        notification::{Recent, Standing},
    },
    http::{error::ApiError, openapi::problems::NobodyNotified},
};

/// How notifications fare.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationReport)]
pub(in crate::http) struct Shown {
    /// Where they are sent: scheme and host. The rest may be a secret.
    #[schema(example = "https://hooks.example.com")]
    target: String,
    /// Why the database could not be asked for all that follows; null when it was.
    #[schema(required)]
    problem: Option<String>,
    /// How many are to be delivered, of all servers; null when the database cannot be read. They are counted up to 10,001: so
    /// many means more than 10,000.
    #[schema(required)]
    waiting: Option<u64>,
    /// Since when the oldest of them waits.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    oldest_waiting_at: Option<DateTime<Utc>>,
    /// When one was last delivered.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    last_delivered_at: Option<DateTime<Utc>>,
    /// The last attempt that failed.
    #[schema(required)]
    last_failure: Option<LastFailure>,
    /// How many of the last days were given up; null when the database cannot be read. Counted as far.
    #[schema(required)]
    given_up: Option<u64>,
    /// The newest ones, newest first.
    recent: Vec<Recent>,
}

/// An attempt that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationFailure)]
pub(in crate::http) struct LastFailure {
    /// When.
    #[serde(serialize_with = "millis")]
    at: DateTime<Utc>,
    /// Why, in words.
    #[schema(example = "it answered 404")]
    reason: String,
    /// The status of HTTP it was answered with; null when it was not answered.
    #[schema(required)]
    status: Option<u16>,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationTest)]
pub(in crate::http) struct Tested {
    /// Whether the receiver has it.
    delivered: bool,
    /// Where it was sent: scheme and host.
    #[schema(example = "https://hooks.example.com")]
    target: String,
    /// The status of HTTP it was answered with, if it was not delivered and was answered.
    #[schema(required)]
    status: Option<u16>,
    /// Why it was not delivered.
    #[schema(required)]
    reason: Option<String>,
    /// What that likely comes from.
    #[schema(required)]
    cause: Option<&'static str>,
    /// What to do about it.
    #[schema(required)]
    next_step: Option<&'static str>,
}

impl Shown {
    /// What `notifier` and the database know.
    pub(super) fn of(notifier: &NotifierHandle, standing: Result<&Standing, &String>) -> Self {
        let problem = standing.err().cloned();
        let standing = standing.ok();
        let failure = standing.and_then(|standing| standing.last_failure.as_ref());
        Self {
            target: notifier.target().to_owned(),
            problem,
            waiting: standing.map(|standing| standing.waiting),
            oldest_waiting_at: standing.and_then(|standing| standing.oldest_waiting_at),
            last_delivered_at: standing.and_then(|standing| standing.last_delivered_at),
            last_failure: failure.map(|(at, failure)| LastFailure {
                at: *at,
                reason: failure.why.clone(),
                status: failure.status,
            }),
            given_up: standing.map(|standing| standing.given_up),
            recent: standing.map_or_else(Vec::new, |standing| standing.recent.clone()),
        }
    }
}

/// That notifications do not arrive, if the last attempt of all failed.
pub(super) fn undelivered(
    notifier: &NotifierHandle,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Option<Undelivered> {
    let (at, failure) = standing.last_failure.clone()?;
    // A test that arrived later than now did so before the clock was set back.
    let tested = notifier.tested_at().filter(|at| *at <= now);
    let arrived = standing.last_delivered_at.max(tested);
    (arrived < Some(at)).then(|| Undelivered {
        target: notifier.target().to_owned(),
        at,
        failure,
        waiting: standing.waiting,
        given_up: standing.given_up,
    })
}

/// `POST /api/diagnostics/notifications/test`
#[utoipa::path(
    post, path = "/api/diagnostics/notifications/test", operation_id = "test_notifications", tag = "server",
    summary = "Send a notification now, to see whether it arrives",
    description = "It has the type `test` and tells of nothing. It is tried once, and the answer says what came of it: also that it \
                   was not delivered.",
    responses((status = 200, description = "What came of it.", body = Tested), NobodyNotified),
)]
pub(in crate::http) async fn test(
    notifier: Data<Option<NotifierHandle>>,
) -> Result<HttpResponse, ApiError> {
    let Some(notifier) = notifier.as_ref() else {
        return Err(nobody());
    };
    let failure = notifier.test().await.err();
    Ok(HttpResponse::Ok().json(Tested {
        delivered: failure.is_none(),
        target: notifier.target().to_owned(),
        status: failure.as_ref().and_then(|failure| failure.status),
        cause: failure.as_ref().map(|failure| failure.cause()),
        next_step: failure.as_ref().map(|failure| failure.next_step()),
        reason: failure.map(|failure| failure.why),
    }))
}

/// 404: there is no address to send anything to.
pub(in crate::http) fn nobody() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "Nobody is notified",
        "Nobody is notified by this server: there is no address for it. Whoever runs it sets PM__NOTIFICATIONS__URL and \
         PM__NOTIFICATIONS__SECRET (docs/notifications.md).",
    )
}
