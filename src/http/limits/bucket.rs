//! How often each client may do something: so much at once, and then so much a second.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Clients that are told apart at most, some sixty bytes each. Whoever comes beyond shares one bucket with all others who do.
const CLIENTS_MAX: usize = 10_000;

/// A bucket for each client: it empties with what is done, and fills by and by.
pub(super) struct Buckets<K> {
    /// How long it takes until one more may be done.
    one: Duration,
    /// How long a bucket takes to be full again.
    all: Duration,
    /// When each bucket that is not full will be. None is whoever shares one.
    full_at: Mutex<HashMap<Option<K>, Instant>>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// So many at once, and one more each time `one` has gone by.
    pub(super) fn new(at_once: u32, one: Duration) -> Self {
        Self {
            one,
            all: one * at_once,
            full_at: Mutex::default(),
        }
    }

    /// Takes one out of a client's bucket.
    ///
    /// # Errors
    /// When it is empty: how long it takes until there is one.
    pub(super) fn take(&self, client: K) -> Result<(), Duration> {
        let now = Instant::now();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= CLIENTS_MAX && !full_at.contains_key(&Some(client)) {
            // A full one says nothing that is not so without it.
            full_at.retain(|_, at| *at > now);
        }
        let key = match full_at.len() < CLIENTS_MAX || full_at.contains_key(&Some(client)) {
            true => Some(client),
            false => None,
        };
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = before + self.one;
        match (after - now).checked_sub(self.all) {
            Some(missing) if !missing.is_zero() => Err(missing),
            _ => {
                full_at.insert(key, after);
                Ok(())
            }
        }
    }

    /// Puts one back: what it was for should not count.
    pub(super) fn put_back(&self, client: K) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = full_at.get_mut(&Some(client)) {
            *at -= self.one;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{Buckets, CLIENTS_MAX};

    const ONE: Duration = Duration::from_millis(100);

    #[tokio::test(start_paused = true)]
    async fn so_many_go_at_once_and_one_more_each_time_its_time_has_gone_by() {
        let buckets = Buckets::new(3, ONE);
        for _ in 0..3 {
            assert_eq!(buckets.take("a"), Ok(()));
        }
        assert_eq!(buckets.take("a"), Err(ONE));
        assert_eq!(buckets.take("b"), Ok(()), "each has their own");
        advance(ONE).await;
        assert_eq!(buckets.take("a"), Ok(()));
        assert_eq!(buckets.take("a"), Err(ONE));
        advance(ONE * 100).await;
        for _ in 0..3 {
            assert_eq!(
                buckets.take("a"),
                Ok(()),
                "it is full, and no more than that"
            );
        }
        assert_eq!(buckets.take("a"), Err(ONE));
        buckets.put_back("a");
        assert_eq!(buckets.take("a"), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn more_clients_than_can_be_told_apart_share_one_bucket() {
        let buckets = Buckets::new(1, ONE);
        for client in 0..CLIENTS_MAX {
            assert_eq!(buckets.take(client), Ok(()));
        }
        assert_eq!(buckets.take(CLIENTS_MAX), Ok(()));
        assert!(buckets.take(CLIENTS_MAX + 1).is_err());
        advance(ONE).await;
        assert_eq!(
            buckets.take(CLIENTS_MAX + 1),
            Ok(()),
            "those before are full"
        );
        assert_eq!(buckets.take(CLIENTS_MAX + 2), Ok(()));
    }
}
