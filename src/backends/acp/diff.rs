//! How a file was changed, as people read it.

use similar::{ChangeTag, TextDiff};

use crate::domain::step::Diff;

/// Unchanged lines shown around each change, as git has it.
const CONTEXT_LINES: usize = 3;

/// Bytes of a text that is compared: comparing larger ones takes seconds.
const COMPARED_BYTES_MAX: usize = 2 << 20;

/// What changed from `old`, none where there was no file, to `new`.
pub(super) fn diff(old: Option<&str>, new: &str) -> Diff {
    let old = old.unwrap_or_default();
    if old.len().max(new.len()) > COMPARED_BYTES_MAX {
        return Diff {
            text: format!("(too large to be compared: {} bytes now)", new.len()),
            added: lines(new),
            removed: lines(old),
        };
    }
    let compared = TextDiff::from_lines(old, new);
    let count = |tag| {
        let changes = compared.iter_all_changes();
        changes.filter(|change| change.tag() == tag).count() as u64
    };
    Diff {
        added: count(ChangeTag::Insert),
        removed: count(ChangeTag::Delete),
        text: compared
            .unified_diff()
            .context_radius(CONTEXT_LINES)
            // Agents tell of parts of files, which mostly end so.
            .missing_newline_hint(false)
            .to_string(),
    }
}

fn lines(text: &str) -> u64 {
    text.lines().count() as u64
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn a_change_is_told_with_its_surroundings_and_its_size() {
        let changed = diff(Some("a\nb\nc\n"), "a\nB\nc\nd\n");
        assert_eq!((changed.added, changed.removed), (2, 1));
        assert_eq!(changed.text, "@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n");
    }

    #[test]
    fn a_new_file_is_all_added() {
        let made = diff(None, "one\ntwo");
        assert_eq!((made.added, made.removed), (2, 0));
        assert!(made.text.starts_with("@@ -0,0 +1,2 @@\n+one\n+two"));
    }

    #[test]
    fn what_is_too_large_is_said_to_be() {
        let large = diff(None, &"x\n".repeat(2 << 20));
        assert!(large.text.contains("too large"));
        assert_eq!(large.added, 2 << 20);
    }
}
