//! What the executor can be asked, and what it tells.

use actix::prelude::{Message, Recipient};

use super::QUEUE_MAX;
use crate::{
    actors::{reply::Reply, writer::AppendError},
    db::execution::Execution,
    domain::{
        access::By,
        execution::{Command, Order},
        id::{ExecutionId, MessageId, ProjectId},
        workflow::InPhase,
    },
    leases::Hold,
};

/// Gives a command its place in the queue.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Queue {
    /// Whose.
    pub project: ProjectId,
    /// What to run, first to last; each only if the one before it completes. Not empty.
    pub orders: Vec<Order>,
    /// The message that ordered it.
    pub message: Option<MessageId>,
    /// The phase it belongs to, if the workflow orders it.
    pub phase: Option<InPhase>,
    /// Names the request: one repeated with the same key is the same execution.
    pub key: Option<String>,
    /// Which try it is, from 1.
    pub attempt: i32,
    /// What it is ordered with, if that is for the server that works for the project alone to do.
    pub hold: Option<Hold>,
    /// Who orders it.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<Queued, QueueError>>,
}

/// A place in the queue.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The execution.
    pub execution: Execution,
    /// How many are before it in its project, the running one included.
    pub position: usize,
    /// What runs before it in its project.
    pub running: Option<Command>,
    /// Whether it got a slot at once.
    pub started: bool,
}

/// Ends an execution because a person asked. Answered when it has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Cancel {
    /// Which.
    pub execution: ExecutionId,
    /// Who asked.
    pub by: By,
    /// Where the answer goes: false when it had ended, or is unknown.
    pub reply: Reply<Result<bool, AppendError>>,
}

/// Ends whatever runs or waits in a project because a person asked. Answered when it has ended, or was told to and is given
/// no more time.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop {
    /// Which project.
    pub project: ProjectId,
    /// Who asked.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<(), AppendError>>,
}

/// An execution has ended; told by its poller, and passed on to who [follows](Follow).
#[derive(Message, Debug, Clone, Copy)]
#[rtype(result = "()")]
pub struct Ended {
    /// Which.
    pub execution: ExecutionId,
    /// Whose.
    pub project: ProjectId,
}

/// Something may have happened without a word: the executor crashed, or another server stored it. Who is told looks for itself.
#[derive(Message, Debug, Clone, Copy)]
#[rtype(result = "()")]
pub struct Missed {
    /// In which project; none where it may be any.
    pub project: Option<ProjectId>,
}

/// Who is told of ends.
#[derive(Clone)]
pub struct Follower {
    /// Of each.
    pub ended: Recipient<Ended>,
    /// That it may not have been told of some.
    pub missed: Recipient<Missed>,
}

/// Asks to be told of ends from now on. Answered when what an earlier life left behind was dealt with.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Follow {
    /// Who is to be told.
    pub follower: Follower,
    /// Where the answer goes.
    pub reply: Reply<()>,
}

/// The server stops: nothing more is started, and what would end with the server is ended in order. Answered when it has.
#[derive(Message)]
#[rtype(result = "()")]
pub struct StandDown {
    /// Where the answer goes.
    pub reply: Reply<()>,
}

/// Something was stored, or this server works for other projects now: what there is to do is looked for.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::actors) struct LookAgain;

/// A poller was restarted too often.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct GivenUp {
    pub(super) execution: ExecutionId,
    pub(super) why: String,
}

/// Why a command got no place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Too many wait already.
    #[error(
        "{QUEUE_MAX} commands already wait in this project; stop one, or wait until one has ended"
    )]
    Full,
    /// It could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
}
