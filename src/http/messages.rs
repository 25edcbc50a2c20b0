//! The conversation over plain HTTP.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use serde_json::json;

use super::{
    error::ApiError,
    extract::{Id, Json, Key, Query, limit},
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
#[derive(Debug, Deserialize)]
pub(super) struct List {
    limit: Option<i64>,
    before: Option<MessageId>,
    topic_id: Option<TopicId>,
}

/// `GET /api/projects/{id}/messages`
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
#[derive(Debug, Deserialize)]
pub(super) struct Create {
    content: Option<String>,
    /// Whether it is to wait until nothing is queued or runs any more. Otherwise it is acted on at once.
    #[serde(default)]
    queue: bool,
}

/// `POST /api/projects/{id}/messages`
pub(super) async fn create(
    Id(project): Id<ProjectId>,
    Json(body): Json<Create>,
    Key(key): Key,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    let text = parse(body.content)?;
    head(&reader, project).await?;
    let posted = sessions.post(project, text, key, body.queue).await?;
    match posted.message.withdrawn {
        false => Ok(HttpResponse::Accepted().json(posted.message)),
        true => Err(ApiError::new(
            StatusCode::CONFLICT,
            "Withdrawn",
            "A message with this key was withdrawn while it was queued.",
        )),
    }
}

fn parse(content: Option<String>) -> Result<MessageText, ApiError> {
    let content =
        content.ok_or_else(|| ApiError::invalid("content", "a message needs a content"))?;
    MessageText::parse(&content).map_err(|error| ApiError::invalid("content", error.to_string()))
}

/// The body of `PATCH /api/messages/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Edit {
    content: Option<String>,
}

/// `PATCH /api/messages/{id}`
pub(super) async fn edit(
    Id(id): Id<MessageId>,
    Json(body): Json<Edit>,
    reader: Data<Reader>,
    writer: Data<WriterHandle>,
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
pub(super) async fn withdraw(
    Id(id): Id<MessageId>,
    reader: Data<Reader>,
    writer: Data<WriterHandle>,
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
pub(super) async fn reset(
    Id(project): Id<ProjectId>,
    reader: Data<Reader>,
    sessions: Data<SessionsHandle>,
) -> Result<HttpResponse, ApiError> {
    head(&reader, project).await?;
    let topic = sessions.reset(project).await?;
    Ok(HttpResponse::Ok().json(was_reset(topic)))
}

/// What existing clients are told after a reset.
pub(super) fn was_reset(topic: TopicId) -> serde_json::Value {
    json!({
        "success": true,
        "message": "A new conversation has started. Earlier messages are kept.",
        "new_topic_id": topic,
        "previous_messages_preserved": true,
    })
}
