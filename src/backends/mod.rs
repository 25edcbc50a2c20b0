//! The places where a command can run.
//!
//! A backend is handed a [`Job`], sends typed [`Step`]s as they happen and returns the [`Outcome`]. It knows nothing of
//! the log, the feed or the actors: whoever runs it takes the steps and stores them, and by taking them slowly slows it.

pub mod child;
pub mod offline;

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    execution::{Order, Outcome},
    id::{ExecutionId, ProjectId},
    step::Step,
};

/// One execution, as a backend needs to know it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which execution.
    pub execution: ExecutionId,
    /// Whose.
    pub project: ProjectId,
    /// The command and its arguments.
    pub order: Order,
    /// The project's folder on this machine, if it has one. Not checked: it may be gone by now.
    pub workspace: Option<PathBuf>,
}

/// Where a backend sends its steps. Bounded: a send waits until the steps before it are on their way to the database,
/// so a slow database slows the backend instead of filling the memory. A failed send means that nobody takes steps any
/// more; the backend is about to be dropped and may return anything.
pub type Steps = mpsc::Sender<Step>;

/// A place where a command can run.
pub trait Backend: Send + Sync + 'static {
    /// Its name in settings and diagnostics.
    fn name(&self) -> &'static str;

    /// Runs `job` to its end. When `cancel` fires it ends what it started and returns [`Outcome::Cancelled`] soon.
    /// Dropping the future ends what it started, too.
    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome>;
}
