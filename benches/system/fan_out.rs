//! (1) One project, many streams: what a delivery costs, and how long it takes.

use std::time::Duration;

use super::{
    Bench,
    load::{Load, Outcome, put},
    process::Server,
    report::{Row, Target},
};

const SCENARIO: &str = "1 fan-out";

/// Streams and events a second that every server is measured with.
const LOADS: [(usize, f64); 4] = [(1_000, 1.0), (1_000, 10.0), (10_000, 1.0), (10_000, 10.0)];

/// Bytes of an event: those of a short step.
const BYTES: usize = 400;

/// How often the ceiling of many writes, as often as PERF.md's best.
const FLUSH: Duration = Duration::from_millis(100);

/// All of it.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (streams, rate) in LOADS {
        rows.extend(below_the_limit(bench, streams, rate)?);
    }
    rows.extend(overload(bench)?);
    Ok(rows)
}

fn measure(bench: &Bench, server: Server, streams: usize, rate: f64) -> anyhow::Result<Outcome> {
    let load = Load {
        streams,
        rate,
        groups: 1,
        bytes: BYTES,
        // Enough events for a percentile, and no longer.
        seconds: if rate < 10.0 { 8 } else { 5 },
        stalled: 0,
    };
    put(bench, server, load, |_| {})
}

fn below_the_limit(bench: &Bench, streams: usize, rate: f64) -> anyhow::Result<Vec<Row>> {
    let ours = measure(bench, Server::Ours, streams, rate)?;
    let ceiling = measure(bench, Server::Ceiling, streams, rate)?;
    let actix = measure(bench, Server::Actix, streams, rate)?;
    let nchan = measure(bench, Server::Nchan, streams, rate)?;
    let row = |what: &str, unit, ours, beside, target| Row {
        scenario: SCENARIO,
        what: format!("{streams} streams, {rate} a second: {what}"),
        unit,
        ours,
        beside: Some(beside),
        target,
    };
    let cpu = "CPU a delivery";
    let mut rows = vec![
        row(
            cpu,
            "µs",
            ours.cpu_us,
            ("ceiling", ceiling.cpu_us),
            Target::AtMostTimes(1.35),
        ),
        row(
            cpu,
            "µs",
            ours.cpu_us,
            ("nchan", nchan.cpu_us),
            Target::AtMostTimes(1.0),
        ),
        row(
            cpu,
            "µs",
            ours.cpu_us,
            ("minimal actix", actix.cpu_us),
            Target::None,
        ),
        row(
            "p50",
            "ms",
            ours.p50_ms,
            ("minimal actix", actix.p50_ms),
            Target::None,
        ),
        row(
            "p99",
            "ms",
            ours.p99_ms,
            ("minimal actix", actix.p99_ms),
            Target::AtMostTimes(1.5),
        ),
    ];
    if (streams, rate) == LOADS[2] {
        rows.push(Row {
            target: Target::AtMost(12.0),
            ..row(
                "memory a stream",
                "KiB",
                ours.stream_kib,
                ("minimal actix", actix.stream_kib),
                Target::None,
            )
        });
    }
    Ok(rows)
}

/// More than one write an event can carry: a million deliveries a second are asked for.
fn overload(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let (streams, rate) = (10_000, 100.0);
    let ours = measure(bench, Server::Ours, streams, rate)?;
    let ceiling = measure(bench, Server::CeilingOfMany(FLUSH), streams, rate)?;
    let actix = measure(bench, Server::Actix, streams, rate)?;
    let nchan = measure(bench, Server::Nchan, streams, rate)?;
    let row = |what: &str, unit, ours, beside, target| Row {
        scenario: SCENARIO,
        what: format!("{streams} streams, {rate} a second: {what}"),
        unit,
        ours,
        beside: Some(beside),
        target,
    };
    let (delivered, many) = ("deliveries a second", "ceiling of many");
    let asked = streams as f64 * rate;
    Ok(vec![
        // Two of a hundred are what the measured window may begin and end with.
        row(
            delivered,
            "",
            ours.events_per_second,
            ("asked for", asked),
            Target::AtLeastTimes(0.98),
        ),
        row(
            delivered,
            "",
            ours.events_per_second,
            (many, ceiling.events_per_second),
            Target::None,
        ),
        row(
            delivered,
            "",
            ours.events_per_second,
            ("minimal actix", actix.events_per_second),
            Target::AtLeastTimes(4.0),
        ),
        row(
            delivered,
            "",
            ours.events_per_second,
            ("nchan", nchan.events_per_second),
            Target::AtLeastTimes(4.0),
        ),
        row(
            "p99",
            "ms",
            ours.p99_ms,
            (many, ceiling.p99_ms),
            Target::AtMost(500.0),
        ),
        row(
            "CPU a delivery",
            "µs",
            ours.cpu_us,
            (many, ceiling.cpu_us),
            Target::AtMost(1.2),
        ),
    ])
}
