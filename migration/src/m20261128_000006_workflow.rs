//! What the workflow and a language model need: a phase once a project, its name beside each execution, open gates found
//! at once, and what the model took.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const USAGE: [&str; 2] = ["model_input_tokens", "model_output_tokens"];

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
        // What a language model took for a project, in tokens.
        for column in USAGE {
            manager
                .alter_table(
                    Table::alter()
                        .table("projects")
                        .add_column(big_integer(column).default(0))
                        .to_owned(),
                )
                .await?;
        }
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
        for column in USAGE {
            manager
                .alter_table(
                    Table::alter()
                        .table("projects")
                        .drop_column(column)
                        .to_owned(),
                )
                .await?;
        }
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
