//! A poller: follows one running execution in its backend, from its start to its one end.
//!
//! Steps go straight to the writer, several at once when they come fast; the next are taken when these are stored, so a
//! slow database slows the backend instead of filling the memory.

use std::sync::Arc;

use actix::{
    ActorContext as _, ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Addr, Context, Handler, Message, Supervised},
};
use chrono::Utc;
use sea_orm::DatabaseConnection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    executor::{Ended, Executor},
    patience::{read_patiently, tell_patiently},
    supervisor::Unsent,
    writer::{AppendError, WriterHandle},
};
use crate::{
    backends::{Backend, Job},
    db::{Reader, activity, execution::Execution, project},
    domain::{
        change::{Change, Reported},
        execution::{ErrorCode, NewExecution, Outcome},
        id::{ExecutionId, ProjectId},
        step::Step,
    },
};

/// Messages that may wait: only [`Cancel`]s, and one is as good as many.
pub(super) const MAILBOX: usize = 8;

/// Steps the backend may be ahead of the database.
const STEPS_AHEAD: usize = 64;

/// What a person reads after a crash in the middle.
const CRASHED: &str = "the part of the server that followed this failed, and what it had started was ended; run it again";

/// Ends the execution because a person asked.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Cancel;

/// A poller's state.
pub struct Poller {
    follow: Follow,
    /// Whether an earlier life of this actor crashed.
    crashed: bool,
}

/// What following takes.
#[derive(Clone)]
struct Follow {
    execution: Arc<Execution>,
    writer: WriterHandle,
    reader: Reader,
    backend: Arc<dyn Backend>,
    executor: Addr<Executor>,
    /// Fires when a person asks for the end.
    cancel: CancellationToken,
}

impl Actor for Poller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let (follow, crashed) = (self.follow.clone(), self.crashed);
        let whole = async move {
            if crashed {
                // What the backend had started ended with the future that ran it.
                follow
                    .finish(Outcome::failed(ErrorCode::Interrupted, CRASHED))
                    .await;
            } else {
                follow.run().await;
            }
            follow.tell_ended().await;
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

    fn handle(&mut self, _: Cancel, _: &mut Self::Context) {
        self.follow.cancel.cancel();
    }
}

impl Poller {
    pub(super) fn new(
        execution: Execution,
        writer: WriterHandle,
        reader: Reader,
        backend: Arc<dyn Backend>,
        executor: Addr<Executor>,
    ) -> Self {
        Self {
            follow: Follow {
                execution: Arc::new(execution),
                writer,
                reader,
                backend,
                executor,
                cancel: CancellationToken::new(),
            },
            crashed: false,
        }
    }
}

impl Follow {
    async fn run(&self) {
        let started = Change::ExecutionStarted {
            execution: self.id(),
            command: self.execution.order.command,
        };
        match self.append(vec![self.report(started)]).await {
            Ok(()) => {}
            // Cancelled while it still waited.
            Err(AppendError::ExecutionPast) => return,
            Err(error) => {
                return self
                    .finish(Outcome::failed(ErrorCode::Interrupted, error.to_string()))
                    .await;
            }
        }
        let began = std::time::Instant::now();
        let outcome = match self.job().await {
            Ok(job) => self.run_job(&job).await,
            Err(error) => Outcome::failed(ErrorCode::Interrupted, error),
        };
        let duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.finish_after(outcome, Some(duration_ms)).await;
    }

    /// Reads the project's folder now: it may have been changed while this waited.
    async fn job(&self) -> Result<Job, String> {
        let project = self.execution.project_id;
        let query = async |db: &DatabaseConnection| project::find(db, project).await;
        let found = read_patiently(&self.reader, "a project", query).await;
        let found =
            found.map_err(|error| format!("the project could not be read: {error}; try again"))?;
        let found = found.ok_or("the project was deleted")?;
        Ok(Job {
            execution: self.id(),
            project,
            order: self.execution.order.clone(),
            workspace: found.workspace_path.map(Into::into),
        })
    }

