//! Messages that wait for their turn, and projects that are being deleted.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What deleting looks for by these: without an index it would look through everybody's.
const REFERENCES: [(&str, &str, &str); 2] = [
    (
        "scar_executions_by_message",
        "scar_executions",
        "message_id",
    ),
    (
        "conversation_messages_by_topic",
        "conversation_messages",
        "topic_id",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            // QUEUED while it waits, WITHDRAWN when it was taken back then; nothing for what is part of the conversation.
            ("conversation_messages", text_null("queue_state")),
            // Since when its log is being cleared away.
            ("projects", timestamp_with_time_zone_null("deleted_at")),
        ] {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("conversation_messages_queued")
                    .table("conversation_messages")
                    .col("project_id")
                    .and_where(Expr::col("queue_state").eq("QUEUED"))
                    .to_owned(),
            )
            .await?;
        for (name, table, column) in REFERENCES {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table(table)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in REFERENCES {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        manager
            .drop_index(
                Index::drop()
                    .name("conversation_messages_queued")
                    .table("conversation_messages")
                    .to_owned(),
            )
            .await?;
        for (table, column) in [
            ("projects", "deleted_at"),
            ("conversation_messages", "queue_state"),
        ] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
