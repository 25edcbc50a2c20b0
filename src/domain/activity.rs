//! Activities: the log's entries, as they are stored, streamed and shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::id::{ActivityId, ExecutionId};

/// Who an activity comes from.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = ActivitySource)]
pub enum Source {
    /// The project manager: messages, gates, phases, notices.
    Pm,
    /// The lifecycle of an execution, whatever backend runs it.
    Scar,
    /// The steps of any backend.
    Claude,
}

/// What sort of thing an activity tells.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = ActivityKind)]
pub enum Kind {
    /// An execution was queued, started, ended, or says where it stands.
    Status,
    /// Something a backend said or printed.
    Text,
    /// A tool is being used.
    Tool,
    /// What the tool answered.
    ToolResult,
    /// A file is being written or changed.
    FileChange,
    /// What is to be done, and how far it is.
    Plan,
    /// What a language model took.
    Usage,
    /// What a coding agent thinks to itself.
    Thinking,
    /// What the project manager did.
    Pm,
    /// A phase of the workflow moved.
    Phase,
    /// A person is asked to decide, or has decided.
    Gate,
    /// Something said in the conversation.
    Message,
    /// A notice of the server about itself.
    System,
    /// Something went wrong outside any execution.
    Error,
}

impl Kind {
    /// How talkative a reader must be to be shown it, by default.
    pub fn verbosity(self) -> Verbosity {
        match self {
            Self::Status
            | Self::Pm
            | Self::Phase
            | Self::Gate
            | Self::Message
            | Self::System
            | Self::Error => Verbosity::Brief,
            Self::Text | Self::Tool | Self::FileChange | Self::Plan | Self::Usage => {
                Verbosity::Normal
            }
            Self::ToolResult | Self::Thinking => Verbosity::Full,
        }
    }
}

/// How much a reader wants to see; each level holds the ones before it. 1, 2 and 3 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(into = "i16", try_from = "i16")]
pub enum Verbosity {
    /// 1: status, messages, notices.
    Brief,
    /// 2: also each step.
    #[default]
    Normal,
    /// 3: also what the tools answered.
    Full,
}

impl From<Verbosity> for i16 {
    fn from(verbosity: Verbosity) -> Self {
        match verbosity {
            Verbosity::Brief => 1,
            Verbosity::Normal => 2,
            Verbosity::Full => 3,
        }
    }
}

impl TryFrom<i16> for Verbosity {
    type Error = String;

    fn try_from(level: i16) -> Result<Self, Self::Error> {
        match level {
            1 => Ok(Self::Brief),
            2 => Ok(Self::Normal),
            3 => Ok(Self::Full),
            other => Err(format!("verbosity is 1, 2 or 3; got {other}")),
        }
    }
}

impl utoipa::PartialSchema for Verbosity {
    fn schema() -> RefOr<Schema> {
        let levels = [Self::Brief, Self::Normal, Self::Full].map(i16::from);
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("How much a reader wants to see, from 1 to 3."))
            .enum_values(Some(levels))
            .into()
    }
}

impl utoipa::ToSchema for Verbosity {}

/// What an activity says, before the log has given it a place. Its field names are the wire's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// Who it comes from.
    pub source: Source,
    /// One line or more for people.
    #[schema(example = "analyze the codebase")]
    pub message: String,
    /// The workflow phase it belongs to, by name.
    #[schema(required)]
    pub phase: Option<String>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// From which verbosity on it is shown.
    pub verbosity: Verbosity,
    /// The execution it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub execution_id: Option<ExecutionId>,
    /// That execution's command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub command: Option<String>,
    /// The status that was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<String>,
    /// The tool's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tool: Option<String>,
    /// The raw input, answer or error behind `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// How long what it tells of took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duration_ms: Option<i64>,
    /// What else programs may want; its keys depend on `kind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub data: Option<Value>,
}

impl Entry {
    /// An entry with nothing but words.
    pub fn new(source: Source, kind: Kind, message: impl Into<String>) -> Self {
        Self {
            source,
            message: message.into(),
            phase: None,
            kind,
            verbosity: kind.verbosity(),
            execution_id: None,
            command: None,
            status: None,
            tool: None,
            detail: None,
            duration_ms: None,
            data: None,
        }
    }

    /// It with who did it: `by` in its data.
    #[must_use]
    pub fn by(mut self, by: &str) -> Self {
        let data = self.data.get_or_insert_with(|| json!({}));
        if let Some(data) = data.as_object_mut() {
            data.insert("by".to_owned(), by.into());
        }
        self
    }
}

/// One entry of a project's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Activity {
    /// Its id, made by whoever reported the change.
    pub id: ActivityId,
    /// Its place in the project's log.
    #[schema(example = 42)]
    pub seq: i64,
    /// When the change happened.
    #[serde(serialize_with = "millis")]
    pub timestamp: DateTime<Utc>,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Writes a time as the contract wants it: RFC 3339, UTC, `Z`, milliseconds.
///
/// # Errors
/// Only those of the serializer.
pub fn millis<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

/// Writes a time that may be missing; see [`millis`].
///
/// # Errors
/// Only those of the serializer.
pub fn millis_opt<S: serde::Serializer>(
    at: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => millis(at, serializer),
        None => serializer.serialize_none(),
    }
}
