//! How many webhooks came to this server.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Counts them.
#[derive(Default)]
pub(super) struct Counted {
    taken: AtomicU64,
    refused: AtomicU64,
    last_at: Mutex<Option<DateTime<Utc>>>,
}

/// How many came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveries)]
pub(super) struct Deliveries {
    /// Those that were taken, or needed nothing.
    taken: u64,
    /// Those that were refused.
    refused: u64,
}

impl Counted {
    /// One came that GitHub sent.
    pub(super) fn came(&self, at: DateTime<Utc>) {
        *self.last_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// One was taken, or refused.
    pub(super) fn count(&self, is_taken: bool) {
        let counter = if is_taken { &self.taken } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// When one last came that GitHub sent.
    pub(super) fn last_at(&self) -> Option<DateTime<Utc>> {
        *self.last_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn deliveries(&self) -> Deliveries {
        Deliveries {
            taken: self.taken.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}
