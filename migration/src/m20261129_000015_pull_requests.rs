//! The pull requests of projects' repositories, and which one a command opened.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("pull_requests")
                    .col(pk_uuid("id"))
                    .col(uuid("project_id"))
                    .col(big_integer("number"))
                    // Owner and name, as the project had it when it was linked.
                    .col(text("repository"))
                    // None until GitHub was asked.
                    .col(text_null("title"))
                    .col(text("url"))
                    .col(text_null("branch"))
                    .col(text_null("author"))
                    // open, merged or closed.
                    .col(text("state"))
                    .col(boolean("draft"))
                    .col(json_binary("checks"))
                    // The last command that told of it, and that command's phase.
                    .col(uuid_null("execution_id"))
                    .col(uuid_null("phase_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    // When GitHub last answered, and when it is asked next; none when it is over.
                    .col(timestamp_with_time_zone_null("looked_at"))
                    .col(timestamp_with_time_zone_null("next_look_at"))
                    // Why GitHub did not answer, in words, and how often in a row.
                    .col(text_null("trouble"))
                    .col(integer("failures"))
                    // One more with each change: what was found out meanwhile is compared anew.
                    .col(big_integer("revision"))
                    .foreign_key(&mut to_project("pull_requests"))
                    .to_owned(),
            )
            .await?;
        let mut once = Index::create();
        once.name("pull_requests_by_number")
            .table("pull_requests")
            .col("project_id")
            .col("number")
            .unique();
        manager.create_index(once).await?;
        let mut due = Index::create();
        due.name("pull_requests_by_look")
            .table("pull_requests")
            .col("next_look_at")
            .col("id");
        manager.create_index(due).await?;
        manager
            .alter_table(
                Table::alter()
                    .table("scar_executions")
                    .add_column(big_integer_null("pull_number"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("scar_executions")
                    .drop_column("pull_number")
                    .to_owned(),
            )
            .await?;
        manager
            .drop_table(Table::drop().table("pull_requests").to_owned())
            .await
    }
}
