//! What a coding agent on this machine needs: its questions to a person, and how a project wants it to be used.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Found when an execution ends: what it asked ends with it.
const INDEX: &str = "approval_gates_of_execution";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            // Whose coding agent asks; null where the workflow does.
            uuid_null("execution_id"),
            // What can be answered, and what was.
            json_binary_null("options"),
            text_null("chosen"),
        ] {
            manager
                .alter_table(
                    Table::alter()
                        .table("approval_gates")
                        .add_column(column)
                        .to_owned(),
                )
                .await?;
        }
        manager
            .create_index(
                Index::create()
                    .name(INDEX)
                    .table("approval_gates")
                    .col("execution_id")
                    .and_where(Expr::col("status").eq("PENDING"))
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("projects")
                    .add_column(json_binary_null("agent"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The program before this has no word for them.
        let asked = Query::delete()
            .from_table("approval_gates")
            .and_where(Expr::col("execution_id").is_not_null())
            .to_owned();
        manager.execute(asked).await?;
        manager
            .alter_table(
                Table::alter()
                    .table("projects")
                    .drop_column("agent")
                    .to_owned(),
            )
            .await?;
        manager
            .drop_index(Index::drop().name(INDEX).table("approval_gates").to_owned())
            .await?;
        for column in ["chosen", "options", "execution_id"] {
            manager
                .alter_table(
                    Table::alter()
                        .table("approval_gates")
                        .drop_column(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }
}
