//! Having a turn go on beside its session.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

/// Has a turn go on also while the session waits for something: it may hold a connection to the database that is needed for
/// what is waited for. It ends with the session, and its panics are the session's.
#[expect(
    clippy::disallowed_methods,
    reason = "the task is waited for, and aborted when nobody does"
)]
pub(super) fn beside<T: 'static>(
    turn: impl Future<Output = T> + 'static,
) -> impl Future<Output = T> {
    let turn = Inside {
        future: Some(Box::pin(turn)),
        runtime: Handle::current(),
    };
    let task = AbortOnDropHandle::new(actix_rt::spawn(turn));
    async move {
        match task.await {
            Ok(taken) => taken,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only who drops this aborts it, and nobody is here then.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// A future that is dropped inside its runtime, also when that ends: a connection to the database must be.
struct Inside<F> {
    future: Option<Pin<Box<F>>>,
    runtime: Handle,
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.future {
            Some(future) => future.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Inside<F> {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.future = None;
    }
}
