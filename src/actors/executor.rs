//! The executor: the queue of executions and the slots they run in: one a project, a few in each backend.
//!
//! Its queue is a view of the table: what is queued is stored first, and after a restart, of this actor or of the whole
//! server, `recover.rs` reads it back. It starts a [`Poller`](super::poller::Poller) for each running execution and is told
//! when that has ended.
//!
//! Once it has recovered it waits for nothing: whoever asks for something that has to be stored is answered when that is
//! decided, and meanwhile all others have their turn. So with the database away a running command can still be stopped.

mod deciding;
mod elsewhere;
mod ending;
mod handle;
mod messages;
mod records;
mod recover;
mod slots;
mod waiting;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Supervised},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(super) use self::messages::LookAgain;
pub use self::slots::Load;
pub use self::{
    deciding::{Decide, DecideError, Decision},
    handle::{ExecutorHandle, Needs},
    messages::{
        Cancel, Ended, Follow, Follower, Missed, Queue, QueueError, Queued, StandDown, Stop,
    },
};
use self::{
    messages::GivenUp,
    records::store,
    recover::Reading,
    slots::Running,
    waiting::{Storing, Unanswered, Waiting},
};
use super::{reply::Reply, supervisor::Supervisor, writer::WriterHandle};
use crate::{
    backends::Backends,
    db::Reader,
    domain::{execution::NewExecution, id::ExecutionId},
    failpoint::{Around, FailPoint},
    feed::Feed,
    github::Site,
    leases::{Hold, Leases},
};

/// Messages that may wait: more than all people of one server ask for at once, and every poller's end.
const MAILBOX: usize = 1_024;

/// Executions that may wait in one project. A person who queued this many has lost track.
const QUEUE_MAX: usize = 20;

/// The executor's state.
pub struct Executor {
    parts: Parts,
    /// How many commands run side by side in each backend.
    slots: BTreeMap<&'static str, usize>,
    /// What is being stored and has no place yet. Their number is limited by what the writer lets wait.
    storing: BTreeMap<ExecutionId, Storing>,
    /// What has no slot yet, in the order it was queued.
    waiting: VecDeque<Waiting>,
    running: BTreeMap<ExecutionId, Running>,
    /// Who queued something and is not answered yet.
    unanswered: Vec<Unanswered>,
    /// What has ended here, until its record says so too: with the same hold it is not run again.
    over: BTreeMap<ExecutionId, Hold>,
    /// Set while the records are being read.
    reading: Option<Reading>,
    follower: Option<Follower>,
    /// For who looks at it.
    load: watch::Sender<Load>,
    /// Who waits for the end of what ends with the server, once that is to stop.
    standing_down: Option<Vec<Reply<()>>>,
}

/// What the executor hands on to pollers.
#[derive(Clone)]
struct Parts {
    supervisor: Supervisor,
    arbiter: actix_rt::ArbiterHandle,
    writer: WriterHandle,
    reader: Reader,
    leases: Leases,
    backends: Backends,
    feed: Feed,
    /// Fires when the server stops.
    stopping: CancellationToken,
    permission_expires: Duration,
    site: Site,
}

impl Actor for Executor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        for backend in self.parts.backends.all() {
            let backend = Arc::clone(backend);
            let tended = async move { backend.tend().await };
            ctx.spawn(tended.into_actor(self));
        }
        self.recover(ctx);
    }
}

impl Supervised for Executor {
    /// Pollers outlive a restart of their executor: those that live are kept, all else is read back.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.storing.clear();
        self.waiting.clear();
        self.unanswered.clear();
        self.reading = None;
    }
}

impl Handler<Queue> for Executor {
    type Result = ();

    fn handle(&mut self, queue: Queue, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeQueue, FailPoint::AfterQueue);
        let Queue {
            project,
            mut orders,
            message,
            phase,
            key,
            attempt,
            hold,
            by,
            reply,
        } = queue;
        if reply.is_abandoned() {
            // Who asked was told that it was not done.
            return;
        }
        let is_full = match self.parts.leases.holds(project) {
            true => Some(self.waiting_in(project) >= QUEUE_MAX),
            // Who runs it knows what waits; here it is looked up.
            false => None,
        };
        let order = orders.remove(0);
        let new = NewExecution {
            id: ExecutionId::new(),
            order,
            then: orders,
            message,
            phase,
            key,
            attempt,
        };
        let id = new.id;
        self.storing.insert(id, Storing::new(project));
        let mut parts = self.parts.clone();
        parts.writer = parts.writer.signed(by);
        if let Some(hold) = &hold {
            parts.writer = parts.writer.holding(hold);
        }
        let stored = store(parts, project, new, is_full);
        ctx.spawn(
            stored
                .into_actor(self)
                .map(move |stored, executor, ctx| executor.stored(id, stored, reply, ctx)),
        );
    }
}

impl Handler<Cancel> for Executor {
    type Result = ();

    fn handle(&mut self, cancel: Cancel, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeCancel, FailPoint::AfterCancel);
        self.cancel(cancel.execution, cancel.by, cancel.reply, ctx);
    }
}

impl Handler<Decide> for Executor {
    type Result = ();

    fn handle(&mut self, decide: Decide, _: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeDecide, FailPoint::AfterDecide);
        self.decide(decide);
    }
}

impl Handler<Stop> for Executor {
    type Result = ();

    fn handle(&mut self, Stop { project, by, reply }: Stop, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeStop, FailPoint::AfterStop);
        let stopped = self.stop(project, &by, ctx);
        ctx.spawn(
            stopped
                .into_actor(self)
                .map(|stopped, _, _| reply.send(stopped)),
        );
    }
}

impl Handler<Ended> for Executor {
    type Result = ();

    fn handle(&mut self, ended: Ended, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeEnded, FailPoint::AfterEnded);
        tracing::debug!(project.id = %ended.project, execution.id = %ended.execution, "an end is passed on");
        if let Some(running) = self.running.remove(&ended.execution) {
            self.over.insert(ended.execution, running.hold);
            for reply in running.cancelled {
                reply.send(Ok(true));
            }
        }
        self.tell_follower(ended, ctx);
        self.stood_down();
        // What follows in a sequence was queued by the poller in the transaction that ended this one.
        self.reload_after(ended, ctx);
    }
}

impl Handler<Follow> for Executor {
    type Result = ();

    fn handle(&mut self, Follow { follower, reply }: Follow, _: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeFollow, FailPoint::AfterFollow);
        self.follower = Some(follower);
        reply.send(());
    }
}

impl Handler<StandDown> for Executor {
    type Result = ();

    fn handle(&mut self, StandDown { reply }: StandDown, _: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeStandDown, FailPoint::AfterStandDown);
        self.standing_down.get_or_insert_default().push(reply);
        self.parts.stopping.cancel();
        self.stood_down();
    }
}

impl Handler<LookAgain> for Executor {
    type Result = ();

    fn handle(&mut self, LookAgain: LookAgain, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeLookAgain, FailPoint::AfterLookAgain);
        self.let_go(ctx);
        for running in self.running.values() {
            running.reins.look.notify_one();
        }
        self.reload(ctx);
    }
}

impl Handler<GivenUp> for Executor {
    type Result = ();

    fn handle(&mut self, GivenUp { execution, why }: GivenUp, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeGivenUp, FailPoint::AfterGivenUp);
        self.close(execution, &why, ctx);
    }
}
