//! The last change each server wrote to see that what it writes arrives.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("canaries")
                    // A row a server, over and over again: it does not grow, and servers do not meet in it.
                    .col(pk_uuid("server"))
                    .col(big_integer("seq"))
                    .col(uuid("activity_id"))
                    .col(timestamp_with_time_zone("written_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("canaries").to_owned())
            .await
    }
}
