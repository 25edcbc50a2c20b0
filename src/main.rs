//! `pm`: the one program. See `project_manager::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    project_manager::cli::run()
}
