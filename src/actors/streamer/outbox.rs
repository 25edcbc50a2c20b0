//! What a streamer and the body it lives in have in common.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::Bytes;

use super::{CHUNK_BYTES, deltas::is_shown, heart::Heart};
use crate::{
    domain::activity::Verbosity,
    failpoint::FailPoint,
    feed::{Read, Tone, Watcher},
};

/// What a streamer has for its client; and its place in the feed, while it has nothing to do there that needs it.
pub(super) struct Outbox {
    /// One chunk, since the cursor moves on when the client takes it.
    chunk: Cell<Option<Bytes>>,
    place: RefCell<Option<Watcher>>,
    heart: RefCell<Heart>,
    /// What there is for the streamer to do.
    wanted: Cell<Option<Wish>>,
    /// The streamer, while it waits for one of these.
    waiting: Cell<Option<Waker>>,
}

/// What the body leaves to the streamer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    /// There is something in the feed.
    News(Tone),
    /// To say that the stream lives.
    Beat,
}

impl Outbox {
    /// With a heartbeat so often, from now on.
    pub(super) fn new(heartbeat: Duration) -> Self {
        Self {
            chunk: Cell::default(),
            place: RefCell::default(),
            heart: RefCell::new(Heart::new(heartbeat)),
            wanted: Cell::default(),
            waiting: Cell::default(),
        }
    }

    /// What says that the stream lives.
    pub(super) fn beat(&self, head: i64) -> Bytes {
        self.heart.borrow().beat(head)
    }

    /// Waits until it is to be said; while the place is lent, that is for the body.
    pub(super) async fn beat_due(&self) {
        poll_fn(|context| self.heart.borrow_mut().poll_due(context)).await;
    }

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
                self.wait(context)
            }
        })
        .await;
    }

    /// Lends its place in the feed to the body, which reads on from there.
    pub(super) fn lend(&self, place: Watcher) {
        self.wanted.set(None);
        self.place.replace(Some(place));
    }

    /// Waits until the body cannot go on by itself.
    pub(super) async fn is_wanted(&self) {
        poll_fn(|context| match self.wanted.get() {
            Some(_) => Poll::Ready(()),
            None => self.wait(context),
        })
        .await;
    }

    /// Takes its place back, and what there is to do there.
    pub(super) fn take_back(&self) -> Option<(Watcher, Option<Wish>)> {
        Some((self.place.take()?, self.wanted.take()))
    }

    fn wait<T>(&self, context: &Context<'_>) -> Poll<T> {
        self.waiting.set(Some(context.waker().clone()));
        Poll::Pending
    }

    fn wake(&self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }

    /// The body's side: what the streamer put there.
    pub(super) fn take(&self) -> Option<Bytes> {
        let chunk = self.chunk.take()?;
        self.wake();
        Some(chunk)
    }

    /// The body's side: what comes next in the feed, or a heartbeat. What is not simply there is for the streamer, which is then
    /// woken.
    pub(super) fn read_on(&self, context: &mut Context<'_>) -> Poll<Bytes> {
        let mut place = self.place.borrow_mut();
        let Some(place) = place.as_mut().filter(|_| self.wanted.get().is_none()) else {
            return Poll::Pending;
        };
        let mut heart = self.heart.borrow_mut();
        // What is made to fail fails in the streamer.
        let fails = FailPoint::StreamWrite.is_set();
        let tones = tones(place.verbosity());
        let wanted = loop {
            let Poll::Ready(tone) = place.poll_news(context, tones) else {
                ready!(heart.poll_due(context));
                if fails {
                    break Wish::Beat;
                }
                place.sent();
                return Poll::Ready(heart.beat(place.head()));
            };
            if tone != Tone::Stored || fails {
                break Wish::News(tone);
            }
            match place.chunk(CHUNK_BYTES) {
                Read::UpToDate => {}
                Read::New(chunk) if chunk.is_all => {
                    place.sent_chunk(&chunk);
                    if chunk.events > 0 {
                        return Poll::Ready(heart.beat_along(chunk.bytes, place.cursor()));
                    }
                }
                // More than is written at once, or not in the ring.
                Read::New(_) | Read::Behind | Read::Ended => break Wish::News(tone),
            }
        };
        self.wanted.set(Some(wanted));
        self.wake();
        Poll::Pending
    }
}

/// What is of interest to who sees this much.
fn tones(verbosity: Verbosity) -> &'static [Tone] {
    match is_shown(verbosity) {
        true => &[Tone::Stored, Tone::Grown],
        false => &[Tone::Stored],
    }
}
