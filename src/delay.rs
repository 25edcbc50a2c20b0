//! Delays between attempts: exponential, with jitter, never longer than a limit.
//!
//! This is the only module that knows the crate `backoff`, and of it only `next_backoff`. The crate is
//! unmaintained (RUSTSEC-2025-0012, and RUSTSEC-2024-0384 through `instant`): no part of it but the
//! arithmetic of one number is used, and replacing it would touch this file alone.

use std::cell::Cell;
use std::hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState};
use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;
use tokio::time::Instant;

/// How far a delay strays from the plain doubling, both ways, as a share of it. Parts that failed at the
/// same moment, as when the database went away under all of them, must not come back at the same moment.
const JITTER: f64 = 0.5;

/// How much longer each delay is than the one before.
const GROWTH: f64 = 2.0;

/// Doublings after which any delay is the longest there can be: a millisecond is more than a month then.
const DOUBLINGS_MAX: u32 = 32;

thread_local! {
    static CHANCE: Cell<Chance> = Cell::new(Chance::from_seed(RandomState::new().hash_one(())));
}

/// What jitter follows from: a seed, and the moment at which it is asked for. Not how often it was asked for before: of
/// several tasks that are woken at once now one runs first and now another, and each is to get the same all the same.
#[derive(Clone, Copy)]
struct Chance {
    seed: u64,
    since: Instant,
}

impl Chance {
    fn from_seed(seed: u64) -> Self {
        let since = Instant::now();
        Self { seed, since }
    }

    /// A number from 0 to 1.
    fn now(self) -> f64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, self.since.elapsed()).hash(&mut hasher);
        let drawn = hasher.finish() >> 32;
        drawn as f64 / f64::from(u32::MAX)
    }
}

/// Makes the jitter on this thread follow from `seed`, so that under a clock that follows from it, too, a run can be had
/// again. Without this it differs each time.
pub fn seed(seed: u64) {
    CHANCE.set(Chance::from_seed(seed));
}

/// A series of growing delays without an end; giving up is for the caller to decide.
#[derive(Debug)]
pub struct Delays {
    first: Duration,
    longest: Duration,
    series: ExponentialBackoff,
}

impl Delays {
    /// A series that begins around `first`, doubles, and never yields more than `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            series: series(first, longest),
        }
    }

    /// How long to wait after so many failed attempts, for whoever keeps only their number: as the delay of a series would be
    /// that had come so far.
    pub fn after(failed: u32, first: Duration, longest: Duration) -> Duration {
        let mut delays = Self::new(first, longest);
        // By then it is at its longest, whatever the two are.
        for _ in 1..failed.min(DOUBLINGS_MAX) {
            delays.next_delay();
        }
        delays.next_delay()
    }

    /// How long to wait before the next attempt.
    pub fn next_delay(&mut self) -> Duration {
        let plain = self.series.next_backoff().unwrap_or(self.longest);
        let jitter = JITTER * (2.0 * CHANCE.get().now() - 1.0);
        plain.mul_f64(1.0 + jitter).min(self.longest)
    }

    /// Waits as long as the next delay says.
    pub async fn wait(&mut self) {
        pause(self.next_delay()).await;
    }

    /// Begins again with the first delay: the last attempt went well.
    pub fn reset(&mut self) {
        self.series = series(self.first, self.longest);
    }
}

/// Waits for a delay that was asked for before.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where a failed attempt waits for the next"
)]
pub async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}

fn series(first: Duration, longest: Duration) -> ExponentialBackoff {
    // The jitter is added to the interval, so the interval stops growing early enough for the sum to stay
    // within `longest`; cutting the sum off instead would take the jitter away from the longest delays.
    let longest_interval = longest.div_f64(1.0 + JITTER);
    let first_interval = first.min(longest_interval);
    ExponentialBackoff {
        current_interval: first_interval,
        initial_interval: first_interval,
        // The crate's own jitter could not be had again.
        randomization_factor: 0.0,
        multiplier: GROWTH,
        max_interval: longest_interval,
        max_elapsed_time: None,
        ..ExponentialBackoff::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_with_jitter_up_to_the_longest_and_begin_again_after_a_reset() {
        let first = Duration::from_millis(50);
        let longest = Duration::from_millis(900);
        let mut delays = Delays::new(first, longest);
        for round in 0..200 {
            let mut plain = first;
            for step in 0..12 {
                let delay = delays.next_delay();
                let least = plain.min(longest.div_f64(1.5)).mul_f64(0.49);
                let most = plain.mul_f64(1.51).min(longest);
                assert!(
                    (least..=most).contains(&delay),
                    "round {round}, step {step}: {delay:?} is not within {least:?} and {most:?}"
                );
                plain *= 2;
            }
            delays.reset();
        }
    }

    #[test]
    fn a_delay_can_be_had_by_the_number_of_failures_alone() {
        let (first, longest) = (Duration::from_secs(5), Duration::from_secs(600));
        for (failed, plain) in [(1, 5), (2, 10), (4, 40), (9, 400), (1_000_000, 400)] {
            let (delay, plain) = (
                Delays::after(failed, first, longest),
                Duration::from_secs(plain),
            );
            let within = plain.mul_f64(0.49)..=plain.mul_f64(1.51).min(longest);
            assert!(within.contains(&delay), "{failed}: {delay:?}");
        }
    }

    #[test]
    fn two_series_differ() {
        let mut one = Delays::new(Duration::from_millis(50), Duration::from_millis(900));
        let mut other = Delays::new(Duration::from_millis(50), Duration::from_millis(900));
        let differs = (0..20).any(|_| one.next_delay() != other.next_delay());
        assert!(
            differs,
            "without jitter everything that failed together comes back together"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn with_the_same_seed_and_the_same_clock_the_delays_are_the_same_whoever_asks_first() {
        let run = async |turned: bool| {
            seed(7);
            let mut one = Delays::new(Duration::from_millis(50), Duration::from_millis(900));
            let mut other = Delays::new(Duration::from_millis(200), Duration::from_millis(900));
            let mut run = Vec::new();
            for _ in 0..20 {
                let second = turned.then(|| other.next_delay());
                let first = one.next_delay();
                let second = second.unwrap_or_else(|| other.next_delay());
                run.push((first, second));
                pause(first).await;
            }
            run
        };
        let first = run(false).await;
        assert_eq!(run(true).await, first);
        let jitter = |at: usize| first[at].0.div_duration_f64(first[at].1);
        assert_eq!(jitter(18), 1.0, "both are at their longest");
        assert_ne!(first[18], first[19], "each moment has its own jitter");
    }

    #[test]
    fn a_first_delay_longer_than_the_longest_is_cut_to_it() {
        let longest = Duration::from_millis(10);
        let mut delays = Delays::new(Duration::from_secs(5), longest);
        for _ in 0..100 {
            assert!(delays.next_delay() <= longest);
        }
    }
}
