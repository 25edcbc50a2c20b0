//! What projects are called.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, QuerySelect as _, entity::prelude::*};

use super::{Column, there};
use crate::domain::id::ProjectId;

/// The names of all projects.
///
/// # Errors
/// Those of the database.
pub async fn all_names(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let names = there().select_only().column(Column::Name);
    names.into_tuple().all(db).await
}

/// The names of these projects, of those that are there.
///
/// # Errors
/// Those of the database.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: &[ProjectId],
) -> Result<BTreeMap<ProjectId, String>, DbErr> {
    let names: Vec<(Uuid, String)> = there()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    let names = names.into_iter();
    Ok(names.map(|(id, name)| (ProjectId(id), name)).collect())
}
