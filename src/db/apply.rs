//! Applying changes: the state tables and the log, in one transaction.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, prelude::Uuid};

mod access;
mod append;
mod pulls;
mod trim;

pub use self::trim::Retention;
use self::{append::append, trim::trim};
use super::{
    activity, block, canary, delivery, execution, gate, github_event, message, phase, project,
    topic,
};
use crate::domain::{
    activity::Activity,
    canary::LOG,
    change::{Change, Reported},
    id::{ActivityId, ExecutionId, GateId, MessageId, ProjectId},
    workflow::PhaseName,
};

/// Why a change was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// There is no such project.
    #[error("there is no project {0}")]
    ProjectUnknown(ProjectId),
    /// The execution is not in the state the change starts from: it was started, or ended, by somebody else.
    #[error("execution {0} is past that already")]
    ExecutionPast(ExecutionId),
    /// The message is not queued: its turn has come, or it was withdrawn, by somebody else.
    #[error("message {0} is not queued any more")]
    MessagePast(MessageId),
    /// The gate was decided by somebody else.
    #[error("gate {0} is decided")]
    GatePast(GateId),
    /// The phase does not stand where the move begins.
    #[error("the phase {0:?} is past that already")]
    PhasePast(PhaseName),
    /// Something else was stored of the pull request.
    #[error("pull request {0} is past that already")]
    PullPast(u64),
    /// Something is queued or runs in the project.
    #[error("something is queued or runs in project {0}")]
    ProjectBusy(ProjectId),
    /// Another server works for the project.
    #[error("another server works for project {0}")]
    NotHeld(ProjectId),
    /// The database did not take it.
    #[error("the database did not take the change")]
    Database(#[from] DbErr),
}

/// An activity with the project whose log it stands in.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Whose log.
    pub project: ProjectId,
    /// The activity.
    pub activity: Activity,
}

/// Applies `changes` in order: a statement per table for what is new, one per change for what is updated, one for the
/// log. Returns the activities they led to, in the same order; the rows are seen by others after the commit. Without a
/// change it still needs what writing to the log needs, and so does a canary. What deletes a project, or is about none, is applied
/// alone.
///
/// # Errors
/// [`ApplyError`]; the transaction is then to be rolled back.
pub async fn apply(
    txn: &DatabaseTransaction,
    changes: &[&Reported],
    retention: Retention,
) -> Result<Vec<Logged>, ApplyError> {
    let (canaries, changes): (Vec<&Reported>, Vec<&Reported>) =
        changes.iter().partition(|reported| reported.project == LOG);
    let mut logged = canary::write(txn, &canaries).await?;
    logged.extend(apply_to_projects(txn, &changes, retention).await?);
    Ok(logged)
}

async fn apply_to_projects(
    txn: &DatabaseTransaction,
    changes: &[&Reported],
    retention: Retention,
) -> Result<Vec<Logged>, ApplyError> {
    if changes.is_empty() {
        activity::write_nothing(txn).await?;
        return Ok(Vec::new());
    }
    if let [only] = changes
        && let Change::ProjectCleared = only.change
    {
        project::clear(txn, only.project).await?;
        return Ok(Vec::new());
    }
    if let [only] = changes
        && let Change::Access(access) = &only.change
    {
        access::keep(txn, access, only.at).await?;
        return Ok(Vec::new());
    }
    if let [only] = changes
        && let Change::NotificationTried(tried) = &only.change
    {
        delivery::keep(txn, tried, only.at).await?;
        return Ok(Vec::new());
    }
    let heads = lock_projects(txn, changes).await?;
    insert_state(txn, changes).await?;
    let mut all = Vec::with_capacity(changes.len());
    for reported in changes {
        // What ends with it comes first in the log, too: nothing is open in a command that has ended.
        for follows in ends_with(txn, reported).await? {
            update_state(txn, &follows).await?;
            all.push(Cow::Owned(follows));
        }
        update_state(txn, reported).await?;
        all.push(Cow::Borrowed(*reported));
    }
    let logged = append(txn, &all, heads.clone()).await?;
    trim(txn, &logged, &heads, retention).await?;
    Ok(logged)
}

