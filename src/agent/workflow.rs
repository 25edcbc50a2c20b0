//! What the project manager makes of a workflow: what a person wants done with it, and its words.

use crate::domain::{
    execution::{ExecutionStatus, Order},
    vision::VisionDocument,
    workflow::{GateContext, NotNow, PhaseName, PhaseStatus, Standing, Workflow},
};

use super::{
    Decision, Situation, answers,
    phrases::talk::{NO, NO_FILL, POLITE, YES, YES_FILL},
    phrases::vision::{APPROVE, APPROVE_FILL, BECAUSE, BEGIN, BEGIN_FILL, CONTINUE, REJECT, RESET},
    rules::is_only,
    sentence::{Word, after_any, without},
    vision,
};

/// Characters of a document or an output that a gate repeats at most: all of it is one click away.
const WHAT_CHARS_MAX: usize = 600;

/// What a person wants done with the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// It is to begin, with the vision document there is.
    Begin,
    /// It is to go on after a pause or a failure.
    Continue,
    /// It is to begin again.
    Reset,
    /// Yes at the open gate.
    Approve,
    /// No at the open gate, and why.
    Reject {
        /// The reason, in the person's words.
        reason: String,
    },
}

/// What to do about a message that is about the workflow; none for any other. `has_offer` tells that the message before
/// asked something else, which a plain yes or no is about then.
pub(super) fn wish(situation: &Situation<'_>, words: &[Word], has_offer: bool) -> Option<Decision> {
    let workflow = situation.workflow;
    let standing = workflow.standing();
    let asks = standing == Standing::AwaitingApproval;
    if is_only(words, RESET, BEGIN_FILL) {
        return Some(Decision::Workflow(Wish::Reset));
    }
    if is_only(words, BEGIN, BEGIN_FILL) {
        return Some(begin(situation, words));
    }
    if is_only(words, CONTINUE, BEGIN_FILL)
        && matches!(standing, Standing::Paused | Standing::Failed)
        && !has_offer
    {
        return Some(Decision::Workflow(Wish::Continue));
    }
    if !asks {
        return None;
    }
    let is_yes = !has_offer && is_only(words, YES, YES_FILL);
    if is_yes || is_only(words, APPROVE, APPROVE_FILL) {
        return Some(match other_than_asked(workflow, words) {
            Some(other) => Decision::Reply(other),
            None => Decision::Workflow(Wish::Approve),
        });
    }
    let bare = without(words, POLITE);
    if let Some(rest) = after_any(bare, REJECT) {
        let said = &bare[..bare.len() - rest.len()];
        if let Some(other) = other_than_asked(workflow, said) {
            return Some(Decision::Reply(other));
        }
        let reason = without(rest, BECAUSE).first();
        let reason = reason.map_or("", |first| situation.text[first.start..].trim());
        return Some(match reason {
            "" => Decision::Reply(why_not()),
            reason => Decision::Workflow(Wish::Reject {
                reason: reason.to_owned(),
            }),
        });
    }
    (!has_offer && is_only(words, NO, NO_FILL)).then(|| Decision::Reply(why_not()))
}

fn begin(situation: &Situation<'_>, words: &[Word]) -> Decision {
    let workflow = situation.workflow;
    let names_vision = words.iter().any(|word| word.norm == "vision");
    let is_at_vision = workflow.current() == Some(PhaseName::VisionReview);
    match situation.has_vision && !names_vision {
        true if workflow.standing() == Standing::NotStarted => Decision::Workflow(Wish::Begin),
        _ if is_at_vision => vision::begin(),
        _ => Decision::Reply(format!(
            "{} To begin with another vision document, write **reset the workflow** first.",
            standing(workflow).unwrap_or_default()
        )),
    }
}

/// What people call that which is decided on at the end of a phase.
const DECIDED_ON: [(&str, PhaseName); 3] = [
    ("vision", PhaseName::VisionReview),
    ("plan", PhaseName::Plan),
    ("result", PhaseName::Validate),
];

/// What to say when a decision names something else than what is asked about: somebody decides on what they have not seen.
fn other_than_asked(workflow: Workflow, words: &[Word]) -> Option<String> {
    let phase = workflow.current()?;
    let (asked, _) = DECIDED_ON.iter().find(|(_, of)| *of == phase)?;
    let named = |name: &str| words.iter().any(|word| word.norm == name);
    let other = DECIDED_ON.iter().find(|(name, _)| named(name));
    let (other, _) = other.filter(|_| !named(asked))?;
    Some(format!(
        "It is the **{asked}** that waits for your decision now, not the {other}, so I have done nothing. Have a look at it above \
         the text field, then write **approve the {asked}**, or **reject the {asked}** and what should be different."
    ))
}

fn why_not() -> String {
    "What should be different? Write **reject** and then what is wrong with it, or use the button above the text field. I'll \
     keep it in mind and ask again when it is changed."
        .to_owned()
}

/// Where the workflow stands, in a sentence; none before it has begun.
pub fn standing(workflow: Workflow) -> Option<String> {
    let Some(phase) = workflow.current() else {
        return Some("The workflow is completed: all five phases are done.".to_owned());
    };
    let how = match workflow.status(phase) {
        PhaseStatus::Pending if phase == PhaseName::VisionReview => return None,
        PhaseStatus::Pending | PhaseStatus::Completed => "comes next",
        PhaseStatus::InProgress => "is under way",
        PhaseStatus::AwaitingApproval => "waits for your decision",
        PhaseStatus::Paused => "is paused; write **continue** when it is to go on",
        PhaseStatus::Failed => "failed; write **continue** to try it again",
    };
    Some(format!(
        "The workflow is at phase {} of {}: **{}** {how}.",
        phase.number(),
        PhaseName::ALL.len(),
        phase.as_str()
    ))
}

