//! What is said in a conversation.

use serde::{Deserialize, Serialize};

use super::{
    Invalid, bounded,
    id::{ExecutionId, MessageId},
    redaction::Secrets,
};

/// Characters in a message at most: some ten pages, far more than a request takes, and small enough that a full
/// writer's queue of them fits in memory.
pub const MESSAGE_CHARS_MAX: usize = 20_000;

/// Characters in a client's id for its message at most: a UUID with room to spare.
pub const CLIENT_ID_CHARS_MAX: usize = 200;

/// What the key of a message begins with that was said elsewhere and had no reply there.
const IMPORTED: &str = "imported:";

/// The key of the reply to a message.
pub fn reply_key(message: MessageId) -> String {
    format!("reply:{message}")
}

/// Which message a reply is to, by its key.
pub fn replied_to(key: &str) -> Option<MessageId> {
    key.strip_prefix("reply:")?.parse().ok()
}

/// The key of the report of an execution.
pub fn report_key(execution: ExecutionId) -> String {
    format!("report:{execution}")
}

/// Which execution a report is of, by its key.
pub fn reported(key: &str) -> Option<ExecutionId> {
    key.strip_prefix("report:")?.parse().ok()
}

/// The key of a message that was said elsewhere, and had no reply there.
pub fn imported_key(message: MessageId) -> String {
    format!("{IMPORTED}{message}")
}

/// Whether a message with this key was said elsewhere, to somebody else: it waits for no reply here.
pub fn is_imported(key: Option<&str>) -> bool {
    key.is_some_and(|key| key.starts_with(IMPORTED))
}

/// The text of a message: trimmed, not empty, at most [`MESSAGE_CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a text is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageInvalid {
    /// Nothing but white space.
    #[error("the message is empty; write something first")]
    Empty,
    /// Longer than [`MESSAGE_CHARS_MAX`], or with a character that cannot be stored.
    #[error(transparent)]
    TooLong(Invalid),
}

impl MessageText {
    /// Accepts a text.
    ///
    /// # Errors
    /// [`MessageInvalid`] when it is empty, blank, or too long.
    pub fn parse(text: &str) -> Result<Self, MessageInvalid> {
        if text.trim().is_empty() {
            return Err(MessageInvalid::Empty);
        }
        bounded("the message", text, MESSAGE_CHARS_MAX)
            .map(Self)
            .map_err(MessageInvalid::TooLong)
    }

    /// Makes a message of what the server itself has to say, cut where it is too long.
    pub fn cut(text: &str) -> Self {
        const CUT: &str = "\n\n… (cut here; the rest is in the activity)";
        let text = text.trim().replace('\0', "");
        if text.chars().count() <= MESSAGE_CHARS_MAX {
            return Self(text);
        }
        let kept: String = text
            .chars()
            .take(MESSAGE_CHARS_MAX - CUT.chars().count())
            .collect();
        Self(kept + CUT)
    }

    /// It without secrets; it stays as short as a message has to be.
    #[must_use]
    pub fn without(mut self, secrets: &Secrets) -> Self {
        match secrets.cut(&mut self.0) {
            true => Self::cut(&self.0),
            false => self,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who said it.
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
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = MessageRole)]
pub enum Role {
    /// A person.
    User,
    /// The project manager.
    Assistant,
    /// The server, about itself.
    System,
}
