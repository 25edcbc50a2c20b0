//! How often SCAR is asked, and when its silence is worth a word.

use std::time::{Duration, Instant};

/// How much longer each pause is than the one before, while nothing happens.
const GROWTH: f64 = 1.5;

/// How much a pause grows with each megabyte of the answer: SCAR always sends the whole list, and reading it must not
/// become all that both sides do. 20 MB, about 100,000 messages, add a second.
const PER_MEGABYTE: Duration = Duration::from_millis(50);

/// The pauses between two looks.
#[derive(Debug)]
pub(super) struct Pace {
    shortest: Duration,
    longest: Duration,
    pause: Duration,
}

impl Pace {
    pub(super) fn new(shortest: Duration, longest: Duration) -> Self {
        Self {
            shortest,
            longest,
            pause: shortest,
        }
    }

    /// How long to wait after a look that brought news, or none, in an answer of so many bytes.
    pub(super) fn after(&mut self, news: bool, bytes: usize) -> Duration {
        self.pause = match news {
            true => self.shortest,
            false => self.pause.mul_f64(GROWTH).min(self.longest),
        };
        let megabytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / f64::from(1 << 20);
        self.pause + PER_MEGABYTE.mul_f64(megabytes)
    }
}

/// How long nothing was said.
#[derive(Debug)]
pub(super) struct Silence {
    since: Instant,
    worth_a_word: Duration,
    next_word: Duration,
}

impl Silence {
    /// A silence that is worth a word after so long, and again after twice, four times, … as long.
    pub(super) fn new(worth_a_word: Duration) -> Self {
        Self {
            since: Instant::now(),
            worth_a_word,
            next_word: worth_a_word,
        }
    }

    /// Something was said.
    pub(super) fn broken(&mut self) {
        *self = Self::new(self.worth_a_word);
    }

    /// How long it has lasted.
    pub(super) fn length(&self) -> Duration {
        self.since.elapsed()
    }

    /// How long it has lasted, if that is worth a word now.
    pub(super) fn worth_telling(&mut self) -> Option<Duration> {
        let length = self.length();
        if length < self.next_word {
            return None;
        }
        while self.next_word <= length {
            self.next_word *= 2;
        }
        Some(length)
    }
}
