//! Words to look for.

mod words;

pub use self::words::Words;

use super::Invalid;

/// Characters in what is looked for at most: a long line of an error message.
pub const SEARCH_CHARS_MAX: usize = 200;

/// What somebody looks for: found in a text wherever the text has the same characters in the same order, letters in lower
/// or upper case. No character stands for others, and white space counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    /// Accepts a text.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, longer than [`SEARCH_CHARS_MAX`] characters, or has a character that no text has.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let length = text.chars().count();
        if length == 0 || length > SEARCH_CHARS_MAX || text.contains('\0') {
            return Err(Invalid(format!(
                "1 to {SEARCH_CHARS_MAX} characters without NUL are accepted; got {length}"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// Character by character: those that may stand there, of which the first is as it was written. There are several
    /// only for letters, one a case. A letter whose other case is several letters (`ß`) has only its own.
    pub fn places(&self) -> impl Iterator<Item = Vec<char>> {
        self.0.chars().map(|written| {
            let mut cases = vec![written];
            for case in [only(written.to_lowercase()), only(written.to_uppercase())] {
                cases.extend(case.filter(|case| *case != written));
            }
            cases
        })
    }
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next();
    first.filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::{SEARCH_CHARS_MAX, SearchText};

    fn places(text: &str) -> Vec<String> {
        let text = SearchText::parse(text).expect("something to look for");
        text.places()
            .map(|cases| cases.into_iter().collect())
            .collect()
    }

    #[test]
    fn a_letter_is_looked_for_in_both_cases_and_everything_else_as_it_is() {
        assert_eq!(places("aB1%_"), ["aA", "Bb", "1", "%", "_"]);
        assert_eq!(places("üЖσ日"), ["üÜ", "Жж", "σΣ", "日"]);
    }

    #[test]
    fn a_letter_whose_other_case_is_several_letters_is_looked_for_as_it_is() {
        assert_eq!(places("ßŉ"), ["ß", "ŉ"]);
    }

    #[test]
    fn what_is_looked_for_is_neither_empty_nor_long() {
        for wrong in ["", "a\0b", &"ü".repeat(SEARCH_CHARS_MAX + 1)] {
            assert!(SearchText::parse(wrong).is_err(), "{wrong:?}");
        }
        for right in [" ", "%", &"ü".repeat(SEARCH_CHARS_MAX)] {
            assert!(SearchText::parse(right).is_ok(), "{right:?}");
        }
    }
}
