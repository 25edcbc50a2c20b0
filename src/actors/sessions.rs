//! The sessions: finds or starts the session of a project, hands messages on, retires the idle.
//!
//! It alone holds the sessions' addresses, so a session that is retired has nothing queued and two of one project cannot
//! live side by side.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Recipient, Supervised},
};
use sea_orm::DatabaseConnection;

use super::{
    executor::{Ended, ExecutorHandle},
    patience::{read_patiently, tell_patiently},
    reply::Reply,
    session::{self, PostError, Posted, Session},
    supervisor::{Child, Policy, Spec, Supervisor, Unsent},
    writer::{AppendError, WriterHandle},
};
use crate::{
    db::{Reader, execution, message},
    domain::{
        id::{ExecutionId, ProjectId, TopicId},
        message::MessageText,
    },
};

/// Messages that may wait, over all projects: each is handed on at once.
const MAILBOX: usize = 1_024;

/// A session that was not spoken to for this long is let go; the next message starts it from the log.
const IDLE_AFTER: Duration = Duration::from_secs(15 * 60);

/// How often idle sessions are looked for.
const RETIRE_EVERY: Duration = Duration::from_secs(60);

/// Messages over all projects that are looked through at start for those nobody answered: more than can have come in
/// the moment before the end.
const LOOKED_BACK: u64 = 500;

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
        let follower = ctx.address().recipient();
        let left = async move { left_behind(&reader, &executor, follower).await };
        ctx.spawn(left.into_actor(self).map(|left, sessions, ctx| {
            // A session takes up what it finds unanswered when it starts.
            for project in left {
                sessions.session(project, ctx);
            }
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
        let post = session::Post { text, key, reply };
        if let Err(post) = self.session(project, ctx).try_tell(post) {
            post.reply.send(Err(AppendError::Overloaded.into()));
        }
    }
}

impl Handler<Reset> for Sessions {
    type Result = ();

    fn handle(&mut self, Reset { project, reply }: Reset, ctx: &mut Self::Context) {
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

    fn handle(&mut self, ended: Ended, ctx: &mut Self::Context) {
        let reader = self.parts.reader.clone();
        let execution = ended.execution;
        let needed = async move { needs_report(&reader, execution).await };
        ctx.spawn(needed.into_actor(self).map(move |needed, sessions, ctx| {
            if needed {
                let session = sessions.session(ended.project, ctx);
                let told = async move {
                    tell_patiently(|| session.tell(session::Report { execution })).await;
                };
                ctx.spawn(told.into_actor(sessions));
            }
        }));
    }
}

impl Handler<SetAside> for Sessions {
    type Result = ();

    /// The next message in its project starts it anew.
    fn handle(&mut self, set_aside: SetAside, ctx: &mut Self::Context) {
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

    fn retire_idle(&mut self) {
        self.live
            .retain(|_, live| live.spoken_to.elapsed() < IDLE_AFTER && live.session.is_connected());
    }
}

/// The projects in which somebody may wait for an answer or a report, once the executor has dealt with what an earlier
/// life left behind.
async fn left_behind(
    reader: &Reader,
    executor: &ExecutorHandle,
    follower: Recipient<Ended>,
) -> BTreeSet<ProjectId> {
    if let Err(error) = executor.follow(follower).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "the executor could not be followed");
    }
    let query = async |db: &DatabaseConnection| {
        let ended = execution::ended_by_messages(db, None, LOOKED_BACK).await?;
        let unanswered = message::projects_unanswered(db, LOOKED_BACK).await?;
        let ended = ended.into_iter().map(|execution| execution.project_id);
        Ok(unanswered.into_iter().chain(ended).collect())
    };
    let left = read_patiently(reader, "what was left behind", query).await;
    left.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "what was left unanswered could not be read");
        BTreeSet::new()
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

/// What others hold of the sessions.
#[derive(Clone)]
pub struct SessionsHandle {
    child: Child<Sessions>,
}

impl SessionsHandle {
    /// Starts the sessions under `supervisor`.
    pub fn start(
        supervisor: &Supervisor,
        arbiter: &actix_rt::ArbiterHandle,
        writer: WriterHandle,
        reader: Reader,
        executor: ExecutorHandle,
    ) -> Self {
        let spec = Spec {
            name: "sessions".to_owned(),
            parent: "supervisor",
            policy: Policy::Permanent,
            mailbox: MAILBOX,
        };
        let sessions = Sessions {
            supervisor: supervisor.clone(),
            arbiter: arbiter.clone(),
            parts: session::Parts {
                writer,
                reader,
                executor,
            },
            live: BTreeMap::new(),
            started: 0,
        };
        Self {
            child: supervisor.start(spec, arbiter, move |_| sessions),
        }
    }

    /// Says something; see [`Post`].
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(
        &self,
        project: ProjectId,
        text: MessageText,
        key: Option<String>,
    ) -> Result<Posted, PostError> {
        let answer = self
            .child
            .ask(|reply| Post {
                project,
                text,
                key,
                reply,
            })
            .map_err(overloaded)?;
        answer.await.map_err(AppendError::from)?
    }

    /// Begins a new topic; see [`Reset`].
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn reset(&self, project: ProjectId) -> Result<TopicId, AppendError> {
        let answer = self
            .child
            .ask(|reply| Reset { project, reply })
            .map_err(overloaded)?;
        answer.await?
    }
}

fn overloaded(_: Unsent) -> AppendError {
    AppendError::Overloaded
}