/// Makes what projects are new and locks all that are touched, before any row refers to them: the other way round, two
/// servers that hold a reference each would wait for each other's lock.
async fn lock_projects(
    txn: &DatabaseTransaction,
    changes: &[&Reported],
) -> Result<BTreeMap<Uuid, i64>, ApplyError> {
    for reported in changes {
        if let Change::ProjectCreated(new) = &reported.change {
            let (project, holder) = (reported.project, reported.holder);
            project::insert(txn, project, new, holder, reported.at).await?;
        }
    }
    let projects: BTreeSet<Uuid> = changes.iter().map(|reported| reported.project.0).collect();
    let projects: Vec<Uuid> = projects.into_iter().collect();
    let locked = project::lock(txn, &projects).await?;
    if let Some(&unknown) = projects
        .iter()
        .find(|project| !locked.contains_key(project))
    {
        return Err(ApplyError::ProjectUnknown(ProjectId(unknown)));
    }
    // Nobody else gets the lease before this transaction ends: the rows are locked.
    let is_lost = |reported: &&&Reported| {
        let holder = reported.holder.map(|holder| holder.0);
        let locked = locked.get(&reported.project.0);
        holder.is_some() && locked.is_some_and(|locked| locked.leased_by != holder)
    };
    match changes.iter().find(is_lost) {
        Some(lost) => Err(ApplyError::NotHeld(lost.project)),
        None => Ok(locked
            .into_iter()
            .map(|(project, locked)| (project, locked.head))
            .collect()),
    }
}

/// What is new, table by table in the order of their references.
async fn insert_state(txn: &DatabaseTransaction, changes: &[&Reported]) -> Result<(), ApplyError> {
    let (mut messages, mut executions) = (Vec::new(), Vec::new());
    for reported in changes {
        let (project, at) = (reported.project, reported.at);
        match &reported.change {
            Change::TopicStarted { topic } => topic::start(txn, project, *topic, at).await?,
            Change::MessagePosted(new) => {
                if new.opens_topic {
                    topic::start(txn, project, new.topic, at).await?;
                }
                messages.push((project, at, new));
            }
            Change::ExecutionQueued(new) => executions.push((project, at, new)),
            Change::ProjectEdited(edit) => project::edit(txn, project, edit, at).await?,
            Change::VisionWritten(document) => {
                project::keep_vision(txn, project, document).await?;
            }
            Change::ModelUsed { input, output, .. } => {
                project::count_usage(txn, project, *input, *output).await?;
            }
            Change::IssuesCounted(counts) => project::count_issues(txn, project, *counts).await?,
            Change::LogIndexed(new) => block::insert(txn, project, new).await?,
            Change::MentionMoved(moved) => github_event::put(txn, moved, at).await?,
            Change::GitHubHeard(heard) => {
                github_event::insert(txn, reported.id, project, heard, at).await?;
            }
            Change::PhasesMade { phases } => phase::insert(txn, project, *phases).await?,
            Change::PhaseMoved {
                project: status, ..
            } => project::put(txn, project, *status).await?,
            Change::ProjectCreated(_)
            | Change::ProjectDeleted
            | Change::ProjectCleared
            | Change::Access(_)
            | Change::NotificationTried(_)
            | Change::IssueMoved(_)
            | Change::MessageEdited { .. }
            | Change::MessageWithdrawn { .. }
            | Change::MessageTaken { .. }
            | Change::ExecutionStarted { .. }
            | Change::StepTaken { .. }
            | Change::ExecutionPlaced { .. }
            | Change::ExecutionNoticed { .. }
            | Change::StopAsked { .. }
            | Change::ExecutionFinished { .. }
            | Change::GateOpened(_)
            | Change::GateDecided(_)
            | Change::PullRequest(_)
            | Change::CanarySang { .. }
            | Change::Noticed { .. } => {}
        }
    }
    if !messages.is_empty() {
        message::insert(txn, messages).await?;
    }
    if !executions.is_empty() {
        execution::insert(txn, executions).await?;
    }
    Ok(())
}

