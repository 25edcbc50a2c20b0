//! Several servers on one PostgreSQL: who is there, who works for which project, and what a server asks of the one that does.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const BY_LEASE: &str = "projects_by_lease";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("servers")
                    // Made anew whenever a server was taken for dead, so that it never has what it lost.
                    .col(pk_uuid("id"))
                    // The machine and the process, for people.
                    .col(text("name"))
                    .col(timestamp_with_time_zone("started_at"))
                    // By the database's clock, which is the only one they share. Put off by the server again and again.
                    .col(timestamp_with_time_zone("expires_at"))
                    .to_owned(),
            )
            .await?;
        for (table, column) in [
            // Who works for it. One that is not among the servers works for nobody.
            ("projects", uuid_null("leased_by")),
            // Since when it is to end: who runs it may be another server than the one that was asked.
            (
                "scar_executions",
                timestamp_with_time_zone_null("stop_asked_at"),
            ),
        ] {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        manager
            .create_index(
                Index::create()
                    .name(BY_LEASE)
                    .table("projects")
                    .col("leased_by")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name(BY_LEASE).table("projects").to_owned())
            .await?;
        for (table, column) in [
            ("scar_executions", "stop_asked_at"),
            ("projects", "leased_by"),
        ] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        manager
            .drop_table(Table::drop().table("servers").to_owned())
            .await
    }
}
