//! The texts in a change that people, programs and models wrote: where a secret may be.

use super::{Change, NewProject, ProjectEdit};
use crate::domain::{
    execution::Outcome, github::Came, redaction::Secrets, vision::VisionDocument, workflow::Gate,
};

impl Change {
    /// It without the secrets in its texts.
    #[must_use]
    pub fn without(mut self, secrets: &Secrets) -> Self {
        let cut = |text: &mut String| {
            secrets.cut(text);
        };
        match &mut self {
            Self::MessagePosted(new) => new.text = new.text.clone().without(secrets),
            Self::MessageEdited { text, .. } => *text = text.clone().without(secrets),
            Self::ProjectCreated(new) => of_project(new, cut),
            Self::ProjectEdited(edit) => of_edit(edit, cut),
            Self::ExecutionQueued(new) => {
                cut(&mut new.order.args);
                new.then.iter_mut().for_each(|order| cut(&mut order.args));
            }
            Self::ExecutionNoticed { notice, .. } => cut(&mut notice.message),
            Self::StepTaken { step, .. } => step.texts().into_iter().for_each(cut),
            Self::ExecutionFinished { outcome, .. } => of_outcome(outcome, cut),
            Self::VisionWritten(document) => of_vision(document, cut),
            Self::PhaseMoved { why, .. } => why.iter_mut().for_each(cut),
            Self::GateOpened(gate) | Self::GateDecided(gate) => of_gate(gate, cut),
            Self::Noticed { message, .. } => cut(message),
            Self::PullRequest(change) => change.texts().into_iter().for_each(cut),
            Self::GitHubHeard(heard) => {
                if let Some(mention) = &mut heard.mention {
                    mention.text = mention.text.clone().without(secrets);
                }
            }
            Self::IssueMoved(moved) => cut(&mut moved.title),
            Self::MentionMoved(moved) => of_mention(&mut moved.came, cut),
            // The words of the index are those of what was stored; a place is the backend's own.
            Self::ProjectDeleted
            | Self::ProjectCleared
            | Self::LogIndexed(_)
            | Self::IssuesCounted(_)
            | Self::MessageWithdrawn { .. }
            | Self::MessageTaken { .. }
            | Self::TopicStarted { .. }
            | Self::ExecutionStarted { .. }
            | Self::ExecutionPlaced { .. }
            | Self::StopAsked { .. }
            | Self::PhasesMade { .. }
            | Self::ModelUsed { .. }
            | Self::CanarySang { .. }
            | Self::Access(_)
            | Self::NotificationTried(_) => {}
        }
        self
    }
}

/// Not its name, its folder and its agent's variables: with a mark in them they would be another one's.
fn of_project(new: &mut NewProject, cut: impl FnMut(&mut String)) {
    new.description.iter_mut().for_each(cut);
}

fn of_mention(came: &mut Came, cut: impl FnOnce(&mut String)) {
    match came {
        Came::Failed { why, .. } | Came::Refused { why } | Came::GivenUp { why } => cut(why),
        Came::Posted(_) | Came::Answered { .. } | Came::Over => {}
    }
}

fn of_edit(edit: &mut ProjectEdit, cut: impl FnMut(&mut String)) {
    edit.description.iter_mut().flatten().for_each(cut);
}

fn of_outcome(outcome: &mut Outcome, mut cut: impl FnMut(&mut String)) {
    match outcome {
        Outcome::Completed { output } => cut(output),
        Outcome::Failed { error, output, .. } => [error, output].into_iter().for_each(cut),
        Outcome::Cancelled => {}
    }
}

fn of_vision(document: &mut VisionDocument, mut cut: impl FnMut(&mut String)) {
    let parts = [
        &mut document.what_it_is,
        &mut document.who_its_for,
        &mut document.problem_statement,
        &mut document.solution_overview,
        &mut document.user_journey,
    ];
    parts.into_iter().for_each(&mut cut);
    for feature in &mut document.key_features {
        cut(&mut feature.name);
        cut(&mut feature.description);
    }
    document.success_metrics.iter_mut().for_each(&mut cut);
    document.out_of_scope.iter_mut().for_each(cut);
}

fn of_gate(gate: &mut Gate, mut cut: impl FnMut(&mut String)) {
    let context = &mut gate.context;
    let texts = [
        &mut gate.question,
        &mut context.what,
        &mut context.why,
        &mut context.next,
    ];
    texts.into_iter().for_each(&mut cut);
    gate.response.iter_mut().for_each(&mut cut);
    gate.options
        .iter_mut()
        .for_each(|option| cut(&mut option.name));
}
