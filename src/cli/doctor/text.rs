//! The report as people and as programs read it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::report::{Check, Fix, Status};

/// Where what was found begins in a line, after how it stands and what it is about.
const INDENT: usize = 19;

/// Characters of a line of words at most, behind the indent: what most terminals show. What is to be copied is never broken.
const LINE_CHARS: usize = 84;

/// What is said below fixes that set something.
const SETTINGS: &str = "NAME=value is a setting: put it where the server gets its variables from, such as `export NAME=value` \
                        in the shell that starts it, the file that systemd's EnvironmentFile names, or `environment` in a \
                        Compose file.";

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
        writeln!(
            out,
            "{style}{word:8}{style:#} {name:9} {}",
            wrapped(found, INDENT)
        )?;
        if let Some(cause) = &check.cause {
            let cause = wrapped(cause, INDENT + 7);
            writeln!(out, "{:INDENT$}{BOLD}Cause:{BOLD:#} {cause}", "")?;
        }
        for (place, fix) in check.fixes.iter().enumerate() {
            write_fix(out, fix, place == 0)?;
        }
    }
    let sets = |check: &Check| check.fixes.iter().any(|fix| !fix.set.is_empty());
    if checks.iter().any(sets) {
        writeln!(out, "\n{}", wrapped(SETTINGS, 0))?;
    }
    writeln!(out, "\n{BOLD}{summary}{BOLD:#}")
}

fn write_fix(out: &mut impl Write, fix: &Fix, is_first: bool) -> io::Result<()> {
    let label = if is_first { "Fix:" } else { "Or:" };
    let end = if fix.lines().next().is_some() {
        ":"
    } else {
        "."
    };
    let say = wrapped(&format!("{}{end}", fix.say), INDENT + 7);
    writeln!(out, "{:INDENT$}{BOLD}{label:6}{BOLD:#} {say}", "")?;
    for line in fix.lines() {
        writeln!(out, "{:INDENT$}         {line}", "")?;
    }
    Ok(())
}

/// Words in lines, all but the first behind an indent.
fn wrapped(words: &str, indent: usize) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for word in words.split_whitespace() {
        let more = word.chars().count() + 1;
        if length > 0 && length + more > LINE_CHARS {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            length = 0;
        } else if length > 0 {
            text.push(' ');
        }
        text.push_str(word);
        length += more;
    }
    text
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
