//! Readers of foreign text, tried with what nobody thought of.
//!
//! `targets.rs` says what must hold. Here it is tried with seeds from `tests/data/fuzz` that are changed at random, as part of
//! this binary: a fuzzer that sees which code it reached needs a build of everything of its own, minutes before its first
//! try. That one is `scripts/fuzz`, with the same targets and seeds.

mod targets;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use self::targets::{TARGETS, Target};
use crate::support::Chance;

/// Seconds each is tried; `scripts/test` sets more, and `scripts/test-long` a minute.
fn limit() -> Duration {
    let seconds = std::env::var("TEST_FUZZ_SECONDS");
    let seconds = seconds.map_or(1, |seconds| seconds.parse().expect("seconds"));
    Duration::from_secs(seconds)
}

/// Bytes a text may grow to: what is found in long ones is found in these as well.
const BYTES_MAX: usize = 16 << 10;

/// Changes to one seed at most.
const CHANGES_MAX: usize = 8;

/// What readers look for, beside what the seeds have.
const WORDS: [&str; 20] = [
    "\"", "\\", "\\u0000", "{", "}", "[", "]", ",", ":", "\n", "🔧 ", "⚠️ ", "don't", "issue #",
    "=", "://", "@pm ", "```", "<!-- ", "-->",
];

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/fuzz")
        .join(name);
    let files = std::fs::read_dir(&folder).expect("a folder of seeds");
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // In an order that is the same everywhere, so that a seed of chance means the same.
    paths.sort();
    let seeds: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "{folder:?} is empty");
    seeds
}

/// Another text, made of this one and a part of another.
fn changed(chance: &mut Chance, mut text: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for _ in 0..=chance.below(CHANGES_MAX) {
        let at = chance.below(text.len() + 1);
        let to = (at + chance.below(32)).min(text.len());
        match chance.below(6) {
            0 => drop(text.drain(at..to)),
            1 => {
                let again = text[at..to].to_vec();
                text.splice(at..at, again);
            }
            2 => {
                let word = WORDS[chance.below(WORDS.len())];
                text.splice(at..at, word.bytes());
            }
            3 => {
                let from = chance.below(other.len() + 1);
                let until = (from + chance.below(64)).min(other.len());
                text.splice(at..to, other[from..until].iter().copied());
            }
            4 => text.truncate(at),
            _ => {
                let byte = u8::try_from(chance.below(256)).expect("a byte");
                match text.get_mut(at) {
                    Some(place) => *place = byte,
                    None => text.push(byte),
                }
            }
        }
    }
    text.truncate(BYTES_MAX);
    text
}

fn try_for_long((name, target): Target) {
    let (seeds, mut chance) = (seeds(name), Chance::new());
    let (begun, mut tried) = (Instant::now(), 0);
    while begun.elapsed() < limit() {
        let seed = match tried < seeds.len() {
            true => seeds[tried].clone(),
            false => {
                let other = chance.below(seeds.len());
                let one = chance.below(seeds.len());
                changed(&mut chance, seeds[one].clone(), &seeds[other])
            }
        };
        tried += 1;
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&seed)));
        assert!(
            outcome.is_ok(),
            "{name}, after {tried} tries, with the bytes \"{}\"",
            seed.escape_ascii()
        );
    }
    println!("{name}: {tried} tries");
}

fn target(name: &str) -> Target {
    *TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a target")
}

#[test]
fn whatever_scar_answers_is_read_the_same_in_pieces_and_as_json() {
    try_for_long(target("scar"));
}

#[test]
fn whatever_people_write_is_decided_and_never_by_chance() {
    try_for_long(target("rules"));
}

#[test]
fn whatever_cursor_a_client_sends_it_is_handed_each_activity_once_in_order() {
    try_for_long(target("cursor"));
}

#[test]
fn whatever_is_around_it_a_secret_is_cut_out_once_and_for_all() {
    try_for_long(target("redaction"));
}

#[test]
fn whatever_is_said_a_notification_of_it_is_whole_and_calls_nobody() {
    try_for_long(target("webhook"));
}

#[test]
fn whatever_github_tells_is_read_whole_and_only_the_name_as_a_word_calls() {
    try_for_long(target("github"));
}

#[test]
fn each_target_has_a_fuzzer_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        let file = folder.join(format!("{name}.rs"));
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        assert!(text.contains(&format!("targets::{name}(")), "{file:?}");
    }
}
