//! What a sentence orders.

use crate::domain::execution::{Command, Order};

use super::{
    looking,
    object::{object, on_object},
    offer::{Offer, build_the_plan, order},
    phrases::{
        ordering::{
            A_PLAN, ABOUT, AND_CHECK, CARRY_OUT, ISSUE_NOUNS, ISSUE_VERBS, MAKE, NOT_AN_OBJECT,
            THE_PLAN,
        },
        talk::{ASKING, MINDING, POLITE, SOFT},
    },
    sentence::{Sentence, Word, after_any, without},
};

/// What an order says is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// These commands, one after the other.
    Run(Vec<Order>),
    /// To plan or build, but not clearly enough: it is offered.
    Perhaps(Offer, String),
    /// To plan, build or fix, but not what.
    What(Work),
}

/// The kinds of work that need to be told on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Write a plan and nothing else.
    Plan,
    /// Plan, build and check.
    Implement,
    /// The same, after a look at the code.
    Build,
    /// The same, to make something right.
    Fix,
}

/// What the sentences around it tell about a sentence.
pub(super) struct Context<'a> {
    /// The whole message.
    pub(super) text: &'a str,
    /// What the message before offered.
    pub(super) offer: Option<&'a (Offer, String)>,
}

/// Verbs and what they order. "Build" and "fix" look at the code first: they are about what is there already.
const VERBS: &[(&str, Work)] = &[
    ("plan", Work::Plan),
    ("plan out", Work::Plan),
    ("plan for", Work::Plan),
    ("planning", Work::Plan),
    ("start planning", Work::Plan),
    ("execute", Work::Implement),
    ("implement", Work::Implement),
    ("implementing", Work::Implement),
    ("start implementing", Work::Implement),
    ("build", Work::Build),
    ("building", Work::Build),
    ("start building", Work::Build),
    ("build me", Work::Build),
    ("build us", Work::Build),
    ("fix", Work::Fix),
    ("fixing", Work::Fix),
    ("repair", Work::Fix),
    ("start fixing", Work::Fix),
    ("bugfix", Work::Fix),
];

/// What the sentence orders.
pub(super) fn ask(sentence: &Sentence, context: &Context<'_>) -> Option<Ask> {
    let words = without(&sentence.words, POLITE);
    let spoken = &sentence.words[..sentence.words.len() - words.len()];
    let has =
        |phrases: &[&str]| (0..spoken.len()).any(|at| after_any(&spoken[at..], phrases).is_some());
    // "Planning a party is fun" is about planning; "would you mind planning a party?" is not.
    let is_gerund = |word: &Word| word.norm.ends_with("ing") && !word.norm.ends_with("thing");
    if words.first().is_some_and(is_gerund) && !has(MINDING) {
        return None;
    }
    let (mut orders, rest) = harmless(words);
    if orders.is_empty() && sentence.is_question && looking::works(words).is_some() {
        orders.push(order(Command::Validate, ""));
    }
    if !orders.is_empty() {
        match work(without(rest, POLITE), context) {
            Some(Ask::Run(more)) if !rest.is_empty() => orders.extend(more),
            _ => {}
        }
        return Some(Ask::Run(in_order(orders)));
    }
    let asked = work(words, context)?;
    let unclear = has(SOFT) || sentence.is_question && (!has(ASKING) || asks_for_many(words));
    match asked {
        Ask::Run(orders) if unclear => {
            let plan = orders
                .iter()
                .find(|order| order.command == Command::PlanFeatureGithub);
            match plan {
                Some(plan) if orders.len() == 1 => {
                    Some(Ask::Perhaps(Offer::Plan, plan.args.clone()))
                }
                Some(plan) => Some(Ask::Perhaps(Offer::PlanAndBuild, plan.args.clone())),
                None => Some(Ask::Perhaps(Offer::Build, String::new())),
            }
        }
        asked => Some(asked),
    }
}

/// "Can you build websites?" asks what can be done.
fn asks_for_many(words: &[Word]) -> bool {
    matches!(words, [_, many] if many.norm.ends_with('s'))
}

