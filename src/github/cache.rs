//! What was read of GitHub lately, and by what GitHub knows it again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

/// Bytes of answers that are kept: a page of a hundred issues has half a million. What was not asked for the longest goes.
const BYTES_MAX: usize = 32 << 20;

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// By what GitHub knows it.
    pub(super) etag: Option<String>,
    pub(super) body: Bytes,
    /// Where the next page is.
    pub(super) next: Option<String>,
    /// When GitHub last said that it is so.
    read_at: Instant,
    /// Whether something is known to have changed since.
    is_old: bool,
    used_at: Instant,
}

impl Kept {
    pub(super) fn now(etag: Option<String>, body: Bytes, next: Option<String>) -> Self {
        let now = Instant::now();
        Self {
            etag,
            body,
            next,
            read_at: now,
            is_old: false,
            used_at: now,
        }
    }

    /// Whether it is so new that it need not be asked for again.
    pub(super) fn is_fresh(&self, within: Duration) -> bool {
        !self.is_old && self.read_at.elapsed() < within
    }
}

/// By address.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, Kept>>);

impl Cache {
    pub(super) fn find(&self, url: &str) -> Option<Kept> {
        let mut kept = self.kept();
        let found = kept.get_mut(url)?;
        found.used_at = Instant::now();
        Some(found.clone())
    }

    pub(super) fn keep(&self, url: &str, answer: Kept) {
        let mut kept = self.kept();
        kept.insert(url.to_owned(), answer);
        let mut bytes: usize = kept.values().map(|kept| kept.body.len()).sum();
        while bytes > BYTES_MAX {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.used_at);
            let Some(oldest) = oldest.map(|(url, _)| url.clone()) else {
                return;
            };
            let gone = kept.remove(&oldest);
            bytes -= gone.map_or(0, |gone| gone.body.len());
        }
    }

    /// Something changed at what these addresses begin with: it is asked for again, with what GitHub knows it by.
    pub(super) fn expire(&self, begins: &str) {
        for (url, kept) in self.kept().iter_mut() {
            kept.is_old |= url.starts_with(begins);
        }
    }

    /// Held briefly and never across an await.
    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
