//! The tables of Project Manager, up and down, on SQLite and PostgreSQL alike.
//!
//! A migration that has been released is never edited: what changes later is a migration of its own.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, prelude::MigratorTrait};

mod m20261123_000001_create_projects;
mod m20261123_000002_create_workflow;
mod m20261123_000003_create_activities;
mod m20261124_000004_add_backends;
mod m20261128_000005_queue_and_delete;
mod m20261128_000006_workflow;
mod m20261128_000007_agents;
mod m20261129_000008_search;
mod m20261129_000009_constraints;
mod m20261129_000010_leases;
mod m20261129_000011_canary;
mod m20261129_000012_access;
mod m20261129_000013_deliveries;
mod m20261129_000014_github_events;
mod m20261129_000015_pull_requests;
mod m20261129_000016_issues;

/// The list of migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_projects::Migration),
            Box::new(m20261123_000002_create_workflow::Migration),
            Box::new(m20261123_000003_create_activities::Migration),
            Box::new(m20261124_000004_add_backends::Migration),
            Box::new(m20261128_000005_queue_and_delete::Migration),
            Box::new(m20261128_000006_workflow::Migration),
            Box::new(m20261128_000007_agents::Migration),
            Box::new(m20261129_000008_search::Migration),
            Box::new(m20261129_000009_constraints::Migration),
            Box::new(m20261129_000010_leases::Migration),
            Box::new(m20261129_000011_canary::Migration),
            Box::new(m20261129_000012_access::Migration),
            Box::new(m20261129_000013_deliveries::Migration),
            Box::new(m20261129_000014_github_events::Migration),
            Box::new(m20261129_000015_pull_requests::Migration),
            Box::new(m20261129_000016_issues::Migration),
        ]
    }
}

/// `table`'s reference to the project its rows belong to; they go with it.
fn to_project(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "project_id")
        .to("projects", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
