//! What the project manager says when an execution it ordered has ended or could only be queued. Facts only.

use crate::domain::execution::{Command, ErrorCode, Order, Outcome};

use super::{
    answers::{doing, step},
    offer::{self, Offer},
    vision,
};

/// Characters of an execution's output that a report repeats at most: a report is read in the chat, and all of the output
/// stands beside it.
const OUTPUT_CHARS_MAX: usize = 8_000;

/// The words when `order` has ended with `outcome`: what came of it, what follows (`next`), what will not happen now
/// (`skipped`).
pub fn report(order: &Order, outcome: &Outcome, next: Option<&Order>, skipped: &[Order]) -> String {
    let mut parts = match outcome {
        Outcome::Completed { output } => {
            completed(order.command, output, next.is_none() && skipped.is_empty())
        }
        Outcome::Failed {
            code,
            error,
            output,
        } => failed(order.command, *code, error, output),
        Outcome::Cancelled => vec![format!("**Stopped.** I was {}.", doing(order.command))],
    };
    match (outcome, next) {
        (Outcome::Completed { .. }, Some(next)) => parts.push(format!("Next: {}.", step(next))),
        _ if !skipped.is_empty() => {
            let steps: Vec<_> = skipped
                .iter()
                .map(|order| format!("- {}", step(order)))
                .collect();
            parts.push(format!("So this was left out:\n\n{}", steps.join("\n")));
        }
        _ => {}
    }
    parts.join("\n\n")
}

/// The words when the command of a workflow's phase has ended, and `then` what the workflow does now.
pub fn report_in_phase(order: &Order, outcome: &Outcome, then: &str) -> String {
    let mut parts = match outcome {
        Outcome::Completed { output } => completed(order.command, output, false),
        Outcome::Failed {
            code,
            error,
            output,
        } => failed(order.command, *code, error, output),
        Outcome::Cancelled => vec![format!("**Stopped.** I was {}.", doing(order.command))],
    };
    if !then.is_empty() {
        parts.push(then.to_owned());
    }
    parts.join("\n\n")
}

fn completed(command: Command, output: &str, is_last: bool) -> Vec<String> {
    let output = shortened(output);
    let mut parts = Vec::new();
    match command {
        // The summary is the message.
        Command::Prime if !output.is_empty() => {}
        Command::Prime => parts.push("I've looked through the codebase.".to_owned()),
        Command::PlanFeatureGithub | Command::PlanFeature => {
            parts.push("**The plan is written.**".to_owned())
        }
        Command::ExecuteGithub | Command::Execute => {
            parts.push("**The plan has been carried out.**".to_owned())
        }
        // Only who ran them knows whether they passed, and says so.
        Command::Validate if !output.is_empty() => {}
        Command::Validate => {
            parts.push("The checks have run; nothing was said about them.".to_owned())
        }
    }
    if !output.is_empty() {
        parts.push(output);
    }
    if is_last && command == Command::PlanFeatureGithub {
        parts.push(Offer::Build.question().to_owned());
    }
    parts
}

fn failed(command: Command, code: ErrorCode, error: &str, output: &str) -> Vec<String> {
    let headline = match (command, code) {
        (_, ErrorCode::AgentMissing) => "**This needs a coding agent, and none is connected.**",
        (_, ErrorCode::WorkspaceMissing) => "**I can't get at the project's folder.**",
        (_, ErrorCode::Interrupted) => "**This was interrupted before it was done.**",
        (_, ErrorCode::ScarUnavailable) => "**I can't reach SCAR, where the coding agent works.**",
        (_, ErrorCode::ScarRejected) => {
            "**SCAR, where the coding agent works, would not do this.**"
        }
        (_, ErrorCode::ScarRestarted) => {
            "**SCAR restarted in the middle, so this was not finished.**"
        }
        (_, ErrorCode::TimedOut) => "**This took too long and was ended.**",
        (Command::Validate, ErrorCode::ChecksFailed) => "**The checks did not go through.**",
        (Command::Prime, _) => "**I couldn't look through the codebase.**",
        (Command::PlanFeatureGithub | Command::PlanFeature, _) => {
            "**The plan could not be written.**"
        }
        (Command::ExecuteGithub | Command::Execute, _) => "**The plan could not be carried out.**",
        (Command::Validate, _) => "**The checks could not be run.**",
    };
    let mut parts = vec![headline.to_owned()];
    for text in [shortened(error), shortened(output)] {
        if !text.is_empty() {
            parts.push(text);
        }
    }
    if let Some(advice) = advice(command, code) {
        parts.push(advice);
    }
    parts
}

/// What to do next, where the error itself may not say it.
fn advice(command: Command, code: ErrorCode) -> Option<String> {
    let again = match command {
        Command::Prime => "**analyze the codebase**",
        Command::PlanFeatureGithub | Command::PlanFeature => "**plan** and what you want",
        Command::ExecuteGithub | Command::Execute => "**carry out the plan**",
        Command::Validate => "**run the checks**",
    };
    match code {
        // Trying again changes nothing about these; their errors say what would.
        ErrorCode::AgentMissing | ErrorCode::WorkspaceMissing | ErrorCode::ScarRejected => None,
        ErrorCode::ChecksFailed => Some(format!(
            "The steps under Activity show what was reported. When it is put right, write {again}."
        )),
        ErrorCode::TimedOut
        | ErrorCode::Interrupted
        | ErrorCode::AgentError
        | ErrorCode::ScarUnavailable
        | ErrorCode::ScarRestarted => Some(format!("To try again, write {again}.")),
    }
}

/// The words when `orders` could not start at once: `position` is the first one's place among those that wait, from 1;
/// `running` is what it waits for, if that is in the same project.
pub fn queued_reply(orders: &[Order], position: usize, running: Option<Command>) -> String {
    let steps: Vec<_> = orders.iter().map(step).collect();
    let what = match steps.as_slice() {
        [] => return "There is nothing to start.".to_owned(),
        [only] => format!("Noted: {only}."),
        several => format!(
            "Noted, one after the other:\n\n- {}\n\n",
            several.join("\n- ")
        ),
    };
    let why = match running {
        Some(command) => format!("I'm still {}, so this waits for its turn", doing(command)),
        None => {
            "Other projects are using all the room there is, so this waits for its turn".to_owned()
        }
    };
    let place = if position <= 1 {
        "it comes next".to_owned()
    } else {
        format!("it is number {position} in line")
    };
    format!(
        "{}{}{why}: {place}.",
        what,
        if what.ends_with('\n') { "" } else { " " }
    )
}

/// What the agent said, as long as it is read in a chat. Where it ends like a question of the project manager's own, a yes to
/// it would start something: it is told whose words these are.
fn shortened(output: &str) -> String {
    let text = cut(output);
    match offer::made_in(&text).is_some() || vision::asks(&text) {
        true => {
            format!("{text}\n\n(These are the coding agent's words. I have asked you nothing.)")
        }
        false => text,
    }
}

fn cut(output: &str) -> String {
    let output = output.trim();
    if output.chars().count() <= OUTPUT_CHARS_MAX {
        return output.to_owned();
    }
    let start: String = output.chars().take(OUTPUT_CHARS_MAX).collect();
    // A block of code that is cut open would swallow everything after it.
    let open = start
        .lines()
        .filter(|line| line.trim_start().starts_with("```"))
        .count()
        % 2
        == 1;
    let close = if open { "\n```" } else { "" };
    format!(
        "{}{close}\n\n… (this is only the beginning; the rest is under Activity)",
        start.trim_end()
    )
}
