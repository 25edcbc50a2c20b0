//! A message as the rules read it: sentences of words, without what the person only passes on.
//!
//! Quoted lines, code blocks and list items are not the person's own sentences: an order in them is somebody else's, or
//! belongs to what an order is about.

use crate::domain::fence::Fence;

/// A word, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without punctuation about it: `Don’t,` is `don't`.
    pub(super) norm: String,
    /// Where it starts in the message, in bytes.
    pub(super) start: usize,
    /// A comma, colon or dash stands before it.
    pub(super) after_pause: bool,
    /// A colon stands right before it.
    pub(super) after_colon: bool,
}

/// A sentence that the person wrote themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its words; at least one.
    pub(super) words: Vec<Word>,
    /// It ends with a question mark.
    pub(super) is_question: bool,
    /// An order may stand here: it does not begin with a quotation and nothing before it announced a text or a list.
    pub(super) may_order: bool,
}

/// Characters from which on a message is taken for pasted text, in which only the first sentence is the person's own.
const PASTED_CHARS_MIN: usize = 800;

/// Sentences that are looked at, the first and the last ones, and words of each. Together with the limit on phrases they
/// bound the time a message takes: what is longer has its order at the beginning and what is taken back at the end.
const FIRST_SENTENCES: usize = 40;
const LAST_SENTENCES: usize = 10;
const WORDS_MAX: usize = 200;

/// The person's own sentences in `text`.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut announced = false;
    let pasted = text.chars().count() >= PASTED_CHARS_MIN;
    for line in own_lines(text) {
        for part in split(text, line) {
            let mut words = words(text, part.clone());
            words.truncate(WORDS_MAX);
            if words.is_empty() {
                continue;
            }
            let piece = text[part].trim();
            let may_order = !announced
                && (!pasted || found.is_empty())
                && !piece.starts_with(['"', '“', '„', '«', '`']);
            found.push(Sentence {
                words,
                is_question: piece.ends_with(['?', '？']),
                may_order,
            });
            announced |= piece.ends_with(':');
        }
    }
    if found.len() > FIRST_SENTENCES + LAST_SENTENCES {
        found.drain(FIRST_SENTENCES..found.len() - LAST_SENTENCES);
    }
    found
}

type Span = std::ops::Range<usize>;

/// The lines that are neither quoted, code, nor items of a list.
fn own_lines(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut fence = Fence::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = start..start + line.len();
        start = span.end;
        let bare = line.trim();
        if !fence.holds(line) && !bare.is_empty() && !is_passed_on(bare) {
            spans.push(span);
        }
    }
    // A message that quotes itself as a whole is the person's own after all.
    if let [only] = spans.as_slice() {
        let bare = text[only.clone()].trim();
        let inner = bare
            .strip_prefix(['"', '“', '„', '`'])
            .and_then(|rest| rest.strip_suffix(['"', '”', '“', '`']));
        if let Some(inner) = inner.filter(|inner| !inner.contains(['"', '“', '”', '`'])) {
            let start = only.start + text[only.clone()].find(inner).unwrap_or_default();
            return std::iter::once(start..start + inner.len()).collect();
        }
    }
    spans
}

fn is_passed_on(line: &str) -> bool {
    let is_item = |marker: &str| {
        line.strip_prefix(marker)
            .is_some_and(|rest| rest.starts_with(' '))
    };
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered =
        number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") "));
    line.starts_with('>') || is_numbered || ["-", "*", "•", "+"].into_iter().any(is_item)
}

/// Cuts a line after each full stop, question or exclamation mark that ends a sentence outside quotation marks.
fn split(text: &str, line: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut start = line.start;
    let mut quoted = false;
    let mut characters = text[line.clone()].char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' | '`' => quoted = !quoted,
            '“' | '„' | '«' => quoted = true,
            '”' | '»' => quoted = false,
            _ => {}
        }
        let ends = matches!(character, '.' | '!' | '?' | ';' | '…' | '。' | '！' | '？');
        let space_follows = characters
            .peek()
            .is_none_or(|(_, next)| next.is_whitespace());
        let is_wide = matches!(character, '。' | '！' | '？');
        if ends && !quoted && (space_follows || is_wide) {
            let end = line.start + at + character.len_utf8();
            parts.push(start..end);
            start = end;
        }
    }
    parts.push(start..line.end);
    parts
}

fn words(text: &str, part: Span) -> Vec<Word> {
    let mut words = Vec::new();
    let mut after_pause = false;
    let mut after_colon = false;
    let mut start = part.start;
    for piece in text[part].split_inclusive(char::is_whitespace) {
        let raw = piece.trim_end();
        let norm = norm(raw);
        if norm.is_empty() {
            // A dash between spaces.
            after_pause |= !raw.is_empty();
        } else {
            words.push(Word {
                norm,
                start,
                after_pause,
                after_colon,
            });
            after_colon = raw.ends_with(':');
            after_pause = raw.ends_with([',', ':', ';', '–', '—', ')', '，']);
        }
        start += piece.len();
    }
    words
}

fn norm(raw: &str) -> String {
    // Signs that stand for a word of their own.
    const SIGNS: [&str; 6] = ["👍", "👌", "✅", "👎", "🛑", "🆗"];
    if let Some(sign) = SIGNS.into_iter().find(|sign| raw.starts_with(sign)) {
        return sign.to_owned();
    }
    raw.trim_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .map(|c| {
            if matches!(c, '’' | '‘' | 'ʼ' | '´' | '`') {
                '\''
            } else {
                c
            }
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// What follows `phrase` in `words`, if they begin with it.
pub(super) fn after<'w>(words: &'w [Word], phrase: &str) -> Option<&'w [Word]> {
    let mut rest = words;
    for wanted in phrase.split(' ') {
        let (first, others) = rest.split_first()?;
        if first.norm != wanted {
            return None;
        }
        rest = others;
    }
    Some(rest)
}

/// What follows the longest of `phrases` that `words` begin with.
pub(super) fn after_any<'w>(words: &'w [Word], phrases: &[&str]) -> Option<&'w [Word]> {
    phrases
        .iter()
        .filter_map(|phrase| after(words, phrase))
        .min_by_key(|rest| rest.len())
}

/// What is left after dropping every one of `phrases` from the beginning, as often as they come.
pub(super) fn without<'w>(words: &'w [Word], phrases: &[&str]) -> &'w [Word] {
    let mut rest = words;
    while let Some(shorter) = after_any(rest, phrases) {
        rest = shorter;
    }
    rest
}
