//! How long an agent works, and how long it is silent. Both stand still while a person is asked.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use crate::backends::silence::Silence;

/// How often they are looked at.
const TICK: Duration = Duration::from_secs(1);

/// The clocks of one conversation.
pub(super) struct Clocks {
    tick: Duration,
    times: Mutex<Times>,
    /// Questions that wait for a person.
    asking: AtomicUsize,
    timed_out: AtomicBool,
}

struct Times {
    looked: Instant,
    left: Duration,
    silence: Silence,
}

impl Clocks {
    pub(super) fn new(conversation: &Conversation<'_>) -> Self {
        let tick = TICK
            .min(conversation.stall / 4)
            .min(conversation.time_limit / 4)
            .max(Duration::from_millis(1));
        Self {
            tick,
            times: Mutex::new(Times {
                looked: Instant::now(),
                left: conversation.time_limit,
                silence: Silence::new(conversation.stall),
            }),
            asking: AtomicUsize::new(0),
            timed_out: AtomicBool::new(false),
        }
    }

    /// When to look.
    pub(super) fn tick(&self) -> Interval {
        let mut tick = interval(self.tick);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick
    }

    /// The agent told something.
    pub(super) fn heard(&self) {
        self.times().silence.broken();
    }

    /// A person is asked.
    pub(super) fn asked(&self) {
        self.asking.fetch_add(1, Ordering::Relaxed);
    }

    /// They have answered, or nobody will.
    pub(super) fn answered(&self) {
        self.asking.fetch_sub(1, Ordering::Relaxed);
    }

    /// Fires `stop` when the time is up. How long the agent has been silent, if that is worth a word now.
    pub(super) fn look(&self, stop: &CancellationToken) -> Option<Duration> {
        let mut times = self.times();
        let passed = times.looked.elapsed();
        times.looked = Instant::now();
        if self.asking.load(Ordering::Relaxed) > 0 {
            times.silence.broken();
            return None;
        }
        times.left = times.left.saturating_sub(passed);
        if times.left.is_zero() && !stop.is_cancelled() {
            self.timed_out.store(true, Ordering::Relaxed);
            stop.cancel();
        }
        times.silence.worth_telling()
    }

    /// Whether the time was up.
    pub(super) fn timed_out(&self) -> bool {
        self.timed_out.load(Ordering::Relaxed)
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
