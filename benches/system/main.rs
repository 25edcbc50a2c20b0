//! The whole system, measured beside what it is compared with, in one run.
//!
//! ```text
//! scripts/bench                     # everything, and writes docs/performance.md
//! scripts/bench fan-out appends     # some scenarios, and writes nothing
//! ```
//!
//! `scripts/bench` builds what is needed and says in `SSE_LOAD` and `NCHAN_MODULE` where it is. Servers and peers run in
//! processes of their own: this program again, with the part it is to play as its first argument.

#[path = "../peers/mod.rs"]
mod peers;

mod appends;
mod commit;
mod fan_out;
mod growth;
mod inside;
mod load;
mod log;
mod mixed;
mod process;
mod program;
mod raw;
mod replay;
mod report;
mod served;
mod stalled;
mod start;

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;

use self::report::Row;

/// What a scenario needs.
pub(crate) struct Bench {
    /// The program.
    pub(crate) pm: PathBuf,
    /// The program that measures streams.
    pub(crate) sse_load: PathBuf,
    /// A folder for what is measured, gone at the end.
    pub(crate) folder: PathBuf,
}

/// A scenario: what it is called on the command line, and what measures it.
type Scenario = (&'static str, fn(&Bench) -> anyhow::Result<Vec<Row>>);

/// All of them, in the order in which they run.
const SCENARIOS: [Scenario; 12] = [
    ("fan-out", |bench| fan_out::within(bench, 1_000, 1.0)),
    ("fan-out", |bench| fan_out::within(bench, 1_000, 10.0)),
    ("fan-out", |bench| fan_out::within(bench, 10_000, 1.0)),
    ("fan-out", |bench| fan_out::within(bench, 10_000, 10.0)),
    ("fan-out", fan_out::beyond),
    ("commit", commit::run),
    ("appends", appends::run),
    ("replay", replay::run),
    ("mixed", mixed::run),
    ("start", start::run),
    ("growth", growth::run),
    ("stalled", stalled::run),
];

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        // What cargo tells every bench.
        .filter(|word| word != "--bench")
        .collect();
    if let [role, rest @ ..] = words.as_slice()
        && role.starts_with("serve-")
    {
        return serve(role, rest);
    }
    let folder = tempfile::tempdir()?;
    let bench = Bench {
        pm: env!("CARGO_BIN_EXE_pm").into(),
        sse_load: program("SSE_LOAD")?,
        folder: folder.path().to_owned(),
    };
    print!("{}", report::HEAD);
    for (name, measure) in SCENARIOS {
        if words.is_empty() || words.iter().any(|wanted| wanted == name) {
            for row in measure(&bench).with_context(|| format!("cannot measure {name}"))? {
                println!("{}", report::line(&row));
            }
        }
    }
    Ok(())
}

fn program(variable: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os(variable);
    let path = path.with_context(|| format!("{variable} is not set; run scripts/bench"))?;
    Ok(path.into())
}

/// Plays a part in somebody else's measurement.
fn serve(role: &str, words: &[String]) -> anyhow::Result<()> {
    let number = |place: usize| -> anyhow::Result<usize> {
        let word = words.get(place).context("a word is missing")?;
        Ok(word.parse()?)
    };
    match role {
        "serve-ours" => {
            let folder = words.first().context("a folder is missing")?;
            served::serve(folder.as_ref(), number(1)?, number(2)?)
        }
        "serve-epoll" => {
            let every = Duration::from_millis(number(0)? as u64);
            let every = Some(every).filter(|every| !every.is_zero());
            peers::epoll::serve(number(1)?, number(2)?, every)
        }
        "serve-actix" => peers::actix_fan_out::serve(number(0)?, number(1)?),
        _ => anyhow::bail!("there is no part {role}"),
    }
}
