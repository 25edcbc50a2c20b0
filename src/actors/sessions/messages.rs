//! What the sessions can be asked.

use actix::prelude::Message;

use crate::{
    actors::{
        reply::Reply,
        session::{PostError, Posted, WorkflowError, WorkflowOrder},
        writer::AppendError,
    },
    domain::{
        access::By,
        id::{ProjectId, TopicId},
        message::MessageText,
    },
};

/// Says something in a project. Answered when it is stored; what comes of it is in the feed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Post {
    /// Where.
    pub project: ProjectId,
    /// What.
    pub text: MessageText,
    /// Names the request: one repeated with the same key is the same message.
    pub key: Option<String>,
    /// Whether it is to wait until nothing is queued or runs any more.
    pub queued: bool,
    /// Who says it.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<Posted, PostError>>,
}

/// Begins a new topic. Answered with it when it is stored.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Reset {
    /// Where.
    pub project: ProjectId,
    /// Who wants that.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<TopicId, AppendError>>,
}

/// Deletes a project in which nothing is queued or runs. Answered when it is gone.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Delete {
    /// Which.
    pub project: ProjectId,
    /// Where the answer goes.
    pub reply: Reply<Result<(), AppendError>>,
}

/// Does something with a project's workflow because a person wants it. Answered when it is stored; what comes of it is in the
/// feed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct MoveWorkflow {
    /// Whose.
    pub project: ProjectId,
    /// What.
    pub order: WorkflowOrder,
    /// Who wants that.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<(), WorkflowError>>,
}
