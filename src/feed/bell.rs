//! A bell: wakes whoever waits, and says what for.
//!
//! Whoever waits has left its waker in one row, which is taken away whole when the bell rings. So ten thousand streams that are
//! woken at once, and wait again, touch nothing of each other's; and somebody who is polled can listen without a future to keep,
//! as `tokio::sync::watch` and `Notify` would have it.

use std::{
    future::poll_fn,
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use slab::Slab;

use super::lock;

/// What a bell rings for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// There is something in the log.
    Stored,
    /// A message that is being written goes on.
    Drafted,
    /// What a coding agent is writing goes on.
    Grown,
}

/// How many tones there are.
const TONES: usize = 3;

#[derive(Default)]
pub(super) struct Bell {
    /// How often it rang, for each tone.
    rung: [AtomicU64; TONES],
    waiting: Mutex<Waiting>,
}

/// Who waits for the next time.
#[derive(Default)]
struct Waiting {
    /// How often those who waited were woken: seats of a round before are gone.
    round: u64,
    wakers: Slab<Waker>,
}

impl Bell {
    /// Wakes everybody who waits, whatever for: who waits for something else waits on.
    pub(super) fn ring(&self, tone: Tone) {
        // What it rings for was done before; whoever hears it finds that.
        self.rung[tone as usize].fetch_add(1, Ordering::Release);
        let mut woken = {
            let mut waiting = lock(&self.waiting);
            if waiting.wakers.is_empty() {
                return;
            }
            waiting.round += 1;
            // Most of them will wait again.
            let next = Slab::with_capacity(waiting.wakers.len());
            mem::replace(&mut waiting.wakers, next)
        };
        woken.drain().for_each(Waker::wake);
    }

    /// Begins to listen: all until now counts as heard.
    pub(super) fn listen(self: &Arc<Self>) -> Ear {
        Ear {
            bell: Arc::clone(self),
            heard: self
                .rung
                .each_ref()
                .map(|rung| rung.load(Ordering::Acquire)),
            seat: None,
        }
    }
}

/// Somebody who listens to a bell.
pub(super) struct Ear {
    bell: Arc<Bell>,
    heard: [u64; TONES],
    /// Where its waker is, and for which round.
    seat: Option<(u64, usize)>,
}

impl Ear {
    /// Counts what rang for this until now as heard.
    pub(super) fn hear(&mut self, tone: Tone) {
        self.heard[tone as usize] = self.bell.rung[tone as usize].load(Ordering::Acquire);
    }

    /// The first of these that rang since it was heard, and counts it as heard. Otherwise whoever polls this is woken.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, tones: &[Tone]) -> Poll<Tone> {
        let is_new = |ear: &Self, tone: Tone| {
            ear.bell.rung[tone as usize].load(Ordering::Acquire) != ear.heard[tone as usize]
        };
        let mut first = tones.iter().copied().find(|tone| is_new(self, *tone));
        if first.is_none() {
            self.sit(context.waker());
            // Once more: who rang before this one sat down has not woken it. The lock puts the two in order.
            first = tones.iter().copied().find(|tone| is_new(self, *tone));
        }
        first.map_or(Poll::Pending, |tone| {
            self.hear(tone);
            Poll::Ready(tone)
        })
    }

    /// Waits for one of these.
    pub(super) async fn next(&mut self, tones: &[Tone]) -> Tone {
        poll_fn(|context| self.poll(context, tones)).await
    }

    fn sit(&mut self, waker: &Waker) {
        let mut waiting = lock(&self.bell.waiting);
        match self.seat {
            Some((round, place)) if round == waiting.round => {
                waiting.wakers[place].clone_from(waker);
            }
            _ => self.seat = Some((waiting.round, waiting.wakers.insert(waker.clone()))),
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let mut waiting = lock(&self.bell.waiting);
        let is_seated = |(round, _): &(u64, usize)| *round == waiting.round;
        let seat = self.seat.take_if(|seat| is_seated(seat));
        let waker = seat.map(|(_, place)| waiting.wakers.remove(place));
        drop(waiting);
        // What it wakes may go with it, and listen as well.
        drop(waker);
    }
}
