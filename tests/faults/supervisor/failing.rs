//! An actor that fails in every way an actor can, when asked to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use futures_util::stream;
use project_manager::actors::reply::{Answer, Reply};
use project_manager::actors::supervisor::Child;

/// The message of every panic here.
pub(super) const ON_PURPOSE: &str = "on purpose";

/// Where a message may make the actor fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Handler,
    Wait,
    Atomic,
    Spawn,
    RunLater,
    Stream,
    ActFuture,
    Future,
    OutsideTask,
    DropOfAFuture,
    Stop,
    Terminate,
    StreamEnd,
}

impl Fault {
    /// Those that panic within the actor's context.
    pub(super) const PANICS: [Self; 8] = [
        Self::Handler,
        Self::Wait,
        Self::Atomic,
        Self::Spawn,
        Self::RunLater,
        Self::Stream,
        Self::ActFuture,
        Self::DropOfAFuture,
    ];
}

/// Hooks of an actor, each of which can be made to panic, and is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    Started,
    Restarting,
    Stopping,
    Stopped,
    Dropped,
}

/// What one actor went through, and what it is still to fail at; seen from outside.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<SeenInside>);

#[derive(Default)]
struct SeenInside {
    counts: [AtomicUsize; 5],
    to_fail: Mutex<Vec<Hook>>,
    stops_when_started: AtomicBool,
}

impl Seen {
    pub(super) fn count(&self, hook: Hook) -> usize {
        self.0.counts[hook as usize].load(Ordering::SeqCst)
    }

    /// The next time `hook` runs, it panics. Asked twice, it panics twice.
    pub(super) fn fail_in(&self, hook: Hook) {
        self.to_fail().push(hook);
    }

    pub(super) fn stop_when_started(&self) {
        self.0.stops_when_started.store(true, Ordering::SeqCst);
    }

    fn to_fail(&self) -> MutexGuard<'_, Vec<Hook>> {
        self.0
            .to_fail
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn passes(&self, hook: Hook) {
        self.0.counts[hook as usize].fetch_add(1, Ordering::SeqCst);
        let fails = {
            let mut to_fail = self.to_fail();
            let at = to_fail.iter().position(|planned| *planned == hook);
            at.map(|at| to_fail.remove(at)).is_some()
        };
        assert!(!fails, "{ON_PURPOSE}");
    }
}

pub(super) struct Failing {
    seen: Seen,
}

impl Failing {
    pub(super) fn new(seen: Seen) -> Self {
        Self { seen }
    }
}

impl Actor for Failing {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.seen.passes(Hook::Started);
        if self.seen.0.stops_when_started.load(Ordering::SeqCst) {
            ctx.stop();
        }
    }

    fn stopping(&mut self, _: &mut Self::Context) -> Running {
        self.seen.passes(Hook::Stopping);
        Running::Stop
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.seen.passes(Hook::Stopped);
    }
}

impl Supervised for Failing {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.seen.passes(Hook::Restarting);
    }
}

impl Drop for Failing {
    fn drop(&mut self) {
        self.seen.passes(Hook::Dropped);
    }
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Echo {
    pub(super) number: usize,
    pub(super) reply: Reply<usize>,
}

impl Handler<Echo> for Failing {
    type Result = ();

    fn handle(&mut self, message: Echo, _: &mut Self::Context) {
        message.reply.send(message.number);
    }
}

/// Fails without a reply of its own: for `Addr::send`.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Panic;

impl Handler<Panic> for Failing {
    type Result = ();

    fn handle(&mut self, _: Panic, _: &mut Self::Context) {
        panic!("{ON_PURPOSE}");
    }
}

/// Faults that begin in a plain handler.
#[derive(Message)]
#[rtype(result = "()")]
struct Fail {
    fault: Fault,
    reply: Reply<()>,
}

impl Handler<Fail> for Failing {
    type Result = ();

    fn handle(&mut self, Fail { fault, reply }: Fail, ctx: &mut Self::Context) {
        match fault {
            Fault::Handler => panic_holding(&reply),
            Fault::Wait => ctx.wait(async move { panic_holding(&reply) }.into_actor(self)),
            Fault::OutsideTask => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a task without an owner is the fault this is about"
                )]
                let task = actix_rt::spawn(async move { panic_holding(&reply) });
                drop(task);
            }
            Fault::Spawn => {
                reply.send(());
                ctx.spawn(async { panic!("{ON_PURPOSE}") }.into_actor(self));
            }
            Fault::RunLater => {
                reply.send(());
                ctx.run_later(Duration::from_millis(1), |_, _| panic!("{ON_PURPOSE}"));
            }
            Fault::Stream => {
                reply.send(());
                ctx.add_stream(stream::iter([Item]));
            }
            Fault::DropOfAFuture => {
                let panics = PanicsWhenDropped;
                let never = async move {
                    let _held = panics;
                    std::future::pending::<()>().await;
                };
                ctx.spawn(never.into_actor(self));
                panic_holding(&reply);
            }
            Fault::Stop => {
                reply.send(());
                ctx.stop();
            }
            Fault::Terminate => {
                reply.send(());
                ctx.terminate();
            }
            Fault::StreamEnd => {
                reply.send(());
                ctx.add_stream(stream::empty::<Item>());
            }
            Fault::Atomic | Fault::ActFuture | Fault::Future => {
                unreachable!("{fault:?} has a message of its own")
            }
        }
    }
}

fn panic_holding(_: &Reply<()>) {
    panic!("{ON_PURPOSE}");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("{ON_PURPOSE}, when dropped");
    }
}

struct Item;

impl StreamHandler<Item> for Failing {
    fn handle(&mut self, _: Item, _: &mut Self::Context) {
        panic!("{ON_PURPOSE}");
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct FailAtomic(Reply<()>);

impl Handler<FailAtomic> for Failing {
    type Result = AtomicResponse<Self, ()>;

    fn handle(&mut self, FailAtomic(reply): FailAtomic, _: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(Box::pin(
            async move { panic_holding(&reply) }.into_actor(self),
        ))
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct FailActFuture(Reply<()>);

impl Handler<FailActFuture> for Failing {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(
        &mut self,
        FailActFuture(reply): FailActFuture,
        _: &mut Self::Context,
    ) -> Self::Result {
        Box::pin(async move { panic_holding(&reply) }.into_actor(self))
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct FailFuture(Reply<()>);

impl Handler<FailFuture> for Failing {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, FailFuture(reply): FailFuture, _: &mut Self::Context) -> Self::Result {
        Box::pin(async move { panic_holding(&reply) })
    }
}

pub(super) fn fail(child: &Child<Failing>, fault: Fault) -> Answer<()> {
    let asked = match fault {
        Fault::Atomic => child.ask(FailAtomic),
        Fault::ActFuture => child.ask(FailActFuture),
        Fault::Future => child.ask(FailFuture),
        _ => child.ask(|reply| Fail { fault, reply }),
    };
    asked.expect("the child takes messages")
}

pub(super) fn echo(child: &Child<Failing>, number: usize) -> Answer<usize> {
    child
        .ask(|reply| Echo { number, reply })
        .expect("the child takes messages")
}
