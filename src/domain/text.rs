//! What is stored of a text that comes from outside: every database can keep it, and it is not larger than anybody reads.

/// Bytes of a text at most: some hundred pages. A larger one would hold up everybody who watches, and push all else out of
/// the memory for recent activities.
const BYTES_MAX: usize = 256 << 10;

/// The text without NUL, which PostgreSQL cannot keep (in its place stands the picture of it), and cut where it is too
/// long, with how much was cut.
pub(super) fn storable(text: String) -> String {
    shortened(text, BYTES_MAX)
}

/// The same for a text of so many bytes at most.
pub(super) fn shortened(text: String, bytes_max: usize) -> String {
    let (mut kept, cut) = cut(text, bytes_max);
    if cut > 0 {
        kept.push_str(&format!(
            "\n\n… (cut here: {cut} more bytes were not stored)"
        ));
    }
    kept
}

/// The same for a text beside which it is kept how much was cut.
pub(super) fn kept(text: String) -> (String, u64) {
    cut(text, BYTES_MAX)
}

fn cut(text: String, bytes_max: usize) -> (String, u64) {
    let mut text = match text.contains('\0') {
        true => text.replace('\0', "\u{2400}"),
        false => text,
    };
    let end = text.floor_char_boundary(bytes_max);
    let cut = text.len() - end;
    text.truncate(end);
    (text, u64::try_from(cut).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, kept, storable};

    #[test]
    fn a_text_that_fits_stays_as_it_is() {
        let text = "ä".repeat(BYTES_MAX / 2);
        assert_eq!(storable(text.clone()), text);
        assert_eq!(kept(text.clone()), (text, 0));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_character_with_how_much() {
        let text = format!("x{}", "ä".repeat(BYTES_MAX / 2));
        let (start, cut) = kept(text.clone());
        assert_eq!((start.len(), cut), (BYTES_MAX - 1, 2));
        assert!(text.starts_with(&start));
        assert!(storable(text).ends_with("ä\n\n… (cut here: 2 more bytes were not stored)"));
    }

    #[test]
    fn what_cannot_be_stored_is_shown() {
        assert_eq!(storable("a\0b".to_owned()), "a\u{2400}b");
    }
}
