//! Many clients, by `sse-load`: a program that shares no code with any server.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::Value;

use super::{
    Bench,
    peers::pace::{self, MARKER},
    process::{Server, Serving, for_clients},
    start::middle,
};

/// How long connecting may take.
const CONNECT_MAX: Duration = Duration::from_secs(120);

/// How often each has its turn, where figures move from run to run.
const TURNS: usize = 3;

/// What is asked of a server.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) streams: usize,
    pub(crate) groups: usize,
    /// Events a second, over all groups.
    pub(crate) rate: f64,
    /// Bytes of an event, about.
    pub(crate) bytes: usize,
    pub(crate) seconds: u32,
    /// So many of the streams are never read.
    pub(crate) stalled: usize,
}

/// How it did.
pub(crate) struct Outcome {
    /// Microseconds of CPU an event that was delivered.
    pub(crate) cpu_us: f64,
    /// Deliveries a second.
    pub(crate) events_per_second: f64,
    /// Milliseconds from when it was due until a client had it.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Memory of a stream before anything is sent, in KiB.
    pub(crate) stream_kib: f64,
    /// Memory of the server with all streams open, and at the end, in MiB.
    pub(crate) connected_mib: f64,
    pub(crate) end_mib: f64,
    /// What it said at its end.
    pub(crate) last_words: String,
}

/// Puts a load on a server, with `meanwhile` beside it.
pub(crate) fn put(
    bench: &Bench,
    server: Server,
    load: Load,
    meanwhile: impl FnOnce(&Serving),
) -> anyhow::Result<Outcome> {
    let mut serving = Serving::start(bench, server, load.groups, load.bytes)?;
    let ready = bench.folder.join("ready");
    let _ = std::fs::remove_file(&ready);
    let mut command = for_clients(&bench.sse_load);
    for url in &serving.urls {
        command.args(["--url", url]);
    }
    let report = command
        .args([
            "--connections",
            &load.streams.to_string(),
            "--ts-marker",
            MARKER,
        ])
        .args([
            "--duration",
            &load.seconds.to_string(),
            "--pid",
            &serving.pid().to_string(),
        ])
        .args([
            "--slow",
            &load.stalled.to_string(),
            "--json",
            "--ready-file",
        ])
        .arg(&ready)
        .stdout(Stdio::piped())
        .spawn()?;
    wait_for(&ready)?;
    serving.publish(bench, load.rate, load.bytes)?;
    meanwhile(&serving);
    let report = report.wait_with_output()?;
    anyhow::ensure!(report.status.success(), "sse-load failed");
    let report: Value = serde_json::from_slice(&report.stdout)?;
    let last_words = serving.end()?;
    outcome(&report, server, last_words).with_context(|| format!("{server:?}: {report}"))
}

/// Puts the same load on each of these, in turns, so that a slow moment of the machine is everybody's; of each the figures in
/// the middle. What somebody else's server cannot do is left out, and said.
pub(crate) fn put_in_turns<const N: usize>(
    bench: &Bench,
    servers: [Server; N],
    load: Load,
) -> anyhow::Result<[Option<Outcome>; N]> {
    let mut all = servers.map(|_| Vec::new());
    for _ in 0..TURNS {
        for (server, outcomes) in servers.iter().zip(&mut all) {
            match put(bench, *server, load, |_| {}) {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) if *server == Server::Nchan => eprintln!("left out: {error:#}"),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(all.map(|outcomes| Outcome::in_the_middle(&outcomes)))
}

impl Outcome {
    fn in_the_middle(outcomes: &[Self]) -> Option<Self> {
        let of = |figure: fn(&Self) -> f64| middle(outcomes.iter().map(figure).collect());
        Some(Self {
            cpu_us: of(|outcome| outcome.cpu_us),
            events_per_second: of(|outcome| outcome.events_per_second),
            p50_ms: of(|outcome| outcome.p50_ms),
            p99_ms: of(|outcome| outcome.p99_ms),
            stream_kib: of(|outcome| outcome.stream_kib),
            connected_mib: of(|outcome| outcome.connected_mib),
            end_mib: of(|outcome| outcome.end_mib),
            last_words: outcomes.last()?.last_words.clone(),
        })
    }
}

fn wait_for(file: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    while !file.exists() {
        anyhow::ensure!(
            began.elapsed() < CONNECT_MAX,
            "the clients do not get through"
        );
        pace::pause(Duration::from_millis(10));
    }
    Ok(())
}

fn outcome(report: &Value, server: Server, last_words: String) -> anyhow::Result<Outcome> {
    let number = |path: &str| {
        let found = report.pointer(path).and_then(Value::as_f64);
        found.with_context(|| format!("sse-load's report has no {path}"))
    };
    let all = number("/connections")?;
    anyhow::ensure!(
        number("/connected")? >= all,
        "not all streams could be opened"
    );
    if server == Server::Ours {
        // The promise is not up for measurement.
        for wrong in ["/order/missing", "/order/duplicates", "/refused"] {
            anyhow::ensure!(number(wrong)? == 0.0, "{wrong} is not 0");
        }
    }
    let mib = f64::from(1 << 20);
    Ok(Outcome {
        cpu_us: number("/server/cpu_us_per_event")?,
        events_per_second: number("/events_per_s")?,
        p50_ms: number("/latency_ms/p50")?,
        p99_ms: number("/latency_ms/p99")?,
        stream_kib: number("/server/rss_per_connection")? / 1_024.0,
        connected_mib: number("/server/rss_connected")? / mib,
        end_mib: number("/server/rss_end")? / mib,
        last_words,
    })
}
