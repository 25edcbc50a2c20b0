//! Secrets that turn up in what is said and done: cut out before it is stored, with a mark that says what was there.
//!
//! Two kinds are found: the values this server knows to be secret, and texts that look like a key, a token or a password
//! ([`shapes`]). A look costs one pass over the text, by an automaton of all values and all beginnings of shapes. What looks
//! like no secret is not found: this keeps accidents out of the log, and is no fence for who wants to smuggle one in.

mod shapes;

use std::{collections::BTreeSet, sync::Arc};

use aho_corasick::{AhoCorasick, MatchKind};

use self::shapes::SHAPES;

/// Characters of a known value at least. A shorter one is a word that people use as well, and would be cut out of their texts.
const KNOWN_CHARS_MIN: usize = 8;

/// Characters of a word at most that is shown while it is written: a secret is longer.
const WORD_CHARS_MAX: usize = 16;

/// What stands where a known value was.
const KNOWN: &str = "a secret of this server";

/// What is looked for. Clones share it.
#[derive(Clone)]
pub struct Secrets {
    /// Of the known values, and then of the beginnings of [`SHAPES`].
    beginnings: AhoCorasick,
    known: Arc<[String]>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new([])
    }
}

impl Secrets {
    /// Looks for these values and all [`shapes`].
    ///
    /// # Panics
    /// When the values together have more than some hundred megabytes.
    pub fn new(known: impl IntoIterator<Item = String>) -> Self {
        let known: BTreeSet<String> = known
            .into_iter()
            .filter(|value| value.chars().count() >= KNOWN_CHARS_MIN)
            .collect();
        let beginnings = known.iter().map(String::as_str);
        let beginnings = beginnings.chain(SHAPES.iter().map(|shape| shape.begins));
        Self {
            beginnings: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(beginnings)
                .expect("the automaton of some short texts is small"),
            known: known.into_iter().collect(),
        }
    }

    /// Looks for these values as well.
    #[must_use]
    pub fn and(&self, more: impl IntoIterator<Item = String>) -> Self {
        Self::new(self.known.iter().cloned().chain(more))
    }

    /// Cuts what is secret out of the text; whether there was any.
    pub fn cut(&self, text: &mut String) -> bool {
        let mut kept: Option<String> = None;
        let (mut done, mut from) = (0, 0);
        while let Some(found) = self
            .beginnings
            .find(aho_corasick::Input::new(text.as_str()).range(from..))
        {
            let known = self.known.len();
            let secret = match found.pattern().as_usize().checked_sub(known) {
                None => Some((found.range(), KNOWN)),
                Some(shape) => SHAPES[shape].find(text, found.range()),
            };
            // Where it is none, another may begin within what was found.
            from = match secret {
                Some((secret, what)) => {
                    let kept = kept.get_or_insert_default();
                    kept.push_str(&text[done..secret.start]);
                    kept.push_str(&format!("[removed: {what}]"));
                    done = secret.end;
                    secret.end
                }
                None => text.ceil_char_boundary(found.start() + 1),
            };
        }
        let Some(mut kept) = kept else {
            return false;
        };
        kept.push_str(&text[done..]);
        *text = kept;
        true
    }

