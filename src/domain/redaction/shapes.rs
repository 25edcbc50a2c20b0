//! What keys, tokens and passwords look like: how each begins, and how much of what follows belongs to it.
//!
//! From what their makers document, and what the scanners of GitHub and GitLab look for.

use std::ops::Range;

use super::Found;

/// A kind of secret.
pub(super) struct Shape {
    /// What stands at its beginning, or before it.
    pub(super) begins: &'static str,
    /// What it is, for the mark.
    what: &'static str,
    form: Form,
}

/// How it goes on.
enum Form {
    /// It begins so, has at least so many letters, digits, `_` and `-` more, and does not begin within a word.
    Token(usize),
    /// As [`Form::Token`] with exactly so many capital letters and digits.
    Capitals(usize),
    /// A JSON web token: three parts with dots between.
    Signed,
    /// What is behind this, up to a space: at least so many characters.
    Behind(usize),
    /// The value of a variable, which may be quoted.
    Value,
    /// What is behind the colon in the user information of an address.
    Address,
    /// A private key, to the line that ends it.
    Block,
}

const fn shape(begins: &'static str, what: &'static str, form: Form) -> Shape {
    Shape { begins, what, form }
}

/// What is looked for.
pub(super) const SHAPES: &[Shape] = &[
    shape("sk-ant-", "an Anthropic key", Form::Token(20)),
    shape("sk-", "an OpenAI key", Form::Token(40)),
    shape("ghp_", "a GitHub token", Form::Token(36)),
    shape("gho_", "a GitHub token", Form::Token(36)),
    shape("ghu_", "a GitHub token", Form::Token(36)),
    shape("ghs_", "a GitHub token", Form::Token(36)),
    shape("ghr_", "a GitHub token", Form::Token(36)),
    shape("github_pat_", "a GitHub token", Form::Token(22)),
    shape("glpat-", "a GitLab token", Form::Token(20)),
    shape("xoxb-", "a Slack token", Form::Token(20)),
    shape("xoxp-", "a Slack token", Form::Token(20)),
    shape("xoxa-", "a Slack token", Form::Token(20)),
    shape("xoxs-", "a Slack token", Form::Token(20)),
    shape("AKIA", "an AWS key", Form::Capitals(16)),
    shape("ASIA", "an AWS key", Form::Capitals(16)),
    shape("AIza", "a Google key", Form::Token(35)),
    shape("hf_", "a Hugging Face token", Form::Token(30)),
    shape("npm_", "an npm token", Form::Token(36)),
    shape("pypi-", "a PyPI token", Form::Token(50)),
    shape("dckr_pat_", "a Docker token", Form::Token(20)),
    shape("sk_live_", "a Stripe key", Form::Token(20)),
    shape("sk_test_", "a Stripe key", Form::Token(20)),
    shape("rk_live_", "a Stripe key", Form::Token(20)),
    shape("pm_", "a token of this server", Form::Token(40)),
    shape("eyJ", "a signed token", Form::Signed),
    shape("Bearer ", "a token", Form::Behind(20)),
    shape("bearer ", "a token", Form::Behind(20)),
    shape("Authorization: Basic ", "a password", Form::Behind(4)),
    shape("authorization: Basic ", "a password", Form::Behind(4)),
    shape("API_KEY=", "a key", Form::Value),
    shape("APIKEY=", "a key", Form::Value),
    shape("ACCESS_KEY=", "a key", Form::Value),
    shape("SECRET_KEY=", "a key", Form::Value),
    shape("PRIVATE_KEY=", "a key", Form::Value),
    shape("ENCRYPTION_KEY=", "a key", Form::Value),
    shape("TOKEN=", "a token", Form::Value),
    shape("SECRET=", "a secret", Form::Value),
    shape("PASSWORD=", "a password", Form::Value),
    shape("PASSWD=", "a password", Form::Value),
    shape("aws_secret_access_key = ", "a key", Form::Value),
    shape("://", "a password", Form::Address),
    shape("-----BEGIN ", "a private key", Form::Block),
];

/// Characters of a variable's value at least: shorter ones are switches and words of a test.
const VALUE_CHARS_MIN: usize = 8;

/// Characters a user name and a password in an address have at most; what is further on is no part of it.
const ADDRESS_CHARS_MAX: usize = 300;

/// Characters in the kind of a key with what ends it, as in `RSA PRIVATE KEY-----`, at most.
const KIND_CHARS_MAX: usize = 45;

/// Bytes of a private key at most: four times one of 8,192 bits.
const KEY_BYTES_MAX: usize = 32 << 10;

/// Characters of a key at least, where its end is not there: less than its first line has.
const KEY_CHARS_MIN: usize = 40;

/// Characters in a part of a signed token at least.
const PART_CHARS_MIN: usize = 10;

/// Quotes and backslashes before a value at most.
const QUOTES_MAX: usize = 8;

/// Letters of a word at most that is no value.
const WORD_CHARS_MAX: usize = 12;

/// Whether it can stand in a secret that has no spaces in it.
pub(super) fn is_of_a_secret(c: char) -> bool {
    c.is_ascii_graphic()
}

