//! A poller: follows one running execution in its backend, from its start to its one end.
//!
//! Steps go straight to the writer, several at once when they come fast; the next are taken when these are stored, so a
//! slow database slows the backend instead of filling the memory.

mod asking;
mod ending;
mod linking;
mod reins;
mod stored;
mod taking;

use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix::{
    ActorContext as _, ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Addr, Context, Handler, Message, Supervised},
};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::CancellationToken;

pub(super) use self::reins::Reins;
use self::{asking::Asking, linking::Linking};
use super::{
    executor::{Decide, DecideError, Executor, LookAgain},
    patience::tell_patiently,
    supervisor::Unsent,
    writer::{AppendError, WriterHandle},
};
use crate::{
    backends::{Backend, Backends, Job, Resume, Steps},
    clock,
    db::{Reader, execution::Execution, project},
    domain::{
        access::By,
        change::{Change, Reported},
        execution::{ErrorCode, ExecutionStatus, Outcome},
        id::{ExecutionId, ProjectId},
        redaction::of_variables,
    },
    failpoint::{Around, FailPoint},
    feed::Feed,
    github::Site,
    leases::Hold,
};

/// Messages that may wait: [`Cancel`]s, of which one is as good as many, and what people answer, who are told to try again
/// when there is no room.
pub(super) const MAILBOX: usize = 8;

/// Answers of people that may wait until what is being stored is: as many as the mailbox takes.
const DECISIONS: usize = MAILBOX;

/// Steps the backend may be ahead of the database.
const STEPS_AHEAD: usize = 64;

/// What a person reads of an execution that ended with what followed it.
const CRASHED: &str = "The part of the server that followed this failed, and what it had started was ended; run it again.";
const SERVER_STOPPED: &str = "The server stopped, or was cut off, while this was running, so its end is not known; run it again.";

/// Ends the execution because a person asked.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Cancel {
    /// Who.
    pub(super) by: By,
}

/// A poller's state.
pub struct Poller {
    follow: Follow,
    /// Whether an earlier life of this actor crashed.
    crashed: bool,
    /// Where this life takes what people answer.
    decisions: Option<mpsc::Sender<Decide>>,
}

/// What pollers are made with.
pub(super) struct Parts {
    pub(super) hold: Hold,
    pub(super) reins: Reins,
    /// Writes with that hold.
    pub(super) writer: WriterHandle,
    pub(super) reader: Reader,
    pub(super) backends: Backends,
    pub(super) feed: Feed,
    pub(super) executor: Addr<Executor>,
    /// Fires when the server stops.
    pub(super) stopping: CancellationToken,
    /// How long a person may take to answer a coding agent.
    pub(super) permission_expires: Duration,
    /// Where pull requests have their pages.
    pub(super) site: Site,
}

/// What following takes.
#[derive(Clone)]
struct Follow {
    /// As it was when this was made.
    execution: Arc<Execution>,
    hold: Hold,
    reins: Reins,
    writer: WriterHandle,
    reader: Reader,
    backends: Backends,
    feed: Feed,
    executor: Addr<Executor>,
    /// Fires when a person asks for the end.
    cancel: CancellationToken,
    /// Who asked first.
    cancelled_by: Arc<OnceLock<Arc<str>>>,
    /// Fires when the server stops: what would end with it ends in order.
    stopping: CancellationToken,
    permission_expires: Duration,
    site: Site,
}

impl Actor for Poller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let (follow, crashed) = (self.follow.clone(), self.crashed);
        let (sender, decisions) = mpsc::channel(DECISIONS);
        self.decisions = Some(sender);
        let asking = Asking::new(decisions, follow.permission_expires);
        let whole = async move {
            let followed = async {
                follow.run(crashed, asking).await;
                follow.tell_ended().await;
            };
            tokio::select! {
                biased;
                () = follow.reins.let_go.cancelled() => {}
                () = followed => {}
            }
        };
        ctx.spawn(whole.into_actor(self).map(|(), _, ctx| ctx.stop()));
    }
}

