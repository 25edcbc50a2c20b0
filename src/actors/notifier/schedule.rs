//! When a notification is tried again, and when no more.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::{
    delay::Delays,
    domain::notification::{Came, Delivery},
    webhook::Refusal,
};

/// How long a receiver may ask to be left alone at most: a number that is wrong is not to keep back everything for ever.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// When a notification is tried again. What each is for is in `config/default.toml`, section `[notifications]`.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Schedule {
    pub retry_first: Duration,
    pub retry_longest: Duration,
    pub give_up: Duration,
}

impl Schedule {
    /// What becomes of one that was not delivered: tried again after a growing delay, and no sooner than the receiver asks
    /// for; given up when that would be too late, or when the receiver is gone for good.
    pub(super) fn after(self, delivery: &Delivery, refusal: Refusal, now: DateTime<Utc>) -> Came {
        let Refusal {
            failure,
            retry_after,
        } = refusal;
        let failed = u32::try_from(delivery.attempts + 1).unwrap_or(u32::MAX);
        let delay = Delays::after(failed, self.retry_first, self.retry_longest);
        let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
        let next_at = (now + delta(delay.max(asked))).trunc_subsecs(6);
        match failure.is_final() || next_at > delivery.since + delta(self.give_up) {
            true => Came::GivenUp(failure),
            false => Came::Failed { failure, next_at },
        }
    }

    /// How long it is until one is due that is to be tried at that time. Nothing is put off for longer than this at most: if it
    /// seems to be, the clock was set back, and it is due.
    pub(super) fn until(self, next_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
        let wait = (next_at - now).to_std().unwrap_or_default();
        match wait > self.retry_longest.max(RETRY_AFTER_MAX) {
            true => Duration::ZERO,
            false => wait,
        }
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        activity::{Activity, Entry, Kind as ActivityKind, Source},
        id::{ActivityId, ProjectId},
        notification::{Failure, Kind},
    };

    const SCHEDULE: Schedule = Schedule {
        retry_first: Duration::from_secs(10),
        retry_longest: Duration::from_secs(600),
        give_up: Duration::from_secs(86_400),
    };

    fn delivery(attempts: i64) -> Delivery {
        let at = DateTime::UNIX_EPOCH;
        Delivery {
            id: ActivityId::new(),
            kind: Kind::GateOpened,
            project: ProjectId::new(),
            project_name: String::new(),
            activity: Activity {
                id: ActivityId::new(),
                seq: 1,
                timestamp: at,
                entry: Entry::new(Source::Pm, ActivityKind::Gate, ""),
            },
            since: at,
            attempts,
            next_at: at,
        }
    }

    fn waits(attempts: i64, retry_after: Option<u64>) -> f64 {
        let refusal = Refusal {
            failure: Failure::answered(503),
            retry_after: retry_after.map(Duration::from_secs),
        };
        match SCHEDULE.after(&delivery(attempts), refusal, DateTime::UNIX_EPOCH) {
            Came::Failed { next_at, .. } => (next_at - DateTime::UNIX_EPOCH).as_seconds_f64(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_waits_longer_each_time_and_as_long_as_it_is_asked_to() {
        assert!((5.0..=15.1).contains(&waits(0, None)));
        assert!((20.0..=60.1).contains(&waits(2, None)));
        assert!((200.0..=600.0).contains(&waits(60, None)));
        assert_eq!(waits(0, Some(120)), 120.0);
        assert!(waits(2, Some(1)) >= 20.0, "a receiver cannot hurry it");
        assert_eq!(waits(0, Some(u64::MAX)), 3_600.0);
    }

    #[test]
    fn what_waits_longer_than_anything_may_is_due() {
        let now = DateTime::UNIX_EPOCH;
        for (seconds, until) in [(-5, 0), (0, 0), (60, 60), (3_600, 3_600), (3_601, 0)] {
            let next_at = now + TimeDelta::seconds(seconds);
            let expected = Duration::from_secs(until);
            assert_eq!(SCHEDULE.until(next_at, now), expected, "{seconds}");
        }
    }

    #[test]
    fn it_gives_up_when_its_time_is_over_or_nobody_is_there_any_more() {
        let after = |status, seconds| {
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            SCHEDULE.after(&delivery(0), Failure::answered(status).into(), now)
        };
        assert!(matches!(after(500, 86_300), Came::Failed { .. }));
        assert!(matches!(after(500, 86_400), Came::GivenUp(_)));
        assert!(matches!(after(410, 0), Came::GivenUp(_)));
    }
}
