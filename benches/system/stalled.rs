//! Clients that never read, beside some who do: those must not notice, and nobody's memory may grow without end.

use super::{
    Bench,
    load::{Load, put},
    process::Server,
    report::{Row, Target},
};

const SCENARIO: &str = "stalled clients";

const LOAD: Load = Load {
    streams: 300,
    groups: 1,
    rate: 500.0,
    bytes: 1_024,
    seconds: 6,
    stalled: 250,
};

/// All of it.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let with = put(bench, Server::Ours, LOAD, |_| {})?;
    let without = put(
        bench,
        Server::Ours,
        Load {
            streams: LOAD.streams - LOAD.stalled,
            stalled: 0,
            ..LOAD
        },
        |_| {},
    )?;
    let growth = |end: f64, connected: f64| end - connected;
    let row = |what: &str, unit, ours, beside, target| Row {
        scenario: SCENARIO,
        what: format!("50 readers, 250 who never read, 500 events of 1 KiB a second: {what}"),
        unit,
        ours,
        beside: Some(beside),
        target,
    };
    Ok(vec![
        row(
            "readers' p99",
            "ms",
            with.p99_ms,
            ("none stalled", without.p99_ms),
            Target::AtMostTimes(2.0),
        ),
        row(
            "memory it grew by",
            "MiB",
            growth(with.end_mib, with.connected_mib),
            (
                "none stalled",
                growth(without.end_mib, without.connected_mib),
            ),
            Target::None,
        ),
    ])
}
