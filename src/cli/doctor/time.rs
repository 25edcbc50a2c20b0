//! Whether this machine knows what time it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::report::{Check, Fix, as_root};
use crate::clock;

const NAME: &str = "time";

/// The beginning of 2026, in seconds: this program is younger.
const AT_LEAST: i64 = 1_767_225_600;

/// The beginning of 2100: a clock that says so was set by nobody.
const AT_MOST: i64 = 4_102_444_800;

/// How far two clocks may differ. Those that are kept right differ by milliseconds, and some say only seconds.
const DIFFERENCE_MAX: TimeDelta = TimeDelta::seconds(30);

/// The others are whose clocks were seen, and by how much each is ahead.
pub(super) fn check(others: &[(&str, Option<TimeDelta>)]) -> Vec<Check> {
    let now = clock::now();
    let right = |check: Check| {
        check
            .fix(Fix::to("have it set over the network").run(as_root("timedatectl set-ntp true")))
            .fix(Fix::to("see what is known of it").run("timedatectl"))
    };
    if !(AT_LEAST..AT_MOST).contains(&now.timestamp()) {
        let found = format!("this machine says it is {}", shown(now));
        let check = Check::warning(NAME, found);
        return vec![right(
            check.because("its clock was never set, or its battery is empty"),
        )];
    }
    let mut checks: Vec<Check> = Vec::new();
    for (whose, ahead) in others {
        let Some(ahead) = ahead.filter(|ahead| ahead.abs() > DIFFERENCE_MAX) else {
            continue;
        };
        let side = match ahead > TimeDelta::zero() {
            true => "behind",
            false => "ahead of",
        };
        let found = format!(
            "the clock of this machine is {} seconds {side} {whose}",
            ahead.num_seconds().abs()
        );
        let check = Check::warning(NAME, found);
        checks.push(right(check.because("one of the two is not kept right")));
    }
    if checks.is_empty() {
        let seen = others.iter().filter(|(_, ahead)| ahead.is_some());
        let whose: Vec<&str> = seen.map(|(whose, _)| *whose).collect();
        let found = match whose.as_slice() {
            [] => shown(now),
            whose => format!("{}, as {} says", shown(now), whose.join(" and ")),
        };
        checks.push(Check::ok(NAME, found));
    }
    checks
}

fn shown(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
