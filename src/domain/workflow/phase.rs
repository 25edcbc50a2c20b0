//! The phases: what happens in each, and where it stands.

use serde::{Deserialize, Serialize};

use super::GateType;
use crate::domain::{execution::Command, id::PhaseId, project::ProjectStatus};

/// A phase, in the order in which they come.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumIter,
    utoipa::ToSchema,
)]
pub enum PhaseName {
    /// The vision document is read and approved.
    #[serde(rename = "Vision Document Review")]
    #[strum(serialize = "Vision Document Review")]
    VisionReview,
    /// The coding agent looks through the code.
    #[serde(rename = "Prime Context")]
    #[strum(serialize = "Prime Context")]
    Prime,
    /// A plan is written, read and approved.
    #[serde(rename = "Plan Feature")]
    #[strum(serialize = "Plan Feature")]
    Plan,
    /// The plan is carried out.
    #[serde(rename = "Execute Implementation")]
    #[strum(serialize = "Execute Implementation")]
    Execute,
    /// The project's checks run, and the result is approved.
    #[serde(rename = "Validate & Test")]
    #[strum(serialize = "Validate & Test")]
    Validate,
}

impl PhaseName {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::VisionReview,
        Self::Prime,
        Self::Plan,
        Self::Execute,
        Self::Validate,
    ];

    /// The name in tables, in JSON and on the screen.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its place, from 1.
    pub fn number(self) -> i32 {
        self as i32 + 1
    }

    /// What happens in it.
    pub fn description(self) -> &'static str {
        match self {
            Self::VisionReview => {
                "You read the vision document and say whether it is what you want."
            }
            Self::Prime => "The coding agent looks through the project.",
            Self::Plan => "A plan is written. You read it and say whether it is to be built.",
            Self::Execute => "The plan is carried out.",
            Self::Validate => {
                "The project's own checks run. You look at the result and say whether it is done."
            }
        }
    }

    /// What runs in it.
    pub fn command(self) -> Option<Command> {
        match self {
            Self::VisionReview => None,
            Self::Prime => Some(Command::Prime),
            Self::Plan => Some(Command::PlanFeatureGithub),
            Self::Execute => Some(Command::ExecuteGithub),
            Self::Validate => Some(Command::Validate),
        }
    }

    /// What a person decides at its end.
    pub fn gate(self) -> Option<GateType> {
        match self {
            Self::VisionReview => Some(GateType::Vision),
            Self::Plan => Some(GateType::Plan),
            Self::Validate => Some(GateType::Validation),
            Self::Prime | Self::Execute => None,
        }
    }

    pub(super) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| *phase > self)
    }

    /// Where the project stands while this phase is being worked on.
    pub(super) fn project_status(self) -> ProjectStatus {
        match self {
            Self::VisionReview => ProjectStatus::VisionReview,
            Self::Prime | Self::Plan => ProjectStatus::Planning,
            Self::Execute | Self::Validate => ProjectStatus::InProgress,
        }
    }
}

/// Where a phase stands.
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
pub enum PhaseStatus {
    /// Its turn has not come.
    Pending,
    /// Its command is queued or runs.
    InProgress,
    /// A person is asked.
    AwaitingApproval,
    /// A person said no, stopped it, or did not answer in time: it goes on when somebody says so.
    Paused,
    /// Its command failed.
    Failed,
    /// Done.
    Completed,
}

impl PhaseStatus {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The phase an execution belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPhase {
    /// Its id.
    pub id: PhaseId,
    /// Its name.
    pub name: PhaseName,
}
