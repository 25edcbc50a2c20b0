//! `pm backup`, `pm copy`, `pm import-legacy`: what moves whole databases.

use std::path::Path;

use anyhow::Context as _;

use super::{output, settings};
use crate::{
    app,
    config::{Settings, database_url},
    db::Database,
    moves,
};

pub(super) fn backup(file: &Path) -> anyhow::Result<()> {
    let database = app::database(&settings()?);
    let made = actix_rt::System::new().block_on(moves::backup::backup(&database, file))?;
    output::line(format_args!(
        "Backed up {} to {}: {}, {}, {}",
        database.shown(),
        file.display(),
        count(made.bytes, "byte"),
        count(made.projects, "project"),
        count(made.activities, "activity"),
    ))?;
    Ok(())
}

pub(super) fn copy(from: &str, to: &str) -> anyhow::Result<()> {
    let settings = settings()?;
    let (from, to) = (at("--from", from, &settings)?, at("--to", to, &settings)?);
    let tell = |words: &str| eprintln!("{words}");
    let copied = Box::pin(moves::copy::copy(&from, &to, &tell));
    let copied = actix_rt::System::new().block_on(copied)?;
    output::line(format_args!("Copied {} to {}", from.shown(), to.shown()))?;
    output::line(format_args!(
        "{:22} {:>10}  checksum, the same on both sides",
        "table", "rows"
    ))?;
    for moves::copy::Copied { table, checksum } in copied {
        output::line(format_args!(
            "{table:22} {:>10}  {}",
            checksum.rows,
            checksum.short()
        ))?;
    }
    Ok(())
}

pub(super) fn import_legacy(from: &str) -> anyhow::Result<()> {
    let settings = settings()?;
    let (from, to) = (at("--from", from, &settings)?, app::database(&settings));
    let tell = |words: &str| eprintln!("{words}");
    let imported = Box::pin(moves::legacy::import(&from, &to, &tell));
    let imported = actix_rt::System::new().block_on(imported)?;
    match (imported.projects, imported.already_here) {
        (0, here) if here > 0 => output::line(format_args!(
            "Nothing to do: {} there already, and left as it is",
            count(here, "project")
        ))?,
        (new, here) => {
            output::line(format_args!(
                "Brought {} over from {} to {}; {here} there already and left as it is",
                count(new, "project"),
                from.shown(),
                to.shown()
            ))?;
            for (what, rows) in imported.by_kind() {
                output::line(format_args!("  {}", count(rows, what)))?;
            }
            output::line(format_args!(
                "  {} in their logs",
                count(imported.activities, "activity")
            ))?;
        }
    }
    if !imported.left.is_empty() {
        output::line(format_args!("Not taken, or not as it was:"))?;
        for line in imported.left {
            output::line(format_args!("  {line}"))?;
        }
    }
    Ok(())
}

/// The database at an address that was given, as patient as the settings say. The address is not repeated: it may hold a
/// password.
fn at(option: &'static str, url: &str, settings: &Settings) -> anyhow::Result<Database> {
    let url = database_url(url).with_context(|| {
        format!(
            "{option} is no address of a database; it looks like sqlite:///path/to/file.db or postgres://user@host/name"
        )
    })?;
    Ok(Database {
        url,
        option: Some(option),
        ..app::database(settings)
    })
}

/// `1 project`, `2 projects`.
fn count(number: u64, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}
