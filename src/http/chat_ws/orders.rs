//! Carrying out what a chat window asks for.

use serde_json::Value;

use super::{
    ChatWindows,
    frames::{Incoming, Outgoing},
};
use crate::{
    actors::session::Posted,
    domain::{
        id::ProjectId,
        message::{CLIENT_ID_CHARS_MAX, MessageInvalid, MessageText},
    },
};

/// Does what a frame asks for. What comes of it is in the feed; returned is what only this window is told.
pub(super) async fn carry_out(
    windows: ChatWindows,
    project: ProjectId,
    frame: String,
) -> Option<Outgoing<Value>> {
    let refused = match Incoming::parse(&frame) {
        Ok(Incoming::Say { content, client_id }) => {
            return say(&windows, project, &content, client_id).await;
        }
        Ok(Incoming::Reset) => {
            let reset = windows.sessions.reset(project).await;
            reset.err().map(|error| ("RESET_ERROR", error.to_string()))
        }
        Ok(Incoming::Stop) => {
            let stopped = windows.executor.stop(project).await;
            stopped
                .err()
                .map(|error| ("PROCESSING_ERROR", error.to_string()))
        }
        Err(why) => Some(("INVALID_JSON", why)),
    };
    refused.map(|(code, message)| Outgoing::error(code, &message))
}

async fn say(
    windows: &ChatWindows,
    project: ProjectId,
    content: &str,
    client_id: Option<String>,
) -> Option<Outgoing<Value>> {
    let length = client_id.as_ref().map(|id| id.chars().count());
    if length.is_some_and(|length| length == 0 || length > CLIENT_ID_CHARS_MAX) {
        let why = format!("client_id has 1 to {CLIENT_ID_CHARS_MAX} characters.");
        return Some(Outgoing::error("INVALID_JSON", &why));
    }
    let text = match MessageText::parse(content) {
        Ok(text) => text,
        Err(error) => {
            let code = match error {
                MessageInvalid::Empty => "EMPTY_MESSAGE",
                // A character that cannot be stored is not a matter of length.
                MessageInvalid::TooLong(_) if content.contains('\0') => "INVALID_JSON",
                MessageInvalid::TooLong(_) => "MESSAGE_TOO_LONG",
            };
            return Some(Outgoing::error(code, &error.to_string()));
        }
    };
    match windows.sessions.post(project, text, client_id).await {
        Ok(Posted { fresh: true, .. }) => None,
        // Sent again after a reconnect: the feed told of it then, and this window may have missed that.
        Ok(Posted {
            message,
            fresh: false,
        }) => Some(Outgoing::chat(&message)),
        Err(error) => Some(Outgoing::error("DATABASE_ERROR", &error.to_string())),
    }
}
