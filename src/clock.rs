//! What time it is, for all that is stored and all that is compared with it: the database's, where several servers share one.
//!
//! Every server has a clock of its own, and one that is an hour off would take what another stored for an hour old, and put
//! its own before what was there. So a server whose clock is off counts that in. It is told by whoever asks the database
//! (`db/lease.rs`); one that has its database for itself has nobody to differ from, and is never told.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// How far clocks may differ without it being counted in: those that are kept right differ less, and a change while they
/// run would put what is close together out of order.
const TOLERATED: TimeDelta = TimeDelta::milliseconds(100);

/// By how many microseconds the database is ahead of this machine. One for the process, as the machine's clock is.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// The time.
pub fn now() -> DateTime<Utc> {
    here() + TimeDelta::microseconds(AHEAD.load(Ordering::Relaxed))
}

/// The time by this machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the machine"
)]
fn here() -> DateTime<Utc> {
    Utc::now()
}

/// That the database is being asked what time it is.
pub struct Asked(DateTime<Utc>);

/// To be called before the database is asked.
pub fn ask() -> Asked {
    Asked(here())
}

impl Asked {
    /// Takes note of what it said.
    pub fn answered(self, database: DateTime<Utc>) {
        let known = TimeDelta::microseconds(AHEAD.load(Ordering::Relaxed));
        let ahead = ahead(known, database, self.0, here());
        if ahead == known {
            return;
        }
        tracing::warn!(
            ahead_seconds = ahead.as_seconds_f64(),
            "the clocks of this machine and of the database differ; the database's time is used from now on"
        );
        AHEAD.store(ahead.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

/// How far the database is ahead, which is as it was known where that may still be so.
fn ahead(
    known: TimeDelta,
    database: DateTime<Utc>,
    asked: DateTime<Utc>,
    answered: DateTime<Utc>,
) -> TimeDelta {
    let (least, most) = (database - answered, database - asked);
    if least - TOLERATED <= known && known <= most + TOLERATED {
        known
    } else {
        (least + most) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_counted_in_when_the_way_to_the_database_does_not_explain_it() {
        let asked = DateTime::UNIX_EPOCH;
        for (known, said, took, expected) in [
            (0, 0, 10, 0),
            // The answer may have taken all the time to come, or the question.
            (0, 500, 500, 0),
            (0, -100, 10, 0),
            (0, 600, 400, 400),
            (0, 3_600_000, 20, 3_599_990),
            (3_599_990, 3_600_050, 30, 3_599_990),
            (3_599_990, 10, 20, 0),
            (0, -3_600_000, 20, -3_600_010),
        ] {
            let [known, said, took] = [known, said, took].map(TimeDelta::milliseconds);
            let found = ahead(known, asked + said, asked, asked + took);
            assert_eq!(found.num_milliseconds(), expected, "{said} in {took}");
        }
    }
}
