//! How often SCAR is asked.

use std::time::Duration;

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
