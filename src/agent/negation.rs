//! What is not to be done: "don't run it yet", and "plan a shop, but don't build it".

use crate::domain::execution::{Command, Order};

use super::{
    orders,
    phrases::talk::{ALTER, ANYTHING, NEGATION, POLITE},
    sentence::{Word, after_any, without},
};

/// What a negation takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// All of it.
    Everything,
    /// This command.
    Only(Command),
}

/// What is left of `orders`.
pub(super) fn without_held(mut orders: Vec<Order>, held: &[Held]) -> Vec<Order> {
    // Without the plan there is nothing to carry out.
    let needs_plan = orders
        .iter()
        .any(|order| order.command == Command::PlanFeatureGithub);
    if held.contains(&Held::Everything)
        || needs_plan && held.contains(&Held::Only(Command::PlanFeatureGithub))
    {
        return Vec::new();
    }
    orders.retain(|order| !held.contains(&Held::Only(order.command)));
    // "Plan a shop, don't build it yet": nothing was built, so there is nothing to check.
    if needs_plan && held.contains(&Held::Only(Command::ExecuteGithub)) {
        orders.retain(|order| order.command != Command::Validate);
    }
    orders
}

/// Whether the sentence begins with a negation, so that it orders nothing.
pub(super) fn is_negated(words: &[Word]) -> bool {
    negated(words).is_some()
}

/// What follows a negation at the beginning of `words`.
fn negated(words: &[Word]) -> Option<&[Word]> {
    let mut rest = words;
    loop {
        // "Don't forget to" and "why don't you" are longer than the negation in them, and none.
        let polite = after_any(rest, POLITE);
        if let Some(after) = after_any(rest, NEGATION)
            .filter(|after| polite.is_none_or(|polite| after.len() < polite.len()))
        {
            return Some(after);
        }
        rest = polite?;
    }
}

/// What the sentence says is not to be done.
pub(super) fn holds(words: &[Word]) -> Vec<Held> {
    let in_the_middle = (1..words.len()).filter(|at| {
        let begins = ["but", "and", "just", "only", "though"]
            .contains(&words[at - 1].norm.as_str())
            || words[*at].after_pause;
        begins && negated(&words[*at..]).is_some()
    });
    std::iter::once(0)
        .chain(in_the_middle)
        .filter_map(|at| negated(&words[at..]))
        .flat_map(held_by)
        .collect()
}

fn held_by(after_negation: &[Word]) -> Vec<Held> {
    let rest = without(
        after_negation,
        &[
            "you",
            "to",
            "want you to",
            "want to",
            "yet",
            "please",
            "even",
            "ever",
            "me",
            "us",
        ],
    );
    let (orders, _) = orders::harmless(rest);
    if !orders.is_empty() {
        return orders
            .into_iter()
            .map(|order| Held::Only(order.command))
            .collect();
    }
    if without(rest, ANYTHING).is_empty() {
        return vec![Held::Everything];
    }
    let altered = after_any(rest, ALTER).map(|rest| {
        without(
            rest,
            &["any code", "the code", "any files", "code", "files"],
        )
    });
    if altered.is_some_and(|rest| without(rest, ANYTHING).is_empty()) {
        return vec![Held::Only(Command::ExecuteGithub)];
    }
    let held = match rest[0].norm.as_str() {
        "plan" | "planning" | "fix" | "fixing" => Command::PlanFeatureGithub,
        "implement" | "implementing" | "build" | "building" | "execute" | "code" | "coding" => {
            Command::ExecuteGithub
        }
        "test" | "validate" | "testing" => Command::Validate,
        "analyze" | "analyse" | "analyzing" | "analysing" | "prime" => Command::Prime,
        "start" | "run" | "begin" | "launch" | "proceed" => {
            // "Don't start building yet", but not "don't start the server".
            return held_by(&rest[1..])
                .into_iter()
                .filter(|held| *held != Held::Everything)
                .collect();
        }
        _ => return Vec::new(),
    };
    vec![Held::Only(held)]
}
