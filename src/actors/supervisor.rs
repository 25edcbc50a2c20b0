//! The supervision tree: starts children, restarts those that fail, and says how each fares.
//!
//! `actix::Supervisor` restarts an actor that stops, but after a panic its mailbox is gone with everything
//! queued and every address is dead. Here a child's mailbox outlives its crashes:
//!
//! ```text
//!            Child (address, gauge)          Supervisor ── statuses, escalated
//!                 │ ask, tell                    │ Register
//!                 ▼                              │
//!   mailbox ── ContextFut ── Life ── Post ───────┘
//!              the actor     catch_unwind,       policy, budget, the one announcement of an end
//!                            delay, restart
//! ```
//!
//! What an actor can rely on, and has to do:
//!
//! - A panic anywhere in its context (a handler, `started`, a future or stream of the context, a hook, a
//!   `Drop`) costs the message in work, whose [`Answer`](super::reply::Answer) becomes
//!   [`Crashed`](super::reply::Crashed), and all futures of the context. Queued messages wait for the restart.
//! - A restart calls `restarting()`, then **`started()` again**, on the same value. `restarting()` resets the
//!   state; what is needed from the start of every life (loading from the database, timers) belongs in
//!   `started()`. Handles of futures from before the restart are void, and cancelling one may cancel a future
//!   of the new life: forget them in `restarting()`.
//! - After the last crash neither `stopping()` nor `stopped()` is called: no hook runs on a half-changed state.
//! - A panic outside the context (a `ResponseFuture`, a spawned task) does not touch the actor; the reply it
//!   held is answered with `Crashed`.
//! - An actor ends in order when its last address is dropped and no future of its context is left: the way to
//!   retire one without a message lost. `ctx.stop()` instead drops what is queued, unless it is permanent.
//!
//! Two panics at once, as when a `Drop` panics while a panic unwinds, abort the process: that is Rust's rule
//! and not to be caught here. Panics must unwind, so no profile may say `panic = "abort"`.

mod budget;
mod child;
mod life;
mod post;
mod register;

use std::{collections::BTreeMap, sync::Arc};

use actix::dev::channel::{AddressReceiver, channel};
use actix::{Actor, Context, Supervised};
use actix_rt::ArbiterHandle;
use futures_util::future::{FutureExt as _, OptionFuture};

use self::budget::Budget;
use self::life::Life;
use self::post::Post;
use self::register::Register;
use super::reply::Gauge;

pub use self::budget::RestartLimits;
pub use self::child::{Child, Unsent};
pub use self::register::{Failures, LastExit, REMEMBERED_ENDS, State, Status};

/// Starts children and watches over them. Cloning it is cheap; all clones are the same supervisor.
#[derive(Clone)]
pub struct Supervisor {
    limits: RestartLimits,
    register: Arc<Register>,
}

/// What a child is.
pub struct Spec {
    /// Its name in the log and in diagnostics.
    pub name: String,
    /// Whose child it is in the tree.
    pub parent: &'static str,
    /// What becomes of it when it fails.
    pub policy: Policy,
    /// How many messages may be queued; at least one. Further ones are refused with [`Unsent::Full`].
    pub mailbox: usize,
}

/// What becomes of a child when it fails.
pub enum Policy {
    /// The program is nothing without it: restarted whenever it ends while anyone holds an address, also when
    /// it stopped itself. Over the limit, or with its thread gone, the failure is passed up.
    Permanent,
    /// Restarted after a crash; over the limit, or with its thread gone, it ends for good and `on_give_up`
    /// is told. Others do not notice. Stopping itself is its orderly end.
    SetAside {
        /// Called once, after the child's mailbox has closed, on the thread it ended on.
        on_give_up: Box<dyn FnOnce(GiveUp) + Send>,
    },
    /// A crash is its end. Stopping itself is its orderly end.
    Temporary,
}

/// Why a child was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{child} was set aside: it {why}")]
pub struct GiveUp {
    /// The child's name.
    pub child: String,
    /// Its last failure.
    pub why: String,
}

