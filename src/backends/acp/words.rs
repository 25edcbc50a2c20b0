//! Words for people.

use std::path::Path;

/// Characters of a step's line at most: two lines in a narrow pane.
const LINE_CHARS_MAX: usize = 160;

/// The first line, cut where it is too long.
pub(super) fn one_line(text: &str) -> String {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < text.len() => format!("{line} …"),
        None => line.to_owned(),
    }
}

/// A path as seen from the project's folder.
pub(super) fn inside(path: &Path, root: &Path) -> String {
    let seen = path.strip_prefix(root).unwrap_or(path);
    one_line(&seen.to_string_lossy())
}
