//! Each finding, from what is known.

use super::*;
use crate::domain::{
    canary::{Flight, Stage, Stuck},
    id::ExecutionId,
    notification::Failure,
};

fn facts() -> Facts {
    Facts {
        now: "2026-01-01T12:00:00Z".parse().expect("a time"),
        ..Facts::default()
    }
}

fn away(name: &str) -> Away {
    Away {
        name: name.to_owned(),
        since: facts().now,
        reason: "no connection.".to_owned(),
        advice: None,
    }
}

fn unanswered() -> Facts {
    Facts {
        unanswered: Some(Unanswered {
            at: facts().now,
            why: "GitHub cannot be reached.".to_owned(),
            waiting: 1,
            given_up: 0,
        }),
        ..facts()
    }
}

fn kinds(facts: &Facts) -> Vec<&'static str> {
    findings(facts).iter().map(|finding| finding.kind).collect()
}

fn stuck() -> Option<Flight> {
    let why = "it did not get there".to_owned();
    let stuck = Some(Stuck {
        stage: Stage::Feed,
        why,
    });
    Some(Flight {
        at: facts().now,
        passed: Vec::new(),
        stuck,
    })
}

fn undelivered() -> Undelivered {
    Undelivered {
        target: "https://hooks.example.com".to_owned(),
        at: facts().now,
        failure: Failure::answered(404),
        waiting: 2,
        given_up: 1,
    }
}

fn failed() -> Part {
    Part {
        name: "writer".to_owned(),
        runs: true,
        is_missed: true,
        restarts: 1,
        at: facts().now,
        why: "panicked: no".to_owned(),
    }
}

#[test]
fn a_server_in_which_nothing_is_wrong_has_no_finding() {
    assert_eq!(kinds(&facts()), [""; 0]);
}

#[test]
fn each_bad_state_is_found_with_its_cause_and_the_next_step() {
    let now = facts().now;
    let (project, id) = (ProjectId::new(), ExecutionId::new());
    let running = Running {
        id,
        project,
        project_name: "Shop".to_owned(),
        command: "prime",
        last_word: now - STUCK_AFTER - TimeDelta::seconds(1),
    };
    let part = failed();
    let with = |change: &dyn Fn(&mut Facts)| {
        let mut wrong = facts();
        change(&mut wrong);
        wrong
    };
    let lag = LAG_MAX + 1;
    for (kind, wrong) in [
        ("database_away", with(&|it| it.unwritten = Some(away("")))),
        (
            "database_unreadable",
            with(&|it| it.unread = Some("no".to_owned())),
        ),
        ("canary_stuck", with(&|it| it.canary = stuck())),
        (
            "canary_gone",
            with(&|it| {
                it.canary_is_gone = true;
                it.canary = stuck();
            }),
        ),
        ("lease_lost", with(&|it| it.lease_is_lost = true)),
        (
            "database_slow",
            with(&|it| it.read_took = Some(READ_MAX * 2)),
        ),
        ("disk_low", with(&|it| it.disk_free = Some(DISK_MIN - 1))),
        ("writer_behind", with(&|it| it.queue = QUEUE_MAX + 1)),
        ("model_away", with(&|it| it.model = Some(away("a-model")))),
        (
            "github_trouble",
            with(&|it| it.github = Some(away("GitHub"))),
        ),
        (
            "notifications_failing",
            with(&|it| it.undelivered = Some(undelivered())),
        ),
        ("mentions_failing", unanswered()),
        ("backend_away", with(&|it| it.backends.push(away("SCAR")))),
        ("part_failed", with(&|it| it.parts.push(part.clone()))),
        (
            "execution_stuck",
            with(&|it| it.running.push(running.clone())),
        ),
        (
            "stream_lags",
            with(&|it| it.watching.push(Watching { project, lag })),
        ),
    ] {
        let found = findings(&wrong);
        assert_eq!(kinds(&wrong), [kind]);
        for words in [&found[0].what, &found[0].cause, &found[0].next_step] {
            assert!(
                words.len() > 20 && words.ends_with(['.', ')']),
                "{kind}: {words}"
            );
            assert!(!words.contains(".."), "{kind}: {words}");
        }
    }
}

#[test]
fn deliveries_are_counted_no_further_than_anybody_needs() {
    let mut facts = facts();
    facts.undelivered = Some(Undelivered {
        waiting: 10_001,
        given_up: 10_000,
        ..undelivered()
    });
    let what = &findings(&facts)[0].what;
    assert!(
        what.ends_with("more than 10000 wait, and 10000 were given up."),
        "{what}"
    );
}

#[test]
fn what_is_just_within_its_limit_is_no_finding() {
    let now = facts().now;
    let project = ProjectId::new();
    let old = Part {
        name: "session".to_owned(),
        runs: true,
        is_missed: true,
        restarts: 1,
        at: now - RESTART_SHOWN_FOR,
        why: "panicked: no".to_owned(),
    };
    let fine = Facts {
        read_took: Some(READ_MAX),
        disk_free: Some(DISK_MIN),
        queue: QUEUE_MAX,
        parts: vec![old.clone()],
        watching: vec![Watching {
            project,
            lag: LAG_MAX,
        }],
        ..facts()
    };
    assert_eq!(kinds(&fine), [""; 0]);
    let down = Part { runs: false, ..old };
    let not_missed = Part {
        is_missed: false,
        ..down.clone()
    };
    for (part, found) in [(down, vec!["part_failed"]), (not_missed, vec![])] {
        let facts = Facts {
            parts: vec![part],
            ..facts()
        };
        assert_eq!(kinds(&facts), found);
    }
}

#[test]
fn the_worst_comes_first_and_what_follows_from_a_database_that_is_away_is_not_said_twice() {
    let wrong = Facts {
        disk_free: Some(0),
        canary: stuck(),
        unwritten: Some(away("")),
        backends: vec![away("SCAR")],
        ..facts()
    };
    assert_eq!(kinds(&wrong), ["database_away", "backend_away", "disk_low"]);
}
