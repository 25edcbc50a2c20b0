//! When the silence of what runs a command is worth a word.

use std::time::{Duration, Instant};

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

/// `42 s`, `3 min`.
pub(super) fn in_short(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
