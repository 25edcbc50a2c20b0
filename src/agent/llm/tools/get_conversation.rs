//! What was said before.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;

/// Asks for the newest messages of the project, earlier topics included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetConversation {
    /// How many; 20 when it is not said.
    pub limit: Option<u32>,
}

impl Tool for GetConversation {
    const NAME: &'static str = "get_conversation";
    const ABOUT: &'static str = "The newest messages of this project's chat, oldest first, also from before the present topic began.";

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "limit": { "type": "integer", "minimum": 1, "maximum": 100, "description": "how many messages, 20 by default" } },
            "additionalProperties": false,
        })
    }
}
