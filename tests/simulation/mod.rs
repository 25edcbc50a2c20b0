//! The writer, the feed and the streams, as they are, over a database that does its worst, on a clock that never waits.
//!
//! ```text
//! callers ──▶ Writer ──▶ database (in memory) ◀── Streamers ──▶ clients
//!                └──────▶ Feed ───────────────────────┘
//! ```
//!
//! One thread, one seed: what is asked for when, how long everything takes, what fails, who crashes and who goes follow
//! from it, so a run that fails can be had again. Every answer and every event is held against what is committed.

mod answers;
mod callers;
mod changes;
mod clients;
mod database;
mod reading;
mod schedule;
mod tables;
mod trace;
mod weather;
mod writing;

use std::{
    num::NonZero,
    panic::{catch_unwind, resume_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use self::trace::Trace;
use crate::support::Chance;

/// Schedules in one run of the tests, unless `TEST_SCHEDULES` says otherwise.
const SCHEDULES: u64 = 500;

/// What so many schedules are certain to hold. Where one of these is missing, they prove less than they say.
const CERTAIN: [&str; 14] = [
    "stored at",
    "not heard",
    "Unknown",
    "Unavailable",
    "Duplicate",
    "ExecutionPast",
    "ProjectUnknown",
    "Refused",
    "looking up: Fails",
    "applying: Crashes",
    "committing: Silent",
    "reading: Silent",
    "reading: Crashes",
    "what was left open ends, committed: true",
];

#[test]
fn whatever_happens_answers_are_true_and_each_stream_shows_the_log_once_and_in_order() {
    let count = std::env::var("TEST_SCHEDULES").map_or(SCHEDULES, |count| {
        count.parse().expect("TEST_SCHEDULES is a number")
    });
    let first = Chance::seed();
    let next = AtomicU64::new(first);
    let missing = Mutex::new(CERTAIN.to_vec());
    let run_some = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return;
            }
            let trace = Trace::default();
            if let Err(panic) = catch_unwind(|| schedule::run(seed, &trace)) {
                next.store(first + count, Ordering::Relaxed);
                tell(seed, &trace);
                resume_unwind(panic);
            }
            let mut missing = missing.lock().expect("no panic under the lock");
            missing.retain(|what| !trace.tells(what));
        }
    };
    // Each run is on one thread, and each thread has one at a time.
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(run_some);
        }
    });
    let missing = missing.into_inner().expect("no panic under the lock");
    assert!(
        count < SCHEDULES || missing.is_empty(),
        "{count} schedules from seed {first} on, and none of them has {missing:?}"
    );
}

/// Prints what happened in a run that failed, and how to have it again.
fn tell(seed: u64, trace: &Trace) {
    for note in trace.notes() {
        println!("{note}");
    }
    println!(
        "to have this run again: TEST_SEED={seed} TEST_SCHEDULES=1 cargo test --test it simulation::"
    );
}

#[test]
fn the_same_seed_is_the_same_run() {
    let first = Chance::seed();
    for seed in first..first + 20 {
        let [one, other] = [(); 2].map(|()| {
            let trace = Trace::default();
            schedule::run(seed, &trace);
            trace.notes()
        });
        assert!(!one.is_empty(), "something happens with seed {seed}");
        for (at, (one, other)) in one.iter().zip(&other).enumerate() {
            assert_eq!(one, other, "note {at} of seed {seed}");
        }
        assert_eq!(one.len(), other.len(), "with seed {seed}");
    }
}
