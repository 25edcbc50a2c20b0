//! What somebody says to the project manager on GitHub: whether a text calls it, and the words that are meant.
//!
//! Only what a person wrote themselves, in plain sight, calls: not what they quote, nor code, nor what GitHub does not show.

use std::borrow::Cow;

use super::RepositoryName;
use crate::domain::{fence::Fence, message::MessageText};

/// What calls the project manager, in upper or lower case.
pub const NAME: &str = "@pm";

/// What is asked by who calls and says nothing.
const NOTHING_SAID: &str = "what can you do?";

/// What the line begins with that says where something was said. A line that begins with `>` is none of a person's own words to
/// the rules.
const PLACE: &str = "> Said on GitHub, in ";

/// Characters of what somebody says that are taken: as much as fits into a message beside the line with the place.
const WORDS_CHARS_MAX: usize = 19_000;

/// Stands where GitHub does not show something: it takes no room.
const JOINT: char = '\u{2060}';

/// What somebody said to the project manager on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// In which repository.
    pub repository: RepositoryName,
    /// On which issue, or pull request: they are counted together.
    pub issue: u64,
    /// Who: their login.
    pub author: String,
    /// What they said, as the project's conversation is told it.
    pub text: MessageText,
    /// Where people see it.
    pub url: String,
}

/// Where something was said.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// On which issue, or pull request.
    pub issue: u64,
    /// Whether it is a pull request.
    pub is_pull: bool,
    /// Where people see it.
    pub url: &'a str,
}

/// The words a text has for the project manager, if it calls it.
pub fn said_to_us(text: &str) -> Option<String> {
    let (mut words, mut called) = (String::new(), false);
    let mut fence = Fence::default();
    for line in without_hidden(text).lines() {
        let bare = line.trim_start();
        if fence.holds(line) {
            words.push_str(line);
        } else if bare.starts_with('>') {
            continue;
        } else {
            called |= take_calls(line, &mut words);
        }
        words.push('\n');
    }
    called.then(|| {
        words
            .replace(JOINT, "")
            .trim()
            .trim_start_matches([',', ':', ' '])
            .to_owned()
    })
}

/// The message that tells a conversation these words.
pub fn message(words: &str, place: Place<'_>) -> MessageText {
    let words: String = words.chars().take(WORDS_CHARS_MAX).collect();
    let what = match place.is_pull {
        true => "pull request",
        false => "issue",
    };
    let words = match words.trim() {
        "" => Cow::Borrowed(NOTHING_SAID),
        words => about_this(words, what, place.issue),
    };
    let Place { issue, url, .. } = place;
    MessageText::cut(&format!("{words}\n\n{PLACE}{what} {issue}: {url}"))
}

/// A message's own words, without the line that says where on GitHub they were said.
pub fn without_place(text: &str) -> &str {
    let cut = text.rsplit_once("\n\n");
    match cut.filter(|(_, line)| line.starts_with(PLACE) && !line.contains('\n')) {
        Some((words, _)) => words,
        None => text,
    }
}

/// Without the comments of HTML, which GitHub does not show.
fn without_hidden(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, hidden)) = rest.split_once("<!--") {
        shown.push_str(before);
        // What stands on its sides does not become one word.
        shown.push(JOINT);
        rest = hidden.split_once("-->").map_or("", |(_, after)| after);
    }
    shown + rest
}

/// Adds a line to `words` without what calls us in it; whether something did.
fn take_calls(line: &str, words: &mut String) -> bool {
    let (mut called, mut at) = (false, 0);
    while at < line.len() {
        let rest = &line[at..];
        if let Some(code) = code_at(rest) {
            words.push_str(code);
            at += code.len();
            continue;
        }
        if calls(&line[..at], rest) {
            called = true;
            at += NAME.len();
            // "Hey @pm, fix it": the blank before it goes with it.
            if words.ends_with(' ') {
                words.pop();
            }
            continue;
        }
        let Some(next) = rest.chars().next() else {
            break;
        };
        words.push(next);
        at += next.len_utf8();
    }
    called
}

/// The code within a line that begins here: as many backticks, something, and as many again. Backticks without an end are
/// none, and are skipped together.
fn code_at(rest: &str) -> Option<&str> {
    let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
    if ticks == 0 {
        return None;
    }
    let mut at = ticks;
    while let Some(found) = rest[at..].find('`') {
        let begins = at + found;
        let run = rest[begins..].bytes().take_while(|byte| *byte == b'`');
        let run = run.count();
        at = begins + run;
        if run == ticks {
            return Some(&rest[..at]);
        }
    }
    Some(&rest[..ticks])
}

/// Whether what follows `before` calls us: as a word of its own, and no part of an address or of another name.
fn calls(before: &str, rest: &str) -> bool {
    let Some((name, after)) = rest.split_at_checked(NAME.len()) else {
        return false;
    };
    if !name.eq_ignore_ascii_case(NAME) {
        return false;
    }
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '@' | JOINT);
    let begins = before
        .chars()
        .next_back()
        .is_none_or(|c| !belongs(c) && !matches!(c, '.' | '\\' | '+'));
    let mut after = after.chars();
    let ends = match after.next() {
        Some('.') => after.next().is_none_or(|c| !c.is_alphanumeric()),
        Some(c) => !belongs(c),
        None => true,
    };
    begins && ends
}

