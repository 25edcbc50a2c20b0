//! Reading what SCAR says.

use std::hint::black_box;

use project_manager::backends::scar::{list::ListReader, parse, verdict::Verdict};
use serde_json::{Value, json};

use super::{
    recorded::{self, REPOSITORY},
    workload::{Work, Workload},
};

/// Messages of a conversation that has gone on for some days, all of them in every answer.
const OLD_MESSAGES: usize = 1_000;

/// Bytes that arrive at a time, about as many as the network hands over.
const PIECE: usize = 4_096;

pub(crate) fn workloads() -> Vec<Workload> {
    vec![
        Workload {
            name: "scar/conversation",
            times: 20,
            ready: conversation,
        },
        Workload {
            name: "scar/long-list",
            times: 2,
            ready: long_list,
        },
    ]
}

/// Follows a command from its first answer to its last, and judges it.
fn conversation() -> anyhow::Result<Work> {
    let answers = recorded::answers()?;
    Ok(Box::new(move || {
        let (mut seen, mut verdict) = (0, Verdict::default());
        for answer in &answers {
            seen = follow(answer, seen, &mut verdict);
        }
        black_box(verdict.outcome());
    }))
}

/// One look at a long conversation in which a message is new: the others are passed over.
fn long_list() -> anyhow::Result<Work> {
    let said = recorded::messages()?;
    let said = said.iter().cycle().take(OLD_MESSAGES + 1);
    let messages: Vec<Value> = said
        .map(|text| json!({ "message": text, "timestamp": "2026-11-22T22:48:03.361Z" }))
        .collect();
    let answer = json!({ "conversationId": "long", "messages": messages });
    let answer = answer.to_string().into_bytes();
    Ok(Box::new(move || {
        let mut verdict = Verdict::default();
        black_box(follow(&answer, OLD_MESSAGES, &mut verdict));
    }))
}

/// Takes in what an answer has after the first `seen`; how many there are then.
fn follow(answer: &[u8], seen: usize, verdict: &mut Verdict) -> usize {
    let (mut reader, mut taken) = (ListReader::new(seen), Vec::new());
    for piece in answer.chunks(PIECE) {
        reader.push(piece, &mut taken).expect("an answer of SCAR");
        for (index, message) in taken.drain(..) {
            // The very first is handed out each time.
            if index >= seen {
                black_box(parse::step(&message.text, REPOSITORY));
                verdict.take(&message.text);
            }
        }
    }
    reader.finish().expect("a whole answer")
}
