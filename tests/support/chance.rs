//! Chance that can be had again: a run that fails names its seed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Numbers that look random and follow from a seed (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// A new one. The seed is `TEST_SEED` if that is set, and printed, which is seen when the test fails.
    pub fn new() -> Self {
        let seed = Self::seed();
        println!("to have this run again: TEST_SEED={seed}");
        Self(seed)
    }

    /// `TEST_SEED` if that is set, or another number each time.
    pub fn seed() -> u64 {
        match std::env::var("TEST_SEED") {
            Ok(seed) => seed.parse().expect("TEST_SEED is a number"),
            Err(_) => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(1, |age| age.subsec_nanos().into()),
        }
    }

    /// The one that follows from this seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Another one that follows from it, for a part that draws when it likes without changing what others draw.
    pub fn apart(&mut self) -> Self {
        Self(self.draw())
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("it fits");
        usize::try_from(self.draw() % end).expect("it fits")
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Up to so many milliseconds.
    pub fn millis(&mut self, most: usize) -> Duration {
        Duration::from_millis(self.below(most + 1) as u64)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
