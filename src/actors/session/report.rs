//! Telling a conversation how something it ordered has ended.

use std::collections::BTreeSet;

use sea_orm::{DatabaseConnection, DbErr};

use super::turn::{Conversation, TurnError};
use crate::{
    agent,
    db::{
        Among,
        execution::{self, Execution},
        message,
    },
    domain::{
        execution::{ErrorCode, ExecutionStatus, Outcome},
        id::{ExecutionId, ProjectId},
        message::report_key,
    },
};

/// Of the last `limit` executions that messages or the workflow ordered and that have ended, in all projects or in only this one, those
/// that were not reported, oldest first.
pub(in crate::actors) async fn unreported(
    db: &DatabaseConnection,
    among: Among,
    limit: u64,
) -> Result<Vec<Execution>, DbErr> {
    let mut ended = execution::ended_by_conversations(db, among, limit).await?;
    let projects: BTreeSet<ProjectId> = ended.iter().map(|ended| ended.project_id).collect();
    let projects: Vec<ProjectId> = projects.into_iter().collect();
    let keys: Vec<String> = ended.iter().map(|ended| report_key(ended.id)).collect();
    let reported = message::keys_used(db, &projects, &keys).await?;
    ended.retain(|ended| !reported.contains(&report_key(ended.id)));
    ended.reverse();
    Ok(ended)
}

impl Conversation {
    pub(super) async fn report(&self, id: ExecutionId) -> Result<(), TurnError> {
        let project = self.project;
        let (execution, follows, said) = self
            .parts
            .reader
            .read(async |db| {
                let execution = execution::find(db, id).await?;
                let waiting = execution::unfinished(db).await?;
                let follows = waiting.into_iter().find(|next| {
                    next.project_id == project
                        && execution
                            .as_ref()
                            .is_some_and(|execution| follows(execution, next))
                });
                Ok((
                    execution,
                    follows,
                    message::by_key(db, project, &report_key(id)).await?,
                ))
            })
            .await?;
        let Some(execution) = execution.filter(|_| said.is_none()) else {
            return Ok(());
        };
        if execution.phase_id.is_some() {
            // The workflow tells it, with what it does now.
            return self.carry_on().await;
        }
        let next = follows.map(|next| next.order);
        let skipped = if execution.status == ExecutionStatus::Completed {
            &[][..]
        } else {
            &execution.then
        };
        let words = agent::report(
            &execution.order,
            &outcome(&execution),
            next.as_ref(),
            skipped,
        );
        self.say(report_key(id), words).await
    }
}

/// Whether `next` is what `execution` was to be followed by.
fn follows(execution: &Execution, next: &Execution) -> bool {
    next.message == execution.message && execution.then.first() == Some(&next.order)
}

/// How an execution ended, as its record tells.
pub(super) fn outcome(execution: &Execution) -> Outcome {
    let output = execution.output.clone().unwrap_or_default();
    match execution.status {
        ExecutionStatus::Completed => Outcome::Completed { output },
        ExecutionStatus::Cancelled => Outcome::Cancelled,
        ExecutionStatus::Failed | ExecutionStatus::Queued | ExecutionStatus::Running => {
            Outcome::Failed {
                code: execution.error_code.unwrap_or(ErrorCode::Interrupted),
                error: execution.error.clone().unwrap_or_default(),
                output,
            }
        }
    }
}