impl Supervised for Poller {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.crashed = true;
    }
}

impl Handler<Cancel> for Poller {
    type Result = ();

    fn handle(&mut self, Cancel { by }: Cancel, _: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforePollerCancel, FailPoint::AfterPollerCancel);
        if let Some(by) = by {
            self.follow.cancelled_by.get_or_init(|| by);
        }
        self.follow.cancel.cancel();
    }
}

impl Handler<Decide> for Poller {
    type Result = ();

    /// Handed to whoever follows the execution, in its turn: what is asked is known there.
    fn handle(&mut self, decide: Decide, _: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforePollerDecide, FailPoint::AfterPollerDecide);
        let Some(to) = &self.decisions else {
            return;
        };
        let refused = match to.try_send(decide) {
            Err(TrySendError::Full(decide)) => (decide, AppendError::Overloaded.into()),
            Err(TrySendError::Closed(decide)) => (decide, DecideError::NotAsked),
            Ok(()) => return,
        };
        let (decide, why) = refused;
        decide.reply.send(Err(why));
    }
}

impl Poller {
    pub(super) fn new(execution: Execution, parts: Parts) -> Self {
        let Parts {
            hold,
            reins,
            writer,
            reader,
            backends,
            feed,
            executor,
            stopping,
            permission_expires,
            site,
        } = parts;
        feed.traces()
            .follow(execution.id, execution.message, execution.queued_at);
        Self {
            follow: Follow {
                execution: Arc::new(execution),
                hold,
                reins,
                writer,
                reader,
                backends,
                feed,
                executor,
                cancel: CancellationToken::new(),
                cancelled_by: Arc::default(),
                stopping,
                permission_expires,
                site,
            },
            crashed: false,
            decisions: None,
        }
    }
}

impl Follow {
    /// Runs it, or goes on where an earlier life of this actor or of the server stood.
    async fn run(&self, crashed: bool, asking: Asking) {
        let (execution, project) = match self.read(crashed).await {
            Ok(read) => read,
            Err(error) => {
                return self
                    .finish(Outcome::failed(ErrorCode::Interrupted, error))
                    .await;
            }
        };
        let (backend, resume) = match execution.status {
            ExecutionStatus::Queued => match self.start(&project).await {
                Some(backend) => (backend, None),
                None => return,
            },
            ExecutionStatus::Running => {
                let name = execution.backend.as_deref().unwrap_or_default();
                let survives = |backend: &&Arc<dyn Backend>| backend.survives();
                let Some(backend) = self.backends.named(name).filter(survives) else {
                    // What it had started ended with the future that ran it, or with the server.
                    let why = if crashed { CRASHED } else { SERVER_STOPPED };
                    return self
                        .finish(Outcome::failed(ErrorCode::Interrupted, why))
                        .await;
                };
                (Arc::clone(backend), Some(execution.place.clone()))
            }
            // Somebody else ended it.
            ExecutionStatus::Completed | ExecutionStatus::Failed | ExecutionStatus::Cancelled => {
                return;
            }
        };
        if execution.stop_asked {
            self.cancel.cancel();
        }
        // What its coding agent is given to pay with is nobody's to read in what that says.
        let env = project.agent.env.iter();
        let keys = of_variables(env.map(|(name, value)| (name.as_str(), value.as_str())));
        let discreet = Self {
            writer: self.writer.keeping_out(keys),
            ..self.clone()
        };
        let repository_url = project.github_repo_url.as_deref();
        let linking = Linking::new(self.site.clone(), &execution, repository_url);
        let started_at = execution.started_at.unwrap_or_else(clock::now);
        let outcome = match self.history(backend.name()).await {
            Ok((steps, before)) => {
                let job = Job {
                    execution: self.id(),
                    project: self.project(),
                    project_name: project.name,
                    order: self.execution.order.clone(),
                    workspace: project.workspace_path.map(Into::into),
                    repository_url: project.github_repo_url,
                    started_at,
                    agent: project.agent,
                    hold: self.hold.clone(),
                    before,
                    resume: resume.map(|place| Resume {
                        place,
                        steps: usize::try_from(steps).unwrap_or_default(),
                    }),
                };
                discreet
                    .run_job(backend.as_ref(), &job, steps, asking, linking)
                    .await
            }
            Err(error) => Outcome::failed(ErrorCode::Interrupted, error),
        };
        let duration = clock::now() - started_at;
        discreet
            .finish_after(outcome, Some(duration.num_milliseconds().max(0)))
            .await;
    }

