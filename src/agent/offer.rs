//! Offers: what the project manager asks before it starts planning or building on the strength of a wish.
//!
//! An offer is nothing but its words: the wish as a quotation and one of the questions below as the end. It is read back
//! from them, so a yes starts exactly what the person saw, and no state is kept that a restart could lose.

use crate::domain::execution::{Command, Order};

/// Characters of a wish that is repeated in an offer at most: more would bury the question.
const QUOTED_CHARS_MAX: usize = 2_000;

/// What a yes would start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// Look through the codebase.
    Look,
    /// Run the checks.
    Check,
    /// Write a plan for the wish.
    Plan,
    /// Plan it, build it and check it.
    PlanAndBuild,
    /// Carry out the newest plan, and check the result.
    Build,
    /// Write down what was talked about as a vision document: no command, and the model's to do.
    Vision,
}

impl Offer {
    pub(super) const fn question(self) -> &'static str {
        match self {
            Self::Look => "Shall I look through the codebase?",
            Self::Check => "Shall I run the checks?",
            Self::Plan => "Shall I write a plan for it?",
            Self::PlanAndBuild => "Shall I plan it and build it?",
            Self::Build => "Shall I build what the plan says?",
            Self::Vision => "Shall I write it down as a vision document?",
        }
    }

    /// The offer in words; `None` when the wish is too long to repeat.
    pub(super) fn words(self, wish: &str) -> Option<String> {
        if wish.chars().count() > QUOTED_CHARS_MAX {
            return None;
        }
        let quoted: Vec<_> = wish.lines().map(|line| format!("> {line}")).collect();
        Some(format!("{}\n\n{}", quoted.join("\n"), self.question()))
    }

    pub(super) fn orders(self, wish: &str) -> Vec<Order> {
        match self {
            Self::Look => vec![order(Command::Prime, "")],
            Self::Check => vec![order(Command::Validate, "")],
            Self::Plan => vec![order(Command::PlanFeatureGithub, wish)],
            Self::PlanAndBuild => sequence(wish, false),
            Self::Build => build_the_plan(),
            Self::Vision => Vec::new(),
        }
    }
}

/// The offer with which `reply` ends, and the wish it is about.
pub(super) fn made_in(reply: &str) -> Option<(Offer, String)> {
    let reply = reply.trim_end();
    let all = [
        Offer::Look,
        Offer::Check,
        Offer::Plan,
        Offer::PlanAndBuild,
        Offer::Build,
        Offer::Vision,
    ];
    let (offer, before) = all.into_iter().find_map(|offer| {
        let before = reply.strip_suffix(offer.question())?;
        Some((offer, before.trim_end()))
    })?;
    // The quotation right before the question, and none further up.
    let mut wish: Vec<_> = before
        .lines()
        .rev()
        .map_while(|line| line.strip_prefix('>'))
        .map(str::trim)
        .collect();
    wish.reverse();
    let wish = wish.join("\n").trim().to_owned();
    let needs_wish = matches!(offer, Offer::Plan | Offer::PlanAndBuild);
    (!needs_wish || !wish.is_empty()).then_some((offer, wish))
}

pub(super) fn order(command: Command, args: &str) -> Order {
    Order {
        command,
        args: args.to_owned(),
    }
}

/// Plan, build, check; with a look at the code first where the words speak of code that exists or must fit in.
pub(super) fn sequence(wish: &str, look_first: bool) -> Vec<Order> {
    let mut orders = Vec::new();
    if look_first {
        orders.push(order(Command::Prime, ""));
    }
    orders.push(order(Command::PlanFeatureGithub, wish));
    orders.extend(build_the_plan());
    orders
}

/// Carry out the newest plan and check the result.
pub(super) fn build_the_plan() -> Vec<Order> {
    vec![
        order(Command::ExecuteGithub, ""),
        order(Command::Validate, ""),
    ]
}
