//! What a backend tells whoever runs it, in the order in which it is to be stored.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::domain::{execution::Notice, step::Step};

/// Something a backend tells.
#[derive(Debug)]
pub enum Report {
    /// It did or said something.
    Step(Step),
    /// There is something to say about the execution that is no step of it.
    Notice(Notice),
    /// It wants this back after a restart.
    Keep {
        /// What it wants back.
        place: Value,
        /// Answered when it is stored.
        kept: oneshot::Sender<()>,
    },
}

/// Where a backend sends its steps. Bounded: a send waits until the steps before it are on their way to the database,
/// so a slow database slows the backend instead of filling the memory.
#[derive(Debug, Clone)]
pub struct Steps(mpsc::Sender<Report>);

/// Nobody takes steps any more: the backend is about to be dropped and may return anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody takes steps any more")]
pub struct NobodyListens;

impl Steps {
    /// A channel on which a backend may be `ahead` reports ahead of the database.
    pub fn channel(ahead: usize) -> (Self, mpsc::Receiver<Report>) {
        let (reports, taken) = mpsc::channel(ahead);
        (Self(reports), taken)
    }

    /// Sends a step.
    ///
    /// # Errors
    /// [`NobodyListens`].
    pub async fn send(&self, step: Step) -> Result<(), NobodyListens> {
        self.report(Report::Step(step)).await
    }

    /// Says something that is no step.
    ///
    /// # Errors
    /// [`NobodyListens`].
    pub async fn notice(&self, notice: Notice) -> Result<(), NobodyListens> {
        self.report(Report::Notice(notice)).await
    }

    /// Keeps `place`, with every step sent before. Returns when they are stored.
    ///
    /// # Errors
    /// [`NobodyListens`]; it may have been stored or not.
    pub async fn keep(&self, place: Value) -> Result<(), NobodyListens> {
        let (kept, stored) = oneshot::channel();
        self.report(Report::Keep { place, kept }).await?;
        stored.await.map_err(|_| NobodyListens)
    }

    async fn report(&self, report: Report) -> Result<(), NobodyListens> {
        self.0.send(report).await.map_err(|_| NobodyListens)
    }
}
