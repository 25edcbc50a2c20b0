//! What a coding agent asked and a person decided, on its way to whoever follows the command.

use actix::prelude::Message;

use super::Executor;
use crate::{
    actors::{reply::Reply, writer::AppendError},
    domain::{
        access::By,
        id::{ExecutionId, GateId},
        workflow::GateStatus,
    },
};

/// Answers what a coding agent asked, because a person did. Answered when that is stored.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Decide {
    /// What they decided.
    pub decision: Decision,
    /// Who they are.
    pub by: By,
    /// Where the answer goes.
    pub reply: Reply<Result<(), DecideError>>,
}

/// What a person decided on what a coding agent asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whose agent asks.
    pub execution: ExecutionId,
    /// Which question.
    pub gate: GateId,
    /// Whether it is a yes or a no.
    pub status: GateStatus,
    /// The answer they chose.
    pub option: String,
    /// The reason or the note.
    pub response: Option<String>,
}

/// Why an answer was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// Nobody waits for it: it was answered before, or its command has ended.
    #[error("nobody waits for this answer any more")]
    NotAsked,
    /// It could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl Executor {
    /// Hands an answer to whoever follows the execution; see [`Decide`].
    pub(super) fn decide(&self, decide: Decide) {
        let Some(running) = self.running.get(&decide.decision.execution) else {
            return decide.reply.send(Err(DecideError::NotAsked));
        };
        if let Err(decide) = running.poller.try_tell(decide) {
            let why = match running.poller.is_connected() {
                true => AppendError::Overloaded.into(),
                false => DecideError::NotAsked,
            };
            decide.reply.send(Err(why));
        }
    }
}
