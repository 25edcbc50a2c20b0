//! `pm completions`: what a shell needs to complete the command line.

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::{Cli, output};

/// Prints it for this shell.
pub(super) fn print(shell: Shell) -> anyhow::Result<()> {
    let all = Cli::command();
    // What the server starts by itself is not for people to complete.
    let shown = all.get_subcommands().filter(|one| !one.is_hide_set());
    let mut shown = Command::new("pm")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommands(shown.cloned());
    let mut script = Vec::new();
    generate(shell, &mut shown, "pm", &mut script);
    Ok(output::bytes(&script)?)
}
