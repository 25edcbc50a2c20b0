//! Where a command stands in SCAR: what is stored, so that it can be followed again.

use serde::{Deserialize, Serialize};

use super::list::Message;

/// Where a command stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The conversation it is in.
    pub(super) conversation: String,
    /// The repository it works on.
    pub(super) repository: String,
    /// How many messages the conversation had before: the first of this command has this index.
    pub(super) base: usize,
    /// The conversation's first message, once there is one: a list that begins otherwise is that of another run of SCAR.
    pub(super) first: Option<First>,
    /// Where the command's own messages begin, once it is to be sent.
    pub(super) command: Option<usize>,
    /// Whether SCAR said that it took the command.
    pub(super) taken: bool,
}

/// What tells a conversation's first message from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct First {
    text: String,
    timestamp: String,
}

/// Bytes kept of the first message's text: two that begin alike and have the same timestamp are the same.
const FIRST_BYTES: usize = 200;

impl From<&Message> for First {
    fn from(message: &Message) -> Self {
        Self {
            text: message.text[..message.text.floor_char_boundary(FIRST_BYTES)]
                .replace('\0', "\u{2400}"),
            timestamp: message.timestamp.replace('\0', "\u{2400}"),
        }
    }
}
