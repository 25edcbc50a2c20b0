//! How a project's coding agent works, in its column.

use sea_orm::{DbErr, entity::prelude::Json};

use crate::domain::project::AgentSettings;

/// What stands in the column of it; nothing of a project that says nothing of it.
pub(super) fn packed(agent: &AgentSettings) -> Result<Option<Json>, DbErr> {
    if *agent == AgentSettings::default() {
        return Ok(None);
    }
    let value = serde_json::to_value(agent).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(Some(value))
}

/// The settings that stand in it.
pub(super) fn unpacked(agent: Option<Json>) -> Result<AgentSettings, DbErr> {
    let agent = agent.map(serde_json::from_value).transpose();
    let agent = agent.map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(agent.unwrap_or_default())
}
