//! The body of a stream: the streamer and its connection are one task.
//!
//! ```text
//! connection ── poll ──▶ Body ── polls ──▶ streamer ── puts, lends ──▶ Outbox ──┐
//!                         ▲────────────── takes, reads on ─────────────────────┘
//! ```
//!
//! An event then wakes one task for each client, not two, and passes through no channel; a client that is slow is not
//! polled, and so costs nothing. Who is up to date reads on in the feed without its streamer, which is polled only when there
//! is more to do than that. A streamer that crashes ends its stream, and nothing else.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt as _};

use super::{outbox::Outbox, sleeper::Sleeper};

/// What a stream sends. Dropping it ends the streamer.
pub struct Body {
    streamer: Sleeper,
    outbox: Rc<Outbox>,
}

impl Body {
    pub(super) fn new(streamer: impl Future<Output = ()> + 'static, outbox: Rc<Outbox>) -> Self {
        Self {
            streamer: Sleeper::new(streamer),
            outbox,
        }
    }

    /// The next chunk; none when the stream is over.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.next().await
    }
}

impl Stream for Body {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        // The streamer first: a busy project must not keep it from noticing that it is over.
        let is_over = self.streamer.poll(context).is_ready();
        if let Some(chunk) = self.outbox.take() {
            return Poll::Ready(Some(chunk));
        }
        if is_over {
            return Poll::Ready(None);
        }
        self.outbox.read_on(context).map(Some)
    }
}
