//! What a session can be asked.

use actix::prelude::Message;

use super::{WorkflowError, WorkflowOrder, queue::QUEUE_MAX};
use crate::{
    actors::{reply::Reply, writer::AppendError},
    db::message,
    domain::{
        access::By,
        id::{ExecutionId, TopicId},
        message::MessageText,
    },
};

/// Says something; see [`crate::actors::sessions::Post`].
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct Post {
    pub(in crate::actors) text: MessageText,
    pub(in crate::actors) key: Option<String>,
    pub(in crate::actors) queued: bool,
    pub(in crate::actors) by: By,
    pub(in crate::actors) reply: Reply<Result<Posted, PostError>>,
}

/// A message that is stored.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The message.
    pub message: message::Message,
    /// False when it was stored before, by a request with the same key.
    pub fresh: bool,
}

/// Why a message was not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// It could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The conversation could not be read.
    #[error("the database is not answering, so the message was not stored; try again in a moment")]
    Unread,
    /// Too many are queued already.
    #[error(
        "{QUEUE_MAX} messages are queued in this project already; withdraw one, or wait until one has had its turn"
    )]
    QueueFull,
}

/// Begins a new topic; see [`crate::actors::sessions::Reset`].
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct Reset {
    pub(in crate::actors) by: By,
    pub(in crate::actors) reply: Reply<Result<TopicId, AppendError>>,
}

/// An execution that a message of this project ordered has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct Report {
    pub(in crate::actors) execution: ExecutionId,
}

/// Something was stored without a word to this session, or may have ended that a queued message waits for.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct Look;

/// A person wants something done with the workflow; see [`crate::actors::sessions::MoveWorkflow`].
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct MoveWorkflow {
    pub(in crate::actors) order: WorkflowOrder,
    pub(in crate::actors) by: By,
    pub(in crate::actors) reply: Reply<Result<(), WorkflowError>>,
}
