//! A session: one project's conversation, one turn at a time.
//!
//! A message is stored, answered and shown before anything acts on it. Then it is its turn: the agent decides, the
//! executor is asked, the reply is stored. What a turn writes carries keys made from the message's id, so a turn taken
//! up again after a crash writes nothing twice.
//!
//! A message may be posted to wait until nothing is queued or runs any more (`queue.rs`).

mod account;
mod beside;
mod known;
mod left;
mod messages;
mod model;
mod progress;
mod queue;
mod report;
mod saying;
mod stop;
mod store;
mod turn;
mod wishes;
mod workflow;

use std::collections::VecDeque;

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Supervised},
};
use tokio_util::sync::CancellationToken;

use self::{
    beside::beside,
    store::{Said, store},
    turn::{Declined, Over, Turn},
};
pub(super) use self::{
    messages::{Look, MoveWorkflow, Post, Report, Reset},
    report::unreported,
    saying::say_set_aside,
};
pub use self::{
    messages::{PostError, Posted},
    workflow::{Decision, WorkflowError, WorkflowOrder},
};
use super::{
    executor::ExecutorHandle,
    writer::{AppendError, WriterHandle},
};
use crate::{
    agent::{self, llm::Model},
    db::Reader,
    domain::{
        access::By,
        change::{Change, Reported},
        id::{ProjectId, TopicId},
    },
    failpoint::{Around, FailPoint},
    feed::Feed,
    leases::Leases,
};

/// Messages that may wait in one project: more than its people type while one is being stored.
pub(super) const MAILBOX: usize = 64;

/// Turns that may wait in one project. Beyond it a person is told to wait instead of being kept waiting.
const TURNS_MAX: usize = 32;

/// Crashes one turn may cause: fewer than make the supervisor set the session aside, so that one message does not take
/// the project's conversation away.
const CRASHES_MAX: u8 = 2;

/// What a session works with.
#[derive(Clone)]
pub struct Parts {
    /// Who stores.
    pub writer: WriterHandle,
    /// What is read from.
    pub reader: Reader,
    /// In which projects it answers; in the others it stores what is said.
    pub leases: Leases,
    /// Who runs commands.
    pub executor: ExecutorHandle,
    /// Who answers; without one the rules do.
    pub model: Option<Model>,
    /// Where it is seen that an answer is being written.
    pub feed: Feed,
}

impl Parts {
    /// The same for what somebody does.
    fn signed(&self, by: By) -> Self {
        Self {
            writer: self.writer.signed(by),
            ..self.clone()
        }
    }
}

/// A session's state.
pub struct Session {
    project: ProjectId,
    parts: Parts,
    turns: VecDeque<Turn>,
    /// Whether the first of them is being taken.
    taking: bool,
    /// Has that one end early.
    halt: CancellationToken,
    /// The turn an earlier life crashed in, and how often.
    crashed_in: Option<(Turn, u8)>,
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let (parts, project) = (self.parts.clone(), self.project);
        let crashed_in = self
            .crashed_in
            .clone()
            .filter(|(_, crashes)| *crashes < CRASHES_MAX);
        let left = async move {
            let left = left::left_over(&parts, project).await;
            if let Some(crashed_in) = crashed_in {
                turn::admit_crash(&parts, project, &crashed_in, &left).await;
            }
            left
        };
        ctx.wait(left.into_actor(self).map(|left, session, ctx| {
            session.take_up_left(left, ctx);
        }));
    }
}

