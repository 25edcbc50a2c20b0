//! What a request says of how a project's coding agent works.

use std::collections::BTreeMap;

use serde::Deserialize;
use strum::VariantNames as _;

use super::given;
use crate::{
    domain::{
        Invalid,
        project::{AgentEdit, Permissions, check_variable, parse_agent_command},
    },
    http::error::{ApiError, InField as _},
};

/// The object `agent` of a body: what is not there stays as it is, null clears it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Agent {
    #[serde(deserialize_with = "given")]
    command: Option<Option<String>>,
    env: BTreeMap<String, Option<String>>,
    #[serde(deserialize_with = "given")]
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
