//! Projects and what is said in them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(projects()).await?;
        manager.create_table(topics()).await?;
        manager.create_table(messages()).await?;
        manager
            .create_index(
                Index::create()
                    .name("conversation_topics_by_project")
                    .table("conversation_topics")
                    .col("project_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("conversation_messages_by_time")
                    .table("conversation_messages")
                    .col("project_id")
                    .col("timestamp")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("conversation_messages_by_key")
                    .table("conversation_messages")
                    .col("project_id")
                    .col("idempotency_key")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["conversation_messages", "conversation_topics", "projects"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn projects() -> TableCreateStatement {
    Table::create()
        .table("projects")
        .col(uuid("id").primary_key())
        .col(text("name"))
        .col(text_null("description"))
        .col(text("status"))
        .col(text_null("github_repo_url"))
        .col(big_integer_null("telegram_chat_id"))
        .col(text_null("workspace_path"))
        .col(json_binary_null("vision_document"))
        // The last `seq` given out. Taken and raised in the writing transaction, so that `seq` is in commit order.
        .col(big_integer("head_seq").default(0))
        .col(text_null("idempotency_key").unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn topics() -> TableCreateStatement {
    Table::create()
        .table("conversation_topics")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(text_null("title"))
        .col(boolean("is_active"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .foreign_key(&mut to_project("conversation_topics"))
        .to_owned()
}

fn messages() -> TableCreateStatement {
    Table::create()
        .table("conversation_messages")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(uuid("topic_id"))
        .col(text("role"))
        .col(text("content"))
        .col(timestamp_with_time_zone("timestamp"))
        .col(text_null("idempotency_key"))
        .foreign_key(&mut to_project("conversation_messages"))
        .foreign_key(
            ForeignKey::create()
                .from("conversation_messages", "topic_id")
                .to("conversation_topics", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
