//! Which pull requests are to be looked at.

use sea_orm::{ConnectionTrait, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column, Entity, Pull, readable};
use crate::{
    db::Among,
    domain::{github::PullState, id::ProjectId},
};

/// Pull requests of one branch that are looked at, at most: usually there is one.
const OF_A_BRANCH_MAX: u64 = 10;

/// The pull requests that are to be looked at next, the first first; `limit` at most.
///
/// # Errors
/// Those of the database.
pub async fn due(db: &impl ConnectionTrait, among: Among, limit: u64) -> Result<Vec<Pull>, DbErr> {
    let rows = Entity::find()
        .filter(Column::NextLookAt.is_not_null())
        .filter(among.condition(Column::ProjectId))
        .order_by_asc(Column::NextLookAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(readable(rows).collect())
}

/// One pull request.
///
/// # Errors
/// Those of the database.
pub async fn find(
    db: &impl ConnectionTrait,
    project: ProjectId,
    number: u64,
) -> Result<Option<Pull>, DbErr> {
    let Ok(number) = i64::try_from(number) else {
        return Ok(None);
    };
    let row = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Number.eq(number))
        .one(db)
        .await?;
    row.map(Pull::try_from).transpose()
}

/// The open pull requests that bring a branch.
///
/// # Errors
/// Those of the database.
pub async fn of_branch(
    db: &impl ConnectionTrait,
    project: ProjectId,
    branch: &str,
) -> Result<Vec<Pull>, DbErr> {
    let open: &'static str = PullState::Open.into();
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Branch.eq(branch))
        .filter(Column::State.eq(open))
        .order_by_desc(Column::Number)
        .limit(OF_A_BRANCH_MAX)
        .all(db)
        .await?;
    Ok(readable(rows).collect())
}
