//! What somebody outside is to be told of, until they were told: notifications by webhook.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// An index and its columns: what is due next, what is over and may go, what failed last, the oldest and how many there are
/// of each state, the last that ended so, and what goes with its project.
const INDEXES: [(&str, &[&str]); 6] = [
    ("deliveries_by_next", &["next_at", "id"]),
    ("deliveries_by_end", &["ended_at"]),
    ("deliveries_by_failure", &["failed_at"]),
    ("deliveries_by_state", &["state", "created_at"]),
    ("deliveries_by_state_end", &["state", "ended_at"]),
    ("deliveries_by_project", &["project_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("deliveries")
                    // The activity's: what is told of once has one row, however often it is stored.
                    .col(pk_uuid("id"))
                    .col(uuid("project_id"))
                    .col(big_integer("seq"))
                    // command.ended, command.failed or gate.opened.
                    .col(text("kind"))
                    // As it is told; the log may be trimmed before the receiver is back.
                    .col(json_binary("activity"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(big_integer("attempts"))
                    // When it is tried next; none when it is over.
                    .col(timestamp_with_time_zone_null("next_at"))
                    // waiting, delivered or given_up.
                    .col(text("state"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    // The last attempt that failed: when, how, with which status of HTTP if it was answered, and in words.
                    .col(timestamp_with_time_zone_null("failed_at"))
                    .col(text_null("failure"))
                    .col(big_integer_null("status"))
                    .col(text_null("error"))
                    .foreign_key(&mut to_project("deliveries"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in INDEXES {
            let mut index = Index::create();
            index.name(name).table("deliveries");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("deliveries").to_owned())
            .await
    }
}
