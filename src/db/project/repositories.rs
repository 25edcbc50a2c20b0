//! Where the projects' repositories are.

use sea_orm::{ConnectionTrait, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column, there};
use crate::domain::id::ProjectId;

/// The addresses of all projects' repositories, the newest project first.
///
/// # Errors
/// Those of the database.
pub async fn repositories(db: &impl ConnectionTrait) -> Result<Vec<(ProjectId, String)>, DbErr> {
    let found: Vec<(Uuid, String)> = there()
        .select_only()
        .columns([Column::Id, Column::GithubRepoUrl])
        .filter(Column::GithubRepoUrl.is_not_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found
        .into_iter()
        .map(|(id, url)| (ProjectId(id), url))
        .collect())
}