impl Supervised for Session {
    /// What was in work is found again in the log when it starts; but not what it crashed in time and again.
    fn restarting(&mut self, _: &mut Self::Context) {
        // A look at what is queued is no message that could be left: if it fails each time the session is set aside.
        if self.taking
            && let Some(turn) = self.turns.front()
            && *turn != Turn::Queued
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

    fn handle(&mut self, post: Post, ctx: &mut Self::Context) {
        let Post {
            text,
            key,
            queued,
            by,
            reply,
        } = post;
        let _handled = Around::new(FailPoint::BeforeSessionPost, FailPoint::AfterSessionPost);
        if reply.is_abandoned() {
            // Who asked was told that nothing was stored.
            return;
        }
        // A stop is what helps then, and does not wait behind the others.
        let is_stop = self.parts.model.is_some() && !queued && agent::says_stop(text.as_str());
        let is_here = self.parts.leases.holds(self.project);
        if is_here && self.turns.len() >= TURNS_MAX && !is_stop {
            return reply.send(Err(AppendError::Overloaded.into()));
        }
        let said = Said {
            text,
            key,
            queued,
            // Whoever works for the project knows what waits; elsewhere it is looked up.
            counted: !is_here && !queued && !is_stop,
        };
        let store = store(self.parts.signed(by), self.project, said);
        // Messages are stored in the order they came in.
        ctx.wait(store.into_actor(self).map(|posted, session, ctx| {
            if let Ok(Posted { message, fresh }) = &posted {
                let turn = match message.queued || message.withdrawn {
                    true => Turn::Queued,
                    false => Turn::Answer(message.clone()),
                };
                // One that is sent again has stopped what it was to stop.
                if *fresh {
                    session.make_way(&turn);
                }
                // Also one that was stored before: it may have been left without an answer.
                session.take_up(turn);
            }
            reply.send(posted);
            session.take_next(ctx);
        }));
    }
}

impl Handler<Reset> for Session {
    type Result = ();

    fn handle(&mut self, Reset { by, reply }: Reset, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeSessionReset, FailPoint::AfterSessionReset);
        if reply.is_abandoned() {
            return;
        }
        let (writer, project) = (self.parts.writer.signed(by), self.project);
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

impl Handler<Look> for Session {
    type Result = ();

    fn handle(&mut self, Look: Look, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeLook, FailPoint::AfterLook);
        self.look(ctx);
    }
}

impl Handler<MoveWorkflow> for Session {
    type Result = ();

    fn handle(&mut self, moves: MoveWorkflow, ctx: &mut Self::Context) {
        let MoveWorkflow { order, by, reply } = moves;
        let _handled = Around::new(
            FailPoint::BeforeWorkflowMoves,
            FailPoint::AfterWorkflowMoves,
        );
        if reply.is_abandoned() {
            return;
        }
        let conversation = turn::Conversation {
            parts: self.parts.clone(),
            project: self.project,
            halt: CancellationToken::new(),
        };
        // What is to run has its place before the answer: who asks then finds it.
        let moved = async move {
            let moved = conversation.signed(by).move_workflow(order).await;
            if moved.is_ok()
                && let Err(error) = conversation.carry_on().await
            {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a workflow could not be carried on; trying again");
            }
            moved
        };
        ctx.wait(moved.into_actor(self).map(|moved, session, ctx| {
            if moved.is_ok() {
                session.take_up(Turn::Workflow);
            }
            reply.send(moved);
            session.take_next(ctx);
        }));
    }
}

impl Session {
    pub(super) fn new(project: ProjectId, parts: Parts) -> Self {
        Self {
            project,
            parts,
            turns: VecDeque::new(),
            taking: false,
            halt: CancellationToken::new(),
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
        // What is being looked for may have come just after the look.
        let is_looked_for = self.taking && matches!(turn, Turn::Queued | Turn::Workflow);
        let mut waiting = self.turns.iter().skip(usize::from(is_looked_for));
        if !waiting.any(|waiting| *waiting == turn) {
            self.turns.insert(self.place_of(&turn), turn);
        }
    }

    fn take_next(&mut self, ctx: &mut Context<Self>) {
        if self.taking {
            return;
        }
        let Some(hold) = self.parts.leases.hold(self.project) else {
            // Whoever works for this project finds what is stored.
            return self.turns.clear();
        };
        let Some(turn) = self.turns.front().cloned() else {
            return;
        };
        self.taking = true;
        self.halt = CancellationToken::new();
        let (mut parts, halt) = (self.parts.clone(), self.halt.clone());
        parts.writer = parts.writer.holding(&hold);
        parts.executor = parts.executor.holding(&hold);
        let taken = beside(turn::take(parts, self.project, turn, halt));
        ctx.spawn(taken.into_actor(self).map(move |taken, session, ctx| {
            session.turns.pop_front();
            session.taking = false;
            match taken {
                Over::Done => {}
                Over::Next(message) => {
                    session.turns.push_front(Turn::Answer(message));
                    // If nothing comes of it the next one has its turn.
                    session.take_up(Turn::Queued);
                }
                Over::NotHeld => {
                    hold.refused(session.project);
                    return session.look_later(ctx);
                }
            }
            session.take_next(ctx);
        }));
    }
}
