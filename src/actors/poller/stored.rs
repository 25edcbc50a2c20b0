//! What is stored of an execution: where following it begins.

use sea_orm::DatabaseConnection;
use serde_json::Value;

use super::Follow;
use crate::{
    actors::patience::read_patiently,
    db::{
        activity,
        execution::{self, Execution},
        project,
    },
};

impl Follow {
    /// Reads the record and the project now: they may have changed while this waited. What an earlier life was storing
    /// as it crashed is stored by then, or never will be.
    pub(super) async fn read(
        &self,
        crashed: bool,
    ) -> Result<(Execution, project::Project), String> {
        if crashed {
            let settled = self.writer.settled().await;
            settled.map_err(|error| error.to_string())?;
        }
        let (id, project) = (self.id(), self.project());
        let query = async |db: &DatabaseConnection| {
            let execution = execution::find(db, id).await?;
            Ok((execution, project::find(db, project).await?))
        };
        let read = read_patiently(&self.reader, "an execution and its project", query).await;
        let (execution, project) =
            read.map_err(|error| format!("the project could not be read: {error}; try again"))?;
        execution
            .zip(project)
            .ok_or_else(|| "the project was deleted".to_owned())
    }

    /// The place of its next step, and what the backend kept last in the project's execution before.
    pub(super) async fn history(&self, backend: &str) -> Result<(i64, Option<Value>), String> {
        let execution = &self.execution;
        let query = async |db: &DatabaseConnection| {
            let next = activity::next_source_index(db, execution.id).await?;
            Ok((next, execution::place_before(db, execution, backend).await?))
        };
        let read = read_patiently(&self.reader, "an execution's last step", query).await;
        read.map_err(|error| format!("its steps could not be read: {error}; try again"))
    }
}
