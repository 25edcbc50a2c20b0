//! How often a child may be restarted, and how long it waits each time.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::delay::Delays;

/// How many restarts, in what time, and how far apart.
#[derive(Debug, Clone, Copy)]
pub struct RestartLimits {
    /// Restarts allowed within `window`; the next crash is one too many.
    pub restarts: usize,
    /// The time restarts are counted over. It slides: a restart older than this is forgotten.
    pub window: Duration,
    /// About how long the first restart waits; each further one within the window waits twice as long.
    pub first_delay: Duration,
    /// No restart waits longer than this.
    pub longest_delay: Duration,
}

impl Default for RestartLimits {
    /// Five in ten seconds, from about 50 ms to at most 900 ms apart.
    ///
    /// - Five: one bad message, or a few in a row, are survived; a fault that comes back with every start is
    ///   noticed after about two seconds.
    /// - Ten seconds: more than five times the longest delay, so that waiting alone never makes room in the
    ///   window for a child that always crashes.
    /// - 50 ms: a person does not notice it, and a crash loop takes no processor time worth mentioning.
    /// - 900 ms: what crashed is back within a second.
    fn default() -> Self {
        Self {
            restarts: 5,
            window: Duration::from_secs(10),
            first_delay: Duration::from_millis(50),
            longest_delay: Duration::from_millis(900),
        }
    }
}

/// What one child has used of its limits.
#[derive(Debug)]
pub(super) struct Budget {
    limits: RestartLimits,
    delays: Delays,
    spent: VecDeque<Instant>,
}

impl Budget {
    pub(super) fn new(limits: RestartLimits) -> Self {
        let delays = Delays::new(limits.first_delay, limits.longest_delay);
        Self {
            limits,
            delays,
            spent: VecDeque::new(),
        }
    }

    /// Takes one restart out of the budget: how long to wait before it, or none when the budget is used up.
    pub(super) fn spend(&mut self, now: Instant) -> Option<Duration> {
        let window = self.limits.window;
        while self
            .spent
            .front()
            .is_some_and(|at| now.duration_since(*at) >= window)
        {
            self.spent.pop_front();
        }
        if self.spent.is_empty() {
            self.delays.reset();
        }
        if self.spent.len() >= self.limits.restarts {
            return None;
        }
        self.spent.push_back(now);
        Some(self.delays.next_delay())
    }

    /// The limit in words, for the reason given when it is exceeded.
    pub(super) fn in_words(&self) -> String {
        format!(
            "more than {} restarts in {:?}",
            self.limits.restarts, self.limits.window
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crash_after_the_last_allowed_restart_gets_none() {
        let mut budget = Budget::new(RestartLimits::default());
        let now = Instant::now();
        for restart in 1..=5 {
            let delay = budget
                .spend(now)
                .unwrap_or_else(|| panic!("restart {restart} is allowed"));
            assert!(
                delay < Duration::from_secs(1),
                "restart {restart} waits {delay:?}"
            );
        }
        assert_eq!(budget.spend(now), None);
    }

    #[test]
    fn the_window_slides_so_one_restart_is_free_again_as_the_oldest_leaves_it() {
        let mut budget = Budget::new(RestartLimits::default());
        let start = Instant::now();
        for second in 0..5 {
            assert!(budget.spend(start + Duration::from_secs(second)).is_some());
        }
        assert_eq!(budget.spend(start + Duration::from_millis(9_999)), None);
        assert!(budget.spend(start + Duration::from_secs(10)).is_some());
        assert_eq!(budget.spend(start + Duration::from_millis(10_999)), None);
        assert!(budget.spend(start + Duration::from_secs(11)).is_some());
    }

    #[test]
    fn delays_begin_again_once_the_window_is_empty() {
        let limits = RestartLimits::default();
        let mut budget = Budget::new(limits);
        let start = Instant::now();
        for _ in 0..5 {
            budget.spend(start);
        }
        let later = start + limits.window;
        let delay = budget.spend(later).expect("the window is empty again");
        assert!(
            delay <= limits.first_delay.mul_f64(1.51),
            "{delay:?} is not a first delay"
        );
    }

    #[test]
    fn the_default_window_is_longer_than_all_its_delays_together() {
        let limits = RestartLimits::default();
        let restarts = u32::try_from(limits.restarts).expect("a handful");
        assert!(limits.longest_delay * restarts < limits.window);
    }
}
