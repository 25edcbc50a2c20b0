//! What waits for an answer, a report or its turn, and of which no word came: after a start, and where another server stored it.

use std::time::Duration;

use actix::{ActorFutureExt as _, AsyncContext as _, WrapFuture as _, prelude::Context};
use chrono::TimeDelta;
use sea_orm::{DatabaseConnection, DbErr};

use super::{
    Parts, Session,
    report::unreported,
    stop::stops,
    turn::{Declined, Turn},
};
use crate::{
    actors::patience::read_patiently,
    clock,
    db::{
        Among,
        message::{self, Message},
        phase,
    },
    delay::pause,
    domain::{
        id::{MessageId, ProjectId},
        message::{Role, is_imported, reply_key},
        workflow::Standing,
    },
};

/// How far back messages are looked for that nobody answered: more than can wait for a turn.
pub(super) const LOOKED_BACK: u64 = 100;

/// A message that was left unanswered longer ago than this is not acted on: who wrote it has gone on without.
const TAKE_UP_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// How long it takes a server to learn of a lease that it lost, about: then it has nothing to do here, or another lease.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

impl Session {
    /// Looks for what was left, and takes it up.
    pub(super) fn look(&self, ctx: &mut Context<Self>) {
        let (parts, project) = (self.parts.clone(), self.project);
        let left = async move { left_over(&parts, project).await };
        ctx.wait(left.into_actor(self).map(|left, session, ctx| {
            session.take_up_left(left, ctx);
        }));
    }

    /// The same in a while: the lease was lost, and this server may be the last to know.
    pub(super) fn look_later(&mut self, ctx: &mut Context<Self>) {
        self.turns.clear();
        let wait = pause(LOOK_AGAIN_AFTER).into_actor(self);
        ctx.spawn(wait.map(|(), session, ctx| session.look(ctx)));
    }

    /// Takes up what was left, but for messages that have a turn: how they fare is known here.
    pub(super) fn take_up_left(&mut self, left: Vec<Turn>, ctx: &mut Context<Self>) {
        for turn in left {
            let message = turn.message();
            let has_turn = |known: &Turn| message.is_some() && known.message() == message;
            if !self.turns.iter().any(has_turn) {
                self.make_way(&turn);
                self.take_up(turn);
            }
        }
        self.take_up(Turn::Queued);
        self.take_next(ctx);
    }
}

/// What was left unanswered, oldest first.
pub(super) async fn left_over(parts: &Parts, project: ProjectId) -> Vec<Turn> {
    let query = async |db: &DatabaseConnection| {
        let unreported = unreported(db, Among::One(project), LOOKED_BACK).await?;
        let workflow = phase::workflow(&phase::list(db, project).await?);
        let messages = last_messages(db, project).await?;
        Ok((messages, unreported, workflow.standing()))
    };
    let last = match read_patiently(&parts.reader, "the last messages", query).await {
        Ok(last) => last,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, project.id = %project, "unanswered messages could not be looked for");
            return Vec::new();
        }
    };
    let (messages, unreported, standing) = last;
    let last_stop = messages.iter().rposition(|message| stops(parts, message));
    let unanswered = unanswered(&messages).map(|(at, message)| {
        let is_stopped = last_stop.is_some_and(|stop| at < stop) && !stops(parts, message);
        let message = message.clone();
        match clock::now() - message.timestamp < TAKE_UP_WITHIN {
            _ if is_stopped => Turn::Decline(message, Declined::Stopped),
            true => Turn::Answer(message),
            false => Turn::Decline(message, Declined::Late),
        }
    });
    let unreported = unreported
        .iter()
        .map(|execution| Turn::Report(execution.id));
    let at_work = (standing == Standing::InProgress).then_some(Turn::Workflow);
    unanswered.chain(unreported).chain(at_work).collect()
}

/// How many messages wait for an answer in a project that another server works for.
pub(super) async fn count_unanswered(
    db: &DatabaseConnection,
    project: ProjectId,
) -> Result<usize, DbErr> {
    Ok(unanswered(&last_messages(db, project).await?).count())
}

async fn last_messages(db: &DatabaseConnection, project: ProjectId) -> Result<Vec<Message>, DbErr> {
    let page = message::Page {
        limit: LOOKED_BACK,
        before: None,
        topic: None,
    };
    message::list(db, project, page).await
}

/// The messages without an answer, with their places.
fn unanswered(messages: &[Message]) -> impl Iterator<Item = (usize, &Message)> {
    let is_answered = |id: MessageId| {
        let key = reply_key(id);
        messages
            .iter()
            .any(|message| message.client_id.as_ref() == Some(&key))
    };
    messages
        .iter()
        .enumerate()
        .filter(|(_, message)| message.role == Role::User && !message.queued)
        .filter(move |(_, message)| !is_answered(message.id))
        .filter(|(_, message)| !is_imported(message.client_id.as_deref()))
}
