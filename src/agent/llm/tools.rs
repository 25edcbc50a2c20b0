//! The tools a model has, each in a file of its own: its name, what it is for, and its arguments.
//!
//! A new one is a file here, a line in each of the two lists below, and an arm in `actors/session/model/tools.rs`, where
//! tools are carried out.

mod continue_workflow;
mod execute_scar;
mod get_conversation;
mod get_project_context;
mod get_scar_history;
mod get_workflow_status;
mod save_vision_document;
mod update_status;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::{
    continue_workflow::ContinueWorkflow, execute_scar::ExecuteScar,
    get_conversation::GetConversation, get_project_context::GetProjectContext,
    get_scar_history::GetScarHistory, get_workflow_status::GetWorkflowStatus,
    save_vision_document::SaveVisionDocument, update_status::UpdateStatus,
};
use super::Called;

/// A tool: its arguments, as a type.
pub trait Tool: DeserializeOwned {
    /// Its name.
    const NAME: &'static str;
    /// What it is for, to the model.
    const ABOUT: &'static str;

    /// Its arguments, as a JSON schema.
    fn schema() -> Value;
}

/// A call that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each tool is described in its own file")]
pub enum Call {
    ExecuteScar(ExecuteScar),
    GetProjectContext(GetProjectContext),
    GetConversation(GetConversation),
    GetScarHistory(GetScarHistory),
    UpdateStatus(UpdateStatus),
    GetWorkflowStatus(GetWorkflowStatus),
    ContinueWorkflow(ContinueWorkflow),
    SaveVisionDocument(Box<SaveVisionDocument>),
}

/// What is wrong with a call; told to the model, which may call again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// There is no such tool.
    #[error("there is no tool {0:?}")]
    Unknown(String),
    /// The arguments are not what the tool takes.
    #[error("the arguments are wrong: {0}")]
    Arguments(String),
    /// The arguments are longer than any order.
    #[error("the arguments are too long")]
    TooLong,
}

/// All of them, as services want them described.
pub(super) fn all() -> Vec<genai::chat::Tool> {
    vec![
        described::<ExecuteScar>(),
        described::<GetProjectContext>(),
        described::<GetConversation>(),
        described::<GetScarHistory>(),
        described::<UpdateStatus>(),
        described::<GetWorkflowStatus>(),
        described::<ContinueWorkflow>(),
        described::<SaveVisionDocument>(),
    ]
}

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// [`Misuse`].
    pub fn read(called: &Called) -> Result<Self, Misuse> {
        let Called {
            name, arguments, ..
        } = called;
        let arguments = arguments.as_ref().ok_or(Misuse::TooLong)?;
        match name.as_str() {
            ExecuteScar::NAME => arguments_of(arguments).map(Self::ExecuteScar),
            GetProjectContext::NAME => arguments_of(arguments).map(Self::GetProjectContext),
            GetConversation::NAME => arguments_of(arguments).map(Self::GetConversation),
            GetScarHistory::NAME => arguments_of(arguments).map(Self::GetScarHistory),
            UpdateStatus::NAME => arguments_of(arguments).map(Self::UpdateStatus),
            GetWorkflowStatus::NAME => arguments_of(arguments).map(Self::GetWorkflowStatus),
            ContinueWorkflow::NAME => arguments_of(arguments).map(Self::ContinueWorkflow),
            SaveVisionDocument::NAME => {
                let document = arguments_of(arguments)?;
                Ok(Self::SaveVisionDocument(Box::new(document)))
            }
            unknown => Err(Misuse::Unknown(unknown.chars().take(100).collect())),
        }
    }
}

fn described<T: Tool>() -> genai::chat::Tool {
    genai::chat::Tool::new(T::NAME)
        .with_description(T::ABOUT)
        .with_schema(T::schema())
}

fn arguments_of<T: Tool>(arguments: &Value) -> Result<T, Misuse> {
    // A call without arguments comes as nothing at all.
    let arguments = match arguments {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::String(text) if text.trim().is_empty() => Value::Object(serde_json::Map::new()),
        given => given.clone(),
    };
    serde_json::from_value(arguments).map_err(|error| Misuse::Arguments(error.to_string()))
}
