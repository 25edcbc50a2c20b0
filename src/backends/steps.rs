//! What a backend tells whoever runs it, in the order in which it is to be stored.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::domain::{execution::Notice, id::BlockId, step::Step, workflow::GateOption};

/// Something a backend tells.
#[derive(Debug)]
pub enum Report {
    /// It did or said something.
    Step(Step),
    /// There is something to say about the execution that is no step of it.
    Notice(Notice),
    /// A person is to decide on something before it goes on.
    Ask {
        /// What they are asked.
        question: Question,
        /// Where the answer goes.
        answer: oneshot::Sender<Answer>,
    },
    /// A text it is writing goes on so. Shown, and not stored: the [`Step`] with all of it is.
    Delta {
        /// Which text.
        block: BlockId,
        /// What is new of it.
        text: String,
    },
    /// It wants this back after a restart, and when its project's next command runs in it.
    Keep {
        /// What it wants back.
        place: Value,
        /// The branch it works on, where it knows.
        branch: Option<String>,
        /// Answered when it is stored.
        kept: oneshot::Sender<()>,
    },
}

/// What a coding agent asks a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it wants to do, in a line: `Run npm install`.
    pub what: String,
    /// All that is known of it: a command line, a diff.
    pub detail: String,
    /// What can be answered. Not empty.
    pub options: Vec<GateOption>,
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The [`GateOption::id`] they chose.
    Chosen(String),
    /// Nobody answered in time.
    Nobody,
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
    pub async fn keep(&self, place: Value, branch: Option<String>) -> Result<(), NobodyListens> {
        let (kept, stored) = oneshot::channel();
        let keep = Report::Keep {
            place,
            branch,
            kept,
        };
        self.report(keep).await?;
        stored.await.map_err(|_| NobodyListens)
    }

    /// Asks a person, and waits for as long as they may take.
    ///
    /// # Errors
    /// [`NobodyListens`].
    pub async fn ask(&self, question: Question) -> Result<Answer, NobodyListens> {
        let (answer, answered) = oneshot::channel();
        self.report(Report::Ask { question, answer }).await?;
        answered.await.map_err(|_| NobodyListens)
    }

    /// Shows how a text goes on that is being written.
    ///
    /// # Errors
    /// [`NobodyListens`].
    pub async fn delta(&self, block: BlockId, text: String) -> Result<(), NobodyListens> {
        self.report(Report::Delta { block, text }).await
    }

    async fn report(&self, report: Report) -> Result<(), NobodyListens> {
        self.0.send(report).await.map_err(|_| NobodyListens)
    }
}
