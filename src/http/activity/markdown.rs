//! A log as a page of Markdown: a heading a day and a command, a line an activity with its time, and below it what it says
//! at length.
//!
//! What was said or printed stays what it is, whatever is in it: one line is written with everything escaped that means
//! something in Markdown, and more in a fence longer than any in it.

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::domain::{
    activity::{Activity, Entry, Kind},
    id::ExecutionId,
    message::Role,
};

/// Characters of what is said in a line at most; what is longer is below it, in a fence.
const LINE_CHARS_MAX: usize = 200;

/// Commands that are known to have a heading already: more than run and wait in a project at the same time.
const HEADINGS_KNOWN: usize = 32;

/// A page that is being written.
pub(super) struct Page {
    /// Written before the first activity.
    title: Option<String>,
    day: Option<NaiveDate>,
    /// Under whose heading the last activity stands; none before the first.
    under: Option<Option<ExecutionId>>,
    /// What had a heading lately.
    known: VecDeque<ExecutionId>,
    is_empty: bool,
}

impl Page {
    /// A page about a project.
    pub(super) fn new(project: &str, is_whole: bool, at: DateTime<Utc>) -> Self {
        let part = match is_whole {
            true => "All of it",
            false => "A part of it",
        };
        let title = format!(
            "# {}: activity\n\n{part}, as it was on {} at {} UTC. All times are UTC.\n",
            escaped(project),
            at.format("%-d %B %Y"),
            at.format("%H:%M"),
        );
        Self {
            title: Some(title),
            day: None,
            under: None,
            known: VecDeque::new(),
            is_empty: true,
        }
    }

    /// An activity, with the headings it needs.
    pub(super) fn write(&mut self, activity: &Activity) -> String {
        let mut text = self.title.take().unwrap_or_default();
        self.is_empty = false;
        text.push_str(&self.headings(activity));
        let entry = &activity.entry;
        let time = activity.timestamp.format("%H:%M:%S");
        let (said, at_length) = said(entry);
        text.push_str(&format!("- {time} {said}{}\n", took(entry)));
        for block in at_length {
            text.push_str(&fenced("", &block));
        }
        if let Some(diff) = diff(entry) {
            text.push_str(&fenced("diff", &with_plain_ends(diff)));
        }
        if let Some(cut) = entry
            .data
            .as_ref()
            .and_then(|data| data["cut_bytes"].as_u64())
        {
            text.push_str(&format!("  ({cut} more bytes were not kept.)\n"));
        }
        text
    }

    /// The end of the page.
    pub(super) fn end(&mut self) -> String {
        let title = self.title.take().unwrap_or_default();
        match self.is_empty {
            true => title + "\nNothing.\n",
            false => title,
        }
    }

    fn headings(&mut self, activity: &Activity) -> String {
        let mut text = String::new();
        let day = activity.timestamp.date_naive();
        if self.day.replace(day) != Some(day) {
            text.push_str(&format!("\n## {}\n", day.format("%A, %-d %B %Y")));
            self.under = None;
        }
        let execution = activity.entry.execution_id;
        if self.under.replace(execution) == Some(execution) {
            return text;
        }
        let heading = match execution {
            None => "Conversation".to_owned(),
            Some(id) => {
                let command = activity.entry.command.as_deref().unwrap_or("command");
                let goes_on = if self.remember(id) { ", continued" } else { "" };
                format!("{}{goes_on}", escaped(command))
            }
        };
        text.push_str(&format!("\n### {heading}\n\n"));
        text
    }

    /// Whether this one had a heading before.
    fn remember(&mut self, execution: ExecutionId) -> bool {
        if self.known.contains(&execution) {
            return true;
        }
        self.known.push_back(execution);
        if self.known.len() > HEADINGS_KNOWN {
            self.known.pop_front();
        }
        false
    }
}

/// What an activity says in its line, and what below it.
fn said(entry: &Entry) -> (String, Vec<String>) {
    let message = with_plain_ends(&entry.message);
    let who = match (entry.kind, role(entry)) {
        (Kind::Message, Some(Role::User)) => "**You:** ",
        (Kind::Message, Some(Role::Assistant)) => "**Project manager:** ",
        (Kind::Message, _) => "**System:** ",
        (Kind::Thinking, _) => "**Thinking:** ",
        (Kind::Error, _) => "**Error:** ",
        (Kind::System, _) => "**Notice:** ",
        (Kind::ToolResult, _) if entry.status.as_deref() == Some("failed") => "**Failed:** ",
        _ => "",
    };
    let first = message.lines().next().unwrap_or_default();
    let line: String = first.chars().take(LINE_CHARS_MAX).collect();
    let is_all = line.len() == message.len();
    let more = if is_all { "" } else { " …" };
    let detail = entry.detail.as_deref().map(with_plain_ends);
    // What is there already is not said again.
    let detail = detail.filter(|detail| !message.contains(detail.as_str()));
    let line = format!("{who}{}{more}", escaped(&line));
    let message = (!is_all).then_some(message);
    (line, message.into_iter().chain(detail).collect())
}

fn role(entry: &Entry) -> Option<Role> {
    let role = entry.data.as_ref()?.get("role")?;
    serde_json::from_value(Value::clone(role)).ok()
}

/// How a file was changed.
fn diff(entry: &Entry) -> Option<&str> {
    let data = entry
        .data
        .as_ref()
        .filter(|_| entry.kind == Kind::FileChange);
    data?.get("diff")?.as_str()
}

