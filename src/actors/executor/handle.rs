//! What others hold of the executor.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Cancel, Decide, DecideError, Decision, Executor, Follow, Follower, Load, LookAgain, MAILBOX,
    Parts, Queue, QueueError, Queued, StandDown, Stop, elsewhere::Elsewhere, ending::END_WITHIN,
};
use crate::{
    actors::{
        patience::{in_time, person_waits},
        reply::{Crashed, Reply},
        supervisor::{Child, Policy, Spec, Supervisor, Unsent},
        writer::{AppendError, WriterHandle},
    },
    backends::Backends,
    db::{Reader, execution::Execution},
    domain::{
        access::By,
        execution::Order,
        id::{ExecutionId, MessageId, ProjectId},
        workflow::InPhase,
    },
    feed::Feed,
    github::Site,
    leases::{Hold, Leases},
};

/// What the executor works with.
pub struct Needs {
    /// Who stores.
    pub writer: WriterHandle,
    /// Where it reads what is stored.
    pub reader: Reader,
    /// For which projects it runs them.
    pub leases: Leases,
    /// Where commands run.
    pub backends: Backends,
    /// Where is shown what coding agents write.
    pub feed: Feed,
    /// The commands each of them runs side by side.
    pub slots: BTreeMap<&'static str, usize>,
    /// How long a person may take to answer a coding agent.
    pub permission_expires: Duration,
    /// Where pull requests have their pages.
    pub site: Site,
}

/// What others hold of the executor.
#[derive(Clone)]
pub struct ExecutorHandle {
    child: Child<Executor>,
    backends: Backends,
    leases: Leases,
    load: watch::Receiver<Load>,
    elsewhere: Elsewhere,
    /// What it is asked with, if that is for the server that works for the project alone to do.
    hold: Option<Hold>,
    /// Who asks.
    by: By,
}

