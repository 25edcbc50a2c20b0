//! Whether a message leaves behind what was talked about before it.

use super::{
    phrases::talk::{LEAVE_TOPIC, NEW_TOPIC},
    rules::is_only,
    sentence::{Word, sentences},
};

/// What a new topic may be asked for with besides [`NEW_TOPIC`].
const NEW_TOPIC_FILL: &[&str] = &[
    "please", "let's", "pm", "now", "hi", "hey", "ok", "can", "we", "you", "could",
];

/// What points back to what was said last.
const POINTS_BACK: &[&str] = &["it", "this", "that", "them", "these", "those"];

/// Whether a message is nothing but the wish for a new topic.
pub(super) fn is_new_topic(words: &[Word]) -> bool {
    is_only(words, NEW_TOPIC, NEW_TOPIC_FILL)
}

/// Whether a message begins a topic and goes on with it: "Let's discuss the newsletter", "Different topic: can we …".
pub fn leaves_topic(text: &str) -> bool {
    let all = sentences(text);
    let words: Vec<Word> = all.into_iter().flat_map(|one| one.words).collect();
    let fill = [
        "but", "ok", "okay", "now", "so", "and", "well", "please", "hm", "aber",
    ];
    let skipped = words
        .iter()
        .take_while(|word| fill.contains(&word.norm.as_str()));
    let own = &words[skipped.count()..];
    let rest = LEAVE_TOPIC.iter().find_map(|phrase| {
        let parts: Vec<&str> = phrase.split(' ').collect();
        let (start, rest) = own.split_at_checked(parts.len())?;
        let same = start
            .iter()
            .zip(&parts)
            .all(|(word, part)| word.norm == *part);
        same.then_some(rest)
    });
    let goes_on = |rest: &[Word]| {
        rest.first()
            .is_some_and(|next| !POINTS_BACK.contains(&next.norm.as_str()))
    };
    rest.is_some_and(goes_on) && !is_new_topic(&words)
}