/// Verbs that order a fix when an issue follows; here with "this" for it.
const VERBS: [&str; 10] = [
    "fix",
    "solve",
    "resolve",
    "implement",
    "tackle",
    "address",
    "handle",
    "repair",
    "work on",
    "take care of",
];

/// Stand for the issue on which something is said.
const THIS: [&str; 12] = [
    "this issue",
    "this bug",
    "this ticket",
    "this problem",
    "this one",
    "this feature",
    "the issue",
    "the bug",
    "that issue",
    "this",
    "that",
    "it",
];

/// What may follow that, so that it stood for the issue and for nothing else: "fix this" and not "fix this typo".
const AFTER_THIS: [&str; 12] = [
    "and", "then", "please", "now", "asap", "for", "thanks", "thank", "today", "first", "but",
    "pls",
];

/// The words with the issue's number where they say "this": the conversation does not know on what they were said.
fn about_this<'a>(words: &'a str, what: &str, issue: u64) -> Cow<'a, str> {
    let lower = words.to_ascii_lowercase();
    let is_word_start = |at: usize| {
        let before = lower[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '\'' | '`'))
    };
    for (at, _) in lower.char_indices().filter(|(at, _)| is_word_start(*at)) {
        let Some(verb) = VERBS.iter().find(|verb| lower[at..].starts_with(*verb)) else {
            continue;
        };
        let after_verb = &lower[at + verb.len()..];
        let object = after_verb.trim_start_matches(' ');
        if object.len() == after_verb.len() {
            continue;
        }
        let Some(this) = THIS.iter().find(|this| is_this(object, this)) else {
            continue;
        };
        let end = words.len() - (object.len() - this.len());
        let (before, after) = (&words[..at], &words[end..]);
        return Cow::Owned(format!("{before}fix {what} {issue}{after}"));
    }
    Cow::Borrowed(words)
}

/// Whether these words begin with `this`, and mean the issue by it.
fn is_this(words: &str, this: &str) -> bool {
    let Some(after) = words.strip_prefix(this) else {
        return false;
    };
    let next = after.trim_start_matches(' ');
    let Some(first) = next.chars().next() else {
        return true;
    };
    if !first.is_alphanumeric() {
        return !matches!(first, '\'' | '-' | '_' | '`' | '’');
    }
    let word = next.split(|c: char| !c.is_alphanumeric()).next();
    next.len() < after.len() && word.is_some_and(|word| AFTER_THIS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_as_a_word_of_a_persons_own_calls() {
        for (text, words) in [
            ("@pm fix this", "fix this"),
            ("@PM: fix this", "fix this"),
            ("Hey @pm, fix this.", "Hey, fix this."),
            ("(@pm)", "()"),
            ("done, @pm.", "done,."),
            ("@pm", ""),
            ("> @pm old\n\n@pm new", "new"),
            ("@pm rename `@pm`", "rename `@pm`"),
            ("@pm do\n```\n@pm x\n```\nthen", "do\n```\n@pm x\n```\nthen"),
            ("a ` and @pm go", "a ` and go"),
        ] {
            assert_eq!(said_to_us(text).as_deref(), Some(words), "{text:?}");
        }
        for text in [
            "",
            "pm fix this",
            "foo@pm.com",
            "@pm.com",
            "@pmx",
            "@pm-bot",
            "@pm_1",
            "@pm/team",
            "x@pm",
            "@@pm",
            "/@pm",
            "\\@pm",
            "@pmé",
            "é@pm",
            "`@pm fix`",
            "``a ` @pm``",
            "```\n@pm fix\n```",
            "~~~~\n~~~\n@pm fix\n~~~~",
            "```\n@pm never ends",
            "> @pm fix",
            "  > @pm",
            "<!-- @pm fix this -->",
            "<!-- @pm",
            "@p",
            "@",
        ] {
            assert_eq!(said_to_us(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_said_of_this_is_said_of_the_issue() {
        let place = |is_pull| Place {
            issue: 12,
            is_pull,
            url: "https://github.com/acme/shop/issues/12",
        };
        let told = |words: &str| {
            let message = message(words, place(false));
            without_place(message.as_str()).to_owned()
        };
        for (words, expected) in [
            ("fix this", "fix issue 12"),
            ("Fix it!", "fix issue 12!"),
            ("implement this issue", "fix issue 12"),
            (
                "Could you fix this issue please?",
                "Could you fix issue 12 please?",
            ),
            ("please work on this, thanks", "please fix issue 12, thanks"),
            (
                "fix this and run the tests",
                "fix issue 12 and run the tests",
            ),
            ("fix this typo", "fix this typo"),
            ("fix issue 7", "fix issue 7"),
            ("prefix this", "prefix this"),
            ("fix it's name", "fix it's name"),
            ("do it", "do it"),
            ("", "what can you do?"),
        ] {
            assert_eq!(told(words), expected, "{words:?}");
        }
        let said = message("fix this", place(true));
        let line = "> Said on GitHub, in pull request 12: https://github.com/acme/shop/issues/12";
        assert_eq!(said.as_str(), format!("fix pull request 12\n\n{line}"));
        assert_eq!(without_place(said.as_str()), "fix pull request 12");
        assert_eq!(
            without_place("fix this\n\nand that"),
            "fix this\n\nand that"
        );
        let long = message(&"é".repeat(30_000), place(false));
        assert!(long.as_str().ends_with("issues/12"));
    }
}