/// The commands that change nothing, as many as are asked for in a row, and what follows them.
pub(super) fn harmless(words: &[Word]) -> (Vec<Order>, &[Word]) {
    let mut orders = Vec::new();
    let mut rest = words;
    loop {
        let next = if orders.is_empty() {
            rest
        } else {
            without(rest, POLITE)
        };
        if let Some(after) = looking::check(next) {
            orders.push(order(Command::Validate, ""));
            rest = after;
        } else if let Some(after) = looking::look(next) {
            orders.push(order(Command::Prime, ""));
            rest = after;
        } else {
            return (orders, rest);
        }
    }
}

/// The same command twice in a row is one wish in two sentences: "Run the tests. Does it work?"
pub(super) fn in_order(mut orders: Vec<Order>) -> Vec<Order> {
    orders.dedup();
    orders
}

/// An order to plan, build or fix.
pub(super) fn work(words: &[Word], context: &Context<'_>) -> Option<Ask> {
    by_name(words, context)
        .or_else(|| issue(words, context))
        .or_else(|| the_plan(words))
        .or_else(|| a_plan_for(words, context))
        .or_else(|| verbs(words, context))
}

/// `plan-feature-github dark mode`, `/execute-github`.
fn by_name(words: &[Word], context: &Context<'_>) -> Option<Ask> {
    let words = without(
        words,
        &[
            "run",
            "start",
            "execute",
            "call",
            "invoke",
            "use",
            "the",
            "command",
            "command-invoke",
        ],
    );
    if let Some(rest) = after_any(words, &["execute-github"]) {
        return Some(Ask::Run(vec![order(
            Command::ExecuteGithub,
            &object(rest, context.text),
        )]));
    }
    let rest = after_any(words, &["plan-feature-github", "plan-feature"])?;
    Some(on_object(&[Work::Plan], rest, context))
}

fn issue(words: &[Word], context: &Context<'_>) -> Option<Ask> {
    let rest = after_any(words, ISSUE_VERBS)?;
    let number = without(rest, ISSUE_NOUNS);
    let said_issue = number.len() < rest.len();
    let first = number.first()?;
    let has_sign = context.text[first.start..].starts_with('#');
    let is_number = first.norm.chars().all(|c| c.is_ascii_digit());
    (is_number && (said_issue || has_sign)).then(|| on_object(&[Work::Fix], rest, context))
}

fn the_plan(words: &[Word]) -> Option<Ask> {
    let rest = after_any(words, CARRY_OUT)?;
    let rest = without(
        after_any(rest, THE_PLAN)?,
        &[
            "now",
            "please",
            "then",
            "thanks",
            "and test it",
            "and validate it",
            "and run the tests",
        ],
    );
    rest.is_empty().then(|| Ask::Run(build_the_plan()))
}

fn a_plan_for(words: &[Word], context: &Context<'_>) -> Option<Ask> {
    let rest = after_any(after_any(words, MAKE)?, A_PLAN)?;
    let about = after_any(rest, ABOUT).unwrap_or(rest);
    (about.len() < rest.len() || rest.is_empty() || rest[0].after_colon)
        .then(|| on_object(&[Work::Plan], about, context))
}

fn verbs(words: &[Word], context: &Context<'_>) -> Option<Ask> {
    let mut said = Vec::new();
    let mut rest = words;
    loop {
        let next = if said.is_empty() {
            rest
        } else {
            without(rest, &["and", "then", "also", "directly", "immediately"])
        };
        let joined = said.is_empty()
            || next.len() < rest.len()
            || rest.first().is_some_and(|word| word.after_pause);
        let found = VERBS
            .iter()
            .filter_map(|(verb, work)| Some((after_any(next, &[*verb])?, *work)))
            .min_by_key(|(rest, _)| rest.len());
        match found {
            Some((after, work)) if joined => {
                said.push(work);
                rest = after;
            }
            _ => break,
        }
    }
    // "Plan and execute a shop", but "execute the script" is none of ours.
    let first = *said.first().filter(|_| words[0].norm != "execute")?;
    // "Plan, build and test a shop", but "build and test" is what one says for the checks.
    if said.len() > 1 || first != Work::Build {
        rest = without(rest, AND_CHECK);
    }
    let next = rest.first();
    let is_noun =
        next.is_some_and(|next| NOT_AN_OBJECT.contains(&next.norm.as_str()) || next.norm == "and");
    // `fix: a typo` is how a commit's message looks, `build: …` how a log does.
    let is_label =
        next.is_some_and(|next| next.after_colon) && matches!(first, Work::Fix | Work::Build);
    (!is_noun && !is_label).then(|| on_object(&said, rest, context))
}
