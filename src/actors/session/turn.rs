//! One turn of a conversation: decide, act, reply.

use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::Parts;
use crate::{
    actors::{
        executor::{QueueError, Queued},
        patience::read_patiently,
        writer::AppendError,
    },
    agent::{self, Decision, workflow::Wish},
    db::{
        ReadError,
        execution::Execution,
        message::{self, Message},
    },
    delay::Delays,
    domain::{
        change::Change,
        execution::Order,
        id::{ExecutionId, MessageId, ProjectId, TopicId},
        message::{reply_key, report_key},
    },
    failpoint::FailPoint,
};

/// The first and the longest wait before a turn is tried again that found the database away.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(2);

/// What a person reads of a turn that failed.
const ANSWER_FAILED: &str = "Something in me failed while I answered your message. It was logged. I may have done a part of it: look at the \
                             activity on the right before you send it again.";
const REPORT_FAILED: &str = "Something you asked for has ended, and something in me failed when I was to tell you how. It was logged; the \
                             activity on the right shows how it ended.";

const CRASHED: &str = "Something in the server failed while this was being answered. It was logged, nothing is lost, and the answer is begun again.";

const WORKFLOW_FAILED: &str = "Something in me failed while I carried the workflow on. It was logged; it is tried again when the server starts the next time.";

/// What a turn is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    /// A person said something.
    Answer(Message),
    /// A person said something that is not acted on; only that is said.
    Decline(Message, Declined),
    /// An execution that was ordered here has ended.
    Report(ExecutionId),
    /// The workflow may have something to do.
    Workflow,
    /// If nothing is queued or runs, the first of the queued messages may have its turn.
    Queued,
}

impl Turn {
    /// The message it is about, if it is about one.
    pub(super) fn message(&self) -> Option<MessageId> {
        match self {
            Self::Answer(message) | Self::Decline(message, _) => Some(message.id),
            Self::Report(_) | Self::Workflow | Self::Queued => None,
        }
    }
}

/// Why a message is not acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declined {
    /// It was left unanswered too long ago.
    Late,
    /// Answering it failed too often.
    Failed,
    /// A stop was said after it, before it had its turn.
    Stopped,
}

impl Declined {
    fn words(self, message: &Message) -> String {
        match self {
            Self::Late => {
                "The server was stopped before I could answer this, so I did nothing. Send it again if you still want it.".to_owned()
            }
            Self::Failed => {
                "Something in me failed each time I tried to answer this, so I left it. It was logged; other words may help.".to_owned()
            }
            Self::Stopped => agent::left_at_stop(&message.content),
        }
    }
}

/// Why a turn could not be taken to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum TurnError {
    #[error("the conversation could not be read")]
    Read(#[from] ReadError),
    #[error("the reply could not be stored")]
    Append(#[from] AppendError),
}

/// How a turn ended.
pub(super) enum Over {
    /// It was taken.
    Done,
    /// It was taken, and this message's turn is next.
    Next(Message),
    /// Another server works for the project, or did meanwhile: nothing more was stored.
    NotHeld,
}

/// Takes a turn. What goes wrong is logged, and said in the conversation, or else beside it.
pub(super) async fn take(
    parts: Parts,
    project: ProjectId,
    turn: Turn,
    halt: CancellationToken,
) -> Over {
    FailPoint::Turn.cross();
    let conversation = Conversation {
        parts,
        project,
        halt,
    };
    let mut delays = Delays::new(RETRY_FIRST, RETRY_LONGEST);
    let taken = loop {
        let taken = match &turn {
            Turn::Answer(message) => conversation.answer(message).await.map(|()| None),
            Turn::Decline(message, why) => conversation
                .say(reply_key(message.id), why.words(message))
                .await
                .map(|()| None),
            Turn::Report(execution) => conversation.report(*execution).await.map(|()| None),
            Turn::Workflow => conversation.carry_on().await.map(|()| None),
            Turn::Queued => conversation.take_queued().await,
        };
        match taken {
            // Only what comes before it acts can meet with this: taking it again from its beginning is harmless.
            Err(TurnError::Read(error)) if error.is_away() => delays.wait().await,
            decided => break decided,
        }
    };
    match taken {
        Ok(None) => Over::Done,
        Ok(Some(next)) => Over::Next(next),
        // There is nobody left to say it to.
        Err(TurnError::Append(AppendError::ProjectUnknown(_))) => Over::Done,
        Err(TurnError::Append(AppendError::NotHeld)) => Over::NotHeld,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, project.id = %project, "a turn of the conversation failed");
            conversation.admit(&turn).await;
            Over::Done
        }
    }
}

/// Says that the session failed in the middle of an answer, if that is among what is taken up again.
pub(super) async fn admit_crash(
    parts: &Parts,
    project: ProjectId,
    (turn, crashes): &(Turn, u8),
    left: &[Turn],
) {
    let Turn::Answer(message) = turn else { return };
    if !left.contains(turn) {
        return;
    }
    let conversation = Conversation {
        parts: parts.clone(),
        project,
        halt: CancellationToken::new(),
    };
    let key = format!("crash:{}:{crashes}", message.id);
    if let Err(error) = conversation.note(key, CRASHED).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, project.id = %project, "it could not be said in the conversation that a turn crashed");
    }
}

