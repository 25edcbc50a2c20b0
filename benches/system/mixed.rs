//! (5) A thousand projects with ten streams each, and people who look at pages meanwhile.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::{
    Bench,
    load::{Load, put},
    peers::pace,
    process::{Server, Serving},
    report::{Row, Target},
};

const SCENARIO: &str = "5 mixed";

const LOAD: Load = Load {
    streams: 10_000,
    groups: 1_000,
    rate: 1_000.0,
    bytes: 400,
    seconds: 6,
    stalled: 0,
};

/// Between two pages.
const PAUSE: Duration = Duration::from_millis(50);

/// All of it.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let mut pages = Vec::new();
    let ours = put(bench, Server::Ours, LOAD, |serving| pages = look(serving))?;
    let ceiling = put(bench, Server::Ceiling, LOAD, |_| {})?;
    let actix = put(bench, Server::Actix, LOAD, |_| {})?;
    pages.sort_by(f64::total_cmp);
    let page = pages
        .get(pages.len() * 99 / 100)
        .copied()
        .unwrap_or(f64::NAN);
    let row = |what: &str, unit, ours, beside| Row {
        scenario: SCENARIO,
        what: format!("1,000 projects, 10 streams each, 1,000 activities a second: {what}"),
        unit,
        ours,
        beside,
        target: Target::None,
    };
    Ok(vec![
        row(
            "CPU a delivery, with storing",
            "µs",
            ours.cpu_us,
            Some(("ceiling", ceiling.cpu_us)),
        ),
        row(
            "p50",
            "ms",
            ours.p50_ms,
            Some(("minimal actix, which stores nothing", actix.p50_ms)),
        ),
        row(
            "p99",
            "ms",
            ours.p99_ms,
            Some(("minimal actix, which stores nothing", actix.p99_ms)),
        ),
        row("p99 of a page asked for meanwhile", "ms", page, None),
        row(
            "memory with all open",
            "MiB",
            ours.connected_mib,
            Some(("minimal actix", actix.connected_mib)),
        ),
    ])
}

/// Looks at a project's messages and activities, one page after another, for as long as is measured.
fn look(serving: &Serving) -> Vec<f64> {
    let began = Instant::now();
    let mut took = Vec::new();
    let mut projects = serving.urls.iter().filter_map(|url| {
        let id = url.rsplit('/').next()?;
        id.split('?').next()
    });
    while began.elapsed() < Duration::from_secs(u64::from(LOAD.seconds)) {
        let Some(project) = projects.next() else {
            break;
        };
        let asked = Instant::now();
        let path = format!("/api/projects/{project}/activity?limit=50");
        if get(serving.port, &path).is_ok_and(|status| status == 200) {
            took.push(asked.elapsed().as_secs_f64() * 1_000.0);
        }
        pace::pause(PAUSE);
    }
    took
}

/// The status of an answer that was read to its end.
fn get(port: u16, path: &str) -> anyhow::Result<u16> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    Ok(status.parse()?)
}
