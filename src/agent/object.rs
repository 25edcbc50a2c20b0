//! What an order to plan, build or fix is about: the person's words as they were written.

use crate::domain::execution::Command;

use super::{
    offer::{Offer, build_the_plan, order, sequence},
    orders::{Ask, Context, Work},
    phrases::ordering::{AND_BUILD_IT, POLITE_ENDS, PRONOUNS, VAGUE},
    sentence::{Word, after_any, without},
};

/// Quotation marks of all kinds.
const QUOTES: [char; 4] = ['"', '“', '”', '`'];

/// The order to do `works` on what `rest` names.
pub(super) fn on_object(works: &[Work], rest: &[Word], context: &Context<'_>) -> Ask {
    let first = works[0];
    let leftover = without(
        rest,
        &[
            "please",
            "now",
            "then",
            "for me",
            "thanks",
            "right away",
            "pls",
            "yet",
            "too",
            "also",
            "first",
            "again",
            "bitte",
        ],
    );
    let pronoun = after_any(leftover, PRONOUNS).map(|rest| {
        without(
            rest,
            &[
                "please", "now", "then", "for me", "thanks", "too", "first", "all",
            ],
        )
    });
    // "It" is never the beginning of a name, as "this feature" may be.
    let is_it = leftover
        .first()
        .is_some_and(|word| matches!(word.norm.as_str(), "it" | "them"));
    let is_vague = leftover.is_empty() || is_it || pronoun.is_some_and(<[Word]>::is_empty);
    let wish = if is_vague {
        let said = rest
            .first()
            .and_then(|word| said_around(context.text, word));
        match context.offer {
            _ if said.is_some() => said.unwrap_or_default().to_owned(),
            // "Implement it" after a plan was written.
            Some((Offer::Build, _)) if first != Work::Plan && first != Work::Fix => {
                return Ask::Run(build_the_plan());
            }
            Some((Offer::Plan | Offer::PlanAndBuild, wish)) => wish.clone(),
            _ => return Ask::What(first),
        }
    } else if after_any(leftover, VAGUE).is_some_and(<[Word]>::is_empty) {
        return Ask::What(first);
    } else {
        object(rest, context.text)
    };
    // "Plan a dark mode and build it": the second verb stands at the end.
    if works == [Work::Plan]
        && let Some(planned) = and_build_it(&wish)
    {
        return Ask::Run(sequence(planned, false));
    }
    let wish = match first {
        Work::Fix if is_vague => format!("Fix this: {wish}"),
        Work::Fix => format!("Fix {wish}"),
        Work::Plan | Work::Implement | Work::Build => wish,
    };
    Ask::Run(match works {
        [Work::Plan] => vec![order(Command::PlanFeatureGithub, &wish)],
        [Work::Build | Work::Fix, ..] => sequence(&wish, true),
        _ => sequence(&wish, false),
    })
}

/// What the message says besides the sentence of `word`: "Plan this:" and the text after it, or "We need a shop. Please
/// plan it."
fn said_around<'a>(text: &'a str, word: &Word) -> Option<&'a str> {
    let (before, here) = text.split_at(word.start);
    let after = here
        .split_once([':', '\n'])
        .map_or("", |(_, after)| after.trim());
    if !after.is_empty() {
        return Some(after);
    }
    let end = before
        .rfind(['.', '!', '?', '\n', ';'])
        .map_or(0, |at| at + 1);
    let before = before[..end].trim();
    // A greeting is no wish.
    (before.split_whitespace().count() > 3).then_some(before)
}

/// The words from `rest` to the end of the message as they were written, without what is only politeness.
pub(super) fn object(rest: &[Word], text: &str) -> String {
    let Some(first) = rest.first() else {
        return String::new();
    };
    let mut object = text[first.start..]
        .trim()
        .trim_start_matches([':', '-', '–', '—', ' ']);
    if text.trim_start().starts_with(QUOTES) && object.matches(QUOTES).count() % 2 == 1 {
        // The whole message stands in quotation marks.
        object = object.strip_suffix(QUOTES).unwrap_or(object);
    }
    let is_one_sentence = !object
        .trim_end_matches(['.', '!', '?'])
        .contains(['.', '!', '?', '\n']);
    if !is_one_sentence {
        return object.to_owned();
    }
    loop {
        let shorter = object.trim_end_matches(['.', '!', '?', ',', ' ']);
        match POLITE_ENDS.iter().find_map(|end| without_end(shorter, end)) {
            Some(cut) => object = cut,
            None => return shorter.to_owned(),
        }
    }
}

/// What is to be planned, where it is to be built as well.
fn and_build_it(wish: &str) -> Option<&str> {
    let ends = AND_BUILD_IT.iter();
    let planned = ends.filter_map(|end| without_end(wish, end)).next()?;
    Some(planned.trim_end_matches([',', ' '])).filter(|planned| !planned.is_empty())
}

/// `text` without `end`, in whatever case it is written.
fn without_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(end.len())?;
    let tail = text.get(at..)?;
    tail.eq_ignore_ascii_case(end).then(|| &text[..at])
}
