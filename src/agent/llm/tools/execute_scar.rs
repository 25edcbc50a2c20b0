//! Having a command run.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Tool;
use crate::domain::execution::Command;

/// Runs a command, if the person asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecuteScar {
    /// Which.
    pub command: Command,
    /// What it is about. The rules' own reading of the person's words is what runs.
    #[serde(default)]
    pub args: String,
}

impl Tool for ExecuteScar {
    const NAME: &'static str = "execute_scar";
    const ABOUT: &'static str = "Starts a command of the coding agent, or queues it when something runs. Only what the person's last message \
         asks for, or agrees to, is started; anything else is refused. The answer says what happened; how the command \
         ends is told to the person later.";

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "command": {
                    "type": "string",
                    "enum": ["prime", "plan-feature-github", "execute-github", "validate"],
                    "description": "prime looks through the code, validate runs the checks, plan-feature-github writes a plan, \
                        execute-github carries out the newest plan",
                },
                "args": {
                    "type": "string",
                    "description": "for plan-feature-github what is to be planned, in the person's words; else empty",
                },
            },
            "required": ["command"],
            "additionalProperties": false,
        })
    }
}
