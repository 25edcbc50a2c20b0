//! `pm backup`: what moves whole databases.

use std::path::Path;

use super::settings;
use crate::{app, moves};

pub(super) fn backup(file: &Path) -> anyhow::Result<()> {
    let database = app::database(&settings()?);
    let made = actix_rt::System::new().block_on(moves::backup::backup(&database, file))?;
    println!(
        "Backed up {} to {}: {}, {}, {}",
        database.shown(),
        file.display(),
        count(made.bytes, "byte"),
        count(made.projects, "project"),
        count(made.activities, "activity"),
    );
    Ok(())
}

/// `1 project`, `2 projects`.
fn count(number: u64, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}
