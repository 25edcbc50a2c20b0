//! The executor: the queue of executions and the slots they run in: one a project, a few in all.
//!
//! Its queue is a view of the table: what is queued is stored first, and after a restart, of this actor or of the whole
//! server, `recover.rs` reads it back. It starts a [`Poller`] for each running execution and is told when that has ended.

mod handle;
mod records;
mod recover;
mod slots;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Recipient, Supervised},
};

pub use self::handle::ExecutorHandle;
use self::records::{cancel, cancel_waiting, store};
use super::{
    poller::{self, Poller},
    reply::Reply,
    supervisor::{Child, Supervisor},
    writer::{AppendError, WriterHandle},
};
use crate::{
    backends::Backends,
    db::{Reader, execution::Execution},
    domain::{
        execution::{Command, NewExecution, Order},
        id::{ExecutionId, MessageId, ProjectId},
    },
};

/// Messages that may wait: more than all people of one server ask for at once, and every poller's end.
const MAILBOX: usize = 1_024;

/// Executions that may wait in one project. A person who queued this many has lost track.
const QUEUE_MAX: usize = 20;

/// Gives a command its place in the queue.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Queue {
    /// Whose.
    pub project: ProjectId,
    /// What to run, first to last; each only if the one before it completes. Not empty.
    pub orders: Vec<Order>,
    /// The message that ordered it.
    pub message: Option<MessageId>,
    /// Names the request: one repeated with the same key is the same execution.
    pub key: Option<String>,
    /// Which try it is, from 1.
    pub attempt: i32,
    /// Where the answer goes.
    pub reply: Reply<Result<Queued, QueueError>>,
}

/// A place in the queue.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The execution.
    pub execution: Execution,
    /// How many are before it in its project, the running one included.
    pub position: usize,
    /// What runs before it in its project.
    pub running: Option<Command>,
    /// Whether it got a slot at once.
    pub started: bool,
}

/// Ends an execution because a person asked. Answered when it has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Cancel {
    /// Which.
    pub execution: ExecutionId,
    /// Where the answer goes: false when it had ended, or is unknown.
    pub reply: Reply<Result<bool, AppendError>>,
}

/// Ends whatever runs or waits in a project because a person asked. Answered when it has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop {
    /// Which project.
    pub project: ProjectId,
    /// Where the answer goes: what was ended.
    pub reply: Reply<Result<Vec<ExecutionId>, AppendError>>,
}

/// An execution has ended; told by its poller, and passed on to who [follows](Follow).
#[derive(Message, Debug, Clone, Copy)]
#[rtype(result = "()")]
pub struct Ended {
    /// Which.
    pub execution: ExecutionId,
    /// Whose.
    pub project: ProjectId,
}

/// Asks to be told of each [`Ended`] from now on. Answered when what an earlier life left behind was dealt with.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Follow {
    /// Who is to be told.
    pub follower: Recipient<Ended>,
    /// Where the answer goes.
    pub reply: Reply<()>,
}

/// A poller was restarted too often.
#[derive(Message)]
#[rtype(result = "()")]
struct GivenUp {
    ended: Ended,
    order: Order,
    why: String,
}

/// Why a command got no place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Too many wait already.
    #[error(
        "{QUEUE_MAX} commands already wait in this project; stop one, or wait until one has ended"
    )]
    Full,
    /// It could not be stored.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// The executor's state.
pub struct Executor {
    parts: Parts,
    slots: usize,
    waiting: VecDeque<Execution>,
    running: BTreeMap<ExecutionId, Running>,
    follower: Option<Recipient<Ended>>,
}

/// What the executor hands on to pollers.
#[derive(Clone)]
struct Parts {
    supervisor: Supervisor,
    arbiter: actix_rt::ArbiterHandle,
    writer: WriterHandle,
    reader: Reader,
    backends: Backends,
}

/// An execution that has a slot.
struct Running {
    project: ProjectId,
    command: Command,
    poller: Child<Poller>,
    /// Who asked for its end and waits for it.
    cancelled: Vec<Reply<Result<bool, AppendError>>>,
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
        self.waiting.clear();
    }
}

impl Handler<Queue> for Executor {
    type Result = ();

