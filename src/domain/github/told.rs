//! The pull request a text tells of: what a command opened is known from what it says.

use super::RepositoryName;
use crate::domain::step::Step;

/// What an address begins with, before `://`.
const SCHEMES: [&str; 2] = ["https", "http"];

/// What may stand in the address of a page of GitHub beside letters and digits. Brackets, quotes, commas and stars are left
/// out: in Markdown and in prose they end it.
const IN_ADDRESS: &str = "-._~/?#@!$&%+=:";

/// What ends a sentence and not an address.
const AT_THE_END: &str = ".:!?_~-";

/// Tools that only look at something: an address in what they answer is somebody else's word.
const LOOKING: [&str; 4] = ["Read", "Search", "Fetch", "Think"];

/// The last pull request of a repository whose address stands in a text. `read` says which one an address names.
pub fn pull_request_in(
    text: &str,
    repository: &RepositoryName,
    read: impl Fn(&str) -> Option<(RepositoryName, u64)>,
) -> Option<u64> {
    let named = addresses(text).filter_map(read);
    let own = named.filter(|(name, number)| name == repository && is_number(*number));
    own.map(|(_, number)| number).last()
}

/// The text of a step in which what was opened is told of: what was said, and what a tool answered that did something.
pub fn telling(step: &Step) -> Option<&str> {
    match step {
        Step::Text { text, .. } => Some(text),
        Step::ToolResult { tool, output, .. } => {
            (!LOOKING.contains(&tool.as_str())).then_some(output.as_str())
        }
        Step::Tool { .. }
        | Step::FileChange { .. }
        | Step::Plan { .. }
        | Step::Thinking { .. }
        | Step::Usage(_)
        | Step::Raw { .. }
        | Step::Status { .. } => None,
    }
}

/// Whether a pull request can have it, and a table hold it.
fn is_number(number: u64) -> bool {
    number > 0 && i64::try_from(number).is_ok()
}

/// The addresses in a text, without what comes after them in a sentence. One within another is a part of it.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find("://")?;
            let (before, after) = (&rest[..at], &rest[at + 3..]);
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !IN_ADDRESS.contains(c));
            let end = at + 3 + end.unwrap_or(after.len());
            let (whole, left) = (&rest[..end], &rest[end..]);
            rest = left;
            let scheme = SCHEMES
                .into_iter()
                .find(|scheme| ends_with_word(before, scheme));
            if let Some(scheme) = scheme {
                let address = &whole[at - scheme.len()..];
                return Some(address.trim_end_matches(|c| AT_THE_END.contains(c)));
            }
        }
    })
}

/// Whether a text ends with a word, in upper or lower case, before which no other letter stands.
fn ends_with_word(text: &str, word: &str) -> bool {
    let letters = text
        .bytes()
        .rev()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    text[text.len() - letters..].eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::step::{Call, TextFormat};

    /// As GitHub's pages have it.
    fn read(address: &str) -> Option<(RepositoryName, u64)> {
        let path = address.strip_prefix("https://github.com/")?;
        let mut path = path.split('/');
        let name = RepositoryName::parse(&format!("{}/{}", path.next()?, path.next()?))?;
        let number = match (path.next()?, path.next()?) {
            ("pull", number) => number.parse().ok()?,
            _ => return None,
        };
        Some((name, number))
    }

    fn found(text: &str) -> Option<u64> {
        let shop = RepositoryName::parse("acme/shop").expect("a name");
        pull_request_in(text, &shop, read)
    }

    #[test]
    fn the_address_of_a_pull_request_is_found_however_it_is_written() {
        for text in [
            "https://github.com/acme/shop/pull/7",
            "I opened https://github.com/acme/shop/pull/7.",
            "Done: [#7](https://github.com/acme/shop/pull/7)!",
            "**https://github.com/acme/shop/pull/7**, as you asked",
            "<https://github.com/Acme/Shop/pull/7>",
            "\"url\":\"https://github.com/acme/shop/pull/7\",\"number\":7",
            "`https://github.com/acme/shop/pull/7/files`\n",
            "ä→https://github.com/acme/shop/pull/7→",
            "see https://github.com/acme/shop/pull/3 and then https://github.com/acme/shop/pull/7?",
            "ftp://x https://x.example/y://z https://github.com/acme/shop/pull/7",
        ] {
            assert_eq!(found(text), Some(7), "{text}");
        }
    }

    #[test]
    fn what_is_no_pull_request_of_the_repository_is_passed_over() {
        for text in [
            "",
            "acme/shop#7 and pull request 7",
            "https://github.com/acme/shop-old/pull/7",
            "https://github.com/notacme/shop/pull/7",
            "https://github.com/acme/shop/pull/new/prices",
            "https://github.com/acme/shop/pull/0",
            "https://github.com/acme/shop/pull/99999999999999999999",
            "https://github.com/acme/shop/issues/7",
            "https://evil.example/?to=https://github.com/acme/shop/pull/7",
            "xhttps://github.com/acme/shop/pull/7",
            "://github.com/acme/shop/pull/7",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_said_and_done_tells_of_it_and_what_is_read_does_not() {
        let answered = |tool: &str| Step::ToolResult {
            tool: tool.to_owned(),
            summary: String::new(),
            output: "out".to_owned(),
            cut_bytes: 0,
            ok: true,
            duration_ms: 0,
            call: None,
        };
        let said = Step::Text {
            text: "said".to_owned(),
            format: TextFormat::Markdown,
            block: None,
        };
        let asked = Step::Tool {
            tool: "Bash".to_owned(),
            summary: String::new(),
            input: "gh pr view".to_owned(),
            call: Call::default(),
        };
        assert_eq!(telling(&said), Some("said"));
        assert_eq!(telling(&answered("Bash")), Some("out"));
        assert_eq!(telling(&answered("Read")), None);
        assert_eq!(telling(&asked), None);
    }
}
