//! A session: one project's conversation, one turn at a time.
//!
//! A message is stored, answered and shown before anything acts on it. Then it is its turn: the agent decides, the
//! executor is asked, the reply is stored. What a turn writes carries keys made from the message's id, so a turn taken
//! up again after a crash writes nothing twice.

mod report;
mod turn;

use std::collections::VecDeque;

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Supervised},
};

pub(super) use self::report::unreported;
use self::turn::{Declined, Turn};
use super::{
    executor::ExecutorHandle,
    reply::Reply,
    writer::{AppendError, WriterHandle},
};
use crate::{
    db::{ReadError, Reader, message, topic},
    domain::{
        change::{Change, NewMessage, Reported},
        id::{ExecutionId, MessageId, ProjectId, TopicId},
        message::{MessageText, Role},
    },
    failpoint::{Around, FailPoint},
};

/// Messages that may wait in one project: more than its people type while one is being stored.
pub(super) const MAILBOX: usize = 64;

/// Turns that may wait in one project. Beyond it a person is told to wait instead of being kept waiting.
const TURNS_MAX: usize = 32;

/// Crashes one turn may cause: fewer than make the supervisor set the session aside, so that one message does not take
/// the project's conversation away.
const CRASHES_MAX: u8 = 2;

/// Says something; see [`super::sessions::Post`].
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Post {
    pub(super) text: MessageText,
    pub(super) key: Option<String>,
    pub(super) reply: Reply<Result<Posted, PostError>>,
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
}

/// Begins a new topic; see [`super::sessions::Reset`].
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Reset {
    pub(super) reply: Reply<Result<TopicId, AppendError>>,
}

/// An execution that a message of this project ordered has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Report {
    pub(super) execution: ExecutionId,
}

/// What a session works with.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) writer: WriterHandle,
    pub(super) reader: Reader,
    pub(super) executor: ExecutorHandle,
}

/// A session's state.
pub struct Session {
    project: ProjectId,
    parts: Parts,
    turns: VecDeque<Turn>,
    /// Whether the first of them is being taken.
    taking: bool,
    /// The turn an earlier life crashed in, and how often.
    crashed_in: Option<(Turn, u8)>,
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let (parts, project) = (self.parts.clone(), self.project);
        let left = async move { turn::left_over(&parts, project).await };
        ctx.wait(left.into_actor(self).map(|left, session, ctx| {
            for turn in left {
                session.take_up(turn);
            }
            session.take_next(ctx);
        }));
    }
}

impl Supervised for Session {
    /// What was in work is found again in the log when it starts; but not what it crashed in time and again.
    fn restarting(&mut self, _: &mut Self::Context) {
        if self.taking
            && let Some(turn) = self.turns.front()
        {
            let before = match &self.crashed_in {
                Some((same, times)) if same == turn => *times,
                _ => 0,
            };
            self.crashed_in = Some((turn.clone(), before + 1));
        }
        self.turns.clear();
        self.taking = false;
    }
}

impl Handler<Post> for Session {
    type Result = ();

    fn handle(&mut self, Post { text, key, reply }: Post, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeSessionPost, FailPoint::AfterSessionPost);
        if reply.is_abandoned() {
            // Who asked was told that nothing was stored.
            return;
        }
        if self.turns.len() >= TURNS_MAX {
            return reply.send(Err(AppendError::Overloaded.into()));
        }
        let store = store(self.parts.clone(), self.project, text, key);
        // Messages are stored in the order they came in.
        ctx.wait(store.into_actor(self).map(|posted, session, ctx| {
            if let Ok(Posted { message, .. }) = &posted {
                // Also one that was stored before: it may have been left without an answer.
                session.take_up(Turn::Answer(message.clone()));
            }
            reply.send(posted);
            session.take_next(ctx);
        }));
    }
}

impl Handler<Reset> for Session {
    type Result = ();

    fn handle(&mut self, Reset { reply }: Reset, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeSessionReset, FailPoint::AfterSessionReset);
        if reply.is_abandoned() {
            return;
        }
        let (writer, project) = (self.parts.writer.clone(), self.project);
        let topic = TopicId::new();
        let reset = async move {
            writer
                .append_now(vec![Reported::now(project, Change::TopicStarted { topic })])
                .await
        };
        ctx.wait(
            reset
                .into_actor(self)
                .map(move |result, _, _| reply.send(result.map(|_| topic))),
        );
    }
}

