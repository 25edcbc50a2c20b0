//! What was done last, told from the log; and trying it again. Facts only.

use super::{
    Decision, LastCommand, Situation,
    answers::{doing, plain, status, step},
};
use crate::domain::execution::ExecutionStatus;

/// Steps that are told at most: what is longer is read in the pane.
pub const STEPS_TOLD: u64 = 15;

/// What to do when somebody wants the last command tried again.
pub(super) fn again(situation: &Situation<'_>) -> Decision {
    if situation.is_busy() {
        return Decision::Reply(status(situation));
    }
    let Some(LastCommand { order, status }) = situation.last else {
        return Decision::Reply(nothing_yet());
    };
    match status {
        ExecutionStatus::Failed | ExecutionStatus::Cancelled => Decision::Retry {
            reply: format!(
                "I'm trying it again: {}. You can follow each step under Activity.",
                step(order)
            ),
        },
        _ => Decision::Reply(format!(
            "The last thing I was asked for worked out, so there is nothing to try again. It was to {}. If it is to be done once \
             more, say so in these words.",
            step(order)
        )),
    }
}

/// What to say of the last command where there is none.
pub fn nothing_yet() -> String {
    "Nothing has been done in this project yet. Write **help** to see what you can ask.".to_owned()
}

/// What the last command did: `steps` are its last ones in their own words, in order, as many as are told and perhaps one
/// more; `error` is why it failed.
pub fn account(last: &LastCommand<'_>, steps: &[&str], error: Option<&str>) -> String {
    let LastCommand { order, status } = last;
    let how = match (status, error) {
        (ExecutionStatus::Queued, _) => "It waits for its turn.".to_owned(),
        (ExecutionStatus::Running, _) => format!("It is under way: I'm {}.", doing(order.command)),
        (ExecutionStatus::Completed, _) => "It is done.".to_owned(),
        (ExecutionStatus::Cancelled, _) => "It was stopped before it was done.".to_owned(),
        (ExecutionStatus::Failed, Some(error)) => format!("It failed: {}", plain(error.trim())),
        (ExecutionStatus::Failed, None) => "It failed.".to_owned(),
    };
    let told = format!("The last command was to {}. {how}", step(order));
    if steps.is_empty() {
        return format!("{told}\n\nNo single steps were reported.");
    }
    let told_of = usize::try_from(STEPS_TOLD).unwrap_or(usize::MAX);
    let list: Vec<String> = steps[steps.len().saturating_sub(told_of)..]
        .iter()
        .map(|step| format!("- {}", plain(step)))
        .collect();
    let which = match list.len() < steps.len() {
        false => "This is what was done, in order:".to_owned(),
        true => format!("These are its last {STEPS_TOLD} steps:"),
    };
    format!(
        "{told}\n\n{which}\n\n{}\n\nAll of it stands under Activity.",
        list.join("\n")
    )
}