impl ExecutorHandle {
    /// Starts the executor under `supervisor`.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, needs: Needs) -> Self {
        let Needs {
            writer,
            reader,
            leases,
            backends,
            feed,
            slots,
            permission_expires,
            site,
        } = needs;
        let known = (backends.clone(), leases.clone());
        let (store, read) = (writer.clone(), reader.clone());
        let parts = Parts {
            supervisor: supervisor.clone(),
            arbiter: arbiter.clone(),
            writer,
            reader,
            leases,
            backends,
            feed,
            stopping: CancellationToken::new(),
            permission_expires,
            site,
        };
        let spec = Spec {
            name: "executor".to_owned(),
            parent: "supervisor",
            policy: Policy::Permanent,
            mailbox: MAILBOX,
        };
        let (tells, load) = watch::channel(Load::default());
        let child = supervisor.start(spec, arbiter, move |_| Executor {
            parts,
            slots,
            storing: BTreeMap::new(),
            waiting: VecDeque::new(),
            running: BTreeMap::new(),
            unanswered: Vec::new(),
            over: BTreeMap::new(),
            reading: None,
            follower: None,
            load: tells,
            standing_down: None,
        });
        let (backends, leases) = known;
        let elsewhere = Elsewhere::new(store, read, child.addr().clone().recipient());
        Self {
            child,
            backends,
            leases,
            load,
            elsewhere,
            hold: None,
            by: None,
        }
    }

    /// The same for what somebody asks for.
    pub fn signed(&self, by: By) -> Self {
        Self { by, ..self.clone() }
    }

    /// The same for whoever acts with this hold: what comes after it was lost is refused, with [`AppendError::NotHeld`].
    pub fn holding(&self, hold: &Hold) -> Self {
        Self {
            hold: Some(hold.clone()),
            ..self.clone()
        }
    }

    /// How much it has to do.
    pub fn load(&self) -> Load {
        self.load.borrow().clone()
    }

    /// Whether commands of a project that chose this need a folder on this machine.
    pub fn needs_folder(&self, choice: Option<&str>) -> bool {
        let backend = self.backends.chosen(choice);
        backend.is_none_or(|backend| backend.needs_folder())
    }

    /// Gives a sequence of commands its place in the queue; see [`Queue`].
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn queue(
        &self,
        project: ProjectId,
        orders: Vec<Order>,
        message: Option<MessageId>,
        key: Option<String>,
    ) -> Result<Queued, QueueError> {
        self.ask(|reply| Queue {
            project,
            orders,
            message,
            phase: None,
            key,
            attempt: 1,
            hold: self.hold.clone(),
            by: self.by.clone(),
            reply,
        })
        .await
    }

    /// Gives the command of a phase its place in the queue, once for each key.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn queue_phase(
        &self,
        project: ProjectId,
        order: Order,
        phase: InPhase,
        key: String,
    ) -> Result<Queued, QueueError> {
        self.ask(|reply| Queue {
            project,
            orders: vec![order],
            message: None,
            phase: Some(phase),
            key: Some(key),
            attempt: 1,
            hold: self.hold.clone(),
            by: None,
            reply,
        })
        .await
    }

    /// Gives what has ended early its place in the queue once more, and what was to follow it; its outcome is reported to
    /// `message`. Whoever asks again gets the same execution: the key is the one that ended.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn retry(
        &self,
        ended: Execution,
        message: Option<MessageId>,
    ) -> Result<Queued, QueueError> {
        let orders = std::iter::once(ended.order).chain(ended.then).collect();
        self.ask(|reply| Queue {
            project: ended.project_id,
            orders,
            message,
            phase: None,
            key: Some(format!("retry:{}", ended.id)),
            attempt: ended.attempt + 1,
            hold: self.hold.clone(),
            by: self.by.clone(),
            reply,
        })
        .await
    }

    async fn ask(
        &self,
        queue: impl FnOnce(Reply<Result<Queued, QueueError>>) -> Queue,
    ) -> Result<Queued, QueueError> {
        let answer = self.child.ask(queue).map_err(|_| AppendError::Overloaded)?;
        in_time(answer).await
    }

    /// Ends an execution; see [`Cancel`]. False also when it was asked to end and has not ended within
    /// `END_WITHIN`: it still will.
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn cancel(
        &self,
        project: ProjectId,
        execution: ExecutionId,
    ) -> Result<bool, AppendError> {
        if !self.leases.holds(project) {
            return person_waits(self.elsewhere.signed(&self.by).cancel(execution)).await;
        }
        let answer = self
            .child
            .ask(|reply| Cancel {
                execution,
                by: self.by.clone(),
                reply,
            })
            .map_err(|_| AppendError::Overloaded)?;
        match tokio::time::timeout(END_WITHIN, answer).await {
            Ok(answer) => answer?,
            Err(_) => Ok(false),
        }
    }

    /// Answers what a coding agent asked; see [`Decide`].
    ///
    /// # Errors
    /// [`DecideError`].
    pub async fn decide(&self, project: ProjectId, decision: Decision) -> Result<(), DecideError> {
        if !self.leases.holds(project) {
            return person_waits(self.elsewhere.signed(&self.by).decide(project, decision)).await;
        }
        let answer = self.child.ask(|reply| Decide {
            decision,
            by: self.by.clone(),
            reply,
        });
        in_time(answer.map_err(|_| AppendError::Overloaded)?).await
    }

    /// Ends whatever runs or waits in a project; see [`Stop`].
    ///
    /// # Errors
    /// [`AppendError`]; what could be told to end was told all the same.
    pub async fn stop(&self, project: ProjectId) -> Result<(), AppendError> {
        if self.hold.is_some() && self.hold != self.leases.hold(project) {
            return Err(AppendError::NotHeld);
        }
        if !self.leases.holds(project) {
            return person_waits(self.elsewhere.signed(&self.by).stop(project)).await;
        }
        let answer = self
            .child
            .ask(|reply| Stop {
                project,
                by: self.by.clone(),
                reply,
            })
            .map_err(|_| AppendError::Overloaded)?;
        in_time(answer).await
    }

    /// Starts nothing more, and ends in order what would end with the server; see [`StandDown`]. Returns when that is
    /// done, or cannot be found out.
    pub async fn stand_down(&self) {
        if let Ok(answer) = self.child.ask(|reply| StandDown { reply })
            && let Err(Crashed) = answer.await
        {
            tracing::error!("what runs could not be told to end with the server");
        }
    }

    /// Has it look for what was stored by others, and where projects want their commands to run now. Whether it was told:
    /// its mailbox may be full.
    pub fn look_again(&self) -> bool {
        self.child.tell(LookAgain) != Err(Unsent::Full)
    }

    /// Tells `follower` of each execution that ends from now on; see [`Follow`].
    ///
    /// # Errors
    /// [`AppendError`] when the executor could not be told.
    pub async fn follow(&self, follower: Follower) -> Result<(), AppendError> {
        let answer = self
            .child
            .ask(|reply| Follow { follower, reply })
            .map_err(|_| AppendError::Overloaded)?;
        Ok(answer.await?)
    }
}
