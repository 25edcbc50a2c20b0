//! The sessions: finds or starts the session of a project, hands messages on, retires the idle.
//!
//! It alone holds the sessions' addresses, so a session that is retired has nothing queued and two of one project cannot
//! live side by side.

mod expiring;
mod handle;
mod left;
mod messages;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Supervised},
};

use self::left::{Concerned, clear_deleted, concerned, follow, left_behind};
pub use self::{
    handle::SessionsHandle,
    messages::{Delete, MoveWorkflow, Post, Reset},
};
pub use super::session::Parts;
use super::{
    executor::{Ended, Follower, Missed},
    patience::tell_patiently,
    session::{self, Session},
    supervisor::{Child, Policy, Spec, Supervisor},
    writer::AppendError,
};
use crate::{
    db::Among,
    domain::{
        change::{Change, Reported},
        id::{ExecutionId, ProjectId},
    },
    failpoint::{Around, FailPoint},
};

/// Messages that may wait, over all projects: each is handed on at once.
const MAILBOX: usize = 1_024;

/// A session that was not spoken to for this long is let go; the next message starts it from the log.
const IDLE_AFTER: Duration = Duration::from_secs(15 * 60);

/// How often idle sessions are looked for.
const RETIRE_EVERY: Duration = Duration::from_secs(60);

/// How often gates are looked for that nobody decided in time: soon enough for a limit of minutes, seldom enough for one of
/// days.
const EXPIRE_EVERY_MIN: Duration = Duration::from_millis(100);
const EXPIRE_EVERY_MAX: Duration = Duration::from_secs(60);

/// Messages, and ended executions, over all projects that are looked through for those without an answer or a report: more
/// than can have come in the moment before a crash.
const LOOKED_BACK: u64 = 500;

/// The first and the longest wait before the executor is asked again to be followed: it is back within a second.
const FOLLOW_AGAIN_FIRST: Duration = Duration::from_millis(20);
const FOLLOW_AGAIN_LONGEST: Duration = Duration::from_secs(1);

/// A session was restarted too often.
#[derive(Message)]
#[rtype(result = "()")]
struct SetAside {
    project: ProjectId,
    /// Which of its sessions: a later one may live already.
    number: u64,
    why: String,
}

/// The sessions' state.
pub struct Sessions {
    supervisor: Supervisor,
    arbiter: actix_rt::ArbiterHandle,
    parts: session::Parts,
    live: BTreeMap<ProjectId, Live>,
    /// Sessions started so far.
    started: u64,
    /// How long a gate waits for a person, if there is a limit.
    gate_expires: Option<Duration>,
}

struct Live {
    session: Child<Session>,
    number: u64,
    spoken_to: Instant,
}

impl Actor for Sessions {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(RETIRE_EVERY, |sessions, _| sessions.retire_idle());
        let executor = self.parts.executor.clone();
        let follower = Follower {
            ended: ctx.address().recipient(),
            missed: ctx.address().recipient(),
        };
        let following = async move { follow(&executor, follower).await };
        ctx.spawn(
            following
                .into_actor(self)
                // Also where a session lives: it may not have been told of an end, because this actor crashed.
                .map(|(), sessions, ctx| sessions.look_everywhere(ctx)),
        );
        self.clear_deleted(ctx);
        if let Some(limit) = self.gate_expires {
            let every = (limit / 2).clamp(EXPIRE_EVERY_MIN, EXPIRE_EVERY_MAX);
            ctx.run_interval(every, move |sessions, ctx| {
                sessions.expire_gates(limit, ctx)
            });
        }
    }
}

impl Supervised for Sessions {
    // The sessions themselves outlive a restart of this actor: their addresses are kept.
}

impl Handler<Post> for Sessions {
    type Result = ();

    fn handle(
        &mut self,
        Post {
            project,
            text,
            key,
            queued,
            by,
            reply,
        }: Post,
        ctx: &mut Self::Context,
    ) {
        let _handled = Around::new(FailPoint::BeforePost, FailPoint::AfterPost);
        let post = session::Post {
            text,
            key,
            queued,
            by,
            reply,
        };
        if let Err(post) = self.session(project, ctx).try_tell(post) {
            post.reply.send(Err(AppendError::Overloaded.into()));
        }
    }
}

impl Handler<Reset> for Sessions {
    type Result = ();

    fn handle(&mut self, Reset { project, by, reply }: Reset, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeReset, FailPoint::AfterReset);
        if let Err(reset) = self
            .session(project, ctx)
            .try_tell(session::Reset { by, reply })
        {
            reset.reply.send(Err(AppendError::Overloaded));
        }
    }
}

impl Handler<MoveWorkflow> for Sessions {
    type Result = ();

    fn handle(
        &mut self,
        MoveWorkflow {
            project,
            order,
            by,
            reply,
        }: MoveWorkflow,
        ctx: &mut Self::Context,
    ) {
        let _handled = Around::new(FailPoint::BeforeMoveWorkflow, FailPoint::AfterMoveWorkflow);
        let moves = session::MoveWorkflow { order, by, reply };
        if let Err(moves) = self.session(project, ctx).try_tell(moves) {
            moves.reply.send(Err(AppendError::Overloaded.into()));
        }
    }
}

impl Handler<Delete> for Sessions {
    type Result = ();