/// What ends because something else does, whoever reports that: the questions of a command that nobody answered. Nobody
/// reported it, so it is not among what the writer publishes; whoever watches sees the gap before the end, and reads it.
async fn ends_with(txn: &DatabaseTransaction, reported: &Reported) -> Result<Vec<Reported>, DbErr> {
    let Change::ExecutionFinished { execution, .. } = &reported.change else {
        return Ok(Vec::new());
    };
    let gates = gate::withdrawn_with(txn, *execution, reported.at).await?;
    let gates = gates.into_iter();
    Ok(gates
        .map(|gate| Reported {
            id: ActivityId::new(),
            change: Change::GateDecided(gate),
            ..reported.clone()
        })
        .collect())
}

#[expect(clippy::too_many_lines, reason = "a line for each change there is")]
async fn update_state(txn: &DatabaseTransaction, reported: &Reported) -> Result<(), ApplyError> {
    let (project, at) = (reported.project, reported.at);
    let (moved, otherwise) = match &reported.change {
        Change::ExecutionStarted {
            execution, backend, ..
        } => (
            execution::start(txn, *execution, backend, at).await?,
            ApplyError::ExecutionPast(*execution),
        ),
        Change::ExecutionPlaced {
            execution,
            place,
            branch,
        } => (
            execution::keep_place(txn, *execution, place, branch.as_deref()).await?,
            ApplyError::ExecutionPast(*execution),
        ),
        Change::StopAsked { execution, .. } => (
            execution::ask_to_stop(txn, *execution, at).await?,
            ApplyError::ExecutionPast(*execution),
        ),
        Change::ExecutionFinished { .. } => return finish(txn, reported).await,
        Change::MessageEdited { message, text } => (
            message::edit(txn, project, *message, text).await?,
            ApplyError::MessagePast(*message),
        ),
        Change::MessageWithdrawn { message } => (
            message::withdraw(txn, project, *message).await?,
            ApplyError::MessagePast(*message),
        ),
        Change::MessageTaken { message, topic } => {
            refuse_busy(txn, project).await?;
            (
                message::take(txn, project, *message, *topic, at).await?,
                ApplyError::MessagePast(*message),
            )
        }
        Change::PhaseMoved { moved, .. } => (
            phase::put(txn, project, *moved, at).await?,
            ApplyError::PhasePast(moved.phase),
        ),
        Change::GateOpened(gate) => return Ok(gate::insert(txn, gate).await?),
        Change::GateDecided(gate) => (
            gate::decide(txn, gate).await?,
            ApplyError::GatePast(gate.id),
        ),
        Change::PullRequest(change) => return pulls::keep(txn, project, change, at).await,
        Change::ProjectDeleted => return delete(txn, project, at).await,
        Change::ProjectCreated(_)
        | Change::ProjectCleared
        | Change::Access(_)
        | Change::NotificationTried(_)
        | Change::GitHubHeard(_)
        | Change::IssueMoved(_)
        | Change::MentionMoved(_)
        | Change::LogIndexed(_)
        | Change::IssuesCounted(_)
        | Change::ProjectEdited(_)
        | Change::MessagePosted(_)
        | Change::TopicStarted { .. }
        | Change::ExecutionQueued(_)
        | Change::StepTaken { .. }
        | Change::ExecutionNoticed { .. }
        | Change::VisionWritten(_)
        | Change::PhasesMade { .. }
        | Change::ModelUsed { .. }
        | Change::CanarySang { .. }
        | Change::Noticed { .. } => return Ok(()),
    };
    moved.then_some(()).ok_or(otherwise)
}

async fn finish(txn: &DatabaseTransaction, reported: &Reported) -> Result<(), ApplyError> {
    let Change::ExecutionFinished {
        execution,
        outcome,
        duration_ms,
        ..
    } = &reported.change
    else {
        return Ok(());
    };
    let ended = execution::finish(txn, *execution, outcome, *duration_ms, reported.at).await?;
    ended
        .then_some(())
        .ok_or(ApplyError::ExecutionPast(*execution))
}

async fn delete(
    txn: &DatabaseTransaction,
    project: ProjectId,
    at: DateTime<Utc>,
) -> Result<(), ApplyError> {
    refuse_busy(txn, project).await?;
    Ok(project::delete(txn, project, at).await?)
}

async fn refuse_busy(txn: &DatabaseTransaction, project: ProjectId) -> Result<(), ApplyError> {
    match execution::is_busy(txn, project).await? {
        true => Err(ApplyError::ProjectBusy(project)),
        false => Ok(()),
    }
}
