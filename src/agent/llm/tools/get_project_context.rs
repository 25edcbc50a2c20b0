//! How the project stands.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;

/// Asks how the project stands now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetProjectContext {}

impl Tool for GetProjectContext {
    const NAME: &'static str = "get_project_context";
    const ABOUT: &'static str = "How the project stands now: its name, description, repository and status, what runs and what waits.";

    fn schema() -> Value {
        json!({ "type": "object", "properties": {}, "additionalProperties": false })
    }
}