    /// Done to its end, also when who asked is gone by then.
    fn handle(&mut self, Delete { project, reply }: Delete, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeDelete, FailPoint::AfterDelete);
        if reply.is_abandoned() {
            return;
        }
        let writer = self.parts.writer.clone();
        let delete = async move {
            let deleted = Reported::now(project, Change::ProjectDeleted);
            writer.append_now(vec![deleted]).await
        };
        ctx.spawn(delete.into_actor(self).map(move |deleted, sessions, ctx| {
            if deleted.is_ok() {
                sessions.live.remove(&project);
                sessions.clear_deleted(ctx);
            }
            reply.send(deleted.map(|_| ()));
        }));
    }
}

impl Handler<Ended> for Sessions {
    type Result = ();

    fn handle(&mut self, Ended { execution, project }: Ended, ctx: &mut Self::Context) {
        let _handled = Around::new(
            FailPoint::BeforeSessionsEnded,
            FailPoint::AfterSessionsEnded,
        );
        let reader = self.parts.reader.clone();
        let concerned = async move { concerned(&reader, project, execution).await };
        ctx.spawn(
            concerned
                .into_actor(self)
                .map(move |concerned, sessions, ctx| {
                    sessions.tell_of_end(project, execution, concerned, ctx);
                }),
        );
    }
}

impl Handler<Missed> for Sessions {
    type Result = ();

    fn handle(&mut self, Missed { project }: Missed, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeMissed, FailPoint::AfterMissed);
        match project {
            Some(project) => self.look(project, ctx),
            None => self.look_everywhere(ctx),
        }
    }
}

impl Handler<SetAside> for Sessions {
    type Result = ();

    /// The next message in its project starts it anew.
    fn handle(&mut self, set_aside: SetAside, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeSetAside, FailPoint::AfterSetAside);
        let SetAside {
            project,
            number,
            why,
        } = set_aside;
        if self
            .live
            .get(&project)
            .is_some_and(|live| live.number == number)
        {
            self.live.remove(&project);
        }
        let writer = self.parts.writer.clone();
        ctx.spawn(session::say_set_aside(writer, project, why).into_actor(self));
    }
}

impl Sessions {
    /// The project's session, started if there is none.
    fn session(&mut self, project: ProjectId, ctx: &mut Context<Self>) -> Child<Session> {
        if let Some(live) = self.live.get_mut(&project)
            && live.session.is_connected()
        {
            live.spoken_to = Instant::now();
            return live.session.clone();
        }
        self.started += 1;
        let number = self.started;
        let address = ctx.address();
        let spec = Spec {
            name: format!("session {project}"),
            parent: "sessions",
            policy: Policy::SetAside {
                on_give_up: Box::new(move |given_up| {
                    if address
                        .try_send(SetAside {
                            project,
                            number,
                            why: given_up.why,
                        })
                        .is_err()
                    {
                        tracing::error!(project.id = %project, "a session was set aside and nobody could be told");
                    }
                }),
            },
            mailbox: session::MAILBOX,
        };
        let parts = self.parts.clone();
        let session = self
            .supervisor
            .start(spec, &self.arbiter, move |_| Session::new(project, parts));
        self.live.insert(
            project,
            Live {
                session: session.clone(),
                number,
                spoken_to: Instant::now(),
            },
        );
        session
    }

    /// Has a conversation told of an end, and then what is queued in it. A report has a key: told of twice, it is said once.
    fn tell_of_end(
        &mut self,
        project: ProjectId,
        execution: ExecutionId,
        concerned: Concerned,
        ctx: &mut Context<Self>,
    ) {
        if !concerned.conversation && !concerned.queued {
            return;
        }
        tracing::debug!(project.id = %project, execution.id = %execution, "a conversation is told of an end");
        let session = self.session(project, ctx);
        let told = async move {
            if concerned.conversation {
                tell_patiently(|| session.tell(session::Report { execution })).await;
            }
            if concerned.queued {
                tell_patiently(|| session.tell(session::Look)).await;
            }
        };
        ctx.spawn(told.into_actor(self));
    }

    /// Has everything looked for that waits for an answer, a report or its turn in what this server works for.
    fn look_everywhere(&self, ctx: &mut Context<Self>) {
        let (reader, among) = (self.parts.reader.clone(), self.among());
        let left = async move { left_behind(&reader, among).await };
        ctx.spawn(left.into_actor(self).map(|left, sessions, ctx| {
            for project in left {
                sessions.look(project, ctx);
            }
        }));
    }

    /// Those this server works for.
    fn among(&self) -> Among {
        let here = self.parts.leases.here();
        let server = here.and_then(|here| here.server());
        server.map_or(Among::All, Among::HeldBy)
    }

    /// Has a project's session look for what waits in it.
    fn look(&mut self, project: ProjectId, ctx: &mut Context<Self>) {
        if !self.parts.leases.holds(project) {
            return;
        }
        let session = self.session(project, ctx);
        let told = async move { tell_patiently(|| session.tell(session::Look)).await };
        ctx.spawn(told.into_actor(self));
    }

    fn clear_deleted(&self, ctx: &mut Context<Self>) {
        let (reader, writer) = (self.parts.reader.clone(), self.parts.writer.clone());
        let cleared = async move { clear_deleted(&reader, &writer).await };
        ctx.spawn(cleared.into_actor(self));
    }

    fn retire_idle(&mut self) {
        self.live
            .retain(|_, live| live.spoken_to.elapsed() < IDLE_AFTER && live.session.is_connected());
    }
}
