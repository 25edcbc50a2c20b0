//! The sessions: finds or starts the session of a project, hands messages on, retires the idle.
//!
//! It alone holds the sessions' addresses, so a session that is retired has nothing queued and two of one project cannot
//! live side by side.

mod handle;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Supervised},
};
use sea_orm::DatabaseConnection;

pub use self::handle::SessionsHandle;
use super::{
    executor::{Ended, EndsMissed, ExecutorHandle, Follower},
    patience::{read_patiently, tell_patiently},
    reply::Reply,
    session::{self, PostError, Posted, Session},
    supervisor::{Child, Policy, Spec, Supervisor},
    writer::AppendError,
};
use crate::{
    db::{
        Reader,
        execution::{self, Execution},
        message,
    },
    delay::Delays,
    domain::{
        id::{ExecutionId, ProjectId, TopicId},
        message::MessageText,
    },
    failpoint::{Around, FailPoint},
};

/// Messages that may wait, over all projects: each is handed on at once.
const MAILBOX: usize = 1_024;

/// A session that was not spoken to for this long is let go; the next message starts it from the log.
const IDLE_AFTER: Duration = Duration::from_secs(15 * 60);

/// How often idle sessions are looked for.
const RETIRE_EVERY: Duration = Duration::from_secs(60);

/// Messages, and ended executions, over all projects that are looked through for those without an answer or a report: more
/// than can have come in the moment before a crash.
const LOOKED_BACK: u64 = 500;

/// The first and the longest wait before the executor is asked again to be followed: it is back within a second.
const FOLLOW_AGAIN_FIRST: Duration = Duration::from_millis(20);
const FOLLOW_AGAIN_LONGEST: Duration = Duration::from_secs(1);

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
    /// Where the answer goes.
    pub reply: Reply<Result<Posted, PostError>>,
}

/// Begins a new topic. Answered with it when it is stored.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Reset {
    /// Where.
    pub project: ProjectId,
    /// Where the answer goes.
    pub reply: Reply<Result<TopicId, AppendError>>,
}

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
        let (reader, executor) = (self.parts.reader.clone(), self.parts.executor.clone());
        let follower = Follower {
            ended: ctx.address().recipient(),
            missed: ctx.address().recipient(),
        };
        let left = async move { left_behind(&reader, &executor, follower).await };
        ctx.spawn(left.into_actor(self).map(|left, sessions, ctx| {
            // A session takes up what it finds unanswered when it starts.
            for project in left {
                sessions.session(project, ctx);
            }
            // One that lives may not have been told of an end: this actor crashed.
            sessions.make_up_for_reports(ctx);
        }));
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
            reply,
        }: Post,
        ctx: &mut Self::Context,
    ) {
        let _handled = Around::new(FailPoint::BeforePost, FailPoint::AfterPost);
        let post = session::Post { text, key, reply };
        if let Err(post) = self.session(project, ctx).try_tell(post) {
            post.reply.send(Err(AppendError::Overloaded.into()));
        }
    }
}

impl Handler<Reset> for Sessions {
    type Result = ();

    fn handle(&mut self, Reset { project, reply }: Reset, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeReset, FailPoint::AfterReset);
        if let Err(reset) = self
            .session(project, ctx)
            .try_tell(session::Reset { reply })
        {
            reset.reply.send(Err(AppendError::Overloaded));
        }
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
        let needed = async move { needs_report(&reader, execution).await };
        ctx.spawn(needed.into_actor(self).map(move |needed, sessions, ctx| {
            if needed {
                sessions.have_reported(project, execution, ctx);
            }
        }));
    }
}

impl Handler<EndsMissed> for Sessions {
    type Result = ();

    fn handle(&mut self, EndsMissed: EndsMissed, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeEndsMissed, FailPoint::AfterEndsMissed);
        self.make_up_for_reports(ctx);
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

    /// Has a conversation told of an end. A report has a key: told of twice, it is said once.
    fn have_reported(
        &mut self,
        project: ProjectId,
        execution: ExecutionId,
        ctx: &mut Context<Self>,
    ) {
        tracing::debug!(project.id = %project, execution.id = %execution, "a conversation is told of an end");
        let session = self.session(project, ctx);
        let told = async move {
            tell_patiently(|| session.tell(session::Report { execution })).await;
        };
        ctx.spawn(told.into_actor(self));
    }

    /// Has all ends told of that have no report yet.
    fn make_up_for_reports(&mut self, ctx: &mut Context<Self>) {
        let reader = self.parts.reader.clone();
        let unreported = async move { unreported(&reader).await };
        ctx.spawn(
            unreported
                .into_actor(self)
                .map(|unreported, sessions, ctx| {
                    for execution in unreported {
                        sessions.have_reported(execution.project_id, execution.id, ctx);
                    }
                }),
        );
    }

    fn retire_idle(&mut self) {
        self.live
            .retain(|_, live| live.spoken_to.elapsed() < IDLE_AFTER && live.session.is_connected());
    }
}

/// The projects in which somebody may wait for an answer, once the executor has dealt with what an earlier life left
/// behind.
async fn left_behind(
    reader: &Reader,
    executor: &ExecutorHandle,
    follower: Follower,
) -> Vec<ProjectId> {
    // Without it no end is reported: asked until it is heard, also by an executor that crashed with the question in hand.
    let mut delays = Delays::new(FOLLOW_AGAIN_FIRST, FOLLOW_AGAIN_LONGEST);
    while let Err(error) = executor.follow(follower.clone()).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the executor could not be followed; trying again");
        delays.wait().await;
    }
    let query = async |db: &DatabaseConnection| message::projects_unanswered(db, LOOKED_BACK).await;
    let left = read_patiently(reader, "what was left behind", query).await;
    left.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "what was left unanswered could not be read");
        Vec::new()
    })
}

/// What has ended and was not reported in the conversation that ordered it.
async fn unreported(reader: &Reader) -> Vec<Execution> {
    let query = async |db: &DatabaseConnection| session::unreported(db, None, LOOKED_BACK).await;
    let unreported = read_patiently(reader, "ends without a report", query).await;
    unreported.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "ends without a report could not be read");
        Vec::new()
    })
}

/// Whether a message ordered this execution: then its conversation is told.
async fn needs_report(reader: &Reader, id: ExecutionId) -> bool {
    let query = async |db: &DatabaseConnection| execution::find(db, id).await;
    match read_patiently(reader, "an ended execution", query).await {
        Ok(execution) => execution.is_some_and(|execution| execution.message.is_some()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, execution.id = %id, "an ended execution could not be read");
            false
        }
    }
}
