//! The parts, each by itself: the writer, the ring, serialisation, the rules, and the reading of what SCAR said.
//!
//! ```text
//! cargo bench --bench parts                    # times them, with Criterion: how long each takes here
//! cargo bench --bench parts -- ring            # only those with this in their names
//! scripts/bench-counts                         # counts their instructions instead, and compares with what is kept
//! ```
//!
//! Times are another machine's tomorrow; counts are not, and tell of a change that does more work than before. What is
//! counted is run by these, which measure nothing:
//!
//! ```text
//! parts --list                                 # each name, and how often it is done when it is counted
//! parts --once NAME TIMES                      # makes ready, does it once to be warm, and then so often
//! ```

mod recorded;
mod ring;
mod rules;
mod scar;
mod serialisation;
mod store;
mod workload;
mod writer;

use anyhow::Context as _;
use criterion::Criterion;

use self::workload::Workload;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Everything else is Criterion's, Cargo's own `--bench` among it.
    match words.as_slice() {
        ["--list"] => {
            for workload in workloads() {
                println!("{} {}", workload.name, workload.times);
            }
        }
        ["--once", name, times] => {
            let times = times
                .parse()
                .with_context(|| format!("{times:?} is no number of times"))?;
            once(name, times)?;
        }
        _ => time_all()?,
    }
    Ok(())
}

fn workloads() -> impl Iterator<Item = Workload> {
    [
        writer::workloads(),
        ring::workloads(),
        serialisation::workloads(),
        rules::workloads(),
        scar::workloads(),
    ]
    .into_iter()
    .flatten()
}

/// Does it `times` times after the first, which makes what is made only once.
fn once(name: &str, times: u32) -> anyhow::Result<()> {
    let workload = workloads()
        .find(|workload| workload.name == name)
        .with_context(|| format!("there is no {name:?}; `--list` names what there is"))?;
    let mut work = (workload.ready)()?;
    for _ in 0..=times {
        work();
    }
    Ok(())
}

fn time_all() -> anyhow::Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    for workload in workloads() {
        let mut work = None;
        criterion.bench_function(workload.name, |bencher| {
            // Only of what was asked for, and not again for each of the rounds.
            let work =
                work.get_or_insert_with(|| (workload.ready)().expect("it can be made ready"));
            bencher.iter(work);
        });
    }
    criterion.final_summary();
    Ok(())
}
