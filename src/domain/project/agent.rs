//! How a project's coding agent works: what a person may set, and what is shown of it.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer};

use super::{AgentSettings, LOCATION_CHARS_MAX, Permissions, optional};
use crate::domain::Invalid;

/// Variables of an agent's environment at most: a provider of models takes a handful.
pub const ENV_MAX: usize = 64;

/// Characters of a variable's name at most.
const ENV_NAME_CHARS_MAX: usize = 100;

/// Bytes of a variable's value at most: a certificate or a long key.
const ENV_VALUE_BYTES_MAX: usize = 8 << 10;

/// What is to be changed of it: nothing where it is none, and cleared where it is some none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AgentEdit {
    /// The command line that starts it.
    pub command: Option<Option<String>>,
    /// Variables of its environment, by name. Those that are not named stay as they are.
    pub env: BTreeMap<String, Option<String>>,
    /// What it may do without asking.
    pub permissions: Option<Option<Permissions>>,
}

impl AgentSettings {
    /// As they are after an edit.
    ///
    /// # Errors
    /// [`Invalid`] when there would be more than [`ENV_MAX`] variables.
    pub fn edited(mut self, edit: &AgentEdit) -> Result<Self, Invalid> {
        if let Some(command) = &edit.command {
            self.command.clone_from(command);
        }
        if let Some(permissions) = edit.permissions {
            self.permissions = permissions;
        }
        for (name, value) in &edit.env {
            match value {
                Some(value) => self.env.insert(name.clone(), value.clone()),
                None => self.env.remove(name),
            };
        }
        match self.env.len() {
            ..=ENV_MAX => Ok(self),
            many => Err(Invalid(format!(
                "at most {ENV_MAX} variables are kept; these would be {many}"
            ))),
        }
    }
}

/// Accepts the command line of a coding agent; an empty or blank one counts as none.
///
/// # Errors
/// [`Invalid`] when it is longer than [`LOCATION_CHARS_MAX`] characters.
pub fn parse_agent_command(text: &str) -> Result<Option<String>, Invalid> {
    optional("the command of a coding agent", text, LOCATION_CHARS_MAX)
}

/// Accepts a variable of a coding agent's environment.
///
/// # Errors
/// [`Invalid`] when no program would find it by that name, or it is too long. The value is not in the words.
pub fn check_variable(name: &str, value: Option<&str>) -> Result<(), Invalid> {
    let mut letters = name.chars();
    let begins = |first: char| first.is_ascii_alphabetic() || first == '_';
    let goes_on = |next: char| next.is_ascii_alphanumeric() || next == '_';
    if !letters.next().is_some_and(begins)
        || !letters.all(goes_on)
        || name.len() > ENV_NAME_CHARS_MAX
    {
        return Err(Invalid(format!(
            "a variable's name is made of letters, digits and _, does not begin with a digit, and has at most \
             {ENV_NAME_CHARS_MAX} of them, for example ANTHROPIC_MODEL; got {name:?}"
        )));
    }
    let fits = |value: &str| value.len() <= ENV_VALUE_BYTES_MAX && !value.contains('\0');
    if value.is_some_and(|value| !fits(value)) {
        return Err(Invalid(format!(
            "the value of {name} may have at most {ENV_VALUE_BYTES_MAX} bytes without NUL"
        )));
    }
    Ok(())
}

/// What is shown of it: of its environment only the names.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AgentShown {
    /// The command line that starts it, if the project has one of its own.
    #[schema(required)]
    command: Option<String>,
    /// The names of the variables in its environment. Their values may be keys, and are shown nowhere.
    #[schema(example = json!(["ANTHROPIC_MODEL"]))]
    env: Vec<String>,
    /// What it may do without asking.
    #[schema(required)]
    permissions: Option<Permissions>,
}

/// Shows what may be shown: [`AgentShown`].
///
/// # Errors
/// Those of the serializer.
pub fn without_values<S: Serializer>(
    settings: &AgentSettings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let shown = AgentShown {
        command: settings.command.clone(),
        env: settings.env.keys().cloned().collect(),
        permissions: settings.permissions,
    };
    shown.serialize(serializer)
}

// The values may be keys, which no log is to show.

impl fmt::Debug for AgentSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentSettings")
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("permissions", &self.permissions)
            .finish()
    }
}

impl fmt::Debug for AgentEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentEdit")
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("permissions", &self.permissions)
            .finish()
    }
}