    /// How much of the text, which is being written, can be looked at: what comes next may make a secret of the rest. A
    /// word of letters can be, so that it is seen while it is written.
    pub fn settled(text: &str) -> usize {
        let rest = text
            .chars()
            .rev()
            .take_while(|c| shapes::is_of_a_secret(*c));
        let from = text.len() - rest.map(char::len_utf8).sum::<usize>();
        let is_of_a_word = |c: char| c.is_ascii_alphabetic() || ".,;!?'\"".contains(c);
        let rest = &text[from..];
        match rest.len() <= WORD_CHARS_MAX && rest.chars().all(is_of_a_word) {
            true => text.len(),
            false => from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, Secrets};

    fn cut(text: &str) -> String {
        let mut text = text.to_owned();
        let secrets = Secrets::new(["hunter2-hunter2".to_owned(), "short".to_owned()]);
        secrets.cut(&mut text);
        text
    }

    /// Made up, a piece at a time: nobody who looks for secrets in this repository is to find one.
    fn made_up(begins: &str, chars: usize) -> String {
        format!(
            "{begins}{}",
            "A1b2".repeat(chars.div_ceil(4)).split_at(chars).0
        )
    }

    #[test]
    fn keys_and_tokens_of_the_usual_shapes_are_cut_out_with_a_mark() {
        for (secret, what) in [
            (made_up("sk-ant-api03-", 90), "an Anthropic key"),
            (made_up("sk-proj-", 48), "an OpenAI key"),
            (made_up("ghp_", 36), "a GitHub token"),
            (made_up("github_pat_", 82), "a GitHub token"),
            (made_up("glpat-", 20), "a GitLab token"),
            (made_up("xoxb-", 40), "a Slack token"),
            (format!("AKIA{}", "A1B2".repeat(4)), "an AWS key"),
            (made_up("AIza", 35), "a Google key"),
            (made_up("npm_", 36), "an npm token"),
            (
                format!(
                    "{}.{}.{}",
                    made_up("eyJ", 30),
                    made_up("eyJ", 40),
                    made_up("", 43)
                ),
                "a signed token",
            ),
        ] {
            let text = format!("the key is {secret}, says .env:3");
            assert_eq!(
                cut(&text),
                format!("the key is [removed: {what}], says .env:3")
            );
            assert_eq!(cut(&secret), format!("[removed: {what}]"));
        }
    }

    #[test]
    fn what_stands_behind_a_name_that_says_so_is_cut_out_and_the_name_stays() {
        for (text, expected) in [
            (
                "DB_PASSWORD=correcthorse\nPORT=80".to_owned(),
                "DB_PASSWORD=[removed: a password]\nPORT=80",
            ),
            (
                "export STRIPE_API_KEY='abc def ghi'; run".to_owned(),
                "export STRIPE_API_KEY='[removed: a key]'; run",
            ),
            (
                r#"{"file":"A_TOKEN=\"12345678\"\nB=1"}"#.to_owned(),
                r#"{"file":"A_TOKEN=\"[removed: a token]\"\nB=1"}"#,
            ),
            (
                "postgres://anna:p%40ss@db/shop and https://a.example/".to_owned(),
                "postgres://anna:[removed: a password]@db/shop and https://a.example/",
            ),
            (
                format!("Authorization: Bearer {}\r\n", made_up("", 24)),
                "Authorization: Bearer [removed: a token]\r\n",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest"
                    .to_owned(),
                "[removed: a private key]\nrest",
            ),
        ] {
            assert_eq!(cut(&text), expected);
        }
        assert_eq!(
            cut("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"),
            "[removed: a private key]",
            "its end may be in the next text"
        );
    }

    #[test]
    fn the_servers_own_secrets_are_cut_out_whatever_they_look_like() {
        assert_eq!(
            cut("it says hunter2-hunter2!"),
            "it says [removed: a secret of this server]!"
        );
        assert_eq!(cut("a short word"), "a short word");
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "disk-ant-farms, task-management-of-the-whole-of-the-project-and-more",
            "API_KEY=$API_KEY PASSWORD= TOKEN=${TOKEN} SECRET_KEY=<yours>",
            "see https://example.com:8080/a@b and mailto:anna@example.com",
            "const TOKEN_KEY = 'token'; eyJhbGciOi, AKIA, Bearer of news, -----BEGIN CERTIFICATE-----",
            "ghp_short and grüße über ghp_ äöü",
            "TOKEN=identifier",
        ] {
            assert_eq!(cut(text), text);
        }
    }

    #[test]
    fn a_text_with_any_beginning_anywhere_is_looked_through_to_its_end() {
        let all: String = SHAPES.iter().map(|shape| shape.begins).collect();
        for (at, _) in all.char_indices() {
            cut(&format!("{}ä", &all[at..]));
            cut(&all[..at]);
        }
    }

    #[test]
    fn what_may_become_a_secret_is_not_settled() {
        assert_eq!(Secrets::settled("the key is sk-a"), "the key is ".len());
        assert_eq!(Secrets::settled("grüße, "), "grüße, ".len());
        for all in ["日本語", "Once upon", "Done.", ""] {
            assert_eq!(Secrets::settled(all), all.len());
        }
    }
}
