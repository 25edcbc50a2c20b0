//! What never stands in a file: leftovers, silenced checks, and anything that holds only on the machine of one person.
//!
//! The words looked for are put together from halves, so that this file does not contain them itself.

use super::files::{SourceFile, project_files};
use super::{assert_none, finding};

/// A word, what is wrong with it, and what to do instead.
type Forbidden = (&'static str, &'static str, &'static str);

const UNFINISHED: [Forbidden; 3] = [
    (
        concat!("TO", "DO"),
        "unfinished work",
        "finish it, or open an issue",
    ),
    (
        concat!("FIX", "ME"),
        "unfinished work",
        "finish it, or open an issue",
    ),
    (
        concat!("X", "XX"),
        "unfinished work",
        "finish it, or open an issue",
    ),
];

const SILENCED_IN_RUST: [Forbidden; 6] = [
    (
        concat!("allow(", "dead_code"),
        "unused code is kept",
        "delete what nothing uses",
    ),
    (
        concat!("expect(", "dead_code"),
        "unused code is kept",
        "delete what nothing uses",
    ),
    (
        concat!("allow(", "unused"),
        "unused code is kept",
        "delete what nothing uses",
    ),
    (
        concat!("#[", "ignore"),
        "a test is switched off",
        "mend it or delete it; slow ones go where scripts/test-long runs them",
    ),
    (
        concat!("```", "ignore"),
        "an example in the documentation is not compiled",
        "make it compile (`no_run` if it may not run), or mark it `text`",
    ),
    (
        concat!("#![allow(", "warnings"),
        "all warnings are silenced",
        "mend them",
    ),
];

const SILENCED_IN_TESTS_OF_THE_PAGE: [Forbidden; 6] = [
    (
        concat!(".sk", "ip("),
        "a test is switched off",
        "mend it or delete it",
    ),
    (
        concat!(".on", "ly("),
        "the other tests are switched off",
        "take it away before committing",
    ),
    (
        concat!(".fix", "me("),
        "a test is switched off",
        "mend it or delete it",
    ),
    (
        concat!(".to", "do("),
        "a test is switched off",
        "write it or delete it",
    ),
    (
        concat!("xi", "t("),
        "a test is switched off",
        "mend it or delete it",
    ),
    (
        concat!("waitFor", "Timeout("),
        "a test waits for time",
        "wait for what should be there",
    ),
];

/// The one line the page writes to the console, so that somebody looking for a fault sees that the feed is up.
const CONSOLE_LINE: &str = "SSE connected";

/// Where everybody's packages come from; another address works only for who wrote it.
const PUBLIC_SOURCES: [&str; 2] = [
    "https://registry.npmjs.org/",
    "https://github.com/rust-lang/crates.io-index",
];

/// Settings that point a package manager elsewhere.
const REGISTRY_SETTINGS: [&str; 6] = [
    concat!("index-", "url"),
    concat!("registry", "="),
    concat!("registry", " ="),
    concat!("replace-", "with"),
    concat!("NPM_CONFIG_", "REGISTRY"),
    concat!("npm_config_", "registry"),
];

#[test]
fn nothing_is_left_unfinished() {
    assert_none(&find_words(
        |file| !file.has_extension(&["lock"]),
        &UNFINISHED,
    ));
}

#[test]
fn no_check_of_the_compiler_and_no_test_is_silenced() {
    let mut findings = find_words(|file| file.has_extension(&["rs"]), &SILENCED_IN_RUST);
    findings.extend(find_words(
        |file| file.is_under(&["tests/"]) && file.has_extension(&["js"]),
        &SILENCED_IN_TESTS_OF_THE_PAGE,
    ));
    assert_none(&findings);
}

#[test]
fn the_console_of_the_browser_says_only_that_the_feed_is_connected() {
    let mut findings = Vec::new();
    for file in project_files()
        .iter()
        .filter(|file| file.is_under(&["static/"]) && !file.is_vendored())
    {
        for (line, text) in file.lines() {
            let writes = ["log", "info", "debug"]
                .iter()
                .any(|level| text.contains(&format!("console.{level}(")));
            if writes && !text.contains(CONSOLE_LINE) {
                let advice = "show it to the person in the page, or take it away";
                findings.push(finding(
                    &file.path,
                    line,
                    "the page writes to the console",
                    advice,
                ));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn no_file_names_a_place_on_one_persons_machine() {
    let mut places: Vec<String> = ["home", "root", "Users"]
        .map(|folder| format!("/{folder}/"))
        .to_vec();
    places.push(env!("CARGO_MANIFEST_DIR").to_owned());
    let mut findings = Vec::new();
    for file in project_files().iter().filter(|file| !file.is_vendored()) {
        for (line, text) in file.lines() {
            for place in places.iter().filter(|place| stands_as_a_path(text, place)) {
                let rule = format!("`{place}` is a place on one machine");
                findings.push(finding(
                    &file.path,
                    line,
                    &rule,
                    "write the path from the root of the checkout, or `~`",
                ));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn packages_come_from_the_public_registries_alone() {
    let mut findings = Vec::new();
    for file in project_files() {
        let is_lock = ["Cargo.lock", "package-lock.json"].contains(&file.path.as_str());
        let is_settings = file.path.ends_with(".npmrc") || file.path.starts_with(".cargo/");
        for (line, text) in file.lines() {
            let is_source = is_lock
                && ["source = ", "\"resolved\": "]
                    .iter()
                    .any(|key| text.trim_start().starts_with(key));
            let elsewhere = is_source && !PUBLIC_SOURCES.iter().any(|public| text.contains(public));
            let set = !is_lock
                && !file.has_extension(&["md"])
                && REGISTRY_SETTINGS
                    .iter()
                    .any(|key| text.trim_start().starts_with(key));
            if elsewhere || set || (is_settings && text.contains("://")) {
                let advice =
                    "take the address out; which mirror a machine uses is set on that machine";
                findings.push(finding(
                    &file.path,
                    line,
                    "a package source only some can reach",
                    advice,
                ));
            }
        }
    }
    assert_none(&findings);
}

fn find_words(concerns: fn(&SourceFile) -> bool, forbidden: &[Forbidden]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in project_files()
        .iter()
        .filter(|file| concerns(file) && !file.is_vendored())
    {
        for (line, text) in file.lines() {
            for (word, rule, advice) in forbidden
                .iter()
                .filter(|(word, ..)| stands_alone(text, word))
            {
                findings.push(finding(
                    &file.path,
                    line,
                    &format!("{rule} (`{word}`)"),
                    advice,
                ));
            }
        }
    }
    findings
}

/// Whether the word stands in the line and is no part of a longer one.
fn stands_alone(line: &str, word: &str) -> bool {
    let continues = |symbol: Option<char>| symbol.is_some_and(char::is_alphanumeric);
    let starts_wordlike = word.starts_with(char::is_alphanumeric);
    let ends_wordlike = word.ends_with(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let before = starts_wordlike && continues(line[..at].chars().next_back());
        let after = ends_wordlike && continues(line[at + word.len()..].chars().next());
        !before && !after
    })
}

/// `/x/` at the beginning of a path, not in the middle of an address or a relative path. `/home/you/` is an example for
/// whoever reads it, and nobody's place.
fn stands_as_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let continues = line[..at]
            .ends_with(|before: char| before.is_alphanumeric() || "._-~}$*".contains(before));
        let is_example = line[at + place.len()..].starts_with("you/");
        !continues && !is_example
    })
}

#[test]
fn a_word_is_found_where_it_stands_alone() {
    assert!(stands_alone("// FIX: later", "FIX") && stands_alone("it.skip(", ".skip("));
    assert!(
        !stands_alone("mktemp PREFIXES", "FIX") && !stands_alone("exit(1)", concat!("xi", "t("))
    );
    assert!(!stands_as_a_path("placeholder=\"/opt/you/x\"", "/opt/"));
    assert!(
        stands_as_a_path("cd \"/opt/x\"", "/opt/")
            && !stands_as_a_path("https://a.b/opt/x", "/opt/")
    );
}
