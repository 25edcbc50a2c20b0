//! The frames a chat window is sent, as the document describes them. `chat_ws/frames.rs` writes them; a test holds the two
//! together.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, Type, schema::OneOfBuilder},
};

use crate::{
    domain::{
        id::{MessageId, TopicId},
        message::Role,
    },
    http::messages::WasReset,
};

/// What a program has to know that opens a window.
pub(in crate::http) const ABOUT: &str = "\
Text frames with JSON: a client sends a `ClientFrame`, the server a `ServerFrame` for everything that is said and happens in the \
project, the same to all its windows. It sends a ping every twenty seconds. It closes with 1001 when it stops, 1009 after a frame \
that is too large, 1002 after one it cannot read, and 4404 when the project was deleted. After any end but the last, connect \
again, and read what was missed with `GET /api/projects/{project_id}/messages`.";

/// Where the frames are described: OpenAPI has no place of its own for them.
pub(in crate::http) fn frames_both_ways() -> Value {
    json!({
        "client_sends": { "$ref": "#/components/schemas/ClientFrame" },
        "server_sends": { "$ref": "#/components/schemas/ServerFrame" },
    })
}

/// What the server sends over the chat's WebSocket, as JSON text: its `type` and its `data`.
pub(in crate::http) struct ServerFrame;

/// Each `type`, the name of the schema of its `data`, and what it tells.
const FRAMES: [(&str, &str, &str); 9] = [
    (
        "status",
        "Connected",
        "The connection stands: the first frame.",
    ),
    (
        "chat",
        "ChatMessage",
        "Something was said, by whomever, in whatever window.",
    ),
    (
        "message_changed",
        "MessageChanged",
        "A message that was queued had its turn, was edited, or was taken back.",
    ),
    (
        "reset",
        "ConversationReset",
        "A new conversation has begun.",
    ),
    (
        "typing",
        "Typing",
        "The project manager writes, or does not any more.",
    ),
    (
        "chat_delta",
        "ChatDelta",
        "The reply goes on. The `chat` frame with the same `id` takes its place.",
    ),
    (
        "gate",
        "Gate",
        "A person is asked, or the gate was decided.",
    ),
    ("execution", "Execution", "A command is in another status."),
    (
        "error",
        "ChatError",
        "What was asked for could not be done. Only the window that asked is told.",
    ),
];

impl PartialSchema for ServerFrame {
    fn schema() -> RefOr<Schema> {
        let frames = FRAMES.into_iter().map(|(kind, data, tells)| {
            let kind = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some([kind]));
            let frame = ObjectBuilder::new()
                .description(Some(tells))
                .property("type", kind)
                .required("type")
                .property("data", Ref::from_schema_name(data))
                .required("data");
            frame.into()
        });
        let one_of: OneOfBuilder =
            frames.fold(OneOfBuilder::new(), |all, frame: Schema| all.item(frame));
        one_of
            .description(Some("What the server sends over the chat's WebSocket, as JSON text. The first frame is `status`."))
            .into()
    }
}

impl ToSchema for ServerFrame {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([
            (Connected::name().into(), Connected::schema()),
            (Said::name().into(), Said::schema()),
            (Changed::name().into(), Changed::schema()),
            (WasReset::name().into(), WasReset::schema()),
            (Typing::name().into(), Typing::schema()),
            (Written::name().into(), Written::schema()),
            (Refused::name().into(), Refused::schema()),
        ]);
        Changed::schemas(schemas);
        Refused::schemas(schemas);
    }
}

/// The connection stands.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Connected {
    #[schema(example = "connected")]
    status: String,
    #[schema(example = "Connected to the project manager.")]
    message: String,
}

/// Something that was said.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatMessage)]
pub(in crate::http) struct Said {
    id: MessageId,
    role: Role,
    #[schema(example = "analyze the codebase")]
    content: String,
    timestamp: DateTime<Utc>,
    topic_id: TopicId,
    /// The id its sender gave it, if it did.
    client_id: Option<String>,
    /// Whether it waits for its turn.
    queued: bool,
}

/// What became of a message that was queued.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageChanged)]
pub(in crate::http) struct Changed {
    id: MessageId,
    change: Change,
    /// Whether it still waits.
    queued: bool,
    /// Its words, where they are others now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content: Option<String>,
    /// When it had its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timestamp: Option<DateTime<Utc>>,
    /// In which topic it had its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    topic_id: Option<TopicId>,
    /// The id its sender gave it, where it was sent again and had been taken back.
    client_id: Option<String>,
}

/// What became of it.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = MessageChange)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Change {
    Taken,
    Edited,
    Withdrawn,
}

/// Whether the project manager writes.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Typing {
    /// The message it is going to be.
    id: MessageId,
    active: bool,
}

/// How the reply goes on.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatDelta)]
pub(in crate::http) struct Written {
    /// The message it is going to be.
    id: MessageId,
    /// What is to be added.
    #[schema(example = "I'm having a look ")]
    text: String,
    /// Whether what was sent of it before does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restart: bool,
}

/// What could not be done.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatError)]
pub(in crate::http) struct Refused {
    code: ErrorCode,
    /// The words for people.
    #[schema(example = "the message is empty; write something first")]
    message: String,
}

/// Why it could not be done, for programs.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ChatErrorCode)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::http) enum ErrorCode {
    EmptyMessage,
    InvalidJson,
    MessageTooLong,
    QueueFull,
    NotFound,
    NotQueued,
    DatabaseError,
    ProcessingError,
    ResetError,
    ProjectDeleted,
}

/// What a client can ask for beside saying something.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ChatAction)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Action {
    /// Begin a new conversation.
    Reset,
    /// Stop whatever runs.
    Stop,
    /// Put other words into a message that is queued: `id` and `content`.
    Edit,
    /// Take back a message that is queued: `id`.
    Withdraw,
}
