//! SCAR's list of messages, in whatever pieces and whatever shape it comes.

use project_manager::backends::scar::list::{ListReader, Message};
use serde_json::{Value, json};

use crate::support::Chance;

/// Reads an answer that comes in pieces of random lengths.
fn read(
    answer: &[u8],
    skip: usize,
    chance: &mut Chance,
) -> Result<(Vec<(usize, Message)>, usize), String> {
    let mut reader = ListReader::new(skip);
    let (mut taken, mut at) = (Vec::new(), 0);
    while at < answer.len() {
        let end = (at + 1 + chance.below(9)).min(answer.len());
        reader
            .push(&answer[at..end], &mut taken)
            .map_err(|error| error.to_string())?;
        at = end;
    }
    let length = reader.finish().map_err(|error| error.to_string())?;
    Ok((taken, length))
}

#[test]
fn a_list_in_any_pieces_is_read_whole_from_any_place() {
    let mut chance = Chance::new();
    let bits = [
        "\"",
        "\\",
        "\n",
        "}",
        "]",
        "[{",
        "ä",
        "🚀",
        "\u{0}",
        "a long text ",
        ",",
        ":",
    ];
    for round in 0..300 {
        let texts: Vec<String> = (0..chance.below(12))
            .map(|_| {
                (0..chance.below(9))
                    .map(|_| bits[chance.below(bits.len())])
                    .collect()
            })
            .collect();
        let messages: Vec<Value> = texts
            .iter()
            .map(|text| json!({ "direction": "sent", "message": text, "timestamp": "T", "more": [1, {"a": "]"}] }))
            .collect();
        let answer = match round % 3 {
            0 => json!({ "conversationId": "c", "messages": messages }).to_string(),
            1 => serde_json::to_string_pretty(
                &json!({ "messages": messages, "z": { "deep": [[1.5e3]] } }),
            )
            .expect("JSON"),
            _ => json!({ "a": null, "b": true, "messages": messages, "x": "]}" }).to_string(),
        };
        let skip = chance.below(texts.len() + 2);
        let (taken, length) = read(answer.as_bytes(), skip, &mut chance).expect("a list");
        assert_eq!(length, texts.len());
        let expected: Vec<(usize, &String)> = texts
            .iter()
            .enumerate()
            .filter(|(index, _)| *index >= skip || *index == 0)
            .collect();
        let got: Vec<(usize, &String)> = taken
            .iter()
            .map(|(index, message)| (*index, &message.text))
            .collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn half_of_an_emoji_does_not_make_a_message_unreadable() {
    let mut chance = Chance::new();
    let answer = br#"{"messages":[{"message":"cut \ud83d...","timestamp":"T"},{"message":"whole \ud83d\ude80 \\ud83d","timestamp":"T"}]}"#;
    let (taken, _) = read(answer, 0, &mut chance).expect("a list");
    assert_eq!(taken[0].1.text, "cut \u{fffd}...");
    assert_eq!(taken[1].1.text, "whole 🚀 \\ud83d");
}

#[test]
fn what_is_no_list_is_named_with_how_it_began() {
    let mut chance = Chance::new();
    for (answer, words) in [
        ("", "is empty"),
        ("<!DOCTYPE html><p>Bad gateway", "no list of messages"),
        ("[]", "no list of messages"),
        ("{}", "has no list of messages"),
        ("{\"messages\":{}}", "has no list of messages"),
        ("{\"messages\":[{\"message\":\"a\"", "ends in the middle"),
        ("{\"messages\":[{\"message\":\"a\"}]", "ends in the middle"),
        ("{\"messages\":[{\"message\":1}]}", "is not readable"),
        ("{\"messages\":[]} more", "no list of messages"),
        ("{\"messages\":[1]}", "no list of messages"),
    ] {
        let error = read(answer.as_bytes(), 0, &mut chance).expect_err(answer);
        assert!(error.contains(words), "{answer:?}: {error}");
    }
    let endless = format!("{{\"a\":\"{}", "x".repeat(200_000));
    let mut reader = ListReader::new(0);
    let error = reader
        .push(endless.as_bytes(), &mut Vec::new())
        .expect_err("too long");
    assert!(
        error.to_string().contains("goes on without a list"),
        "{error}"
    );
}
