//! Carrying out what a chat window asks for.

use serde_json::Value;

use super::{
    ChatWindows,
    frames::{Incoming, Outgoing},
};
use crate::{
    actors::{
        session::{PostError, Posted},
        writer::AppendError,
    },
    db::message,
    domain::{
        change::{Change, Reported},
        id::{MessageId, ProjectId},
        message::{CLIENT_ID_CHARS_MAX, MessageInvalid, MessageText},
    },
};

/// What a client is told that asked for what cannot be done: a code and words.
type Refused = (&'static str, String);

/// Does what a frame asks for. What comes of it is in the feed; returned is what only this window is told.
pub(super) async fn carry_out(
    windows: ChatWindows,
    project: ProjectId,
    frame: String,
) -> Option<Outgoing<Value>> {
    let done = match Incoming::parse(&frame) {
        Ok(Incoming::Say {
            content,
            client_id,
            queue,
        }) => say(&windows, project, &content, client_id, queue).await,
        Ok(Incoming::Edit { id, content }) => edit(&windows, project, id, &content).await,
        Ok(Incoming::Withdraw { id }) => {
            let change = Change::MessageWithdrawn { message: id };
            change_queued(&windows, project, id, change).await
        }
        Ok(Incoming::Reset) => {
            let reset = windows.sessions.reset(project).await;
            let reset = reset.map_err(|error| ("RESET_ERROR", error.to_string()));
            reset.map(|_| None)
        }
        Ok(Incoming::Stop) => {
            let stopped = windows.executor.stop(project).await;
            let stopped = stopped.map_err(|error| ("PROCESSING_ERROR", error.to_string()));
            stopped.map(|()| None)
        }
        Err(why) => Err(("INVALID_JSON", why)),
    };
    done.unwrap_or_else(|(code, message)| Some(Outgoing::error(code, &message)))
}

async fn say(
    windows: &ChatWindows,
    project: ProjectId,
    content: &str,
    client_id: Option<String>,
    queue: bool,
) -> Result<Option<Outgoing<Value>>, Refused> {
    let length = client_id.as_ref().map(|id| id.chars().count());
    if length.is_some_and(|length| length == 0 || length > CLIENT_ID_CHARS_MAX) {
        let why = format!("client_id has 1 to {CLIENT_ID_CHARS_MAX} characters.");
        return Err(("INVALID_JSON", why));
    }
    let text = parse(content)?;
    match windows.sessions.post(project, text, client_id, queue).await {
        Ok(Posted { fresh: true, .. }) => Ok(None),
        // Sent again after a reconnect: the feed told of it then, and this window may have missed that.
        Ok(Posted {
            message,
            fresh: false,
        }) => Ok(Some(Outgoing::chat(&message))),
        Err(error @ PostError::QueueFull) => Err(("QUEUE_FULL", error.to_string())),
        Err(error) => Err(("DATABASE_ERROR", error.to_string())),
    }
}

async fn edit(
    windows: &ChatWindows,
    project: ProjectId,
    id: MessageId,
    content: &str,
) -> Result<Option<Outgoing<Value>>, Refused> {
    let text = parse(content)?;
    let change = Change::MessageEdited { message: id, text };
    change_queued(windows, project, id, change).await
}

async fn change_queued(
    windows: &ChatWindows,
    project: ProjectId,
    id: MessageId,
    change: Change,
) -> Result<Option<Outgoing<Value>>, Refused> {
    let read = windows.reader.read(async |db| message::find(db, id).await);
    match read.await {
        Ok(Some((of, _))) if of == project => {}
        Ok(_) => {
            let why = "There is no such message. It may have been withdrawn.".to_owned();
            return Err(("NOT_FOUND", why));
        }
        Err(error) => return Err(("DATABASE_ERROR", error.to_string())),
    }
    let changed = vec![Reported::now(project, change)];
    match windows.writer.append_now(changed).await {
        Ok(_) => Ok(None),
        Err(error @ AppendError::MessagePast) => Err(("NOT_QUEUED", error.to_string())),
        Err(error) => Err(("DATABASE_ERROR", error.to_string())),
    }
}

fn parse(content: &str) -> Result<MessageText, Refused> {
    MessageText::parse(content).map_err(|error| {
        let code = match error {
            MessageInvalid::Empty => "EMPTY_MESSAGE",
            // A character that cannot be stored is not a matter of length.
            MessageInvalid::TooLong(_) if content.contains('\0') => "INVALID_JSON",
            MessageInvalid::TooLong(_) => "MESSAGE_TOO_LONG",
        };
        (code, error.to_string())
    })
}
