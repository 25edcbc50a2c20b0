//! When something is tried again that GitHub did not do, and when no more.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::{
    delay::Delays,
    domain::github::{Came, Pending},
    github::Trouble,
};

/// The first wait before another try, and the longest: GitHub is back within seconds as a rule, and is left alone for a while when
/// it is not.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LONGEST: Duration = Duration::from_secs(600);

/// Tries of one thing at most: with the waits between them some two days.
const ATTEMPTS_MAX: i64 = 300;

/// The longest time anything is put off: GitHub's hours have sixty minutes. What seems to be put off for longer is due, for the
/// clock was set back.
const PUT_OFF_MAX: Duration = Duration::from_secs(3_700);

/// What becomes of something that GitHub did not do.
pub(super) fn after(pending: &Pending, trouble: &Trouble, now: DateTime<Utc>) -> Came {
    if !trouble.may_pass() {
        return Came::GivenUp {
            why: trouble.to_string(),
        };
    }
    let until = match trouble {
        Trouble::Limited { until, .. } => Some(*until),
        _ => None,
    };
    again(pending, trouble.to_string(), now, until)
}

/// It is tried again after a growing delay, and not before `until`; given up when it was often enough.
pub(super) fn again(
    pending: &Pending,
    why: String,
    now: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
) -> Came {
    let attempts = pending.attempts + 1;
    if attempts >= ATTEMPTS_MAX {
        return Came::GivenUp { why };
    }
    let failed = u32::try_from(attempts).unwrap_or(u32::MAX);
    let delay = Delays::after(failed, RETRY_FIRST, RETRY_LONGEST);
    let delay = TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX);
    let next_at = (now + delay).max(until.unwrap_or(now)).trunc_subsecs(6);
    Came::Failed {
        attempts,
        why,
        next_at,
    }
}

/// How long it is until one is due that is to be tried at that time.
pub(super) fn until(next_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    let wait = (next_at - now).to_std().unwrap_or_default();
    match wait > PUT_OFF_MAX {
        true => Duration::ZERO,
        false => wait,
    }
}