impl Handler<Report> for Session {
    type Result = ();

    fn handle(&mut self, Report { execution }: Report, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeReport, FailPoint::AfterReport);
        self.take_up(Turn::Report(execution));
        self.take_next(ctx);
    }
}

impl Session {
    pub(super) fn new(project: ProjectId, parts: Parts) -> Self {
        Self {
            project,
            parts,
            turns: VecDeque::new(),
            taking: false,
            crashed_in: None,
        }
    }

    /// Gives a turn its place, unless it has one, or has crashed this session too often.
    fn take_up(&mut self, turn: Turn) {
        let crashes = match &self.crashed_in {
            Some((same, times)) if *same == turn => *times,
            _ => 0,
        };
        let turn = match turn {
            Turn::Answer(message) if crashes >= CRASHES_MAX => {
                Turn::Decline(message, Declined::Failed)
            }
            other if crashes >= CRASHES_MAX => {
                return tracing::error!(project.id = %self.project, "a turn was left out, it failed too often: {other:?}");
            }
            other => other,
        };
        if !self.turns.contains(&turn) {
            self.turns.push_back(turn);
        }
    }

    fn take_next(&mut self, ctx: &mut Context<Self>) {
        if self.taking {
            return;
        }
        let Some(turn) = self.turns.front().cloned() else {
            return;
        };
        self.taking = true;
        let taken = turn::take(self.parts.clone(), self.project, turn);
        ctx.spawn(taken.into_actor(self).map(|(), session, ctx| {
            session.turns.pop_front();
            session.taking = false;
            session.take_next(ctx);
        }));
    }
}

/// Stores what a person said; or finds it, when it was stored before with the same key.
async fn store(
    parts: Parts,
    project: ProjectId,
    text: MessageText,
    key: Option<String>,
) -> Result<Posted, PostError> {
    let id = MessageId::new();
    let active = parts
        .reader
        .read(async |db| topic::active(db, project).await)
        .await
        .map_err(unread)?;
    let new = message_in(active, id, Role::User, text, key.clone());
    match parts
        .writer
        .append_now(vec![Reported::now(
            project,
            Change::MessagePosted(new.clone()),
        )])
        .await
    {
        Ok(logged) => {
            let message = message::Message {
                id,
                role: new.role,
                content: new.text.as_str().to_owned(),
                timestamp: logged
                    .first()
                    .map_or_else(chrono::Utc::now, |logged| logged.activity.timestamp),
                topic_id: new.topic,
                client_id: new.key,
            };
            Ok(Posted {
                message,
                fresh: true,
            })
        }
        Err(AppendError::Duplicate) => {
            let key = key.ok_or(AppendError::Duplicate)?;
            let found = parts
                .reader
                .read(async |db| message::by_key(db, project, &key).await)
                .await
                .map_err(unread)?;
            let message = found.ok_or(AppendError::Duplicate)?;
            Ok(Posted {
                message,
                fresh: false,
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// A message in the `active` topic, or in a new one where there is none.
fn message_in(
    active: Option<TopicId>,
    id: MessageId,
    role: Role,
    text: MessageText,
    key: Option<String>,
) -> NewMessage {
    NewMessage {
        id,
        topic: active.unwrap_or_else(TopicId::new),
        opens_topic: active.is_none(),
        role,
        text,
        key,
    }
}

fn unread(error: ReadError) -> PostError {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "a conversation could not be read"
    );
    PostError::Unread
}

/// Says in the project that its session was set aside.
pub(super) async fn say_set_aside(writer: WriterHandle, project: ProjectId, why: String) {
    let message = format!(
        "The project manager of this project failed too often ({why}) and was set aside. Your messages are kept; write again to start it anew."
    );
    let notice = Change::Noticed {
        message,
        status: "set_aside",
    };
    if let Err(error) = writer.append(vec![Reported::now(project, notice)]).await {
        tracing::error!(error = &error as &dyn std::error::Error, project.id = %project, "it could not be said that a session was set aside");
    }
}
