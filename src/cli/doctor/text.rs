//! The report as people and as programs read it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::report::{Check, Fix, Status};

/// Where what was found begins in a line, after how it stands and what it is about.
const INDENT: usize = 19;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
        }
    }

    fn style(self) -> Style {
        let color = match self {
            Self::Ok => AnsiColor::Green,
            Self::Warning => AnsiColor::Yellow,
            Self::Broken => AnsiColor::Red,
            Self::Skipped => return DIM,
        };
        color.on_default().bold()
    }
}

/// Writes the report for people. Where the styles are not to be seen, the writer leaves them out.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(out: &mut impl Write, checks: &[Check], summary: &str) -> io::Result<()> {
    for check in checks {
        let (style, word) = (check.status.style(), check.status.word());
        let Check { name, found, .. } = check;
        writeln!(out, "{style}{word:8}{style:#} {name:9} {found}")?;
        if let Some(cause) = &check.cause {
            writeln!(out, "{:INDENT$}{BOLD}Cause:{BOLD:#} {cause}", "")?;
        }
        for (place, fix) in check.fixes.iter().enumerate() {
            write_fix(out, fix, place == 0)?;
        }
    }
    let sets = |check: &Check| check.fixes.iter().any(|fix| !fix.set.is_empty());
    if checks.iter().any(sets) {
        writeln!(
            out,
            "\nNAME=value is a setting: put it where the server gets its variables from, such as `export NAME=value` in the \
             shell that starts it,\nthe file of systemd's EnvironmentFile, or `environment` in a Compose file."
        )?;
    }
    writeln!(out, "\n{BOLD}{summary}{BOLD:#}")
}

fn write_fix(out: &mut impl Write, fix: &Fix, is_first: bool) -> io::Result<()> {
    let label = if is_first { "Fix:  " } else { "Or:   " };
    let colon = if fix.lines().next().is_some() {
        ":"
    } else {
        "."
    };
    writeln!(
        out,
        "{:INDENT$}{BOLD}{label}{BOLD:#} {}{colon}",
        "", fix.say
    )?;
    for line in fix.lines() {
        writeln!(out, "{:INDENT$}          {line}", "")?;
    }
    Ok(())
}

/// The report for programs.
pub(super) fn json(checks: &[Check], summary: &str) -> Value {
    let count = |status| {
        let found = checks.iter().filter(|check| check.status == status);
        found.count()
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "broken": count(Status::Broken),
        "warnings": count(Status::Warning),
        "summary": summary,
        "checks": checks,
    })
}
