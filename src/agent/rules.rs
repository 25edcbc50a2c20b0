//! What to do about a message.

use crate::domain::execution::{Command, Order};

use super::{
    Decision, Situation, account, answers, looking, negation, object,
    offer::{self, Offer},
    orders::{self, Ask, Context},
    phrases::talk::{
        ACCOUNT, ACCOUNT_FILL, AGAIN, AGAIN_FILL, CHANGE, GREETING, HELP, HELP_FILL, NO, NO_FILL,
        POLITE, SMALL_FILL, STATUS, STOP, STOP_FILL, THANKS, WISH, YES, YES_FILL,
    },
    sentence::{self, Sentence, Word, after_any, without},
    topics::is_new_topic,
    vision, workflow,
};

/// Words that an answer such as a yes, a no or a stop has at most: more say something of their own.
const SHORT_WORDS_MAX: usize = 30;

/// Decides what to do about a message.
pub fn decide(situation: &Situation<'_>) -> Decision {
    let sentences = sentence::sentences(situation.text);
    let all: Vec<Word> = sentences
        .iter()
        .flat_map(|sentence| sentence.words.clone())
        .collect();
    let offer = situation.previous_reply.and_then(offer::made_in);
    if is_only(&all, STOP, STOP_FILL) || begins_with_stop(&sentences) && situation.is_busy() {
        return stop(situation);
    }
    if is_new_topic(&all) {
        return Decision::NewTopic {
            reply: answers::new_topic(),
        };
    }
    if let Some(decision) = vision::answered(situation, &all) {
        return decision;
    }
    if let Some(decision) = workflow::wish(situation, &all, offer.is_some()) {
        return decision;
    }
    if is_status(&all, situation) {
        return Decision::Reply(answers::status(situation));
    }
    if is_only(&all, AGAIN, AGAIN_FILL) {
        return account::again(situation);
    }
    if is_only(&all, ACCOUNT, ACCOUNT_FILL) {
        return Decision::Account;
    }
    if is_only(&all, YES, YES_FILL) {
        return match &offer {
            Some((Offer::Vision, _)) => vision::begin(),
            Some((offer, wish)) => run(offer.orders(wish), situation),
            None => small_talk(&all, situation)
                .unwrap_or_else(|| Decision::Reply(answers::yes_to_what(situation))),
        };
    }
    if is_only(&all, NO, NO_FILL) {
        return Decision::Reply(answers::no(situation));
    }
    let context = Context {
        text: situation.text,
        offer: offer.as_ref(),
    };
    match asked(&sentences, &context) {
        Asked::Run(orders) => run(orders, situation),
        Asked::Held => Decision::Reply(answers::no(situation)),
        Asked::Perhaps(offer, wish) => Decision::Reply(answers::offer(offer, &wish, situation)),
        Asked::What(work) => Decision::Reply(answers::what(work)),
        Asked::Nothing => small_talk(&all, situation)
            .or_else(|| wish(&sentences, situation))
            .unwrap_or_else(|| Decision::Reply(answers::unknown(situation))),
    }
}

/// Whether a message is to end what goes on, whatever else it says.
pub fn says_stop(text: &str) -> bool {
    let sentences = sentence::sentences(text);
    let words = sentences.iter().flat_map(|sentence| sentence.words.clone());
    begins_with_stop(&sentences) || is_only(&words.collect::<Vec<_>>(), STOP, STOP_FILL)
}

fn begins_with_stop(sentences: &[Sentence]) -> bool {
    let first = sentences.first();
    first.is_some_and(|first| is_only(&first.words, STOP, STOP_FILL))
}

/// What a whole message asks for.
enum Asked {
    Run(Vec<Order>),
    /// It was asked for and taken back, or told not to be done in the first place.
    Held,
    Perhaps(Offer, String),
    What(orders::Work),
    Nothing,
}

fn asked(sentences: &[Sentence], context: &Context<'_>) -> Asked {
    let mut found: Vec<Order> = Vec::new();
    let mut unclear = None;
    let mut held = Vec::new();
    for sentence in sentences {
        // A "but" may stand in the middle; what is taken back there is taken back from the whole message.
        held.extend(negation::holds(&sentence.words));
        let takes_more = found
            .iter()
            .all(|order| matches!(order.command, Command::Prime | Command::Validate));
        if !sentence.may_order || !takes_more || negation::is_negated(&sentence.words) {
            continue;
        }
        match orders::ask(sentence, context) {
            Some(Ask::Run(orders)) => found.extend(orders),
            Some(Ask::Perhaps(offer, wish)) => {
                unclear = unclear.or(Some(Asked::Perhaps(offer, wish)))
            }
            Some(Ask::What(work)) => unclear = unclear.or(Some(Asked::What(work))),
            None => {}
        }
    }
    let left = negation::without_held(orders::in_order(found.clone()), &held);
    match unclear {
        _ if !left.is_empty() => Asked::Run(left),
        _ if !held.is_empty() => Asked::Held,
        Some(unclear) => unclear,
        None => Asked::Nothing,
    }
}

