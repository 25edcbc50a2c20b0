//! What a request is answered with when it cannot be done: the only code that knows both errors and status codes.

use std::{fmt, num::NonZeroU32, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::headers;
use crate::{
    actors::{
        executor::QueueError,
        session::{PostError, WorkflowError},
        writer::AppendError,
    },
    clock,
    db::ReadError,
    domain::{
        Invalid,
        id::{ExecutionId, GateId, MessageId, ProjectId},
        workflow::{Gate, GateStatus},
    },
    github::Trouble,
};

/// What a busy server asks a client to wait, in seconds: by then a full queue is worked off.
const RETRY_AFTER_SECONDS: &str = "2";

/// What GitHub does not do.
const GITHUB_SAYS_NO: &str = "GitHub does not answer";

/// An answer that is no success: RFC 9457, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ApiError {
    /// Always `about:blank`: the status and the words say it all.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// What happened, in a word or two.
    #[schema(example = "The input is not valid")]
    title: &'static str,
    /// The answer's status.
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16, minimum = 400, maximum = 599)]
    status: StatusCode,
    /// What happened and what to do next, for people.
    #[schema(example = "name: a project needs a name")]
    detail: String,
    /// The fields of the input that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The gate that was decided already.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<Box<Gate>>,
    /// How many seconds to wait before trying again.
    #[serde(skip)]
    retry_after: Option<NonZeroU32>,
    /// The methods there are instead of the one that was used.
    #[serde(skip)]
    allowed: Option<&'static str>,
}

/// What is wrong with one field of the input.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// Which: its name in the path, the query, the headers or the body.
    #[schema(example = "name")]
    field: String,
    /// What is wrong with it.
    #[schema(example = "a project needs a name")]
    message: String,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl ApiError {
    /// An error with a status and words.
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title,
            status,
            detail: detail.into(),
            errors: Vec::new(),
            gate: None,
            retry_after: None,
            allowed: None,
        }
    }

    /// 405: it is there, and not for that. `allowed` are the methods it is for.
    pub(super) fn not_allowed(allowed: &'static str) -> Self {
        Self {
            allowed: Some(allowed),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "Not allowed",
                format!("That cannot be done here. What can be asked for is {allowed}."),
            )
        }
    }

    /// 422: a field of the input is wrong.
    pub(super) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self {
            errors: vec![FieldError {
                field: field.clone(),
                message: message.clone(),
            }],
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The input is not valid",
                format!("{field}: {message}"),
            )
        }
    }

    /// 409: the gate was decided before, and this is how.
    pub(super) fn decided(gate: &Gate) -> Self {
        let how = match (gate.status, &gate.response) {
            (GateStatus::Pending, _) if gate.execution_id.is_some() => {
                "Nobody waits for this answer any more: the command that asked is ending."
                    .to_owned()
            }
            (GateStatus::Expired, _) if gate.execution_id.is_some() => {
                "Nobody answered in time, and the command went on without.".to_owned()
            }
            (GateStatus::Withdrawn, Some(why)) => why.clone(),
            (GateStatus::Approved, _) => "It was approved already.".to_owned(),
            (GateStatus::Rejected, Some(reason)) => format!("It was rejected already: {reason}"),
            (GateStatus::Rejected, None) => "It was rejected already.".to_owned(),
            (GateStatus::Expired, _) => {
                "Nobody decided on it in time. Have the workflow go on to be asked again."
                    .to_owned()
            }
            (GateStatus::Withdrawn | GateStatus::Pending, _) => {
                "This question does not stand any more: the workflow has moved on.".to_owned()
            }
        };
        Self {
            gate: Some(Box::new(gate.clone())),
            ..Self::new(StatusCode::CONFLICT, "Decided already", how)
        }
    }

    /// 404: there is no such project.
    pub(super) fn no_project(id: ProjectId) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Not found",
            format!("There is no project {id}. It may have been deleted."),
        )
    }

    /// 404: there is no such execution.
    pub(super) fn no_execution(id: ExecutionId) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Not found",
            format!("There is no execution {id}."),
        )
    }

    /// 404: there is no such message.
    pub(super) fn no_message(id: MessageId) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Not found",
            format!("There is no message {id}. It may have been withdrawn."),
        )
    }

    /// 404: there is no such gate.
    pub(super) fn no_gate(id: GateId) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "No such gate",
            format!("There is no gate {id}."),
        )
    }

    /// What happened, in a word or two.
    pub(super) fn title(&self) -> &'static str {
        self.title
    }

    /// Whether asking again a little later makes sense.
    pub(super) fn is_busy(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Whether the answer says after how long asking again makes sense.
    pub(super) fn says_when(&self) -> bool {
        self.is_busy() || self.retry_after.is_some()
    }

    /// 429: try again when so much time has gone by.
    pub(super) fn too_many(wait: Duration, detail: impl Into<String>) -> Self {
        // The next whole second, for there are no others in the header.
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        let retry_after = Some(NonZeroU32::MIN.saturating_add(seconds));
        Self {
            retry_after,
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", detail)
        }
    }

    /// 503: try again in a moment.
    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not available right now",
            detail,
        )
    }

    /// 500: the words for people say nothing of the inside; the log does.
    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server failed",
            "Something went wrong inside the server. It was logged; trying again may help.",
        )
    }
}