fn is_of_a_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

impl Shape {
    /// Which part of the text is secret, if any is, and what it is; `begins` is where [`Shape::begins`] was found. What is no
    /// secret is given up after a few characters: the next may begin right behind.
    pub(super) fn find(&self, text: &str, begins: Range<usize>) -> Option<Found> {
        let (before, rest) = (&text[..begins.start], &text[begins.end..]);
        let whole = |length: usize| begins.start..begins.end + length;
        let behind = |part: Range<usize>| begins.end + part.start..begins.end + part.end;
        let secret = match self.form {
            Form::Token(_) | Form::Capitals(_) | Form::Signed if is_within_a_word(before) => None,
            Form::Token(least) => {
                let length = run(rest, is_of_a_token);
                (length >= least).then(|| whole(length))
            }
            Form::Capitals(length) => {
                let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
                let first = &rest[..rest.floor_char_boundary(length + 1)];
                let fits = run(first, is_capital) == length && run(first, is_of_a_token) == length;
                fits.then(|| whole(length))
            }
            Form::Signed => signed(rest).map(whole),
            Form::Behind(least) => {
                let of_it = |c| is_of_a_token(c) || matches!(c, '.' | '~' | '+' | '/' | '=');
                let length = run(rest, of_it);
                (length >= least).then(|| behind(0..length))
            }
            Form::Value => value(rest).map(behind),
            Form::Address => password(rest).map(behind),
            Form::Block => block(rest).map(whole),
        };
        secret.map(|secret| (secret, self.what))
    }
}

/// Whether a word goes on behind this. An escape in JSON (`\\n`) and a colour of a terminal end with a letter and are none.
fn is_within_a_word(before: &str) -> bool {
    let is_escape = ["\\n", "\\r", "\\t"]
        .iter()
        .any(|escape| before.ends_with(escape));
    let is_colour = before.strip_suffix('m').is_some_and(|before| {
        let before = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == ';');
        before.ends_with("\u{1b}[")
    });
    before.ends_with(is_of_a_token) && !is_escape && !is_colour
}

/// How many bytes at the beginning of the text are of this kind.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// How long a token of three parts is, from behind its `eyJ`.
fn signed(rest: &str) -> Option<usize> {
    let mut length = 0;
    for part in 0..3 {
        if part > 0 {
            length += rest[length..].starts_with('.').then_some(1)?;
        }
        let of_it = run(&rest[length..], is_of_a_token);
        length += (of_it >= PART_CHARS_MIN).then_some(of_it)?;
    }
    Some(length)
}

/// The value behind a variable's name. None where it is a reference or a place for one.
fn value(rest: &str) -> Option<Range<usize>> {
    // In JSON the quote has a backslash before it.
    let first = &rest[..rest.floor_char_boundary(QUOTES_MAX)];
    let opening = run(first, |c| matches!(c, '"' | '\'' | '\\'));
    let quote = rest[..opening].chars().next_back().filter(|c| *c != '\\');
    let value = &rest[opening..];
    if value.starts_with(['$', '<', '{', '(', '%', '*', '[', '.']) {
        return None;
    }
    let length = match quote {
        Some(quote) => run(value, |c| c != quote && !matches!(c, '\\' | '\n' | '\r')),
        None => run(value, |c| {
            !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\' | ';' | '`')
        }),
    };
    // A name in a program, with nothing but small letters in it, is rather a word.
    let is_word = quote.is_none()
        && length < WORD_CHARS_MAX
        && value[..length].chars().all(|c| c.is_ascii_lowercase());
    (length >= VALUE_CHARS_MIN && !is_word).then_some(opening..opening + length)
}

/// The password in what comes behind the `://` of an address.
fn password(rest: &str) -> Option<Range<usize>> {
    let end = rest.char_indices().take(ADDRESS_CHARS_MAX).find(|(_, c)| {
        c.is_whitespace() || matches!(c, '/' | '@' | '"' | '\'' | '<' | '>' | '`')
    })?;
    let colon = rest[..end.0].find(':')?;
    (end.1 == '@' && colon + 1 < end.0 && !rest[colon + 1..].starts_with('['))
        .then_some(colon + 1..end.0)
}

/// How long a private key is, from behind its `-----BEGIN `. Where its end is not there, it is as long as what can be a key.
fn block(rest: &str) -> Option<usize> {
    let first = &rest[..rest.floor_char_boundary(KIND_CHARS_MAX)];
    let (kind, _) = first.split_once("-----")?;
    if !kind.ends_with("PRIVATE KEY") {
        return None;
    }
    let near = &rest[..rest.floor_char_boundary(KEY_BYTES_MAX)];
    let end = format!("-----END {kind}-----");
    if let Some(at) = near.find(&end) {
        return Some(at + end.len());
    }
    let begun = kind.len() + "-----".len();
    let of_a_key = |c: char| c.is_ascii_alphanumeric() || "+/=\r\n\\".contains(c);
    let length = run(&near[begun..], of_a_key);
    (length >= KEY_CHARS_MIN).then_some(begun + length)
}
