//! What ends an execution from outside: a person, or the time limit.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Why work was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A person asked, or nobody takes the steps any more.
    Cancelled,
    /// The time was up.
    TimedOut,
}

/// The two together, handed down to everything that may take time.
#[derive(Debug, Clone)]
pub struct Limits {
    cancel: CancellationToken,
    deadline: Instant,
}

impl Limits {
    /// From now on, for `time_limit` at most.
    pub fn new(cancel: CancellationToken, time_limit: Duration) -> Self {
        Self {
            cancel,
            deadline: Instant::now() + time_limit,
        }
    }

    /// The same, but ending after `time_limit` if that comes first.
    pub fn at_most(&self, time_limit: Duration) -> Self {
        Self {
            cancel: self.cancel.clone(),
            deadline: self.deadline.min(Instant::now() + time_limit),
        }
    }

    /// Whether the time is up.
    pub fn passed(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Runs `work`, unless it is stopped.
    ///
    /// # Errors
    /// [`Stop`], with `work` dropped where it was.
    pub async fn hold<F: Future>(&self, work: F) -> Result<F::Output, Stop> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Stop::Cancelled),
            done = timeout_at(self.deadline, work) => done.map_err(|_elapsed| Stop::TimedOut),
        }
    }
}
