//! Changing what is kept of a project.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, entity::prelude::*};

use super::{Column, Entity, packed, unpacked};
use crate::db::pull;
use crate::domain::{
    Invalid, change::ProjectEdit, id::ProjectId, project::ProjectStatus, vision::VisionDocument,
};

/// Changes what a person may change of a project.
pub(in crate::db) async fn edit(
    txn: &DatabaseTransaction,
    id: ProjectId,
    edit: &ProjectEdit,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ProjectEdit {
        name,
        description,
        github_repo_url,
        workspace_path,
        backend,
        agent,
        status,
    } = edit;
    if let Some(url) = github_repo_url {
        let before = Entity::find_by_id(id.0).one(txn).await?;
        if before.is_some_and(|before| before.github_repo_url != *url) {
            pull::forget(txn, id).await?;
        }
    }
    let mut update = Entity::update_many().col_expr(Column::UpdatedAt, at.into());
    if let Some(name) = name {
        update = update.col_expr(Column::Name, name.as_str().into());
    }
    if let Some(status) = *status {
        update = update.col_expr(Column::Status, <&str>::from(status).into());
    }
    for (column, value) in [
        (Column::Description, description),
        (Column::GithubRepoUrl, github_repo_url),
        (Column::WorkspacePath, workspace_path),
        (Column::Backend, backend),
    ] {
        if let Some(value) = value {
            update = update.col_expr(column, value.clone().into());
        }
    }
    if let Some(agent) = agent {
        let row = Entity::find_by_id(id.0).one(txn).await?;
        let before = unpacked(row.and_then(|row| row.agent))?;
        let after = before.edited(agent);
        let after = after.map_err(|Invalid(why)| DbErr::Custom(why))?;
        update = update.col_expr(Column::Agent, packed(&after)?.into());
    }
    update.filter(Column::Id.eq(id.0)).exec(txn).await?;
    Ok(())
}

/// Keeps what the vision document says.
pub(in crate::db) async fn keep_vision(
    txn: &DatabaseTransaction,
    id: ProjectId,
    document: &VisionDocument,
) -> Result<(), DbErr> {
    let document =
        serde_json::to_value(document).map_err(|error| DbErr::Json(error.to_string()))?;
    Entity::update_many()
        .col_expr(Column::VisionDocument, Some(document).into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Moves a project to a status.
pub(in crate::db) async fn put(
    txn: &DatabaseTransaction,
    id: ProjectId,
    status: ProjectStatus,
) -> Result<(), DbErr> {
    let status: &'static str = status.into();
    Entity::update_many()
        .col_expr(Column::Status, status.into())
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}