    fn handle(&mut self, queue: Queue, ctx: &mut Self::Context) {
        let Queue {
            project,
            mut orders,
            message,
            key,
            attempt,
            reply,
        } = queue;
        if reply.is_abandoned() {
            // Who asked was told that it was not done.
            return;
        }
        let waiting = self
            .waiting
            .iter()
            .filter(|execution| execution.project_id == project);
        let full = waiting.count() >= QUEUE_MAX;
        let order = orders.remove(0);
        let new = NewExecution {
            id: ExecutionId::new(),
            order,
            then: orders,
            message,
            key,
            attempt,
        };
        // In the order they were asked for: the next message is read when this one has its place.
        ctx.wait(
            store(self.parts.clone(), project, new, full)
                .into_actor(self)
                .map(move |stored, executor, ctx| match stored {
                    Ok((execution, fresh)) => {
                        let position = executor.place(&execution);
                        if fresh {
                            executor.waiting.push_back(execution.clone());
                        }
                        let running = executor.runs_in(project);
                        executor.fill_slots(ctx);
                        let started = executor.running.contains_key(&execution.id);
                        reply.send(Ok(Queued {
                            execution,
                            position,
                            running,
                            started,
                        }));
                    }
                    Err(error) => reply.send(Err(error)),
                }),
        );
    }
}

impl Handler<Cancel> for Executor {
    type Result = ();

    fn handle(&mut self, Cancel { execution, reply }: Cancel, ctx: &mut Self::Context) {
        if let Some(running) = self.running.get_mut(&execution) {
            if running.poller.tell(poller::Cancel).is_ok() {
                running.cancelled.push(reply);
            } else {
                reply.send(Ok(false));
            }
            return;
        }
        let Some(index) = self
            .waiting
            .iter()
            .position(|waiting| waiting.id == execution)
        else {
            return reply.send(Ok(false));
        };
        let Some(execution) = self.waiting.remove(index) else {
            return;
        };
        let ended = Ended {
            execution: execution.id,
            project: execution.project_id,
        };
        let writer = self.parts.writer.clone();
        ctx.wait(cancel_waiting(writer, execution).into_actor(self).map(
            move |result, executor, ctx| {
                match result {
                    Ok(_) => executor.tell_follower(ended, ctx),
                    // Whether it still waits is in its record.
                    Err(_) => executor.reload(ctx),
                }
                reply.send(result);
            },
        ));
    }
}

impl Handler<Stop> for Executor {
    type Result = ();

    fn handle(&mut self, Stop { project, reply }: Stop, ctx: &mut Self::Context) {
        let waiting = self
            .waiting
            .iter()
            .filter(|execution| execution.project_id == project)
            .map(|execution| execution.id);
        let running = self
            .running
            .iter()
            .filter(|(_, running)| running.project == project)
            .map(|(id, _)| *id);
        // What waits goes first, so that it does not start in between.
        let all: Vec<ExecutionId> = waiting.chain(running).collect();
        let address = ctx.address();
        let stop = async move {
            let mut ended = Vec::new();
            for execution in all {
                if cancel(&address, execution).await? {
                    ended.push(execution);
                }
            }
            Ok(ended)
        };
        ctx.spawn(
            stop.into_actor(self)
                .map(move |ended, _, _| reply.send(ended)),
        );
    }
}

impl Handler<Ended> for Executor {
    type Result = ();

    fn handle(&mut self, ended: Ended, ctx: &mut Self::Context) {
        if let Some(running) = self.running.remove(&ended.execution) {
            for reply in running.cancelled {
                reply.send(Ok(true));
            }
        }
        self.tell_follower(ended, ctx);
        // What follows in a sequence was queued by the poller in the transaction that ended this one.
        self.reload(ctx);
    }
}

impl Handler<GivenUp> for Executor {
    type Result = ();

    fn handle(&mut self, GivenUp { ended, order, why }: GivenUp, ctx: &mut Self::Context) {
        let writer = self.parts.writer.clone();
        let error = format!(
            "the part of the server that followed {} {why}; try again",
            order.command.as_str()
        );
        let close = async move {
            recover::close(
                &writer,
                ended.project,
                ended.execution,
                order.command,
                error,
            )
            .await;
        };
        ctx.spawn(
            close
                .into_actor(self)
                .map(move |(), executor, ctx| executor.handle(ended, ctx)),
        );
    }
}

impl Handler<Follow> for Executor {
    type Result = ();

    fn handle(&mut self, Follow { follower, reply }: Follow, _: &mut Self::Context) {
        self.follower = Some(follower);
        reply.send(());
    }
}
