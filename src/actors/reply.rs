//! The answer to a message that must happen, carried by the message itself.
//!
//! The answer of `Addr::send` hangs on its future: when that is dropped before the actor gets to the message,
//! the actor skips the message without a word. A message that must happen therefore carries a [`Reply`] and
//! goes by `try_send`; dropping the [`Answer`] only means that nobody listens.
//!
//! A `Reply` that is dropped unanswered, because its actor panicked while it held it, resolves the `Answer`
//! to [`Crashed`] at once: nobody waits for an answer that cannot come.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// The actor ended, or lost the message in a crash, before it answered.
///
/// Whether it did what it was asked is not known: look before asking again, or ask with an id that makes
/// asking twice harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the part of the program that was asked failed before it answered; look whether it was done before asking again"
)]
pub struct Crashed;

/// The place for one answer, carried by the message that asks.
///
/// Dropping it unanswered tells the other side [`Crashed`].
#[derive(Debug)]
pub struct Reply<T> {
    // Dropped before the sender, so whoever has the answer sees a count that no longer holds the question.
    counted: Counted,
    answer: oneshot::Sender<T>,
}

/// The answer to come.
///
/// Dropping it does not take the question back.
#[derive(Debug)]
#[must_use = "an answer does nothing unless awaited; drop it by name where nobody wants to know"]
pub struct Answer<T> {
    answer: oneshot::Receiver<T>,
}

impl<T> Reply<T> {
    /// A reply and its answer for a question between parts of one actor, which no gauge counts.
    pub(super) fn uncounted() -> (Self, Answer<T>) {
        Gauge::default().question()
    }

    /// Answers. Nobody may be listening any more, and that is fine: what was asked has happened all the same.
    pub fn send(self, value: T) {
        let Self { counted, answer } = self;
        drop(counted);
        drop(answer.send(value));
    }

    /// Whether nobody waits for this answer any more; work done only for the answer can be spared.
    pub fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T, Crashed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(cx).map_err(|_| Crashed)
    }
}

/// How many questions to one child are queued or being worked on.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<AtomicUsize>);

/// One question in a [`Gauge`], taken out when dropped.
#[derive(Debug)]
struct Counted(Gauge);

impl Gauge {
    /// A reply and its answer, counted from now until the reply is used or dropped.
    pub(super) fn question<T>(&self) -> (Reply<T>, Answer<T>) {
        let (sender, receiver) = oneshot::channel();
        self.0.fetch_add(1, Ordering::Relaxed);
        let reply = Reply {
            counted: Counted(self.clone()),
            answer: sender,
        };
        (reply, Answer { answer: receiver })
    }

    /// Questions asked and not answered yet.
    pub(super) fn unanswered(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
