//! What a start finds and an end concerns: read however long the database is away.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use sea_orm::DatabaseConnection;

use super::{FOLLOW_AGAIN_FIRST, FOLLOW_AGAIN_LONGEST, LOOKED_BACK};
use crate::{
    actors::{
        executor::{ExecutorHandle, Follower},
        patience::read_patiently,
        session,
        writer::WriterHandle,
    },
    clock,
    db::{Among, Reader, execution, gate, message, phase, project},
    delay::Delays,
    domain::{
        change::{Change, Reported},
        id::{ExecutionId, GateId, ProjectId},
    },
};

/// Follows the executor: answered once it has dealt with what an earlier life left behind.
pub(super) async fn follow(executor: &ExecutorHandle, follower: Follower) {
    // Without it no end is reported: asked until it is heard, also by an executor that crashed with the question in hand.
    let mut delays = Delays::new(FOLLOW_AGAIN_FIRST, FOLLOW_AGAIN_LONGEST);
    while let Err(error) = executor.follow(follower.clone()).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the executor could not be followed; trying again");
        delays.wait().await;
    }
}

/// The projects in which somebody may wait for an answer, a report or their turn.
pub(super) async fn left_behind(reader: &Reader, among: Among) -> BTreeSet<ProjectId> {
    let query = async |db: &DatabaseConnection| {
        let mut left = message::projects_unanswered(db, among, LOOKED_BACK).await?;
        left.extend(message::projects_with_queued(db).await?);
        left.extend(phase::projects_at_work(db).await?);
        let unreported = session::unreported(db, among, LOOKED_BACK)
            .await?
            .into_iter();
        left.extend(unreported.map(|execution| execution.project_id));
        Ok(left.into_iter().collect())
    };
    let left = read_patiently(reader, "what was left behind", query).await;
    left.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "what was left unanswered could not be read");
        BTreeSet::new()
    })
}

/// The gates that wait for a person for longer than they may.
pub(super) async fn overdue(reader: &Reader, limit: Duration) -> Vec<(ProjectId, GateId)> {
    let limit = TimeDelta::from_std(limit).unwrap_or(TimeDelta::MAX);
    let Some(before) = clock::now().checked_sub_signed(limit) else {
        return Vec::new();
    };
    let query = async |db: &DatabaseConnection| gate::open_since(db, before).await;
    let overdue = read_patiently(reader, "gates that nobody decided", query).await;
    overdue.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "gates that nobody decided could not be looked for");
        Vec::new()
    })
}

/// Who is to be told that an execution has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Concerned {
    /// The conversation, because a message or the workflow ordered it.
    pub(super) conversation: bool,
    /// What is queued there, because it waits for that.
    pub(super) queued: bool,
}

/// Whom the end of an execution concerns.
pub(super) async fn concerned(reader: &Reader, project: ProjectId, id: ExecutionId) -> Concerned {
    let query = async |db: &DatabaseConnection| {
        let execution = execution::find(db, id).await?;
        Ok(Concerned {
            conversation: execution.is_some_and(|execution| {
                execution.message.is_some() || execution.phase_id.is_some()
            }),
            queued: message::has_queued(db, project).await?,
        })
    };
    read_patiently(reader, "an ended execution", query).await.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, execution.id = %id, "an ended execution could not be read");
        Concerned {
            conversation: false,
            queued: false,
        }
    })
}

/// Clears away what is left of deleted projects, a part at a time: what happens meanwhile is stored in between.
pub(super) async fn clear_deleted(reader: &Reader, writer: &WriterHandle) {
    let query = async |db: &DatabaseConnection| project::deleted(db).await;
    loop {
        let deleted = match read_patiently(reader, "deleted projects", query).await {
            Ok(deleted) => deleted,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                return tracing::error!(error, "deleted projects could not be looked for");
            }
        };
        if deleted.is_empty() {
            return;
        }
        for project in deleted {
            let cleared = Reported::now(project, Change::ProjectCleared);
            if let Err(error) = writer.append(vec![cleared]).await {
                let error = &error as &dyn std::error::Error;
                // Tried again when the next one is deleted, or the server starts.
                return tracing::error!(error, project.id = %project, "a deleted project could not be cleared away");
            }
        }
    }
}