/// Names the field that was wrong.
pub(super) trait InField<T> {
    /// Turns a refusal into a 422 about `field`.
    fn in_field(self, field: &str) -> Result<T, ApiError>;
}

impl<T> InField<T> for Result<T, Invalid> {
    fn in_field(self, field: &str) -> Result<T, ApiError> {
        self.map_err(|Invalid(message)| ApiError::invalid(field, message))
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a request could not be answered from the database"
        );
        match &error {
            ReadError::Failed(db) if crate::db::fault(db) != crate::db::Fault::Away => {
                Self::internal()
            }
            ReadError::TimedOut(_) | ReadError::Failed(_) => Self::unavailable(
                "The database is not answering. What is stored is safe; try again in a moment.",
            ),
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Overloaded | AppendError::Unavailable => {
                Self::unavailable(sentence(&error))
            }
            AppendError::ProjectUnknown(project) => Self::no_project(project),
            AppendError::Duplicate | AppendError::ExecutionPast => {
                Self::new(StatusCode::CONFLICT, "Done already", sentence(&error))
            }
            AppendError::MessagePast => {
                Self::new(StatusCode::CONFLICT, "Not queued", sentence(&error))
            }
            AppendError::GatePast | AppendError::PhasePast | AppendError::PullPast => {
                Self::new(StatusCode::CONFLICT, "Decided already", sentence(&error))
            }
            AppendError::ProjectBusy => {
                Self::new(StatusCode::CONFLICT, "Something runs", sentence(&error))
            }
            AppendError::Refused(_) => Self::internal(),
            AppendError::NotHeld | AppendError::Unknown => Self::unavailable(sentence(&error)),
        }
    }
}

impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Append(error) => error.into(),
            PostError::QueueFull => Self::new(
                StatusCode::CONFLICT,
                "Too many messages wait",
                sentence(&error),
            ),
            PostError::Unread => Self::unavailable(sentence(&error)),
        }
    }
}

impl From<WorkflowError> for ApiError {
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::Append(error) => error.into(),
            WorkflowError::NotNow(_) => {
                Self::new(StatusCode::CONFLICT, "Not now", sentence(&error))
            }
            WorkflowError::Unread => Self::unavailable(sentence(&error)),
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        let words = sentence(&trouble);
        match trouble {
            Trouble::NotThere(_) | Trouble::Gone(_) => {
                Self::new(StatusCode::NOT_FOUND, "Not on GitHub", words)
            }
            Trouble::Limited { until, .. } => Self {
                retry_after: Some(seconds_until(until)),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, GITHUB_SAYS_NO, words)
            },
            Trouble::TokenRefused
            | Trouble::NotAllowed(_)
            | Trouble::Away(_)
            | Trouble::TimedOut(_)
            | Trouble::Refused(_)
            | Trouble::Nonsense(_) => Self::new(StatusCode::BAD_GATEWAY, GITHUB_SAYS_NO, words),
        }
    }
}

/// Whole seconds from now on, at least one.
fn seconds_until(at: DateTime<Utc>) -> NonZeroU32 {
    let wait = (at - clock::now()).to_std().unwrap_or_default();
    NonZeroU32::MIN.saturating_add(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX))
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Append(error) => error.into(),
            QueueError::Full => Self::new(
                StatusCode::CONFLICT,
                "Too many commands wait",
                sentence(&error),
            ),
        }
    }
}

/// An error's words as a sentence.
fn sentence(error: &impl fmt::Display) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => words,
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if self.is_busy() && self.retry_after.is_none() {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.get()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(allowed) = self.allowed {
            response.insert_header((header::ALLOW, allowed));
        }
        let mut response = response
            .body(serde_json::to_string(self).expect("an error has only strings and a number"));
        // A panic is answered outside of the door, which adds them to all else.
        headers::add(response.headers_mut());
        response
    }
}
