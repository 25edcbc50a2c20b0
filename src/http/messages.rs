//! The conversation over plain HTTP.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    auth::Signed,
    error::ApiError,
    extract::{Id, Json, Key, Query, limit},
    openapi::problems::{Away, NoMessage, NoProject, NotPosted, NotQueued},
    projects::head,
};
use crate::{
    actors::{sessions::SessionsHandle, writer::WriterHandle},
    db::{Reader, message},
    domain::{
        change::{Change, Reported},
        id::{MessageId, ProjectId, TopicId},
        message::MessageText,
    },
};

/// Messages in an answer, unless asked otherwise, and at most.
const LIMIT: u64 = 100;
const LIMIT_MAX: u64 = 1_000;

/// The query of `GET /api/projects/{id}/messages`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct List {
    /// How many at most: 100 unless asked otherwise; more than 1,000 count as 1,000.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// Only those before this one.
    before: Option<MessageId>,
    /// Only those of this topic.
    topic_id: Option<TopicId>,
}

/// `GET /api/projects/{id}/messages`
#[utoipa::path(
    get, path = "/api/projects/{project_id}/messages", operation_id = "list_messages", tag = "conversation",
    summary = "The messages of a project, oldest first",
    params(("project_id" = ProjectId, Path, description = "Which project."), List),
    responses((status = 200, description = "The newest messages that were asked for.", body = Vec<message::Message>), NoProject, Away),
)]
pub(super) async fn list(
    Id(project): Id<ProjectId>,
    Query(query): Query<List>,
    reader: Data<Reader>,
) -> Result<HttpResponse, ApiError> {
    let page = message::Page {
        limit: limit(query.limit, LIMIT, LIMIT_MAX)?,
        before: query.before,
        topic: query.topic_id,
    };
    head(&reader, project).await?;
    let messages = reader
        .read(async |db| message::list(db, project, page).await)
        .await?;
    Ok(HttpResponse::Ok().json(messages))
}

/// The body of `POST /api/projects/{id}/messages`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewMessage)]
pub(super) struct Create {
    /// What to say.
    #[schema(value_type = String, required, min_length = 1, max_length = 20_000, pattern = r"^[^\u0000]*\S[^\u0000]*$", example = "analyze the codebase")]
    content: Option<String>,
    /// Whether it is to wait until nothing is queued or runs any more. Otherwise it is acted on at once.
    #[serde(default)]
    queue: bool,
}

/// `POST /api/projects/{id}/messages`
#[utoipa::path(
    post, path = "/api/projects/{project_id}/messages", operation_id = "post_message", tag = "conversation",
    summary = "Say something to the project manager",
    description = "Answered as soon as the message is stored. The reply comes over the WebSocket and the event stream. \
    Sent again with the same `Idempotency-Key`, it is said once.",
    params(("project_id" = ProjectId, Path, description = "Which project."), Key),
    request_body = Create,
    responses((status = 202, description = "The stored message.", body = message::Message), NoProject, NotPosted, Away),
)]
pub(super) async fn create(
    Id(project): Id<ProjectId>,
    Json(body): Json<Create>,
    Key(key): Key,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    let text = parse(body.content)?;
    head(&reader, project).await?;
    let posted = sessions.post(project, text, key, body.queue).await?;
    match posted.message.withdrawn {
        false => Ok(HttpResponse::Accepted().json(posted.message)),
        true => Err(withdrawn()),
    }
}

/// What is said again was taken back meanwhile.
pub(super) fn withdrawn() -> ApiError {
    ApiError::new(
        StatusCode::CONFLICT,
        "Withdrawn",
        "A message with this key was withdrawn while it was queued.",
    )
}

fn parse(content: Option<String>) -> Result<MessageText, ApiError> {
    let content =
        content.ok_or_else(|| ApiError::invalid("content", "a message needs a content"))?;
    MessageText::parse(&content).map_err(|error| ApiError::invalid("content", error.to_string()))
}

/// The body of `PATCH /api/messages/{id}`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MessageEdit)]
pub(super) struct Edit {
    /// The new words.
    #[schema(value_type = String, required, min_length = 1, max_length = 20_000, pattern = r"^[^\u0000]*\S[^\u0000]*$", example = "run the checks")]
    content: Option<String>,
}

/// `PATCH /api/messages/{id}`
#[utoipa::path(
    patch, path = "/api/messages/{message_id}", operation_id = "edit_message", tag = "conversation",
    summary = "Put other words into a message that is queued",
    params(("message_id" = MessageId, Path, description = "Which message.")),
    request_body = Edit,
    responses((status = 200, description = "The message as it is now.", body = message::Message), NoMessage, NotQueued, Away),
)]
pub(super) async fn edit(
    Id(id): Id<MessageId>,
    Json(body): Json<Edit>,
    reader: Data<Reader>,
    writer: Signed<WriterHandle>,
) -> Result<HttpResponse, ApiError> {
    let text = parse(body.content)?;
    let (project, _) = find(&reader, id).await?;
    let change = Change::MessageEdited { message: id, text };
    writer
        .append_now(vec![Reported::now(project, change)])
        .await?;
    Ok(HttpResponse::Ok().json(find(&reader, id).await?.1))
}

/// `DELETE /api/messages/{id}`
#[utoipa::path(
    delete, path = "/api/messages/{message_id}", operation_id = "withdraw_message", tag = "conversation",
    summary = "Take back a message that is queued",
    params(("message_id" = MessageId, Path, description = "Which message.")),
    responses((status = 204, description = "It is taken back."), NoMessage, NotQueued, Away),
)]
pub(super) async fn withdraw(
    Id(id): Id<MessageId>,
    reader: Data<Reader>,
    writer: Signed<WriterHandle>,
) -> Result<HttpResponse, ApiError> {
    let (project, _) = find(&reader, id).await?;
    let change = Change::MessageWithdrawn { message: id };
    writer
        .append_now(vec![Reported::now(project, change)])
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn find(reader: &Reader, id: MessageId) -> Result<(ProjectId, message::Message), ApiError> {
    let message = reader.read(async |db| message::find(db, id).await).await?;
    message.ok_or_else(|| ApiError::no_message(id))
}

/// `POST /api/projects/{id}/reset`
#[utoipa::path(
    post, path = "/api/projects/{project_id}/reset", operation_id = "reset_conversation", tag = "conversation",
    summary = "Begin a new conversation",
    description = "What was said before is kept, and the project manager does not go by it any more.",
    params(("project_id" = ProjectId, Path, description = "Which project.")),
    responses((status = 200, description = "The new topic.", body = WasReset), NoProject, Away),
)]
pub(super) async fn reset(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Signed<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    head(&reader, project).await?;
    let topic = sessions.reset(project).await?;
    Ok(HttpResponse::Ok().json(was_reset(topic)))
}

/// What clients are told after a reset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationReset)]
pub(super) struct WasReset {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// The words for people.
    #[schema(example = "A new conversation has started. Earlier messages are kept.")]
    message: &'static str,
    /// The topic of what is said from now on.
    new_topic_id: TopicId,
    /// Always true.
    #[schema(example = true)]
    previous_messages_preserved: bool,
}

/// What clients are told after a reset that began this topic.
pub(super) fn was_reset(topic: TopicId) -> WasReset {
    WasReset {
        success: true,
        message: "A new conversation has started. Earlier messages are kept.",
        new_topic_id: topic,
        previous_messages_preserved: true,
    }
}
