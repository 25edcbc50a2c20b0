//! The words an index of texts is made of: every three characters that follow each other, as one word.
//!
//! They are made here and not by the databases, whose own ideas of characters and of upper and lower case differ: so an
//! index has the same words in both. A text has all the words of whatever is found in it ([`SearchText`]); not every
//! text that has them all has what is looked for, so the index says only where to look.

use std::collections::BTreeSet;

use super::{SearchText, only};

/// Words that are kept of a part of a log at most. PostgreSQL takes some 150,000 of this length; a thousand lines of prose
/// and code have a tenth of this.
const WORDS_MAX: usize = 50_000;

/// The words of some texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Each is three characters, 24 bits of them: what happens to be the same word is looked at in vain, and not overlooked.
    words: BTreeSet<u32>,
}

impl Words {
    /// Adds those of a text.
    pub fn add(&mut self, text: &str) {
        let mut characters = text.chars().map(folded);
        let (Some(mut first), Some(mut second)) = (characters.next(), characters.next()) else {
            return;
        };
        for third in characters {
            // Of a text nobody wrote, such as a file in base 64, one more than is kept.
            if self.is_full() {
                return;
            }
            self.words
                .insert(((first << 16) ^ (second << 8) ^ third) & 0x00ff_ffff);
            (first, second) = (second, third);
        }
    }

    /// Whether they are more than are kept: then it is not known what is in the texts.
    pub fn is_full(&self) -> bool {
        self.words.len() > WORDS_MAX
    }

    /// One by one, of the letters and digits of ASCII: what every index takes for a word.
    pub fn iter(&self) -> impl Iterator<Item = String> {
        self.words.iter().map(|word| format!("{word:06x}"))
    }
}

impl SearchText {
    /// The words that a text has in which it is found; none where it is too short to have any.
    pub fn words(&self) -> Option<Words> {
        let mut words = Words::default();
        words.add(&self.0);
        (!words.words.is_empty()).then_some(words)
    }
}

/// A character for all those that [`SearchText::places`] takes for the same letter. There and back, because some letters
/// have only one of the ways: `ı` is a small `I`, whose small letter is `i`.
fn folded(character: char) -> u32 {
    let lower = |one: char| only(one.to_lowercase()).unwrap_or(one);
    let upper = |one: char| only(one.to_uppercase()).unwrap_or(one);
    lower(upper(lower(character))).into()
}

#[cfg(test)]
mod tests {
    use super::{SearchText, WORDS_MAX, Words, folded};

    fn words(text: &str) -> Vec<String> {
        let mut words = Words::default();
        words.add(text);
        words.iter().collect()
    }

    #[test]
    fn each_three_characters_are_a_word_once_whatever_their_case() {
        assert_eq!(words("abcABC"), ["616263", "626361", "636162"]);
        assert_eq!(words("ab"), [""; 0]);
        assert_eq!(words("日本語").len(), 1);
    }

    #[test]
    fn every_character_that_may_stand_for_another_has_its_words() {
        for written in '\u{1}'..=char::MAX {
            let text = SearchText::parse(&written.to_string()).expect("something to look for");
            let places: Vec<Vec<char>> = text.places().collect();
            let [cases] = places.as_slice() else {
                panic!("one place for {written:?}");
            };
            for &case in cases {
                assert_eq!(folded(case), folded(written), "{case:?} for {written:?}");
            }
        }
    }

    #[test]
    fn what_has_too_many_words_says_so() {
        let mut all = Words::default();
        let many: String = (0..200).flat_map(char::from_u32).collect();
        for one in many.chars() {
            for other in many.chars() {
                all.add(&format!("{one}{other}a{other}{one}"));
            }
        }
        assert!(all.is_full());
        assert_eq!(all.iter().count(), WORDS_MAX + 1);
    }
}