/// A permanent child that cannot go on: the program is to end and be started afresh.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the program cannot go on without its {child}: it {why}")]
pub struct Escalation {
    /// The child's name.
    pub child: String,
    /// Its last failure.
    pub why: String,
}

impl Supervisor {
    /// A supervisor without children, which restarts each of its children within `limits`.
    pub fn new(limits: RestartLimits) -> Self {
        Self {
            limits,
            register: Arc::new(Register::new()),
        }
    }

    /// Starts a child on `arbiter`. It can be asked at once; the actor is made on its thread as soon as that
    /// gets to it.
    pub fn start<A>(
        &self,
        spec: Spec,
        arbiter: &ArbiterHandle,
        make: impl FnOnce(&mut Context<A>) -> A + Send + 'static,
    ) -> Child<A>
    where
        A: Actor<Context = Context<A>> + Supervised,
    {
        let (child, post, receiver) = self.enter(spec);
        // If the thread is gone the closure is dropped here, and with it the post, which says so.
        arbiter.spawn_fn(move || begin(post, receiver, make));
        child
    }

    /// Starts a child on the thread this is called on, for an actor that cannot be sent to another.
    pub fn start_here<A>(
        &self,
        spec: Spec,
        make: impl FnOnce(&mut Context<A>) -> A + 'static,
    ) -> Child<A>
    where
        A: Actor<Context = Context<A>> + Supervised,
    {
        let (child, post, receiver) = self.enter(spec);
        begin(post, receiver, make);
        child
    }

    /// Starts a child that lives in whatever polls the returned future, on this thread, and ends when that is dropped: for
    /// an actor that belongs to one connection, and should not need a task beside it.
    pub fn attach<A, M>(
        &self,
        spec: Spec,
        make: M,
    ) -> (Child<A>, impl Future<Output = ()> + use<A, M>)
    where
        A: Actor<Context = Context<A>> + Supervised,
        M: FnOnce(&mut Context<A>) -> A,
    {
        let (child, post, receiver) = self.enter(spec);
        let life = Life::begin(post.attached(), receiver, make);
        (child, OptionFuture::from(life.map(Life::run)).map(|_| ()))
    }

    fn enter<A>(&self, spec: Spec) -> (Child<A>, Post, AddressReceiver<A>)
    where
        A: Actor<Context = Context<A>>,
    {
        let Spec {
            name,
            parent,
            policy,
            mailbox,
        } = spec;
        let gauge = Gauge::default();
        let id = self.register.enter(name.clone(), parent, gauge.clone());
        let post = Post::new(
            Arc::clone(&self.register),
            id,
            name,
            policy,
            Budget::new(self.limits),
        );
        // To actix a capacity of zero is no limit at all.
        let (sender, receiver) = channel(mailbox.max(1));
        (Child::new(sender, gauge), post, receiver)
    }

    /// How the children fare: the living in the order they were started, then the last
    /// [`REMEMBERED_ENDS`] that ended by a failure.
    pub fn statuses(&self) -> Vec<Status> {
        self.register.statuses()
    }

    /// How many failures of children there were since the start, of all kinds.
    pub fn crashes(&self) -> u64 {
        self.register.crashes()
    }

    /// How often children of each kind failed since the start, and none of those that live.
    pub fn failures(&self) -> BTreeMap<String, Failures> {
        self.register.failures()
    }

    /// Waits until a permanent child cannot go on. The first such failure is what every caller gets.
    pub async fn escalated(&self) -> Escalation {
        self.register.escalated().await
    }

    /// The program is shutting down: from now on a thread that ends takes its children along in order.
    pub fn stand_down(&self) {
        self.register.stand_down();
    }
}

fn begin<A>(post: Post, mailbox: AddressReceiver<A>, make: impl FnOnce(&mut Context<A>) -> A)
where
    A: Actor<Context = Context<A>> + Supervised,
{
    if let Some(life) = Life::begin(post, mailbox, make) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the task's owner is its post, which tells when it ends"
        )]
        actix_rt::spawn(life.run());
    }
}