    async fn run_job(&self, job: &Job) -> Outcome {
        let (steps, taken) = mpsc::channel(STEPS_AHEAD);
        let run = self.backend.run(job, steps, self.cancel.clone());
        tokio::pin!(run);
        let take = self.take(taken);
        tokio::pin!(take);
        tokio::select! {
            // The backend dropped its sender with its end: what is still on the way is taken in before the end is.
            outcome = &mut run => match take.await {
                Ok(()) => outcome,
                Err(error) => Outcome::failed(ErrorCode::Interrupted, error.to_string()),
            },
            // Steps end before the run only when they cannot be stored any more.
            result = &mut take => match result {
                Ok(()) => run.await,
                Err(error) => {
                    self.cancel.cancel();
                    run.await;
                    Outcome::failed(ErrorCode::Interrupted, format!("a step could not be stored: {error}"))
                }
            },
        }
    }

    async fn take(&self, mut taken: mpsc::Receiver<Step>) -> Result<(), AppendError> {
        let id = self.id();
        let query = async |db: &DatabaseConnection| activity::next_source_index(db, id).await;
        let next = read_patiently(&self.reader, "an execution's last step", query).await;
        let mut source_index = next.map_err(|error| AppendError::Refused(error.to_string()))?;
        let mut steps = Vec::new();
        while taken.recv_many(&mut steps, STEPS_AHEAD).await > 0 {
            let at = Utc::now();
            let changes = steps.drain(..).map(|step| {
                let change = Change::StepTaken {
                    execution: self.id(),
                    command: self.execution.order.command,
                    source_index,
                    step: step.storable(),
                };
                source_index += 1;
                Reported {
                    at,
                    ..self.report(change)
                }
            });
            self.append(changes.collect()).await?;
        }
        Ok(())
    }

    async fn finish(&self, outcome: Outcome) {
        self.finish_after(outcome, None).await;
    }

    /// Ends the execution and, in the same transaction, queues what follows in its sequence.
    async fn finish_after(&self, outcome: Outcome, duration_ms: Option<i64>) {
        // Who asked for the end while the last command was ending asked for the end of the sequence, too.
        let goes_on = matches!(outcome, Outcome::Completed { .. }) && !self.cancel.is_cancelled();
        let mut changes = vec![self.report(self.finished(outcome.storable(), duration_ms))];
        if goes_on && let Some((next, rest)) = self.execution.then.split_first() {
            changes.push(self.report(Change::ExecutionQueued(NewExecution {
                id: ExecutionId::new(),
                order: next.clone(),
                then: rest.to_vec(),
                message: self.execution.message,
                key: None,
                attempt: 1,
            })));
        }
        let Err(error) = self.end_with(changes).await else {
            return;
        };
        // Whatever it was about the outcome that could not be stored: the execution must not stay running.
        let why = format!("how this ended could not be stored: {error}");
        let plain = self.finished(Outcome::failed(ErrorCode::Interrupted, why), duration_ms);
        if let Err(error) = self.end_with(vec![self.report(plain)]).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, execution.id = %self.id(), "the end of an execution could not be stored");
        }
    }

    /// Stores the end. That it has ended already is as good.
    async fn end_with(&self, changes: Vec<Reported>) -> Result<(), AppendError> {
        match self.append(changes).await {
            Err(AppendError::ExecutionPast) => Ok(()),
            decided => decided,
        }
    }

    fn finished(&self, outcome: Outcome, duration_ms: Option<i64>) -> Change {
        Change::ExecutionFinished {
            execution: self.id(),
            command: self.execution.order.command,
            outcome,
            duration_ms,
        }
    }

    /// Tells the executor, however full its mailbox.
    async fn tell_ended(&self) {
        let ended = Ended {
            execution: self.id(),
            project: self.project(),
        };
        tell_patiently(|| self.executor.try_send(ended).map_err(Unsent::from)).await;
    }

    async fn append(&self, changes: Vec<Reported>) -> Result<(), AppendError> {
        self.writer.append(changes).await.map(|_| ())
    }

    fn report(&self, change: Change) -> Reported {
        Reported::now(self.project(), change)
    }

    fn id(&self) -> ExecutionId {
        self.execution.id
    }

    fn project(&self) -> ProjectId {
        self.execution.project_id
    }
}
