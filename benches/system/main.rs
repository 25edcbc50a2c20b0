//! The whole system, measured beside what it is compared with, in one run.
//!
//! ```text
//! scripts/bench                     # everything, and writes docs/performance.md
//! scripts/bench fan-out appends     # some scenarios, and writes nothing
//! ```
//!
//! `scripts/bench` builds what is needed and says in `PM_BIN` and `SSE_LOAD` where it is. Servers and peers run in
//! processes of their own: this program again, with the part it is to play as its first argument.

mod report;

use std::path::PathBuf;

use anyhow::Context as _;

use self::report::Row;

/// What a scenario needs.
pub(crate) struct Bench {
    /// The released program.
    pub(crate) pm: PathBuf,
    /// A folder for what is measured, gone at the end.
    pub(crate) folder: PathBuf,
}

/// A scenario: what it is called on the command line, and what measures it.
type Scenario = (&'static str, fn(&Bench) -> anyhow::Result<Vec<Row>>);

/// All of them, in the order in which they run.
const SCENARIOS: [Scenario; 0] = [];

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        // What cargo tells every bench.
        .filter(|word| word != "--bench")
        .collect();
    let folder = tempfile::tempdir()?;
    let bench = Bench {
        pm: std::env::var_os("PM_BIN")
            .context("PM_BIN does not say where the released program is; run scripts/bench")?
            .into(),
        folder: folder.path().to_owned(),
    };
    print!("{}", report::HEAD);
    for (name, measure) in SCENARIOS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            for row in measure(&bench).with_context(|| format!("cannot measure {name}"))? {
                println!("{}", report::line(&row));
            }
        }
    }
    Ok(())
}
