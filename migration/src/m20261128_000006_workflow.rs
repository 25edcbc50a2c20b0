//! What the workflow needs: a phase once a project, its name beside each execution, open gates found at once.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .name("workflow_phases_by_number")
                    .table("workflow_phases")
                    .col("project_id")
                    .col("phase_number")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("approval_gates_open")
                    .table("approval_gates")
                    .col("created_at")
                    .and_where(Expr::col("status").eq("PENDING"))
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("scar_executions")
                    // The name of its phase, for the log: `phase_id` refers to the row.
                    .add_column(text_null("phase"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("scar_executions")
                    .drop_column("phase")
                    .to_owned(),
            )
            .await?;
        for (name, table) in [
            ("approval_gates_open", "approval_gates"),
            ("workflow_phases_by_number", "workflow_phases"),
        ] {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
