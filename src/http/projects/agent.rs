//! What a request says of how a project's coding agent works.

use std::collections::BTreeMap;

use serde::Deserialize;
use strum::VariantNames as _;
use utoipa::ToSchema;

use super::body::given;
use crate::{
    domain::{
        Invalid,
        project::{AgentEdit, Permissions, check_variable, parse_agent_command},
    },
    http::error::{ApiError, InField as _},
};

/// The object `agent` of a body: what is not there stays as it is, null clears it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = AgentEdit)]
pub(in crate::http) struct Agent {
    /// The command line that starts it, as a person types it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 4_096, pattern = r"^[^\u0000]*$", example = "gemini --acp")]
    command: Option<Option<String>>,
    /// Variables of its environment. Those that are not named stay as they are; null takes one away. At most 64 are kept.
    #[schema(example = json!({ "ANTHROPIC_MODEL": "claude-sonnet" }))]
    #[serde(default)]
    env: BTreeMap<String, Option<String>>,
    /// What it may do without asking.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Permissions>)]
    permissions: Option<Option<String>>,
}

impl Agent {
    /// What it changes; none when that is nothing.
    ///
    /// # Errors
    /// 422 with the field.
    pub(super) fn parse(self) -> Result<Option<AgentEdit>, ApiError> {
        let command = self.command.map(|command| {
            let command = command.unwrap_or_default();
            parse_agent_command(&command).in_field("agent.command")
        });
        for (name, value) in &self.env {
            check_variable(name, value.as_deref()).in_field("agent.env")?;
        }
        let permissions = self.permissions.map(|word| {
            let word = word.as_deref().map(parse_permissions).transpose();
            word.in_field("agent.permissions")
        });
        let edit = AgentEdit {
            command: command.transpose()?,
            env: self.env,
            permissions: permissions.transpose()?,
        };
        Ok((edit != AgentEdit::default()).then_some(edit))
    }
}

fn parse_permissions(word: &str) -> Result<Permissions, Invalid> {
    word.parse().map_err(|_| {
        let words = Permissions::VARIANTS.join(", ");
        Invalid(format!("{word:?} is none of: {words}"))
    })
}
