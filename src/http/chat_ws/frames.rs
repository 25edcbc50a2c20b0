//! What goes over the chat's WebSocket, both ways.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    db::message::Message,
    domain::{
        activity::{Activity, Kind, Source},
        id::{ExecutionId, MessageId, TopicId},
    },
    http::openapi::chat::Action,
};

/// What a client asks for.
pub(super) enum Incoming {
    /// Say something.
    Say {
        /// What.
        content: String,
        /// The client's own id for it, which makes sending it again harmless.
        client_id: Option<String>,
        /// Whether it is to wait until nothing is queued or runs any more.
        queue: bool,
    },
    /// Put other words into a message that is queued.
    Edit {
        /// Which.
        id: MessageId,
        /// The words.
        content: String,
    },
    /// Take back a message that is queued.
    Withdraw {
        /// Which.
        id: MessageId,
    },
    /// Begin a new topic.
    Reset,
    /// Stop whatever runs.
    Stop,
}

/// What a client sends over the chat's WebSocket, as JSON text: a `content` to say it, or an `action`.
#[derive(Deserialize, ToSchema)]
#[schema(
    as = ClientFrame,
    examples(
        json!({ "content": "analyze the codebase", "client_id": "0197f2b5-6a10-7c3e-9a52-3d1b8f2a4c10" }),
        json!({ "action": "stop" }),
        json!({ "action": "edit", "id": "0197f2b5-5e00-7000-8000-000000000001", "content": "run the checks" }),
    ),
)]
pub(in crate::http) struct Raw {
    /// What is said, or the new words of a message that is queued.
    #[schema(max_length = 20_000)]
    content: Option<String>,
    /// The client's own id for it, which makes sending it again harmless.
    #[schema(min_length = 1, max_length = 200)]
    client_id: Option<String>,
    /// Whether it is to wait until nothing is queued or runs any more.
    #[serde(default)]
    queue: bool,
    #[schema(value_type = Option<Action>)]
    action: Option<String>,
    /// The message to edit or to withdraw.
    id: Option<MessageId>,
}

impl Incoming {
    /// Reads a frame; the error is for the person who wrote the client.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let unread = |error| format!("This is not a message this server reads: {error}");
        // An object first: a list would be taken for the fields in their order.
        let object: Map<String, Value> = serde_json::from_str(text).map_err(unread)?;
        let raw: Raw = serde_json::from_value(Value::Object(object)).map_err(unread)?;
        match (raw.action.as_deref(), raw.content) {
            (Some("reset"), _) => Ok(Self::Reset),
            (Some("stop"), _) => Ok(Self::Stop),
            (Some("edit"), content) => match (raw.id, content) {
                (Some(id), Some(content)) => Ok(Self::Edit { id, content }),
                _ => Err("To edit a message, its id and a content are needed.".to_owned()),
            },
            (Some("withdraw"), _) => {
                let id = raw.id.map(|id| Self::Withdraw { id });
                id.ok_or_else(|| "To withdraw a message, its id is needed.".to_owned())
            }
            (Some(other), _) => Err(format!(
                "There is no action {other:?}; there are reset, stop, edit and withdraw."
            )),
            (None, Some(content)) => Ok(Self::Say {
                content,
                client_id: raw.client_id,
                queue: raw.queue,
            }),
            (None, None) => Err("A message needs a content or an action.".to_owned()),
        }
    }
}

/// A frame to a client.
#[derive(Debug, Serialize)]
pub(super) struct Outgoing<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: T,
}

impl<T> Outgoing<T> {
    pub(super) fn new(kind: &'static str, data: T) -> Self {
        Self { kind, data }
    }
}

impl Outgoing<Value> {
    /// The first frame of every connection.
    pub(super) fn connected() -> Self {
        Self::new(
            "status",
            json!({ "status": "connected", "message": "Connected to the project manager." }),
        )
    }

    /// Something could not be done.
    pub(super) fn error(code: &str, message: &str) -> Self {
        Self::new("error", json!({ "code": code, "message": message }))
    }

    /// A message; or, for one that was taken back, that it was.
    pub(super) fn chat(message: &Message) -> Self {
        match message.withdrawn {
            false => Self::new("chat", json!(message)),
            true => Self::new(
                "message_changed",
                json!({
                    "id": message.id, "client_id": message.client_id, "change": "withdrawn",
                    "queued": false,
                }),
            ),
        }
    }
}

/// What an activity means for a chat window.
pub(super) enum Shown {
    /// This, as it is.
    Frame(Outgoing<Value>),
    /// A new topic began.
    Reset(TopicId),
    /// An execution is in another status: send it as it is now.
    Execution(ExecutionId),
}

/// What an activity means for a chat window; none for what it does not show.
pub(super) fn of(activity: &Activity) -> Option<Shown> {
    let entry = &activity.entry;
    match (entry.kind, entry.source) {
        (Kind::Message, _) => chat(activity).map(Shown::Frame),
        (Kind::Pm, _) => match entry.status.as_deref()? {
            "topic_started" => {
                let topic = entry.data.as_ref()?.get("topic_id")?;
                serde_json::from_value(topic.clone()).ok().map(Shown::Reset)
            }
            status => {
                let change = status.strip_prefix("message_")?;
                changed(activity, change).map(Shown::Frame)
            }
        },
        (Kind::Gate, _) => {
            let gate = entry.data.as_ref()?.get("gate")?;
            Some(Shown::Frame(Outgoing::new("gate", gate.clone())))
        }
        (Kind::Status, Source::Scar) => entry.execution_id.map(Shown::Execution),
        _ => None,
    }
}

/// What became of a message that was queued.
fn changed(activity: &Activity, change: &str) -> Option<Outgoing<Value>> {
    let data = activity.entry.data.as_ref()?;
    let mut frame = json!({
        "id": data.get("message_id")?,
        "change": change,
        "queued": change == "edited",
    });
    match change {
        "edited" => frame["content"] = data.get("content")?.clone(),
        "taken" => {
            frame["timestamp"] = json!(time(activity));
            frame["topic_id"] = data.get("topic_id")?.clone();
        }
        _ => {}
    }
    Some(Outgoing::new("message_changed", frame))
}

fn time(activity: &Activity) -> String {
    activity
        .timestamp
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn chat(activity: &Activity) -> Option<Outgoing<Value>> {
    let data = activity.entry.data.as_ref()?;
    Some(Outgoing::new(
        "chat",
        json!({
            "id": data.get("message_id")?,
            "role": data.get("role")?,
            "content": activity.entry.message,
            "timestamp": time(activity),
            "topic_id": data.get("topic_id")?,
            "client_id": data.get("client_id"),
            "queued": data.get("queued") == Some(&Value::Bool(true)),
        }),
    ))
}
