//! The vision document, asked for question by question.
//!
//! As with offers, the state is in the words: each question ends the message that asks it, and what the person wrote next
//! is its answer. So a restart loses nothing, and what stands in the conversation is what the document is made of.

use crate::domain::{
    message::Role,
    vision::{Feature, ITEMS_MAX, PART_CHARS_MAX, Priority, VisionDocument},
};

use super::{
    Decision, Said, Situation, answers,
    phrases::talk::{HELP, HELP_FILL, NO, NO_FILL, POLITE},
    phrases::vision::{SKIP, SKIP_FILL},
    rules::is_only,
    sentence::{Word, after_any, without},
};

/// A part of the document and the question that asks for it.
struct Question {
    field: &'static str,
    words: &'static str,
    /// Whether there is no vision without it.
    needed: bool,
}

/// In the order in which they are asked. Their words end a message, and are looked for there.
const QUESTIONS: [Question; 8] = [
    Question {
        field: "what_it_is",
        words: "What is it that you want to have built? One or two sentences are enough.",
        needed: true,
    },
    Question {
        field: "who_its_for",
        words: "Who is it for?",
        needed: true,
    },
    Question {
        field: "problem_statement",
        words: "What is difficult or missing for them today?",
        needed: true,
    },
    Question {
        field: "solution_overview",
        words: "How will this make it better?",
        needed: true,
    },
    Question {
        field: "key_features",
        words: "What should it be able to do? Write one thing on each line; add “must” or “nice to have” where it matters.",
        needed: true,
    },
    Question {
        field: "user_journey",
        words: "How does somebody go through it, from the first moment to the end? Write **skip** if you do not know yet.",
        needed: false,
    },
    Question {
        field: "success_metrics",
        words: "How will you see that it works out? One thing on each line, or **skip**.",
        needed: false,
    },
    Question {
        field: "out_of_scope",
        words: "What should it not do? One thing on each line, or **skip**.",
        needed: false,
    },
];

/// The question with which `reply` ends.
fn asked_in(reply: &str) -> Option<usize> {
    let reply = reply.trim_end();
    QUESTIONS
        .iter()
        .position(|question| reply.ends_with(question.words))
}

/// Whether a text ends with a question for a part of the document.
pub(super) fn asks(text: &str) -> bool {
    asked_in(text).is_some()
}

/// Begins to ask. A model that is there asks in its own words, and knows what was talked about before.
pub(super) fn begin() -> Decision {
    Decision::Reply(format!(
        "Let's write down what you want before anything is built. I'll ask {} short questions and make a vision document of your \
         answers, which you can read and approve. Write **never mind** to leave it.\n\n{}",
        QUESTIONS.len(),
        numbered(0)
    ))
}

/// What to do about a message that answers a question; none when no question was asked.
pub(super) fn answered(situation: &Situation<'_>, words: &[Word]) -> Option<Decision> {
    let asked = asked_in(situation.previous_reply?)?;
    let question = &QUESTIONS[asked];
    if is_only(words, NO, NO_FILL) && question.needed {
        return Some(Decision::Ask(
            "All right, we leave the vision document. Write **start the workflow** whenever you want to begin it again."
                .to_owned(),
        ));
    }
    let is_skipped = is_only(words, SKIP, SKIP_FILL);
    let is_help =
        after_any(without(words, POLITE), HELP).is_some() || is_only(words, &["help"], HELP_FILL);
    if is_help && !is_skipped {
        return Some(Decision::Ask(format!(
            "{}\n\nWe were at the vision document. {}",
            answers::help(situation),
            numbered(asked)
        )));
    }
    if is_skipped && question.needed {
        return Some(Decision::Ask(format!(
            "I can't do without this one, a rough answer will do. Write **never mind** to leave the vision document.\n\n{}",
            numbered(asked)
        )));
    }
    if asked + 1 < QUESTIONS.len() {
        return Some(Decision::Ask(numbered(asked + 1)));
    }
    let document = document(situation);
    Some(match document.missing().as_slice() {
        [] => Decision::SaveVision(document),
        [first, ..] => {
            let at = QUESTIONS
                .iter()
                .position(|question| question.field == *first);
            Decision::Ask(format!(
                "One answer is missing, so I'll ask again.\n\n{}",
                numbered(at.unwrap_or_default())
            ))
        }
    })
}

fn numbered(at: usize) -> String {
    format!(
        "**Question {} of {}.** {}",
        at + 1,
        QUESTIONS.len(),
        QUESTIONS[at].words
    )
}

