//! When a pull request is looked at again.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::{
    delay::Delays,
    domain::github::{PullRequest, PullState},
    github::Trouble,
};

/// The longest time between two looks while GitHub does not answer as it should.
const LONGEST: Duration = Duration::from_secs(3_600);

/// How much seldomer one is looked at that was closed, or that GitHub does not show: somebody has to do something first.
const SELDOM: u32 = 10;

/// How long after its end one that was closed is looked at: after a week few are opened again, and a webhook tells of them.
const CLOSED_FOR: TimeDelta = TimeDelta::days(7);

/// The time between two looks without a token: GitHub takes 60 requests an hour then, a look has three, and people want to
/// see issues as well.
const WITHOUT_TOKEN: Duration = Duration::from_secs(900);

/// The longest there can be between two looks, by the settings: what seems to be later is due, as the clock was set back.
const EVER: Duration = Duration::from_secs(10 * 86_400);

/// When a pull request is looked at again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    every: Duration,
}

impl Schedule {
    /// So often, where GitHub is asked in somebody's name.
    pub(super) fn new(every: Duration, has_token: bool) -> Self {
        let every = match has_token {
            true => every,
            false => every.max(WITHOUT_TOKEN),
        };
        Self { every }
    }

    /// When it is after GitHub said this of it; none when it is over.
    pub(super) fn after(self, pull: &PullRequest, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let wait = match pull.state {
            PullState::Open => self.every,
            PullState::Closed if now < pull.updated_at + CLOSED_FOR => self.every * SELDOM,
            PullState::Closed | PullState::Merged => return None,
        };
        Some(later(now, wait))
    }

    /// When it is after GitHub did not answer for the `failed`th time in a row.
    pub(super) fn after_trouble(
        self,
        trouble: &Trouble,
        failed: u32,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let longest = LONGEST.max(self.every);
        match trouble {
            Trouble::Limited { until, .. } => (*until).max(later(now, self.every)),
            trouble if trouble.may_pass() => later(now, Delays::after(failed, self.every, longest)),
            _ => later(now, Delays::after(failed, self.every * SELDOM, longest)),
        }
    }

    /// How long it is until one is due that is to be looked at at that time.
    pub(super) fn until(next_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
        let wait = (next_at - now).to_std().unwrap_or_default();
        match wait > EVER {
            true => Duration::ZERO,
            false => wait,
        }
    }
}

fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    let wait = TimeDelta::from_std(wait.min(EVER)).unwrap_or(TimeDelta::zero());
    (now + wait).trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::github::Checks;

    const MINUTE: Duration = Duration::from_secs(60);

    fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
        (to - from).as_seconds_f64()
    }

    #[test]
    fn what_is_open_is_looked_at_often_what_is_closed_seldom_and_what_is_merged_never() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(8);
        let after = |state, updated_at| {
            let pull = PullRequest {
                number: 7,
                title: String::new(),
                url: String::new(),
                branch: String::new(),
                author: String::new(),
                state,
                draft: false,
                checks: Checks::none(),
                checks_unread: false,
                created_at: updated_at,
                updated_at,
            };
            let next = Schedule::new(MINUTE, true).after(&pull, now);
            next.map(|next| seconds(now, next))
        };
        let long_ago = DateTime::UNIX_EPOCH;
        assert_eq!(after(PullState::Open, long_ago), Some(60.0));
        assert_eq!(after(PullState::Closed, now), Some(600.0));
        assert_eq!(after(PullState::Closed, long_ago), None);
        assert_eq!(after(PullState::Merged, now), None);
    }

    #[test]
    fn trouble_makes_it_wait_longer_each_time_and_as_long_as_github_says() {
        let now = DateTime::UNIX_EPOCH;
        let schedule = Schedule::new(MINUTE, true);
        let after =
            |trouble: Trouble, failed| seconds(now, schedule.after_trouble(&trouble, failed, now));
        let away = || Trouble::Away("it is broken".to_owned());
        assert!((30.0..=90.1).contains(&after(away(), 1)));
        assert!((120.0..=360.1).contains(&after(away(), 3)));
        assert!(after(away(), 60) <= 3_600.0);
        assert!(after(Trouble::TokenRefused, 1) >= 300.0);
        let until = now + TimeDelta::minutes(20);
        let limited = Trouble::Limited {
            until,
            has_token: true,
        };
        assert_eq!(after(limited, 1), 1_200.0);
    }
}
