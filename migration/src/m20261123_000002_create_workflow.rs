//! Phases, gates and executions.

use sea_orm_migration::{prelude::*, schema::*};

use crate::to_project;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(phases()).await?;
        manager.create_table(gates()).await?;
        manager.create_table(executions()).await?;
        for table in ["workflow_phases", "approval_gates"] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("{table}_by_project"))
                        .table(table)
                        .col("project_id")
                        .to_owned(),
                )
                .await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("scar_executions_by_time")
                    .table("scar_executions")
                    .col("project_id")
                    .col("queued_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("scar_executions_unfinished")
                    .table("scar_executions")
                    .col("queued_at")
                    .and_where(Expr::col("status").is_in(["QUEUED", "RUNNING"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("scar_executions_by_key")
                    .table("scar_executions")
                    .col("project_id")
                    .col("idempotency_key")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["scar_executions", "approval_gates", "workflow_phases"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn phases() -> TableCreateStatement {
    Table::create()
        .table("workflow_phases")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(integer("phase_number"))
        .col(text("name"))
        .col(text_null("description"))
        .col(text("status"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("completed_at"))
        .foreign_key(&mut to_project("workflow_phases"))
        .to_owned()
}

fn gates() -> TableCreateStatement {
    Table::create()
        .table("approval_gates")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(uuid_null("phase_id"))
        .col(text("gate_type"))
        .col(text("question"))
        .col(json_binary_null("context"))
        .col(text("status"))
        .col(text_null("response"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("responded_at"))
        .foreign_key(&mut to_project("approval_gates"))
        .foreign_key(
            ForeignKey::create()
                .from("approval_gates", "phase_id")
                .to("workflow_phases", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn executions() -> TableCreateStatement {
    Table::create()
        .table("scar_executions")
        .col(uuid("id").primary_key())
        .col(uuid("project_id"))
        .col(uuid_null("phase_id"))
        // The message that ordered it: its outcome is reported to that conversation.
        .col(uuid_null("message_id"))
        .col(text("command_type"))
        .col(text("command_args"))
        // The rest of the sequence this is part of, run only while each completes.
        .col(json_binary("then_orders"))
        .col(text_null("branch_name"))
        .col(text("status"))
        .col(text_null("output"))
        .col(text_null("error"))
        .col(text_null("error_code"))
        .col(integer("attempt"))
        .col(text_null("idempotency_key"))
        .col(timestamp_with_time_zone("queued_at"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("completed_at"))
        .foreign_key(&mut to_project("scar_executions"))
        .foreign_key(
            ForeignKey::create()
                .from("scar_executions", "phase_id")
                .to("workflow_phases", "id")
                .on_delete(ForeignKeyAction::SetNull),
        )
        .foreign_key(
            ForeignKey::create()
                .from("scar_executions", "message_id")
                .to("conversation_messages", "id")
                .on_delete(ForeignKeyAction::SetNull),
        )
        .to_owned()
}
