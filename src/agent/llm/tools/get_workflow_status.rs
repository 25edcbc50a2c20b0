//! Where the workflow stands.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;

/// Asks where the workflow stands, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetWorkflowStatus {}

impl Tool for GetWorkflowStatus {
    const NAME: &'static str = "get_workflow_status";
    const ABOUT: &'static str = "Where the project's workflow stands: its five phases, what waits for the person's decision, and whether there is a \
         vision document. Only the person decides at a gate.";

    fn schema() -> Value {
        json!({ "type": "object", "properties": {}, "additionalProperties": false })
    }
}
