//! Texts as a terminal may show them, and times and lengths in words.
//!
//! What an activity says comes from elsewhere: a repository, a program, a model. On a terminal a control character is an order
//! (move, erase, retitle, write to the clipboard), so none gets there. `--json` shows them escaped.

use anstream::adapter::strip_str;
use chrono::{DateTime, TimeDelta, Utc};

/// The text without what a terminal would obey: whole escape sequences go, and each control character that is left. Line ends
/// stay, and a tab becomes spaces.
pub(super) fn plain(text: &str) -> String {
    // Line by line: a sequence that is never closed hides one line and not all that follows. A lone carriage return, with which
    // one line is written over another, ends a line here.
    let lines = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    });
    let lines: Vec<String> = lines
        .map(|line| {
            let line = strip_str(line).to_string().replace('\t', "    ");
            line.chars().filter(|one| !is_order(*one)).collect()
        })
        .collect();
    lines.join("\n")
}

/// Whether it is no part of a text but an order to whoever shows it. Those that turn the direction of writing are among them:
/// with them a line says something else than what it holds.
fn is_order(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text on one line.
pub(super) fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text cut to so many characters.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max.saturating_sub(1)) {
        Some((end, _)) if text.chars().nth(chars_max).is_some() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// JSON as it came, with what JSON leaves as it is and a terminal would obey escaped as well. Such a character stands only
/// inside a string, where its escape means the same.
pub(super) fn json(text: &str) -> String {
    match text.chars().any(is_order) {
        false => text.to_owned(),
        true => text
            .chars()
            .map(|one| match is_order(one) {
                true => format!("\\u{:04x}", u32::from(one)),
                false => one.to_string(),
            })
            .collect(),
    }
}

/// Columns it takes on a terminal, at most: what is not ASCII may take two.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// The beginning that fits into so many columns.
pub(super) fn fitting(text: &str, columns_max: usize) -> &str {
    let mut left = columns_max;
    let end = text.char_indices().find(|(_, one)| {
        let fits = width(*one) <= left;
        left = left.saturating_sub(width(*one));
        !fits
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn width(one: char) -> usize {
    if one.is_ascii() { 1 } else { 2 }
}

/// `80 ms`, `1.2 s`, `12 s`, `3 min 20 s`, `1 h 5 min`.
pub(super) fn duration(millis: i64) -> String {
    let (millis, seconds) = (millis.max(0), millis.max(0) / 1_000);
    match seconds {
        0 => format!("{millis} ms"),
        1..10 => format!("{}.{} s", seconds, millis % 1_000 / 100),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// How long ago that was: `just now`, `5 min ago`, `3 days ago`.
pub(super) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (now - at).max(TimeDelta::zero()) {
        past if past.num_seconds() < 5 => "just now".to_owned(),
        past if past.num_minutes() < 1 => format!("{} s ago", past.num_seconds()),
        past if past.num_hours() < 1 => format!("{} min ago", past.num_minutes()),
        past if past.num_days() < 1 => format!("{} h ago", past.num_hours()),
        past => format!("{} ago", count(past.num_days(), "day")),
    }
}

/// `1 day`, `2 days`.
pub(super) fn count(number: i64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// A word of the API as people read it: `IN_PROGRESS` is `in progress`.
pub(super) fn word(text: &str) -> String {
    one_line(text).to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{ago, columns, duration, fitting, json, plain, shortened};

    #[test]
    fn nothing_a_terminal_would_obey_is_left_and_no_other_line_is_hidden() {
        for (text, shown) in [
            ("\u{1b}[2J\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]52;c;bmV2ZXI=\u{1b}\\after", "after"),
            ("\u{1b}]8;;never closed\nthe next line", "\nthe next line"),
            ("a\u{9b}31mb\u{85}c\u{7f}d\0e\u{8}f", "a31mbcdef"),
            ("\u{1b}\u{1b}[\u{1b}[31mx", "x"),
            ("10%\r20%\r\ndone\r\n", "10%\n20%\ndone\n"),
            ("\ttab", "    tab"),
            ("safe\u{202e}gpj.exe\u{2066}", "safegpj.exe"),
            ("grün, 日本, 🦀", "grün, 日本, 🦀"),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    #[test]
    fn json_means_the_same_after_what_a_terminal_would_obey_was_escaped() {
        let text = "{\"message\":\"a\u{9b}31m\u{202e}b\u{7f}\"}";
        let shown = json(text);
        assert!(shown.is_ascii(), "{shown}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(read(&shown), read(text));
        assert_eq!(json("{\"a\":\"ä\"}"), "{\"a\":\"ä\"}");
    }

    #[test]
    fn what_is_cut_is_cut_at_a_character() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(fitting("aäb", 3), "aä");
        assert_eq!(fitting("aäb", 2), "a");
        assert_eq!(columns("aäb"), 4);
    }

    #[test]
    fn times_are_told_in_words() {
        assert_eq!(duration(80), "80 ms");
        assert_eq!(duration(1_250), "1.2 s");
        assert_eq!(duration(59_999), "59 s");
        assert_eq!(duration(200_000), "3 min 20 s");
        assert_eq!(duration(3_900_000), "1 h 5 min");
        let now = crate::clock::now();
        assert_eq!(ago(now + TimeDelta::hours(1), now), "just now");
        assert_eq!(ago(now - TimeDelta::seconds(90), now), "1 min ago");
        assert_eq!(ago(now - TimeDelta::hours(25), now), "1 day ago");
        assert_eq!(ago(now - TimeDelta::days(3), now), "3 days ago");
    }
}
