//! The start, until `GET /health` is answered, with nothing stored and with a million activities; and what the program takes
//! when it has nothing to do.

use std::{path::Path, time::Duration};

use project_manager::{config::DATABASE_FILE, delay::pause};

use crate::{
    Bench,
    log::{self, Size},
    program::{Program, start_timed},
    report::{Row, Target},
};

/// What is stored.
const STORED: Size = Size {
    projects: 20,
    activities: 1_000_000,
};

/// Starts; the one in the middle counts. One before them makes the tables and has the files read.
const STARTS: usize = 5;

/// How long it is left alone before its memory is looked at, and how long then.
const SETTLED: Duration = Duration::from_secs(1);
const IDLE: Duration = Duration::from_secs(5);

/// A fifth of what its predecessor took until its first answer, 1.27 seconds.
const MS_MAX: f64 = 254.0;

/// What it may take of memory and disk, in MiB and MB; of disk as much as `scripts/size` allows.
const MEMORY_MAX: f64 = 40.0;
const BINARY_MAX: f64 = 40.0;

pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (empty, full) = (bench.folder.join("empty"), bench.folder.join("full"));
    runtime.block_on(log::fill(&full.join(DATABASE_FILE), STORED))?;
    // In turns: what else the machine does meets both.
    let (mut of_empty, mut of_full) = (Vec::new(), Vec::new());
    for start in 0..=STARTS {
        for (folder, all) in [(&empty, &mut of_empty), (&full, &mut of_full)] {
            let ms = started(bench, folder)?;
            if start > 0 {
                all.push(ms);
            }
        }
    }
    let (empty_ms, full_ms) = (middle(of_empty), middle(of_full));
    let (program, _) = start_timed(bench, &full)?;
    runtime.block_on(pause(SETTLED));
    let memory = program.memory_mib()?;
    let cpu = runtime.block_on(idle(&program))?;
    program.stop()?;
    let binary = std::fs::metadata(&bench.pm)?.len() as f64 / 1e6;
    let row = |what: &str, unit, ours, beside, target| Row {
        scenario: "6 start",
        what: what.to_owned(),
        unit,
        ours,
        beside,
        target,
    };
    let beside = Some(("itself with nothing stored", empty_ms));
    let with_million = "first 200 of /health, a million activities stored";
    Ok(vec![
        row(
            with_million,
            "ms",
            full_ms,
            beside,
            Target::AtMostTimes(2.0),
        ),
        row(with_million, "ms", full_ms, None, Target::AtMost(MS_MAX)),
        row(
            "memory a second later",
            "MiB",
            memory,
            None,
            Target::AtMost(MEMORY_MAX),
        ),
        row("CPU while nothing happens", "ms/s", cpu, None, Target::None),
        row(
            "size of the program",
            "MB",
            binary,
            None,
            Target::AtMost(BINARY_MAX),
        ),
    ])
}

/// How many milliseconds a start took.
fn started(bench: &Bench, folder: &Path) -> anyhow::Result<f64> {
    let (program, took) = start_timed(bench, folder)?;
    program.stop()?;
    Ok(took.as_secs_f64() * 1_000.0)
}

/// How many milliseconds it is at work in a second.
async fn idle(program: &Program) -> anyhow::Result<f64> {
    let before = program.at_work()?;
    pause(IDLE).await;
    let took = program.at_work()?.saturating_sub(before);
    Ok(took.as_secs_f64() * 1_000.0 / IDLE.as_secs_f64())
}

/// The one in the middle.
pub(crate) fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
