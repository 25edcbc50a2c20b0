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
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::{
    Stream,
    future::LocalBoxFuture,
    stream::{FuturesUnordered, StreamExt as _},
};

/// What a streamer has for its client: one chunk, since the cursor moves on when the client takes it.
#[derive(Default)]
pub(super) struct Outbox {
    chunk: Cell<Option<Bytes>>,
    /// The streamer, while it has another one.
    waiting: Cell<Option<Waker>>,
}

impl Outbox {
    /// Puts a chunk there, as soon as the client has taken the one before.
    pub(super) async fn put(&self, chunk: Bytes) {
        let mut chunk = Some(chunk);
        poll_fn(|context| match self.chunk.take() {
            None => {
                self.chunk.set(chunk.take());
                Poll::Ready(())
            }
            before => {
                self.chunk.set(before);
                self.waiting.set(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await;
    }

    fn take(&self) -> Option<Bytes> {
        let chunk = self.chunk.take()?;
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
        Some(chunk)
    }
}

/// What a stream sends. Dropping it ends the streamer.
pub struct Body {
    /// Empty once it has ended. As a set of one it is polled only when there is something for it, and not whenever its connection
    /// is: after each chunk, for one.
    streamer: FuturesUnordered<LocalBoxFuture<'static, ()>>,
    outbox: Rc<Outbox>,
}

impl Body {
    pub(super) fn new(streamer: impl Future<Output = ()> + 'static, outbox: Rc<Outbox>) -> Self {
        let body = Self {
            streamer: FuturesUnordered::new(),
            outbox,
        };
        body.streamer.push(Box::pin(streamer));
        body
    }

    /// The next chunk; none when the stream is over.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.next().await
    }
}

impl Stream for Body {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let streamer = self.streamer.poll_next_unpin(context);
        match self.outbox.take() {
            Some(chunk) => Poll::Ready(Some(chunk)),
            None => streamer.map(|_| None),
        }
    }
}
