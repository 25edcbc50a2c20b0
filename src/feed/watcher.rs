//! Who watches a project: a cursor into its feed.

use std::{
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use chrono::{DateTime, Utc};

use super::{Channel, Chunk, Draft, Feed, Frame, Place, Read, Tone, bell::Ear, lock, ring::Ring};
use crate::{
    clock,
    domain::{activity::Verbosity, canary, id::ProjectId},
};

/// A cursor into a project's feed. Dropping it ends the watching.
pub struct Watcher {
    pub(super) feed: Feed,
    pub(super) project: ProjectId,
    pub(super) channel: Arc<Channel>,
    pub(super) place: Arc<Place>,
    pub(super) ear: Ear,
}

impl Watcher {
    /// All that the ring has after the cursor. Wake-ups until now count as seen: what is published later wakes again.
    pub fn read(&mut self) -> Read<Vec<Frame>> {
        self.look(Ring::after)
    }

    /// As [`Self::read`], ready to send: of what this watcher wants to see no more than about `bytes`, or one event.
    pub fn chunk(&mut self, bytes: usize) -> Read<Chunk> {
        let verbosity = self.place.verbosity;
        self.look(|ring, cursor| ring.chunk(cursor, verbosity, bytes))
    }

    fn look<T>(&mut self, look: impl FnOnce(&mut Ring, i64) -> Read<T>) -> Read<T> {
        self.ear.hear(Tone::Stored);
        if self.channel.is_over.load(Ordering::Acquire) {
            return Read::Ended;
        }
        look(&mut lock(&self.channel.ring), self.place.cursor())
    }

    /// Waits until something was published that [`Watcher::read`] has not been asked about.
    pub async fn woken(&mut self) {
        self.ear.next(&[Tone::Stored]).await;
    }

    /// What is being written now.
    pub fn draft(&mut self) -> Option<Draft> {
        self.ear.hear(Tone::Drafted);
        lock(&self.channel.live).clone()
    }

    /// Waits until there is something new: in the log, which is true, or only of what is being written. The log comes first.
    pub async fn news(&mut self) -> bool {
        self.ear.next(&[Tone::Stored, Tone::Drafted]).await == Tone::Stored
    }

    /// The first of these that there is something new of; otherwise whoever polls this is woken by it.
    pub fn poll_news(&mut self, context: &mut Context<'_>, tones: &[Tone]) -> Poll<Tone> {
        self.ear.poll(context, tones)
    }

    /// The `seq` up to which everything was dealt with.
    pub fn cursor(&self) -> i64 {
        self.place.cursor()
    }

    /// What it wants to see.
    pub fn verbosity(&self) -> Verbosity {
        self.place.verbosity
    }

    /// When it began.
    pub fn opened_at(&self) -> DateTime<Utc> {
        self.place.opened_at
    }

    /// Everything up to `seq` was dealt with. Sent or not: what the verbosity hides is dealt with, too.
    pub fn advance(&self, seq: i64) {
        self.place.cursor.store(seq, Ordering::Relaxed);
    }

    /// Something was sent just now.
    pub fn sent(&self) {
        self.place
            .last_sent_ms
            .store(clock::now().timestamp_millis(), Ordering::Relaxed);
    }

    /// All of a chunk was sent just now, and counts.
    pub fn sent_chunk(&self, chunk: &Chunk) {
        self.advance(chunk.last);
        self.sent();
        self.feed
            .traces
            .shown(self.project, self.cursor(), self.opened_at());
        if self.project != canary::LOG {
            let events = u64::try_from(chunk.events).unwrap_or(0);
            self.feed.sent.fetch_add(events, Ordering::Relaxed);
        }
    }

    /// The last `seq` this watcher knows of.
    pub fn head(&self) -> i64 {
        self.cursor()
            .max(self.channel.known.load(Ordering::Acquire))
    }
}
