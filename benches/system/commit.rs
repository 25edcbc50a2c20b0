//! (2) From the commit to the clients: one busy project, a hundred streams.

use anyhow::Context as _;

use super::{
    Bench,
    load::{Load, put},
    process::Server,
    report::{Row, Target},
};

const SCENARIO: &str = "2 commit to client";

const LOAD: Load = Load {
    streams: 100,
    groups: 1,
    rate: 1_000.0,
    bytes: 400,
    seconds: 5,
    stalled: 0,
};

/// All of it.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let ours = put(bench, Server::Ours, LOAD, |_| {})?;
    let actix = put(bench, Server::Actix, LOAD, |_| {})?;
    let ceiling = put(bench, Server::Ceiling, LOAD, |_| {})?;
    let mut commits = ours.last_words.split_whitespace().map(str::parse::<f64>);
    let (p50, p99) = commits
        .next()
        .zip(commits.next())
        .context("no commit was told")?;
    let (commit_p50, commit_p99) = (p50?, p99?);
    let row = |what: &str, unit, ours, beside, target| Row {
        scenario: SCENARIO,
        what: format!("100 streams, 1,000 activities a second: {what}"),
        unit,
        ours,
        beside,
        target,
    };
    let bound = 3.0 * actix.p99_ms + commit_p99;
    Ok(vec![
        row("commit p50", "ms", commit_p50, None, Target::None),
        row("commit p99", "ms", commit_p99, None, Target::None),
        row(
            "due to client p50",
            "ms",
            ours.p50_ms,
            Some(("minimal actix, which stores nothing", actix.p50_ms)),
            Target::None,
        ),
        row(
            "due to client p99",
            "ms",
            ours.p99_ms,
            Some(("3 x minimal actix + the commit", bound)),
            Target::AtMostTimes(1.0),
        ),
        row(
            "CPU a delivery, with storing",
            "µs",
            ours.cpu_us,
            Some(("ceiling", ceiling.cpu_us)),
            Target::None,
        ),
    ])
}
