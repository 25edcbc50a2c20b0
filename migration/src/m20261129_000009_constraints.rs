//! The words that a status may be, held by PostgreSQL: SQLite adds no check to a table that is there, and nobody but this
//! program writes there. And an index for whoever asks what ran last, in all projects.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEX: &str = "scar_executions_by_start";

/// The tables and the words of their column `status`, as they are at this version. A later word comes with a migration.
const STATUSES: [(&str, &[&str]); 4] = [
    (
        "projects",
        &[
            "BRAINSTORMING",
            "VISION_REVIEW",
            "PLANNING",
            "IN_PROGRESS",
            "PAUSED",
            "COMPLETED",
        ],
    ),
    (
        "workflow_phases",
        &[
            "PENDING",
            "IN_PROGRESS",
            "AWAITING_APPROVAL",
            "PAUSED",
            "FAILED",
            "COMPLETED",
        ],
    ),
    (
        "approval_gates",
        &["PENDING", "APPROVED", "REJECTED", "EXPIRED", "WITHDRAWN"],
    ),
    (
        "scar_executions",
        &["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .name(INDEX)
                    .table("scar_executions")
                    .col("started_at")
                    .to_owned(),
            )
            .await?;
        for (table, words) in checked(manager) {
            let words = words.join("', '");
            let add = format!(
                "ALTER TABLE {table} ADD CONSTRAINT {table}_status CHECK (status IN ('{words}'))"
            );
            manager.get_connection().execute_unprepared(&add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in checked(manager) {
            let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {table}_status");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        manager
            .drop_index(
                Index::drop()
                    .name(INDEX)
                    .table("scar_executions")
                    .to_owned(),
            )
            .await
    }
}

/// What is checked by this database.
fn checked(manager: &SchemaManager) -> &'static [(&'static str, &'static [&'static str])] {
    match manager.get_database_backend() {
        DbBackend::Sqlite => &[],
        _ => &STATUSES,
    }
}
