//! The log: each change's place in it, and its words.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, prelude::Uuid};

use super::{ApplyError, Logged};
use crate::{
    db::{
        activity::{self, Row},
        project,
    },
    domain::{
        activity::Activity,
        change::{Change, Reported},
    },
};

/// Gives each change its `seq` and writes the log.
pub(super) async fn append(
    txn: &DatabaseTransaction,
    changes: &[Cow<'_, Reported>],
    mut heads: BTreeMap<Uuid, i64>,
) -> Result<Vec<Logged>, ApplyError> {
    let mut raised: BTreeMap<Uuid, (i64, DateTime<Utc>)> = BTreeMap::new();
    let mut rows = Vec::with_capacity(changes.len());
    for reported in changes {
        let head = heads
            .get_mut(&reported.project.0)
            .ok_or(ApplyError::ProjectUnknown(reported.project))?;
        let Some(mut entry) = reported.change.entry() else {
            continue;
        };
        if let Some(phase) = reported.phase {
            entry.phase = Some(phase.as_str().to_owned());
        }
        if let Some(by) = &reported.by {
            entry = entry.by(by);
        }
        *head += 1;
        raised.insert(reported.project.0, (*head, reported.at));
        rows.push(Row {
            project: reported.project,
            activity: Activity {
                id: reported.id,
                seq: *head,
                timestamp: reported.at,
                entry,
            },
            source_index: source_index(&reported.change),
        });
    }
    if !rows.is_empty() {
        activity::insert(txn, &rows).await?;
    }
    for (project, (head, at)) in raised {
        project::raise_head(txn, project, head, at).await?;
    }
    Ok(rows
        .into_iter()
        .map(
            |Row {
                 project, activity, ..
             }| Logged { project, activity },
        )
        .collect())
}

fn source_index(change: &Change) -> Option<i64> {
    match change {
        Change::StepTaken { source_index, .. } => Some(*source_index),
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
        | Change::ExecutionQueued(_)
        | Change::ExecutionStarted { .. }
        | Change::ExecutionPlaced { .. }
        | Change::ExecutionNoticed { .. }
        | Change::StopAsked { .. }
        | Change::ExecutionFinished { .. }
        | Change::VisionWritten(_)
        | Change::PhasesMade { .. }
        | Change::PhaseMoved { .. }
        | Change::GateOpened(_)
        | Change::GateDecided(_)
        | Change::PullRequest(_)
        | Change::ModelUsed { .. }
        | Change::CanarySang { .. }
        | Change::Noticed { .. } => None,
    }
}
