//! Executions as they are shown: with the pull requests they told of.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr, QueryOrder, QuerySelect, entity::prelude::*};

use super::{Column, Entity, Execution, Model, readable};
use crate::{
    db::pull::{self, InShort},
    domain::{
        execution::{Command, ExecutionStatus},
        id::{ExecutionId, ProjectId},
    },
};

/// Which executions to read.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// How many at most.
    pub limit: u64,
    /// Only those in this status.
    pub status: Option<ExecutionStatus>,
    /// Only those of this command.
    pub command: Option<Command>,
}

/// A project's executions, newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    project: ProjectId,
    page: Page,
) -> Result<Vec<Execution>, DbErr> {
    let mut query = Entity::find().filter(Column::ProjectId.eq(project.0));
    if let Some(status) = page.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(command) = page.command {
        query = query.filter(Column::CommandType.eq(command.as_type()));
    }
    let rows = query
        .order_by_desc(Column::QueuedAt)
        .order_by_desc(Column::Id)
        .limit(page.limit)
        .all(db)
        .await?;
    with_pulls(db, readable(rows).collect()).await
}

/// One execution.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl ConnectionTrait, id: ExecutionId) -> Result<Option<Execution>, DbErr> {
    let row = Entity::find_by_id(id.0).one(db).await?;
    one(db, row).await
}

/// The execution queued with this key in this project.
///
/// # Errors
/// Those of the database.
pub async fn by_key(
    db: &impl ConnectionTrait,
    project: ProjectId,
    key: &str,
) -> Result<Option<Execution>, DbErr> {
    let row = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    one(db, row).await
}

/// The execution of a row that was looked for.
pub(super) async fn one(
    db: &impl ConnectionTrait,
    row: Option<Model>,
) -> Result<Option<Execution>, DbErr> {
    let Some(row) = row else { return Ok(None) };
    let found = with_pulls(db, vec![Execution::try_from(row)?]).await?;
    Ok(found.into_iter().next())
}

/// These executions with the pull requests they told of. Where none did, the database is not asked.
pub(super) async fn with_pulls(
    db: &impl ConnectionTrait,
    mut executions: Vec<Execution>,
) -> Result<Vec<Execution>, DbErr> {
    let mut numbers: BTreeMap<ProjectId, BTreeSet<u64>> = BTreeMap::new();
    for execution in &executions {
        if let Some(number) = execution.pull_number {
            let of_project = numbers.entry(execution.project_id).or_default();
            of_project.insert(number);
        }
    }
    for (project, numbers) in numbers {
        let pulls: BTreeMap<u64, InShort> = pull::of_numbers(db, project, numbers).await?;
        let its = executions
            .iter_mut()
            .filter(|execution| execution.project_id == project);
        for execution in its {
            let number = execution.pull_number;
            execution.pull_request = number.and_then(|number| pulls.get(&number).cloned());
        }
    }
    Ok(executions)
}