fn took(entry: &Entry) -> String {
    match entry.duration_ms {
        None => String::new(),
        Some(ms @ ..1_000) => format!(" ({ms} ms)"),
        Some(ms @ 1_000..60_000) => format!(" ({}.{} s)", ms / 1_000, ms % 1_000 / 100),
        Some(ms) => format!(" ({} min {} s)", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// The text with one sort of end of a line, so that none is overlooked.
fn with_plain_ends(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n").replace('\r', "\n")
}

/// A line in which nothing means more than itself.
fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for one in line.chars() {
        if "\\`*_[]<>&~|#$".contains(one) {
            text.push('\\');
        }
        text.push(if one.is_control() { ' ' } else { one });
    }
    text
}

/// A block below a line of a list, in a fence that nothing in it ends.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|one| one != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    let mut block = format!("  {fence}{language}\n");
    for line in text.split('\n') {
        block.push_str(&match line.is_empty() {
            true => "\n".to_owned(),
            false => format!("  {line}\n"),
        });
    }
    block + &format!("  {fence}\n")
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;

    use super::Page;
    use crate::domain::{
        activity::{Activity, Entry, Kind, Source},
        id::{ActivityId, ExecutionId},
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn activity(time: &str, entry: Entry) -> Activity {
        Activity {
            id: ActivityId::new(),
            seq: 1,
            timestamp: at(time),
            entry,
        }
    }

    #[test]
    fn a_page_has_a_heading_a_day_and_a_command_and_a_line_an_activity() {
        let execution = ExecutionId::new();
        let step = |kind, message: &str| Entry {
            execution_id: Some(execution),
            command: Some("prime".to_owned()),
            ..Entry::new(Source::Claude, kind, message)
        };
        let mut page = Page::new("Shop", true, at("2026-01-31T09:30:00Z"));
        let mut text = String::new();
        for activity in [
            activity(
                "2026-01-30T23:59:58Z",
                Entry {
                    data: Some(json!({ "role": "user" })),
                    ..Entry::new(Source::Pm, Kind::Message, "have a look")
                },
            ),
            activity("2026-01-30T23:59:59Z", step(Kind::Tool, "Read a_b.md")),
            activity(
                "2026-01-31T00:00:00Z",
                Entry {
                    detail: Some("one\r\n\r\n  two\n".to_owned()),
                    duration_ms: Some(1_250),
                    data: Some(json!({ "cut_bytes": 7 })),
                    ..step(Kind::ToolResult, "2 lines")
                },
            ),
        ] {
            text.push_str(&page.write(&activity));
        }
        text.push_str(&page.end());
        let expected = "# Shop: activity\n\n\
            All of it, as it was on 31 January 2026 at 09:30 UTC. All times are UTC.\n\
            \n## Friday, 30 January 2026\n\
            \n### Conversation\n\n\
            - 23:59:58 **You:** have a look\n\
            \n### prime\n\n\
            - 23:59:59 Read a\\_b.md\n\
            \n## Saturday, 31 January 2026\n\
            \n### prime, continued\n\n\
            - 00:00:00 2 lines (1.2 s)\n  ```\n  one\n\n    two\n  ```\n  (7 more bytes were not kept.)\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn nothing_that_was_said_breaks_out_of_its_place() {
        let mut page = Page::new("Shop\n# Not a heading", false, at("2026-01-31T09:30:00Z"));
        let said = "a\r````\r# no heading\n<script>";
        let entry = Entry::new(Source::Claude, Kind::Text, said);
        let text = page.write(&activity("2026-01-31T09:30:00Z", entry));
        assert!(
            text.starts_with("# Shop \\# Not a heading: activity\n"),
            "{text}"
        );
        let block = "- 09:30:00 a …\n  `````\n  a\n  ````\n  # no heading\n  <script>\n  `````\n";
        assert!(text.ends_with(block), "{text}");
        let entry = Entry::new(Source::Claude, Kind::Text, "<b> *x* [a](b) `c` &amp;");
        let text = page.write(&activity("2026-01-31T09:30:00Z", entry));
        assert_eq!(
            text,
            "- 09:30:00 \\<b\\> \\*x\\* \\[a\\](b) \\`c\\` \\&amp;\n"
        );
    }

    #[test]
    fn a_diff_stands_in_a_fence_of_its_own_and_thoughts_are_called_so() {
        let mut page = Page::new("Shop", false, at("2026-01-31T09:30:00Z"));
        let changed = Entry {
            detail: Some("src/cart.js".to_owned()),
            data: Some(json!({ "path": "src/cart.js", "diff": "@@ -1 +1 @@\n-```\n+b\n" })),
            ..Entry::new(Source::Claude, Kind::FileChange, "Edited src/cart.js")
        };
        let text = page.write(&activity("2026-01-31T09:30:00Z", changed));
        let block =
            "- 09:30:00 Edited src/cart.js\n  ````diff\n  @@ -1 +1 @@\n  -```\n  +b\n  ````\n";
        assert!(text.ends_with(block), "{text}");
        let thought = Entry::new(Source::Claude, Kind::Thinking, "What if?");
        let text = page.write(&activity("2026-01-31T09:30:00Z", thought));
        assert_eq!(text, "- 09:30:00 **Thinking:** What if?\n");
    }

    #[test]
    fn a_page_of_nothing_says_so() {
        let mut page = Page::new("Shop", false, at("2026-01-31T09:30:00Z"));
        assert!(page.end().ends_with("\n\nNothing.\n"));
    }
}
