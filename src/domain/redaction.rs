//! Secrets that turn up in what is said and done: cut out before it is stored, with a mark that says what was there.
//!
//! Two kinds are found: the values this server knows to be secret, and texts that look like a key, a token or a password
//! (`redaction/shapes.rs`). A look costs two passes over the text, by an automaton of the values and one of all beginnings of shapes. What looks
//! like no secret is not found: this keeps accidents out of the log, and is no fence for who wants to smuggle one in.

mod shapes;

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{Arc, LazyLock},
};

use aho_corasick::{AhoCorasick, Input, Match, MatchKind};

use self::shapes::SHAPES;

/// Characters of a known value at least. A shorter one is a word that people use as well, and would be cut out of their texts.
const KNOWN_CHARS_MIN: usize = 8;

/// Characters of a word at most that is shown while it is written: a secret is longer.
const WORD_CHARS_MAX: usize = 16;

/// What stands where a known value was.
const KNOWN: &str = "a secret of this server";

/// Words in the name of a variable whose value is a secret.
const SECRET_NAMES: [&str; 6] = ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CRED"];

/// The values of those of these variables whose names say that they are secret: what else is set is a word people use.
pub fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let is_secret = |name: &str| {
        let name = name.to_ascii_uppercase();
        SECRET_NAMES.iter().any(|word| name.contains(word))
    };
    let secret = variables.into_iter().filter(|(name, _)| is_secret(name));
    secret.map(|(_, value)| value.to_owned()).collect()
}

/// What is looked for. Clones share it.
#[derive(Clone)]
pub struct Secrets {
    known: Arc<[String]>,
    /// Of the known values.
    finds_known: AhoCorasick,
}

/// A place in a text that is secret, and what it is.
type Found = (Range<usize>, &'static str);

impl Default for Secrets {
    fn default() -> Self {
        Self::new([])
    }
}

impl Secrets {
    /// Looks for these values, and for what looks like a secret.
    ///
    /// # Panics
    /// When the values together have more than some hundred megabytes.
    pub fn new(known: impl IntoIterator<Item = String>) -> Self {
        let known: BTreeSet<String> = known
            .into_iter()
            .filter(|value| value.chars().count() >= KNOWN_CHARS_MIN)
            .collect();
        Self {
            finds_known: automaton(known.iter().map(String::as_str)),
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
        static FINDS_SHAPES: LazyLock<AhoCorasick> =
            LazyLock::new(|| automaton(SHAPES.iter().map(|shape| shape.begins)));
        // What is known first: a shape may be found in a part of it.
        let known = replace(text, &self.finds_known, |_, found| {
            Some((found.range(), KNOWN))
        });
        let shaped = replace(text, &FINDS_SHAPES, |text, found| {
            SHAPES[found.pattern().as_usize()].find(text, found.range())
        });
        known || shaped
    }

    /// How much of the text, which is being written, can be looked at: what comes next may make a secret of the rest. A
    /// word of letters can be, with its punctuation and marks, so that it is seen while it is written.
    pub fn settled(text: &str) -> usize {
        let rest = text
            .chars()
            .rev()
            .take_while(|c| shapes::is_of_a_secret(*c));
        let from = text.len() - rest.map(char::len_utf8).sum::<usize>();
        let is_of_a_word = |c: char| c.is_ascii_alphabetic() || ".,:;!?'\"*`()[]{}<>#~".contains(c);
        let rest = &text[from..];
        match rest.len() <= WORD_CHARS_MAX && rest.chars().all(is_of_a_word) {
            true => text.len(),
            false => from,
        }
    }
}

fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .expect("the automaton of some short texts is small")
}

/// Puts a mark in the place of each secret that `judge` sees in what the automaton finds; whether there was any.
fn replace(
    text: &mut String,
    finds: &AhoCorasick,
    judge: impl Fn(&str, &Match) -> Option<Found>,
) -> bool {
    let mut kept: Option<String> = None;
    let (mut done, mut from) = (0, 0);
    while let Some(found) = finds.find(Input::new(text.as_str()).range(from..)) {
        // Where it is none, another may begin within what was found.
        from = match judge(text, &found) {
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
            cut(&format!(
                "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\nthen: more",
                made_up("", 70)
            )),
            "[removed: a private key]: more",
            "its end may be in the next text, and what can be no key stays"
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
    fn what_is_known_is_cut_out_whole_where_a_shape_is_found_in_it_too() {
        let secrets = Secrets::new(["pa@ss1234".to_owned()]);
        let mut text = "postgres://pm:pa@ss1234@db/pm".to_owned();
        secrets.cut(&mut text);
        assert_eq!(
            text,
            "postgres://pm:[removed: a secret of this server]@db/pm"
        );
    }

    #[test]
    fn a_token_behind_an_escape_or_a_colour_is_seen() {
        let token = made_up("ghp_", 36);
        for before in ["{\"content\":\"x\\n", "\u{1b}[32m", "\u{1b}[1;31m", "a\\t"] {
            let expected = format!("{before}[removed: a GitHub token]");
            assert_eq!(cut(&format!("{before}{token}")), expected);
        }
    }

    #[test]
    fn only_values_of_variables_that_are_called_so_are_secret() {
        let variables = [
            ("API_KEY", "one"),
            ("NODE_ENV", "production"),
            ("auth_token", "two"),
        ];
        assert_eq!(super::of_variables(variables), ["one", "two"]);
    }

    #[test]
    fn a_text_that_is_made_to_be_looked_at_for_long_is_not() {
        // Each is some hundred thousand beginnings; were each looked at to the end, that would take minutes.
        for shape in SHAPES {
            for between in ["", "a", "$", ".", "\""] {
                let piece = format!("{}{between}", shape.begins);
                cut(&piece.repeat((64 << 10) / piece.len()));
            }
        }
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
            "if (pem.startsWith(\"-----BEGIN PRIVATE KEY-----\")) return; // and much more text that is no key at all",
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
        for all in ["日本語", "Once upon", "Done.", "a **good** idea**.", ""] {
            assert_eq!(Secrets::settled(all), all.len());
        }
    }
}
