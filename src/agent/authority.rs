//! What a message lets somebody else start who acts on it: a language model. Less than what it orders is never more.

use crate::domain::{execution::Command, project::ProjectStatus};

use super::{
    negation,
    offer::{self, Offer},
    orders::{self, Ask, Context},
    phrases::talk::{YES, YES_FILL},
    phrases::vision::{BEGIN, CONTINUE},
    rules::is_only,
    sentence::{self, Word},
};

/// The commands that change nothing and that this message speaks of as wanted, also where the rules would ask first.
/// What only somebody else is quoted as saying counts for nothing, nor what is not to be done.
pub fn harmless_in(text: &str) -> Vec<Command> {
    let context = Context { text, offer: None };
    let sentences = sentence::sentences(text);
    if sentences
        .iter()
        .any(|sentence| !negation::holds(&sentence.words).is_empty())
    {
        return Vec::new();
    }
    sentences
        .iter()
        .filter(|sentence| sentence.may_order && !negation::is_negated(&sentence.words))
        .filter_map(|sentence| orders::ask(sentence, &context))
        .flat_map(|ask| match ask {
            Ask::Run(orders) => orders.into_iter().map(|order| order.command).collect(),
            Ask::Perhaps(Offer::Look, _) => vec![Command::Prime],
            Ask::Perhaps(Offer::Check, _) => vec![Command::Validate],
            Ask::Perhaps(Offer::Plan | Offer::PlanAndBuild | Offer::Build | Offer::Vision, _)
            | Ask::What(_) => Vec::new(),
        })
        .filter(|command| matches!(command, Command::Prime | Command::Validate))
        .collect()
}

/// Whether the person says, in their own words, that the project stands there: the word itself, or what people call it.
pub fn says_status(text: &str, status: ProjectStatus) -> bool {
    let words: &[&str] = match status {
        ProjectStatus::Brainstorming => &["brainstorming", "brainstorm"],
        ProjectStatus::VisionReview => &["vision review", "vision"],
        ProjectStatus::Planning => &["planning", "plan"],
        ProjectStatus::InProgress => &[
            "in progress",
            "progress",
            "under way",
            "underway",
            "started",
        ],
        ProjectStatus::Paused => &["pause", "paused", "pausing", "on hold", "hold", "rest"],
        ProjectStatus::Completed => &["completed", "complete", "done", "finished", "over", "ready"],
    };
    sentence::sentences(text)
        .iter()
        .filter(|sentence| !negation::is_negated(&sentence.words))
        .any(|sentence| {
            (0..sentence.words.len())
                .any(|at| sentence::after_any(&sentence.words[at..], words).is_some())
        })
}

/// Whether the person says, in their own words, that the workflow is to begin or to go on.
pub fn says_go_on(text: &str) -> bool {
    sentence::sentences(text)
        .iter()
        .filter(|sentence| sentence.may_order && !negation::is_negated(&sentence.words))
        .any(|sentence| {
            (0..sentence.words.len()).any(|at| {
                let rest = &sentence.words[at..];
                sentence::after_any(rest, CONTINUE).is_some()
                    || sentence::after_any(rest, BEGIN).is_some()
            })
        })
}

/// Whether the person wants a vision document written: they speak of one, or say yes to the question with which
/// `previous_reply` ends.
pub fn wants_vision(text: &str, previous_reply: Option<&str>) -> bool {
    let sentences = sentence::sentences(text);
    let speaks_of_it = sentences
        .iter()
        .filter(|sentence| sentence.may_order && !negation::is_negated(&sentence.words))
        .any(|sentence| sentence.words.iter().any(|word| word.norm == "vision"));
    let words: Vec<Word> = sentences.iter().flat_map(|one| one.words.clone()).collect();
    let is_offered = previous_reply
        .and_then(offer::made_in)
        .is_some_and(|(offer, _)| offer == Offer::Vision);
    speaks_of_it || is_offered && is_only(&words, YES, YES_FILL)
}