/// The key of the execution a message ordered.
fn order_key(message: MessageId) -> String {
    format!("order:{message}")
}

/// What is said of a place in the queue, or that there is none.
fn place(queued: Result<Queued, QueueError>, orders: &[Order], reply: String) -> String {
    match queued {
        // One that has ended was ordered by this very turn, which was cut off and is taken again.
        Ok(queued) if queued.started || queued.execution.completed_at.is_some() => reply,
        Ok(queued) => agent::queued_reply(orders, queued.position.max(1), queued.running),
        Err(error @ (QueueError::Full | QueueError::Append(_))) => {
            format!("I could not start that: {error}.")
        }
    }
}

#[derive(Clone)]
pub(super) struct Conversation {
    pub(super) parts: Parts,
    pub(super) project: ProjectId,
    /// Fires when a person wants what goes on to end.
    pub(super) halt: CancellationToken,
}

impl Conversation {
    async fn answer(&self, message: &Message) -> Result<(), TurnError> {
        let (project, key) = (self.project, reply_key(message.id));
        let query = async |db: &DatabaseConnection| message::by_key(db, project, &key).await;
        if read_patiently(&self.parts.reader, "a reply", query)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let last = self.last_before(message).await?;
        let stage = self.stage().await?;
        let known = self.known(message).await?;
        let decision = self.decide(message, last.as_ref(), &stage, &known);
        // It is seen to write until its answer is stored.
        let (id, _writing, written) = self.by_model(message, &known, &decision).await;
        if let Some(reply) = written {
            return self.say_as(id, key, reply).await;
        }
        let reply = match decision {
            Decision::SaveVision(document) => {
                return self.keep_vision(message, stage, document).await;
            }
            Decision::Workflow(wish) => return self.grant(message, &stage, wish).await,
            Decision::Reply(reply) | Decision::Ask(reply) => reply,
            Decision::Run { orders, reply } => self.run(message, orders, reply).await,
            Decision::Retry { .. } if last.as_ref().is_some_and(|last| last.phase_id.is_some()) => {
                return self.grant(message, &stage, Wish::Continue).await;
            }
            Decision::Retry { reply } => match last {
                Some(last) => self.retry(message, last, reply).await,
                None => agent::nothing_yet(),
            },
            Decision::Account => match last {
                Some(last) => self.account(&last).await?,
                None => agent::nothing_yet(),
            },
            Decision::Stop { reply } => match self.parts.executor.stop(self.project).await {
                Ok(_) => reply,
                Err(error) => format!("I could not stop it: {error}."),
            },
            Decision::NewTopic { reply } => {
                // The same one when this turn is taken again.
                let topic = TopicId(message.id.0);
                match self.append(Change::TopicStarted { topic }).await {
                    Ok(()) | Err(AppendError::Duplicate) => reply,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        self.say_as(id, key, reply).await
    }

    pub(super) async fn run(&self, message: &Message, orders: Vec<Order>, reply: String) -> String {
        let key = Some(order_key(message.id));
        let executor = &self.parts.executor;
        let queued = executor
            .queue(self.project, orders.clone(), Some(message.id), key)
            .await;
        place(queued, &orders, reply)
    }

    /// Orders the last command once more. Taken again, it is the same retry.
    async fn retry(&self, message: &Message, last: Execution, reply: String) -> String {
        let orders: Vec<Order> = std::iter::once(&last.order)
            .chain(&last.then)
            .cloned()
            .collect();
        let queued = self.parts.executor.retry(last, Some(message.id)).await;
        place(queued, &orders, reply)
    }

    /// Says that a turn failed: in its place in the conversation, so that it is not taken again; or, if something is wrong
    /// with the conversation itself, where the server speaks of itself.
    async fn admit(&self, turn: &Turn) {
        let (key, words) = match turn {
            Turn::Answer(message) | Turn::Decline(message, _) => {
                (reply_key(message.id), ANSWER_FAILED)
            }
            Turn::Report(execution) => (report_key(*execution), REPORT_FAILED),
            // It waits where everybody sees it, and is tried again when the next command has ended.
            Turn::Queued => return,
            // It stands where it did, and goes on when a person says so.
            Turn::Workflow => return self.notice_failure(WORKFLOW_FAILED).await,
        };
        let Err(error) = self.say(key, words.to_owned()).await else {
            return;
        };
        tracing::error!(error = &error as &dyn std::error::Error, project.id = %self.project, "it could not be said in the conversation that a turn failed");
        self.notice_failure(words).await;
    }

    /// Says beside the conversation that something failed.
    async fn notice_failure(&self, words: &str) {
        let notice = Change::Noticed {
            message: words.to_owned(),
            status: "failed",
        };
        if let Err(error) = self.append(notice).await {
            tracing::error!(error = &error as &dyn std::error::Error, project.id = %self.project, "it could not be said at all that a turn failed");
        }
    }
}
