//! What the server's log tells of a group: a line before its commit and one after it, however that went; and the same for
//! each execution's status in it. Single steps and messages are for who looks closely.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::domain::{
    canary,
    change::{Change, Reported},
    execution::ExecutionStatus,
};

/// A group that is being stored. Dropped without a word, by a crash or when its time was up, it was broken off.
pub(super) struct Trace<'a> {
    changes: &'a [&'a Reported],
    begun: Instant,
    is_told: bool,
}

impl<'a> Trace<'a> {
    /// Before the commit; `begun` is when the transaction was asked for.
    pub(super) fn begin(changes: &'a [&'a Reported], begun: Instant) -> Self {
        let trace = Self {
            changes,
            begun,
            is_told: false,
        };
        trace.tell("storing", None, None);
        trace
    }

    pub(super) fn stored(self) {
        self.end("stored", None);
    }

    /// It was rolled back.
    pub(super) fn not_stored(self, reason: &str) {
        self.end("did not store", Some(reason));
    }

    /// Whether it is stored will be found out.
    pub(super) fn broken_off(self, reason: &str) {
        self.end("broke off storing", Some(reason));
    }

    fn end(mut self, done: &'static str, reason: Option<&str>) {
        self.is_told = true;
        self.tell(done, Some(self.begun.elapsed()), reason);
    }

    fn tell(&self, doing: &'static str, took: Option<Duration>, reason: Option<&str>) {
        // Without a change it only finds out whether the database is back. Of a canary tells who has it sing.
        let is_told = |reported: &&&Reported| reported.project != canary::LOG;
        let changes: Vec<_> = self.changes.iter().filter(is_told).collect();
        if changes.is_empty() {
            return;
        }
        let duration_ms = took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let projects: BTreeSet<_> = changes.iter().map(|reported| reported.project).collect();
        tracing::info!(
            changes = changes.len(),
            projects = projects.len(),
            duration_ms,
            reason,
            "{doing} a group"
        );
        for reported in changes {
            tell(reported, doing, duration_ms);
        }
    }
}

impl Drop for Trace<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell("broke off storing", Some(self.begun.elapsed()), None);
        }
    }
}

fn tell(reported: &Reported, doing: &'static str, duration_ms: Option<u64>) {
    let project = reported.project;
    let (execution, command, status) = match &reported.change {
        Change::ExecutionQueued(new) => (new.id, new.order.command, ExecutionStatus::Queued),
        Change::ExecutionStarted {
            execution, command, ..
        } => (*execution, *command, ExecutionStatus::Running),
        Change::ExecutionFinished {
            execution,
            command,
            outcome,
            ..
        } => (*execution, *command, outcome.status()),
        Change::StepTaken {
            execution,
            source_index,
            ..
        } => {
            tracing::debug!(project.id = %project, execution.id = %execution, source_index, duration_ms, "{doing} a step");
            return;
        }
        Change::ProjectCreated(_)
        | Change::ProjectEdited(_)
        | Change::ProjectDeleted
        | Change::ProjectCleared
        | Change::Access(_)
        | Change::NotificationTried(_)
        | Change::GitHubHeard(_)
        | Change::IssueMoved(_)
        | Change::MentionMoved(_)
        | Change::LogIndexed(_)
        | Change::IssuesCounted(_)
        | Change::MessagePosted(_)
        | Change::MessageEdited { .. }
        | Change::MessageWithdrawn { .. }
        | Change::MessageTaken { .. }
        | Change::TopicStarted { .. }
        | Change::ExecutionPlaced { .. }
        | Change::ExecutionNoticed { .. }
        | Change::StopAsked { .. }
        | Change::VisionWritten(_)
        | Change::PhasesMade { .. }
        | Change::PhaseMoved { .. }
        | Change::GateOpened(_)
        | Change::GateDecided(_)
        | Change::PullRequest(_)
        | Change::ModelUsed { .. }
        | Change::CanarySang { .. }
        | Change::Noticed { .. } => {
            tracing::debug!(project.id = %project, activity.id = %reported.id, duration_ms, "{doing} a change");
            return;
        }
    };
    tracing::info!(
        project.id = %project,
        execution.id = %execution,
        command = command.as_str(),
        status = status.as_str(),
        duration_ms,
        "{doing} an execution's status"
    );
}
