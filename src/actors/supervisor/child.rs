//! What others hold of a child: its address, with a true limit and a count.

use std::sync::Arc;

use actix::dev::ToEnvelope;
use actix::dev::channel::AddressSender;
use actix::{Actor, Addr, Context, Handler, Message, dev::SendError};

use crate::actors::reply::{Answer, Gauge, Reply};

/// A child's address. It stays valid across the child's restarts; cloning it is cheap.
///
/// A child ends in order when the last of its addresses is dropped and it has nothing left to do, so whoever
/// holds one keeps the child alive.
pub struct Child<A: Actor> {
    // actix gives every clone of an `Addr` a slot of its own beyond the mailbox's capacity. All clones of a
    // `Child` share one `Addr`, so the capacity is the limit, however many hold the child.
    addr: Arc<Addr<A>>,
    gauge: Gauge,
}

/// Why a message was not queued. Nothing has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The mailbox is full: the sender is to slow down, or say that the program is busy.
    #[error("the part of the program that was asked has too much to do; try again in a moment")]
    Full,
    /// The child has ended and does not come back.
    #[error("the part of the program that was asked has ended")]
    Gone,
}

impl<M> From<SendError<M>> for Unsent {
    fn from(refused: SendError<M>) -> Self {
        match refused {
            SendError::Full(_) => Self::Full,
            SendError::Closed(_) => Self::Gone,
        }
    }
}

impl<A: Actor<Context = Context<A>>> Child<A> {
    pub(super) fn new(sender: AddressSender<A>, gauge: Gauge) -> Self {
        Self {
            addr: Arc::new(Addr::new(sender)),
            gauge,
        }
    }

    /// Queues a message that must happen. It happens whether or not the answer is awaited.
    ///
    /// ```text
    /// let seq = writer.ask(|reply| Append { changes, reply })?.await?;
    /// ```
    pub fn ask<M, T>(&self, make: impl FnOnce(Reply<T>) -> M) -> Result<Answer<T>, Unsent>
    where
        A: Handler<M>,
        Context<A>: ToEnvelope<A, M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        let (reply, answer) = self.gauge.question();
        self.tell(make(reply))?;
        Ok(answer)
    }

    /// Queues a fact. Nobody is told what became of it, and the gauge does not count it: actix does not say
    /// how long a mailbox is.
    pub fn tell<M>(&self, message: M) -> Result<(), Unsent>
    where
        A: Handler<M>,
        Context<A>: ToEnvelope<A, M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        self.addr.try_send(message).map_err(Unsent::from)
    }

    /// Queues a message, or hands it back to be answered.
    pub fn try_tell<M>(&self, message: M) -> Result<(), M>
    where
        A: Handler<M>,
        Context<A>: ToEnvelope<A, M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        self.addr.try_send(message).map_err(SendError::into_inner)
    }

    /// The plain address, for a `Recipient` or a question whose answer may be abandoned.
    ///
    /// A clone of it has a slot of its own beyond the mailbox's limit; prefer cloning the `Child`.
    pub fn addr(&self) -> &Addr<A> {
        &self.addr
    }

    /// Whether the child can still be told something; also true while it waits to be restarted.
    pub fn is_connected(&self) -> bool {
        self.addr.connected()
    }

    /// How many questions are queued or being worked on.
    pub fn unanswered(&self) -> usize {
        self.gauge.unanswered()
    }
}

impl<A: Actor> Clone for Child<A> {
    fn clone(&self) -> Self {
        Self {
            addr: Arc::clone(&self.addr),
            gauge: self.gauge.clone(),
        }
    }
}

impl<A: Actor> std::fmt::Debug for Child<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Child")
            .field("gauge", &self.gauge)
            .finish_non_exhaustive()
    }
}
