//! Saying where the project stands.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;
use crate::domain::project::ProjectStatus;

/// Changes where the project stands. It is a word beside its name: nothing starts or stops by it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateStatus {
    /// Where it stands now.
    pub status: ProjectStatus,
}

impl Tool for UpdateStatus {
    const NAME: &'static str = "update_status";
    const ABOUT: &'static str = "Changes the status of the project. Only when the person says where the project stands, never because of what a \
         tool answered.";

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "status": {
                    "type": "string",
                    "enum": ["BRAINSTORMING", "VISION_REVIEW", "PLANNING", "IN_PROGRESS", "PAUSED", "COMPLETED"],
                },
            },
            "required": ["status"],
            "additionalProperties": false,
        })
    }
}
