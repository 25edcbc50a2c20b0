//! The log: one row an activity.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(activities()).await?;
        // Replay reads along this index; it also refuses a `seq` given out twice.
        manager
            .create_index(
                Index::create()
                    .name("activities_by_seq")
                    .table("activities")
                    .col("project_id")
                    .col("seq")
                    .unique()
                    .to_owned(),
            )
            .await?;
        // Makes taking in a step twice impossible.
        manager
            .create_index(
                Index::create()
                    .name("activities_by_source")
                    .table("activities")
                    .col("execution_id")
                    .col("source_index")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("activities").to_owned())
            .await
    }
}

fn activities() -> TableCreateStatement {
    Table::create()
        .table("activities")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("timestamp"))
        .col(text("source"))
        .col(text("kind"))
        .col(small_integer("verbosity"))
        .col(text("message"))
        .col(text_null("phase"))
        .col(uuid_null("execution_id"))
        .col(text_null("command"))
        .col(text_null("status"))
        .col(text_null("tool"))
        .col(text_null("detail"))
        .col(big_integer_null("duration_ms"))
        .col(json_binary_null("data"))
        .col(big_integer_null("source_index"))
        .foreign_key(&mut to_project("activities"))
        .to_owned()
}
