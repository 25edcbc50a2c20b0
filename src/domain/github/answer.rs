//! What the project manager answers on GitHub.

use crate::domain::id::MessageId;

/// What a comment of the project manager's begins with, which GitHub does not show: by it one that is there is found again, and
/// taken for no person's.
const MARK: &str = "<!-- project-manager:";

/// What stands between an `@` and a name, so that nobody is notified: it takes no room.
const NO_ROOM: char = '\u{200b}';

/// What is said where an answer is cut off.
const CUT: &str = "\n\n… (cut here; all of it is in Project Manager)";

/// What is in the comment that says this message, and in no other.
pub fn mark(message: MessageId) -> String {
    format!("{MARK}{message} -->")
}

/// Whether a text is a comment of the project manager's.
pub(super) fn is_ours(text: &str) -> bool {
    text.trim_start().starts_with(MARK)
}

/// The comment that says a message, of so many characters at most. It calls nobody.
pub fn comment(message: MessageId, words: &str, most: usize) -> String {
    let mark = mark(message);
    let mut said = String::with_capacity(words.len());
    let mut letters = words.chars().filter(|c| *c != '\0').peekable();
    while let Some(letter) = letters.next() {
        said.push(letter);
        if letter == '@' && letters.peek().is_some_and(|next| next.is_alphanumeric()) {
            said.push(NO_ROOM);
        }
    }
    let room = most.saturating_sub(mark.chars().count() + 1);
    if said.chars().count() > room {
        let kept = room.saturating_sub(CUT.chars().count());
        said = said.chars().take(kept).collect::<String>() + CUT;
    }
    format!("{mark}\n{said}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::github::mention::said_to_us;

    #[test]
    fn an_answer_calls_nobody_and_not_itself() {
        let id = MessageId::new();
        let said = comment(id, "Ask @alice or @pm: a@b.com, @ me", 1_000);
        let words = said.strip_prefix(&mark(id)).expect("its mark");
        assert_eq!(
            words,
            "\nAsk @\u{200b}alice or @\u{200b}pm: a@\u{200b}b.com, @ me"
        );
        assert_eq!(said_to_us(&said), None);
        assert!(is_ours(&said) && !is_ours("project-manager"));
    }

    #[test]
    fn a_long_answer_is_cut_where_that_is_said() {
        let said = comment(MessageId::new(), &"é".repeat(1_000), 300);
        assert_eq!(said.chars().count(), 300);
        assert!(said.ends_with(CUT));
    }
}
