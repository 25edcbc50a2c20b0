//! The body of a stream: the streamer and its connection are one task.
//!
//! ```text
//! connection ── poll ──▶ Body ── polls ──▶ streamer ── puts ──▶ Outbox ──┐
//!                         ▲────────────── takes ────────────────────────┘
//! ```
//!
//! An event then wakes one task for each client, not two, and passes through no channel; a client that is slow is not
//! polled, and so costs nothing. A streamer that crashes ends its stream, and nothing else.

use std::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;

/// What a streamer has for its client: one chunk, since the cursor moves on when the client takes it.
#[derive(Default)]
pub(super) struct Outbox {
    chunk: Cell<Option<Bytes>>,
}

impl Outbox {
    /// Puts a chunk there, as soon as the client has taken the one before.
    pub(super) async fn put(&self, chunk: Bytes) {
        let mut chunk = Some(chunk);
        // Nobody is woken when it is empty: who takes from it polls the streamer next.
        poll_fn(|_| match self.chunk.take() {
            None => {
                self.chunk.set(chunk.take());
                Poll::Ready(())
            }
            waiting => {
                self.chunk.set(waiting);
                Poll::Pending
            }
        })
        .await;
    }
}

/// What a stream sends. Dropping it ends the streamer.
pub struct Body {
    /// Until it has ended.
    streamer: Option<Pin<Box<dyn Future<Output = ()>>>>,
    outbox: Rc<Outbox>,
}

impl Body {
    pub(super) fn new(streamer: impl Future<Output = ()> + 'static, outbox: Rc<Outbox>) -> Self {
        Self {
            streamer: Some(Box::pin(streamer)),
            outbox,
        }
    }

    /// The next chunk; none when the stream is over.
    pub async fn recv(&mut self) -> Option<Bytes> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Body {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(streamer) = &mut self.streamer
            && streamer.as_mut().poll(context).is_ready()
        {
            self.streamer = None;
        }
        match self.outbox.chunk.take() {
            Some(chunk) => Poll::Ready(Some(chunk)),
            None if self.streamer.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
