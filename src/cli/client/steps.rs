//! An activity as lines: when, what sort of thing, and its words.

use anstyle::Style;
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    screen::{ASKS, BAD, FAINT, GOOD, NAME, USUAL, styled},
    text::{duration, one_line, plain, shortened},
    wire::{Activity, Gate},
};

/// Columns of what sort of thing it is: the longest word for one.
const SORT_COLUMNS: usize = 8;

/// Where the words begin: behind a time, the sort, and two spaces each.
const INDENT: usize = "12:34:56Z".len() + 2 + SORT_COLUMNS + 2;

/// Lines at most of what a program printed. The whole of it is in the browser, and in `--json`.
const LINES_MAX: usize = 20;

/// Lines at most of what is written for people: a summary has as many.
const WRITTEN_LINES_MAX: usize = 80;

/// Characters of a line at most: some screens full of one line say no more than this.
const LINE_CHARS_MAX: usize = 500;

/// Activities as lines, with the day where it is another one than before.
pub(super) struct Steps<'a> {
    day: NaiveDate,
    /// Where the server is, for what can be read there.
    base: &'a str,
}

impl<'a> Steps<'a> {
    /// What happens from today on, at the server that is there.
    pub(super) fn new(base: &'a str) -> Self {
        Self {
            day: crate::clock::now().date_naive(),
            base,
        }
    }

    /// The lines of an activity.
    pub(super) fn lines(&mut self, activity: &Activity) -> Vec<String> {
        let mut lines = Vec::new();
        let day = activity.timestamp.date_naive();
        if day != self.day {
            self.day = day;
            lines.push(styled(FAINT, &format!("-- {day} --")));
        }
        let (sort, style) = sort(activity);
        let mut words = words(activity).into_iter();
        let time = styled(FAINT, &time(activity.timestamp));
        let sort = styled(FAINT, &format!("{sort:SORT_COLUMNS$}"));
        let first = words.next().unwrap_or_default();
        lines.push(format!("{time}  {sort}  {}", styled(style, &first)));
        let indent = " ".repeat(INDENT);
        // What follows the first line of words stands below it.
        lines.extend(words.map(|line| match line.is_empty() {
            true => line,
            false => format!("{indent}{}", styled(style, &line)),
        }));
        if let Some(gate) = open_gate(activity) {
            let lines_of = question(&gate, self.base).into_iter();
            lines.extend(lines_of.map(|line| format!("{indent}{line}")));
        }
        lines
    }
}

/// `09:30:00Z`
fn time(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%SZ").to_string()
}

/// What sort of thing it is, in a word, and how it looks.
fn sort(activity: &Activity) -> (String, Style) {
    let status = activity.status.as_deref().unwrap_or_default();
    let (word, style) = match (activity.kind.as_str(), status) {
        ("status", "COMPLETED") => ("status", GOOD),
        ("status" | "phase", "FAILED") => (activity.kind.as_str(), BAD),
        ("status", "CANCELLED") => ("status", ASKS),
        ("tool_result", "failed") => ("result", BAD),
        ("tool_result", _) => ("result", FAINT),
        ("text", _) if activity.data["format"] == "output" => ("output", FAINT),
        ("text", _) => ("says", USUAL),
        ("file_change", _) => ("change", USUAL),
        ("thinking", _) => ("thinks", FAINT),
        ("usage", _) => ("usage", FAINT),
        ("message", _) if activity.data["role"] == "user" => ("you", NAME),
        ("message", _) => ("manager", USUAL),
        ("gate", "PENDING") => ("asks", ASKS),
        ("system", "stalled") => ("system", ASKS),
        ("error", _) => ("error", BAD),
        ("pm", _) => ("manager", FAINT),
        (other, _) => (other, USUAL),
    };
    (shortened(&one_line(word), SORT_COLUMNS), style)
}

/// What it says, line by line.
fn words(activity: &Activity) -> Vec<String> {
    let mut words = activity.message.clone();
    if activity.kind == "file_change"
        && let (Some(added), Some(removed)) = (
            activity.data["added"].as_u64(),
            activity.data["removed"].as_u64(),
        )
    {
        words += &format!(" (+{added} -{removed})");
    }
    if let Some(millis) = activity.duration_ms {
        words += &format!(" ({})", duration(millis));
    }
    if activity.kind == "tool_result"
        && let Some(detail) = activity.detail.as_deref().filter(|one| !one.is_empty())
    {
        words += &format!("\n{detail}");
    }
    if words.trim().is_empty() {
        words = activity.tool.clone().unwrap_or_default();
    }
    capped(&words, lines_max(activity))
}

fn lines_max(activity: &Activity) -> usize {
    let is_written = match activity.kind.as_str() {
        "text" => activity.data["format"] != "output",
        kind => kind == "message",
    };
    if is_written {
        WRITTEN_LINES_MAX
    } else {
        LINES_MAX
    }
}

/// The lines of a text, without those beyond the limit, with how many those are.
pub(super) fn capped(text: &str, lines_max: usize) -> Vec<String> {
    let text = plain(text);
    let text = text.trim_matches('\n').trim_end();
    let all = text.lines().count();
    let mut lines: Vec<String> = text
        .lines()
        .take(lines_max)
        .map(|line| shortened(line.trim_end(), LINE_CHARS_MAX))
        .collect();
    if all > lines_max {
        lines.push(format!("… and {} lines more", all - lines_max));
    }
    lines
}

fn open_gate(activity: &Activity) -> Option<Gate> {
    let is_open = activity.kind == "gate" && activity.status.as_deref() == Some("PENDING");
    is_open.then(|| activity.gate()).flatten()
}

/// What a person has to know to decide, and how they do.
pub(super) fn question(gate: &Gate, base: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, text) in [
        ("what", &gate.context.what),
        ("why", &gate.context.why),
        ("then", &gate.context.next),
    ] {
        for (at, line) in capped(text, LINES_MAX).into_iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            lines.push(format!("{}  {line}", styled(FAINT, &format!("{name:4}"))));
        }
    }
    if let Some(path) = &gate.context.document_url {
        let path = one_line(path);
        lines.push(format!("{}  {base}{path}", styled(FAINT, "read")));
    }
    for option in &gate.options {
        let (id, kind) = (one_line(&option.id), super::text::word(&option.kind));
        let name = one_line(&option.name);
        lines.push(format!(
            "{}  {name} ({kind}): --option {id}",
            styled(FAINT, "or  ")
        ));
    }
    let id = one_line(&gate.id);
    let reason = match gate.execution_id {
        // A coding agent is told no without a reason as well.
        Some(_) => "",
        None => " --reason \"…\"",
    };
    lines.push(format!("{}  pm gates approve {id}", styled(GOOD, "yes ")));
    lines.push(format!(
        "{}  pm gates reject {id}{reason}",
        styled(BAD, "no  ")
    ));
    lines
}
