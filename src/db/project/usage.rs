//! What a language model took for a project.

use sea_orm::{DatabaseTransaction, DbErr, ExprTrait as _, entity::prelude::*};
use serde::Serialize;

use super::{Column, Entity};
use crate::domain::id::ProjectId;

/// Tokens since the project was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = TokenUsage)]
pub struct Usage {
    /// Those the model was told.
    pub input_tokens: i64,
    /// Those it wrote.
    pub output_tokens: i64,
}

/// Adds to what was taken.
pub(in crate::db) async fn count(
    txn: &DatabaseTransaction,
    id: ProjectId,
    input: u64,
    output: u64,
) -> Result<(), DbErr> {
    let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (read, written) = (Column::ModelInputTokens, Column::ModelOutputTokens);
    Entity::update_many()
        .col_expr(read, Expr::col(read).add(tokens(input)))
        .col_expr(written, Expr::col(written).add(tokens(output)))
        .filter(Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}
