//! What is said in a conversation.

use serde::{Deserialize, Serialize};

use super::{Invalid, bounded};

/// Characters in a message at most: some ten pages, far more than a request takes, and small enough that a full
/// writer's queue of them fits in memory.
pub const MESSAGE_CHARS_MAX: usize = 20_000;

/// Characters in a client's id for its message at most: a UUID with room to spare.
pub const CLIENT_ID_CHARS_MAX: usize = 200;

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
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// A person.
    User,
    /// The project manager.
    Assistant,
    /// The server, about itself.
    System,
}
