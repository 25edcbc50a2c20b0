//! What was heard of GitHub by webhook, so that nothing is taken twice; and what was said there to the project manager, until it
//! is answered.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// An index and its columns: what is to be worked on next and how many there are of each state, what is old and may go, what
/// failed last, and what goes with its project.
const INDEXES: [(&str, &[&str]); 4] = [
    ("github_events_by_state", &["state", "next_at", "id"]),
    ("github_events_by_time", &["received_at"]),
    ("github_events_by_failure", &["failed_at"]),
    ("github_events_by_project", &["project_id"]),
];

/// What is taken once: GitHub's own id of a delivery, and what it tells, under whatever id.
const ONCE: [(&str, &str); 2] = [
    ("github_events_by_delivery", "delivery"),
    ("github_events_by_subject", "subject"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("github_events")
                    .col(pk_uuid("id"))
                    .col(uuid("project_id"))
                    .col(text("delivery"))
                    .col(text("subject"))
                    .col(timestamp_with_time_zone("received_at"))
                    // noted, waiting, posted, answered, refused or given_up.
                    .col(text("state"))
                    // What was said to the project manager, where something was: in which repository, on which issue, by whom, where.
                    .col(text_null("repository"))
                    .col(big_integer_null("issue"))
                    .col(text_null("author"))
                    .col(text_null("content"))
                    .col(text_null("url"))
                    // The message it became, and the keys of those that answered it and are on GitHub.
                    .col(uuid_null("message_id"))
                    .col(json_binary("said"))
                    // Of what is to be done next.
                    .col(big_integer("attempts"))
                    // When that is tried; none when it is over.
                    .col(timestamp_with_time_zone_null("next_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    // The last attempt that failed: when, and in words.
                    .col(timestamp_with_time_zone_null("failed_at"))
                    .col(text_null("error"))
                    .foreign_key(&mut to_project("github_events"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in INDEXES {
            let mut index = Index::create();
            index.name(name).table("github_events");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        for (name, column) in ONCE {
            let mut index = Index::create();
            index.name(name).table("github_events").col(column).unique();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("github_events").to_owned())
            .await
    }
}
