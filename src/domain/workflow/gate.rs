//! The gates: questions only a person may answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PhaseName;
use crate::domain::{
    Invalid,
    activity::{millis, millis_opt},
    id::{ExecutionId, GateId, PhaseId, ProjectId},
    text::shortened,
};

/// Characters of a reason or a note at most: a page of text.
pub const RESPONSE_CHARS_MAX: usize = 4_000;

/// Bytes of a question at most: it is a sentence.
const QUESTION_BYTES_MAX: usize = 1_000;

/// Bytes of what is to be decided on at most: more than a person reads before they answer.
const WHAT_BYTES_MAX: usize = 32 << 10;

/// What a person is asked at a gate.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GateType {
    /// Whether the vision document is what they want.
    Vision,
    /// Whether the plan is to be built.
    Plan,
    /// Whether the work is done.
    Validation,
    /// Whether the coding agent may do something, while its command runs.
    Permission,
}

/// How a gate stands; decided once.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum GateStatus {
    /// A person is asked.
    Pending,
    /// A person said yes.
    Approved,
    /// A person said no, and why.
    Rejected,
    /// Nobody answered in time.
    Expired,
    /// The question does not stand any more: the workflow began again, or what it was about has changed.
    Withdrawn,
}

impl GateStatus {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A question only a person may answer, and the answer. Its field names are the wire's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Gate {
    /// Its id.
    pub id: GateId,
    /// Whose.
    pub project_id: ProjectId,
    /// The phase at whose end it stands.
    #[schema(required)]
    pub phase_id: Option<PhaseId>,
    /// That phase's name.
    #[schema(required)]
    pub phase: Option<PhaseName>,
    /// The execution whose coding agent asks; it waits for the answer, and the question ends with it.
    #[schema(required)]
    pub execution_id: Option<ExecutionId>,
    /// What sort of question it is.
    pub gate_type: GateType,
    /// What is asked, in a sentence.
    #[schema(example = "Shall this plan be built?")]
    pub question: String,
    /// What it is about, for a person who has to decide.
    pub context: GateContext,
    /// What can be answered, in the coding agent's words; empty where it is yes or no.
    pub options: Vec<GateOption>,
    /// How it stands.
    pub status: GateStatus,
    /// The [`GateOption::id`] that was chosen.
    #[schema(required)]
    pub chosen: Option<String>,
    /// The reason or the note of who decided.
    #[schema(required)]
    pub response: Option<String>,
    /// When it was opened.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub responded_at: Option<DateTime<Utc>>,
}

impl Gate {
    /// The gate with texts that can be stored, and that nobody is kept from deciding by their length.
    #[must_use]
    pub fn storable(self) -> Self {
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            question: shortened(line(self.question), QUESTION_BYTES_MAX),
            context: GateContext {
                what: shortened(self.context.what, WHAT_BYTES_MAX),
                ..self.context
            },
            options: self
                .options
                .into_iter()
                .map(|option| GateOption {
                    name: shortened(line(option.name), QUESTION_BYTES_MAX),
                    ..option
                })
                .collect(),
            ..self
        }
    }

    /// The answer of a coding agent's question that a yes or a no means: the one that was `asked` for, or without that the
    /// least there is, this time only before from now on.
    ///
    /// # Errors
    /// [`Invalid`] when there is no such answer.
    pub fn option(&self, allows: bool, asked: Option<&str>) -> Result<&GateOption, Invalid> {
        let fits = |option: &&GateOption| option.kind.allows() == allows;
        let fitting = || self.options.iter().filter(fits);
        match asked {
            Some(id) => fitting().find(|option| option.id == id),
            None => {
                let mut once = fitting().filter(|option| option.kind.is_once());
                once.next().or_else(|| fitting().next())
            }
        }
        .ok_or_else(|| {
            let ids: Vec<&str> = fitting().map(|option| option.id.as_str()).collect();
            let what = if allows { "allow it" } else { "reject it" };
            Invalid(match ids.as_slice() {
                [] => format!("the coding agent offers no answer that would {what}"),
                ids => format!("the answers that {what} are: {}", ids.join(", ")),
            })
        })
    }
}

/// One of the answers a coding agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GateOption {
    /// The agent's name of it.
    #[schema(example = "allow")]
    pub id: String,
    /// The words on the button.
    #[schema(example = "Allow once")]
    pub name: String,
    /// What it means.
    pub kind: OptionKind,
}

/// What an answer to a coding agent means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GateOptionKind)]
pub enum OptionKind {
    /// Yes, this time.
    AllowOnce,
    /// Yes, and do not ask again.
    AllowAlways,
    /// No, this time.
    RejectOnce,
    /// No, and do not ask again.
    RejectAlways,
}

impl OptionKind {
    /// Whether it is a yes.
    pub fn allows(self) -> bool {
        matches!(self, Self::AllowOnce | Self::AllowAlways)
    }

    /// Whether it holds for this time only.
    pub fn is_once(self) -> bool {
        matches!(self, Self::AllowOnce | Self::RejectOnce)
    }
}

/// What a person needs to know to decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GateContext {
    /// What is to be decided on.
    #[schema(example = "1. Add a switch to the settings.")]
    pub what: String,
    /// Why they are asked.
    #[schema(example = "Nothing is built without your yes.")]
    pub why: String,
    /// What happens after a yes.
    #[schema(example = "The coding agent carries the plan out.")]
    pub next: String,
    /// Where to read it.
    #[schema(required)]
    pub document_url: Option<String>,
}
