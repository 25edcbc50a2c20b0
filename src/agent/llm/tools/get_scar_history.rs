//! Which commands ran, and what came of them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;

/// Asks for the newest commands of the project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetScarHistory {
    /// How many; 5 when it is not said.
    pub limit: Option<u32>,
}

impl Tool for GetScarHistory {
    const NAME: &'static str = "get_scar_history";
    const ABOUT: &'static str = "The newest commands of this project, newest first: what was ordered, how it stands, and the beginning of its output.";

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "limit": { "type": "integer", "minimum": 1, "maximum": 20, "description": "how many commands, 5 by default" } },
            "additionalProperties": false,
        })
    }
}
