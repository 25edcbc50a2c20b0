//! Where commands run: a project's own choice, and what an execution needs to be found again.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for (table, column) in [
            // Its own choice; without one the server's.
            ("projects", text_null("backend")),
            // What it was started in.
            ("scar_executions", text_null("backend")),
            // Where it stands there, to be followed again after a restart.
            ("scar_executions", json_binary_null("backend_place")),
        ] {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("scar_executions", "backend_place"),
            ("scar_executions", "backend"),
            ("projects", "backend"),
        ] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
