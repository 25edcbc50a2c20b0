//! (1) One project, many streams: what a delivery costs, and how long it takes.

use std::time::Duration;

use anyhow::Context as _;

use super::{
    Bench,
    load::{Load, Outcome, put_in_turns},
    process::Server,
    report::{Row, Target},
};

/// Bytes of an event: those of a short step.
const BYTES: usize = 400;

/// How often the ceiling of many writes: as seldom as nobody minds.
const FLUSH: Duration = Duration::from_millis(100);

/// A load that one write an event can carry.
pub(crate) fn within(bench: &Bench, streams: usize, rate: f64) -> anyhow::Result<Vec<Row>> {
    let (ours, ceiling, actix, nchan) = measure(bench, Server::Ceiling, streams, rate)?;
    let row =
        |what, unit, ours, beside, target| row(streams, rate, what, unit, ours, beside, target);
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
    if let Some(nchan) = nchan {
        rows.push(row(
            cpu,
            "µs",
            ours.cpu_us,
            ("nchan", nchan.cpu_us),
            Target::AtMostTimes(1.0),
        ));
        rows.push(row(
            "p99",
            "ms",
            ours.p99_ms,
            ("nchan", nchan.p99_ms),
            Target::None,
        ));
    }
    // Of more streams it is more exact, and once is enough.
    if streams == 10_000 && rate < 2.0 {
        let beside = ("minimal actix", actix.stream_kib);
        rows.push(row(
            "memory a stream",
            "KiB",
            ours.stream_kib,
            beside,
            Target::AtMost(12.0),
        ));
    }
    Ok(rows)
}

/// More than one write an event can carry: a million deliveries a second are asked for.
pub(crate) fn beyond(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let (streams, rate) = (10_000, 100.0);
    let (ours, ceiling, actix, nchan) =
        measure(bench, Server::CeilingOfMany(FLUSH), streams, rate)?;
    let row =
        |what, unit, ours, beside, target| row(streams, rate, what, unit, ours, beside, target);
    let (delivered, many) = ("deliveries a second", "ceiling of many");
    let (asked, events) = (streams as f64 * rate, ours.events_per_second);
    let mut rows = vec![
        // Two of a hundred are what the measured window may begin and end with.
        row(
            delivered,
            "",
            events,
            ("asked for", asked),
            Target::AtLeastTimes(0.98),
        ),
        row(
            delivered,
            "",
            events,
            (many, ceiling.events_per_second),
            Target::None,
        ),
        row(
            delivered,
            "",
            events,
            ("minimal actix", actix.events_per_second),
            Target::None,
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
        row(
            "CPU a delivery",
            "µs",
            ours.cpu_us,
            ("minimal actix", actix.cpu_us),
            Target::AtMostTimes(0.125),
        ),
    ];
    if let Some(nchan) = nchan {
        rows.push(row(
            delivered,
            "",
            events,
            ("nchan", nchan.events_per_second),
            Target::None,
        ));
        rows.push(row(
            "CPU a delivery",
            "µs",
            ours.cpu_us,
            ("nchan", nchan.cpu_us),
            Target::AtMostTimes(0.125),
        ));
    }
    Ok(rows)
}

/// Ours, the ceiling, the minimal actix, and nchan if it can.
fn measure(
    bench: &Bench,
    ceiling: Server,
    streams: usize,
    rate: f64,
) -> anyhow::Result<(Outcome, Outcome, Outcome, Option<Outcome>)> {
    let load = Load {
        streams,
        rate,
        groups: 1,
        bytes: BYTES,
        // Enough events for a percentile, and no longer.
        seconds: if rate < 10.0 { 6 } else { 5 },
        stalled: 0,
    };
    let servers = [Server::Ours, ceiling, Server::Actix, Server::Nchan];
    let [ours, ceiling, actix, nchan] = put_in_turns(bench, servers, load)?;
    let others = ours.zip(ceiling).zip(actix);
    let ((ours, ceiling), actix) = others.context("one had no turn")?;
    Ok((ours, ceiling, actix, nchan))
}

fn row(
    streams: usize,
    rate: f64,
    what: &str,
    unit: &'static str,
    ours: f64,
    beside: (&'static str, f64),
    target: Target,
) -> Row {
    Row {
        scenario: "1 fan-out",
        what: format!("{streams} streams, {rate} a second: {what}"),
        unit,
        ours,
        beside: Some(beside),
        target,
    }
}