    /// Marks it as running where its project wants it to run. None when it ends here.
    async fn start(&self, project: &project::Project) -> Option<Arc<dyn Backend>> {
        let choice = project.backend.as_deref();
        let Some(backend) = self.backends.chosen(choice).map(Arc::clone) else {
            let why = format!(
                "this project's commands are to run in {}, and this server has no such thing: connect it, or choose another in the project's settings",
                choice.unwrap_or_default()
            );
            self.finish(Outcome::failed(ErrorCode::AgentMissing, why))
                .await;
            return None;
        };
        let started = Change::ExecutionStarted {
            execution: self.id(),
            command: self.execution.order.command,
            backend: backend.name(),
        };
        match self.append(vec![self.report(started)]).await {
            Ok(()) => Some(backend),
            // Cancelled while it still waited.
            Err(AppendError::ExecutionPast) => None,
            Err(error) => {
                self.finish(Outcome::failed(ErrorCode::Interrupted, error.to_string()))
                    .await;
                None
            }
        }
    }

    async fn run_job(
        &self,
        backend: &dyn Backend,
        job: &Job,
        next_step: i64,
        asking: Asking,
        linking: Linking,
    ) -> Outcome {
        if let Err(on_purpose) = FailPoint::BackendRun.pass().await {
            return Outcome::failed(ErrorCode::AgentError, on_purpose.to_string());
        }
        let (steps, taken) = Steps::channel(STEPS_AHEAD);
        let end = self.cancel.child_token();
        let run = backend.run(job, steps, end.clone());
        tokio::pin!(run);
        let heed = async {
            self.stopping.cancelled().await;
            if !backend.survives() {
                end.cancel();
            }
            std::future::pending::<Infallible>().await
        };
        let asking = asking.of(backend.label(), end.clone());
        let take = self.take(taken, next_step, asking, linking);
        tokio::pin!(take);
        let outcome = tokio::select! {
            // The backend dropped its sender with its end: what is still on the way is taken in before the end is.
            outcome = &mut run => match take.await {
                Ok(()) => outcome,
                Err(error) => Outcome::failed(ErrorCode::Interrupted, error.to_string()),
            },
            // Steps end before the run only when they cannot be stored any more.
            result = &mut take => match result {
                Ok(()) => run.await,
                Err(error) => {
                    end.cancel();
                    run.await;
                    Outcome::failed(ErrorCode::Interrupted, format!("a step could not be stored: {error}"))
                }
            },
            never = heed => match never {},
        };
        match outcome {
            // Nobody asked for it.
            Outcome::Cancelled if !self.cancel.is_cancelled() => {
                Outcome::failed(ErrorCode::Interrupted, SERVER_STOPPED)
            }
            outcome => outcome,
        }
    }

    async fn append(&self, changes: Vec<Reported>) -> Result<(), AppendError> {
        match self.writer.append(changes).await {
            // Another server follows it. The executor is told, and lets go.
            Err(AppendError::NotHeld) => {
                self.hold.refused(self.project());
                tell_patiently(|| self.executor.try_send(LookAgain).map_err(Unsent::from)).await;
                std::future::pending().await
            }
            stored => stored.map(|_| ()),
        }
    }

    fn report(&self, change: Change) -> Reported {
        Reported::now(self.project(), change).in_phase(self.execution.phase)
    }

    fn id(&self) -> ExecutionId {
        self.execution.id
    }

    fn project(&self) -> ProjectId {
        self.execution.project_id
    }
}