/// What is said when a vision document was written and waits for a decision.
pub fn vision_written(document: &VisionDocument, project: &str) -> String {
    format!(
        "This is the vision document I made of your answers.\n\n{}\n\nIs this what you want? **Approve** it and the work begins, or \
         **reject** it and say what should be different.",
        document.to_markdown(project).trim()
    )
}

/// What is said when something was done with the workflow as a person wished: where it stands now.
pub fn done(wish: &Wish, workflow: Workflow) -> String {
    let first = match wish {
        Wish::Begin => "The workflow has begun.",
        Wish::Continue => "It goes on.",
        Wish::Reset => {
            return "The workflow is back at its beginning; nothing of what was done is lost. Write **start the workflow** to begin."
                .to_owned();
        }
        Wish::Approve => "Approved.",
        Wish::Reject { .. } => {
            "All right, it does not go on like this. I keep your reason and hand it to the coding agent with the next try."
        }
    };
    match standing(workflow) {
        Some(standing) => format!("{first} {standing}"),
        None => first.to_owned(),
    }
}

/// What is said when something cannot be done with the workflow as it stands.
pub fn not_now(why: NotNow) -> String {
    let words = why.to_string();
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    format!("{first}{}.", letters.as_str())
}

/// What follows the report of a phase's command: what the workflow does now. `phase` is the one it belongs to.
pub fn after_phase(phase: PhaseName, workflow: Workflow) -> String {
    let next = workflow.current();
    match (workflow.status(phase), next) {
        (PhaseStatus::AwaitingApproval, _) => match phase {
            PhaseName::Plan => {
                "Nothing is built before you say so: **approve** the plan, or **reject** it and say what should be different."
            }
            _ => "Is it what you wanted? **Approve** the result, or **reject** it and say what should be different.",
        }
        .to_owned(),
        (PhaseStatus::Completed, Some(next)) => match next.command() {
            Some(command) => format!(
                "Next in the workflow: {}.",
                answers::step(&Order {
                    command,
                    args: String::new()
                })
            ),
            None => String::new(),
        },
        (PhaseStatus::Failed, _) => {
            "The workflow waits here. Write **continue** to try this again.".to_owned()
        }
        (PhaseStatus::Paused, _) => {
            "The workflow is paused. Write **continue** when it is to go on.".to_owned()
        }
        _ => String::new(),
    }
}

/// What is said when the command of a phase could not even be queued.
pub fn no_place(phase: PhaseName, workflow: Workflow, why: &str) -> String {
    let then = after_phase(phase, workflow);
    format!(
        "The workflow could not go on with **{}**: {why}. {then}",
        phase.as_str()
    )
}

/// What a person is asked at the end of a phase, and what they need to know. `about` is what they decide on: the document, the
/// plan, what the checks said.
pub fn question(
    phase: PhaseName,
    about: &str,
    document_url: Option<String>,
) -> (String, GateContext) {
    let (question, why, next) = match phase {
        PhaseName::VisionReview => (
            "Is this vision document what you want?",
            "Everything that is planned and built follows from it.",
            "The coding agent looks through the project, then a plan is written for you to read.",
        ),
        PhaseName::Plan => (
            "Shall this plan be built?",
            "Nothing is built before you say so.",
            "The plan is carried out, and then the project's checks run.",
        ),
        PhaseName::Prime | PhaseName::Execute | PhaseName::Validate => (
            "Is the work what you wanted?",
            "The checks tell whether it works; you know whether it is right.",
            "The project is marked as completed.",
        ),
    };
    let context = GateContext {
        what: shortened(about),
        why: why.to_owned(),
        next: next.to_owned(),
        document_url,
    };
    (question.to_owned(), context)
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= WHAT_CHARS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(WHAT_CHARS_MAX).collect();
    format!("{}…", start.trim_end())
}

/// The arguments of a phase's command: what the plan is to be for, and what was wrong with the one before.
pub fn arguments(
    phase: PhaseName,
    vision: Option<&VisionDocument>,
    rejected: Option<&str>,
) -> String {
    if phase != PhaseName::Plan {
        return String::new();
    }
    let mut parts = Vec::new();
    if let Some(vision) = vision {
        parts.push(vision.what_it_is.trim().to_owned());
        let features = vision.key_features.iter().map(|feature| {
            let priority: &str = feature.priority.into();
            format!("- {} ({priority} priority)", feature.name)
        });
        let features: Vec<String> = features.collect();
        parts.push(format!(
            "It should be able to do this:\n{}",
            features.join("\n")
        ));
        if !vision.out_of_scope.is_empty() {
            parts.push(format!(
                "It should not do this:\n- {}",
                vision.out_of_scope.join("\n- ")
            ));
        }
    }
    if let Some(rejected) = rejected {
        parts.push(format!(
            "What was made before was rejected, because: {rejected}"
        ));
    }
    parts.join("\n\n")
}

/// How a phase's command has ended, for the workflow; none while it has not.
pub fn end_of(status: ExecutionStatus) -> Option<crate::domain::workflow::End> {
    use crate::domain::workflow::End;
    match status {
        ExecutionStatus::Queued | ExecutionStatus::Running => None,
        ExecutionStatus::Completed => Some(End::Completed),
        ExecutionStatus::Failed => Some(End::Failed),
        ExecutionStatus::Cancelled => Some(End::Stopped),
    }
}
