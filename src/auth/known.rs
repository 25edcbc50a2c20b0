//! Who was let in a moment ago: so that not every request costs a hash, or a look into the database.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{secret::Keyed, who::Who};

/// For so long somebody is let in without a look into the database: so long a revoked token goes on being good at most.
pub(super) const GOOD_FOR: Duration = Duration::from_secs(2);

/// For so long it is remembered that a token is the one that was hashed, after it was last used.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// How many are remembered at most: some hundred bytes each. Only who was let in is.
const KNOWN_MAX: usize = 10_000;

/// Who is known, by the digest of what they showed.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<Keyed, Entry>>);

#[derive(Clone)]
struct Entry {
    who: Who,
    /// The hash it was compared with; none for what is compared each time.
    hash: Option<String>,
    looked: Instant,
    used: Instant,
}

/// What is known of somebody.
pub(super) struct Found {
    pub(super) who: Who,
    /// Whether that was looked up a moment ago.
    pub(super) is_fresh: bool,
    hash: Option<String>,
}

impl Found {
    /// Whether what they showed was compared with this hash.
    pub(super) fn is_hashed_as(&self, hash: &str) -> bool {
        self.hash.as_deref() == Some(hash)
    }
}

impl Known {
    fn all(&self) -> MutexGuard<'_, HashMap<Keyed, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who showed this before.
    pub(super) fn find(&self, digest: Keyed) -> Option<Found> {
        let mut all = self.all();
        let entry = all.get_mut(&digest)?;
        entry.used = Instant::now();
        Some(Found {
            who: entry.who.clone(),
            is_fresh: entry.looked.elapsed() < GOOD_FOR,
            hash: entry.hash.clone(),
        })
    }

    /// That it was just looked up.
    pub(super) fn keep(&self, digest: Keyed, who: &Who, hash: Option<String>) {
        let mut all = self.all();
        if all.len() >= KNOWN_MAX && !all.contains_key(&digest) {
            // Rare, and the one that goes is only looked up again.
            let oldest = all.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(oldest) = oldest.map(|(digest, _)| *digest) {
                all.remove(&oldest);
            }
        }
        let now = Instant::now();
        let entry = Entry {
            who: who.clone(),
            hash,
            looked: now,
            used: now,
        };
        all.insert(digest, entry);
    }

    /// That it could not be looked up, and is not to be for a moment.
    pub(super) fn put_off(&self, digest: Keyed) {
        if let Some(entry) = self.all().get_mut(&digest) {
            entry.looked = Instant::now();
        }
    }

    /// That it is not good any more.
    pub(super) fn forget(&self, digest: Keyed) {
        self.all().remove(&digest);
    }

    /// Forgets what nobody used for long.
    pub(super) fn tidy(&self) {
        self.all()
            .retain(|_, entry| entry.used.elapsed() < REMEMBERED_FOR);
    }
}
