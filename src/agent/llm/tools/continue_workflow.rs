//! Having the workflow go on.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;

/// Has the workflow begin, or go on after a pause or a failure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinueWorkflow {}

impl Tool for ContinueWorkflow {
    const NAME: &'static str = "continue_workflow";
    const ABOUT: &'static str = "Has the project's workflow begin, or go on after a pause or a failure. Only when the person says in this message \
         that it is to go on. It decides nothing at a gate.";

    fn schema() -> Value {
        json!({ "type": "object", "properties": {}, "additionalProperties": false })
    }
}
