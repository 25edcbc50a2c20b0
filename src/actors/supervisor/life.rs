//! One child's lives, one after another, over one mailbox.
//!
//! This is the loop of `actix::Supervisor` with a `catch_unwind` about it. `ContextFut` owns the mailbox, so as
//! long as it is kept, whatever its actor does, no queued message is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix::dev::ContextFut;
use actix::dev::channel::AddressReceiver;
use actix::{Actor, ActorContext, Context, Supervised};
use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::post::{Exit, Post, message_of};
use crate::delay::pause;

pub(super) struct Life<A>
where
    A: Actor<Context = Context<A>> + Supervised,
{
    // Taken only when dropped.
    context: Option<ContextFut<A, Context<A>>>,
    // The actor was left by a panic and not restarted since: none of its hooks may run on such a state.
    half_changed: bool,
    // What the actor drops may need it, such as a connection that goes back to its pool; and when a thread ends, it
    // drops its actors outside of it.
    runtime: Option<Handle>,
    // Dropped after the context, so an end is announced when the mailbox is closed.
    post: Post,
}

impl<A> Life<A>
where
    A: Actor<Context = Context<A>> + Supervised,
{
    /// Makes the actor, on the thread it is to live on; none if making it panicked.
    pub(super) fn begin(
        mut post: Post,
        mailbox: AddressReceiver<A>,
        make: impl FnOnce(&mut Context<A>) -> A,
    ) -> Option<Self> {
        let made = catch_unwind(AssertUnwindSafe(move || {
            let mut context = Context::with_receiver(mailbox);
            let actor = make(&mut context);
            context.into_future(actor)
        }));
        match made {
            Ok(context) => Some(Self {
                context: Some(context),
                half_changed: false,
                runtime: Handle::try_current().ok(),
                post,
            }),
            Err(payload) => {
                post.never_lived(&message_of(payload));
                None
            }
        }
    }

    /// Lives and is restarted until the post says that was the last life.
    #[expect(
        clippy::manual_async_fn,
        reason = "one keeps what it is called with twice, which counts where there are ten thousand"
    )]
    pub(super) fn run(mut self) -> impl Future<Output = ()> {
        async move {
            let mut exit = self.live(false).await;
            while let Some(delay) = self.post.after(exit) {
                pause(delay).await;
                exit = self.live(true).await;
            }
        }
    }

    /// One life, from its start or restart to its end. `restart` itself may panic, in `restarting()` or by
    /// dropping the futures of the life before; that, too, is an exit like any other.
    async fn live(&mut self, again: bool) -> Exit {
        let Self {
            context,
            half_changed,
            post,
            ..
        } = self;
        let context = context.as_mut().expect("it is taken only when dropped");
        let life = async {
            if again {
                // `restart` refuses when nobody holds an address, and what is queued would be lost with the
                // work in progress. An address held for that moment lets the actor finish both, then end.
                let address = context.address();
                context.restart();
                drop(address);
                *half_changed = false;
                post.restarted();
            }
            (&mut *context).await;
        };
        match AssertUnwindSafe(life).catch_unwind().await {
            Ok(()) => Exit::Stopped {
                connected: context.ctx().connected(),
            },
            Err(payload) => {
                *half_changed = true;
                Exit::Panicked(message_of(payload))
            }
        }
    }
}

impl<A> Drop for Life<A>
where
    A: Actor<Context = Context<A>> + Supervised,
{
    fn drop(&mut self) {
        let Some(mut context) = self.context.take() else {
            return;
        };
        let _inside = self.runtime.as_ref().map(Handle::enter);
        if self.half_changed {
            // Dropping a `ContextFut` that is not stopped polls it once more.
            context.ctx().terminate();
        }
        if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(context))) {
            self.post.panicked_when_dropped(&message_of(payload));
        }
    }
}
