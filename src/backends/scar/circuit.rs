//! Whether SCAR answers. Three failures in a row, over all commands, open the circuit; then nothing is asked any more
//! but whether it is back, by one for all, until everything a command needs is answered again.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::watch;

use crate::{backends::Trouble, clock};

/// Failures in a row, over all commands, that open the circuit. One or two are what a restart or a lost packet makes.
const OPENS_AFTER: u32 = 3;

/// SCAR did not answer, or not in a way that can be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(pub(super) String);

impl Away {
    pub(super) fn too_slow() -> Self {
        Self("it took too long to answer".to_owned())
    }
}

/// The circuit to one SCAR.
pub(super) struct Circuit {
    /// SCAR's address, for the log.
    address: String,
    failures: AtomicU32,
    /// There is trouble while the circuit is open.
    trouble: watch::Sender<Option<Trouble>>,
}

impl Circuit {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            failures: AtomicU32::new(0),
            trouble: watch::Sender::new(None),
        }
    }

    /// Why SCAR is not asked at the moment, if it is not.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.subscribe()
    }

    /// Counts what came of a request. An answer does not close the circuit: one request may be answered while another
    /// is not, and whoever looks should not see SCAR come and go.
    pub(super) fn note<T>(&self, result: Result<T, Away>) -> Result<T, Away> {
        match &result {
            Ok(_) => self.failures.store(0, Ordering::Relaxed),
            Err(away) => self.failed(away),
        }
        result
    }

    /// Counts a request that failed.
    pub(super) fn failed(&self, away: &Away) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= OPENS_AFTER {
            self.open(away);
        }
    }

    /// Returns when SCAR answers, at once if it does.
    pub(super) async fn closed(&self) {
        self.comes_to(Option::is_none).await;
    }

    /// Returns when SCAR does not answer.
    pub(super) async fn opened(&self) {
        self.comes_to(Option::is_some).await;
    }

    async fn comes_to(&self, state: fn(&Option<Trouble>) -> bool) {
        let mut trouble = self.watch();
        let reached = trouble.wait_for(state).await;
        drop(reached.expect("the sender lives as long as this"));
    }

    /// SCAR answers everything again.
    pub(super) fn close(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.trouble.send_replace(None);
        tracing::info!(address = self.address, "SCAR answers again");
    }

    /// SCAR does not answer.
    pub(super) fn open(&self, away: &Away) {
        self.trouble.send_if_modified(|trouble| match trouble {
            Some(trouble) => {
                // The latest reason, without waking everybody for it.
                trouble.reason.clone_from(&away.0);
                false
            }
            None => {
                tracing::warn!(address = self.address, reason = %away, "SCAR does not answer");
                *trouble = Some(Trouble {
                    since: clock::now(),
                    reason: away.0.clone(),
                });
                true
            }
        });
    }
}