fn run(orders: Vec<Order>, situation: &Situation<'_>) -> Decision {
    let reply = answers::starting(&orders, situation);
    Decision::Run { orders, reply }
}

/// Also when nothing is known to go on: something may have begun at this very moment.
fn stop(situation: &Situation<'_>) -> Decision {
    let reply = match situation.is_busy() {
        true => answers::stopping(situation),
        false => answers::nothing_to_stop(),
    };
    Decision::Stop { reply }
}

fn is_status(words: &[Word], situation: &Situation<'_>) -> bool {
    let Some(rest) = after_any(without(words, POLITE), STATUS) else {
        return false;
    };
    // "Is it working?" is about the project unless something is being done.
    let is_about_project = looking::check(without(words, POLITE)).is_some();
    let short = without(
        rest,
        &[
            "now",
            "right",
            "right now",
            "here",
            "please",
            "at the moment",
            "still",
            "currently",
            "with",
            "you",
            "pm",
            "it",
            "that",
            "the",
            "tests",
            "plan",
            "yet",
            "of",
            "project",
            "command",
            "on",
            "work",
            "and",
            "what",
            "is",
            "queued",
        ],
    );
    short.is_empty() && (situation.is_busy() || !is_about_project)
}

fn small_talk(words: &[Word], situation: &Situation<'_>) -> Option<Decision> {
    let reply = if is_only(words, GREETING, SMALL_FILL) {
        answers::greeting(situation)
    } else if is_only(words, THANKS, SMALL_FILL) {
        answers::thanks()
    } else if after_any(without(words, POLITE), HELP).is_some()
        || is_only(words, &["help"], HELP_FILL)
    {
        answers::help(situation)
    } else {
        return None;
    };
    Some(Decision::Reply(reply))
}

/// Something somebody would like: offered, with the words as they were written.
fn wish(sentences: &[Sentence], situation: &Situation<'_>) -> Option<Decision> {
    let (offer, rest) = sentences
        .iter()
        .filter(|sentence| sentence.may_order)
        .find_map(|sentence| {
            // Not every polite beginning: "I want to" is one, and a wish as well.
            let words = without(
                &sentence.words,
                &[
                    "yes", "no", "ok", "okay", "well", "so", "hi", "hey", "hello", "pm", "and",
                    "also", "but", "please", "great", "thanks", "now", "then",
                ],
            );
            if let Some(rest) = after_any(words, WISH) {
                // "I want to plan a shop": what is wanted is the shop.
                let bare = without(without(rest, POLITE), &["you", "we", "i"]);
                match orders::harmless(bare).0.first().map(|order| order.command) {
                    Some(Command::Prime) => return Some((Offer::Look, rest)),
                    Some(Command::Validate) => return Some((Offer::Check, rest)),
                    _ => {}
                }
                let rest = after_any(
                    rest,
                    &[
                        "plan",
                        "implement",
                        "build",
                        "to plan",
                        "to implement",
                        "to build",
                        "to",
                    ],
                )
                .unwrap_or(rest);
                return Some((Offer::Plan, rest));
            }
            let words = without(&sentence.words, POLITE);
            after_any(words, CHANGE).map(|_| (Offer::PlanAndBuild, words))
        })?;
    let wish = object::object(rest, situation.text);
    let is_enough = rest.len() > 1 || wish.chars().count() > 3;
    is_enough.then(|| Decision::Reply(answers::offer(offer, &wish, situation)))
}

/// Whether the whole of `words` is one of `phrases` or several, with nothing but `fill` about them.
pub(super) fn is_only(words: &[Word], phrases: &[&str], fill: &[&str]) -> bool {
    if words.len() > SHORT_WORDS_MAX {
        return false;
    }
    let mut rest = words;
    let mut found = false;
    while !rest.is_empty() {
        if let Some(shorter) = after_any(rest, phrases) {
            // The longest wins: "stop it" over "stop", and a phrase over a filling word.
            found = true;
            rest = shorter;
        } else if let Some(shorter) = after_any(rest, fill) {
            rest = shorter;
        } else {
            return false;
        }
    }
    found
}