/// The document that the answers of this topic make, with this message as the last one.
fn document(situation: &Situation<'_>) -> VisionDocument {
    let last = Said {
        role: Role::User,
        text: situation.text,
    };
    let said: Vec<&Said<'_>> = situation.said.iter().chain([&last]).collect();
    let mut document = VisionDocument::default();
    for pair in said.windows(2) {
        let [question, answer] = pair else { continue };
        if question.role != Role::Assistant || answer.role != Role::User {
            continue;
        }
        let Some(at) = asked_in(question.text) else {
            continue;
        };
        if at == 0 {
            // Begun anew: what was answered before belongs to another document.
            document = VisionDocument::default();
        }
        put(&mut document, QUESTIONS[at].field, answer.text);
    }
    document
}

fn put(document: &mut VisionDocument, field: &str, answer: &str) {
    let words = super::sentence::sentences(answer);
    let words: Vec<Word> = words.into_iter().flat_map(|one| one.words).collect();
    let is_skipped = is_only(&words, SKIP, SKIP_FILL);
    let text: String = match is_skipped {
        true => String::new(),
        false => answer.trim().chars().take(PART_CHARS_MAX).collect(),
    };
    match field {
        "what_it_is" => document.what_it_is = text,
        "who_its_for" => document.who_its_for = text,
        "problem_statement" => document.problem_statement = text,
        "solution_overview" => document.solution_overview = text,
        "key_features" => document.key_features = features(&text),
        "user_journey" => document.user_journey = text,
        "success_metrics" => document.success_metrics = items(&text),
        "out_of_scope" => document.out_of_scope = items(&text),
        _ => {}
    }
}

/// The items of a list: one on each line, or, on one line, between commas.
fn items(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let parts: Vec<&str> = match lines.as_slice() {
        [only] => only.split([',', ';']).collect(),
        _ => lines,
    };
    parts
        .into_iter()
        .map(|part| bare(part).to_owned())
        .filter(|part| !part.is_empty())
        .take(ITEMS_MAX)
        .collect()
}

/// An item without what marks it as one.
fn bare(part: &str) -> &str {
    let part = part.trim();
    let part = part.trim_start_matches(['-', '*', '•', '+']).trim_start();
    let number = part.trim_start_matches(|c: char| c.is_ascii_digit());
    let part = match number.strip_prefix(['.', ')']) {
        Some(rest) if number.len() < part.len() => rest.trim_start(),
        _ => part,
    };
    part.strip_prefix("and ")
        .unwrap_or(part)
        .trim_end_matches('.')
        .trim()
}

/// Words that tell how much depends on a feature, where they stand in what was written about it. Longer ones first.
const PRIORITIES: &[(&str, Priority)] = &[
    ("high priority", Priority::High),
    ("low priority", Priority::Low),
    ("medium priority", Priority::Medium),
    ("must have", Priority::High),
    ("nice to have", Priority::Low),
    ("should have", Priority::Medium),
    ("could have", Priority::Low),
    ("must", Priority::High),
    ("essential", Priority::High),
    ("important", Priority::High),
    ("optional", Priority::Low),
    ("later", Priority::Low),
    ("maybe", Priority::Low),
    ("should", Priority::Medium),
];

/// The features in an answer, with what was said about how much depends on them.
pub(super) fn features(text: &str) -> Vec<Feature> {
    items(text)
        .into_iter()
        .map(|item| {
            let lower = item.to_lowercase();
            let told = PRIORITIES.iter().find(|(word, _)| is_word(&lower, word));
            let priority = told.map_or_else(Priority::default, |(_, priority)| *priority);
            let bare = match told {
                Some((word, _)) => without_mark(&item, word),
                None => item,
            };
            let (name, description) = match bare.split_once([':', '–']) {
                Some((name, description)) => (name.trim(), description.trim()),
                None => (bare.trim(), ""),
            };
            Feature {
                name: name.to_owned(),
                description: description.to_owned(),
                priority,
            }
        })
        .filter(|feature| !feature.name.is_empty())
        .collect()
}

/// Whether `word` stands in `text` as a word of its own.
fn is_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// A feature without the mark at its beginning or end: "must: sign in", "search (nice to have)".
fn without_mark(item: &str, word: &str) -> String {
    let lower = item.to_lowercase();
    // Lower case may have another length than what was written.
    if lower.len() != item.len() {
        return item.to_owned();
    }
    let marks = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | ',' | '(' | ')');
    if lower.trim_start_matches(marks).starts_with(word) {
        let start = lower.len() - lower.trim_start_matches(marks).len() + word.len();
        let rest = item[start..].trim_start_matches(marks);
        if !rest.is_empty() {
            return rest.to_owned();
        }
    }
    if lower.trim_end_matches(marks).ends_with(word) {
        let end = lower.trim_end_matches(marks).len() - word.len();
        return item[..end].trim_end_matches(marks).to_owned();
    }
    item.to_owned()
}
