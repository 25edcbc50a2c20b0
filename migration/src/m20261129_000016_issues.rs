//! How many issues a project's repository has, as last seen: a list of projects asks GitHub nothing.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: [&str; 2] = ["open_issues_count", "closed_issues_count"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let mut column = big_integer(column);
            let mut table = Table::alter();
            table.table("projects").add_column(column.default(0));
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let mut table = Table::alter();
            table.table("projects").drop_column(column);
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
