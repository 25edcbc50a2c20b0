//! Commands and their executions.

mod names;

use serde::{Deserialize, Serialize};

pub use self::names::{CommandName, CommandType, RecordedName};

use super::{
    Invalid,
    id::{ExecutionId, MessageId},
    text::storable,
    workflow::InPhase,
};

/// Characters in a command's arguments at most, as for a message: they come from one.
pub const ARGS_CHARS_MAX: usize = 20_000;

/// What a coding agent can be asked to do.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Command {
    /// Get to know the codebase and sum it up; changes nothing.
    Prime,
    /// Write a plan for a feature on a branch of its own.
    PlanFeatureGithub,
    /// Carry out the newest plan.
    ExecuteGithub,
    /// Run the project's own tests and checks.
    Validate,
    /// As [`Self::PlanFeatureGithub`], in the records of an earlier deployment; not ordered any more.
    PlanFeature,
    /// As [`Self::ExecuteGithub`], in the records of an earlier deployment; not ordered any more.
    Execute,
}

impl Command {
    const ORDERED: [Self; 4] = [
        Self::Prime,
        Self::PlanFeatureGithub,
        Self::ExecuteGithub,
        Self::Validate,
    ];

    const RECORDED: [Self; 6] = [
        Self::Prime,
        Self::PlanFeature,
        Self::PlanFeatureGithub,
        Self::Execute,
        Self::ExecuteGithub,
        Self::Validate,
    ];

    /// The name people and SCAR use: `plan-feature-github`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The name the table and existing clients use: `PLAN_FEATURE_GITHUB`.
    pub fn as_type(self) -> &'static str {
        match self {
            Self::Prime => "PRIME",
            Self::PlanFeatureGithub => "PLAN_FEATURE_GITHUB",
            Self::ExecuteGithub => "EXECUTE_GITHUB",
            Self::Validate => "VALIDATE",
            Self::PlanFeature => "PLAN_FEATURE",
            Self::Execute => "EXECUTE",
        }
    }

    /// Reads either name of a command that can be ordered.
    ///
    /// # Errors
    /// [`Invalid`], which lists the names there are.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::among(&Self::ORDERED, text)
    }

    /// Reads either name of a command that a record may have.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_recorded(text: &str) -> Result<Self, Invalid> {
        Self::among(&Self::RECORDED, text)
    }

    fn among(commands: &[Self], text: &str) -> Result<Self, Invalid> {
        let mut all = commands.iter().copied();
        all.find(|command| command.as_str() == text || command.as_type() == text)
            .ok_or_else(|| {
                let names: Vec<_> = commands.iter().map(|command| command.as_str()).collect();
                Invalid(format!(
                    "{text:?} is not a command; the commands are {}",
                    names.join(", ")
                ))
            })
    }
}

/// Where an execution stands. The last three are terminal: it reaches one of them exactly once.
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
pub enum ExecutionStatus {
    /// Accepted and stored; waits for its turn.
    Queued,
    /// A backend works on it.
    Running,
    /// Ended well.
    Completed,
    /// Ended early; `error` and `error_code` say why.
    Failed,
    /// Ended because a person asked.
    Cancelled,
}

impl ExecutionStatus {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether nothing can follow.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Completed | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// Why an execution failed, for programs; the words for people are beside it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ErrorCode {
    /// It took longer than the settings allow.
    TimedOut,
    /// The command needs a coding agent and none is connected.
    AgentMissing,
    /// The project's folder is not there or no git checkout.
    WorkspaceMissing,
    /// The project's own checks did not pass, could not be run, or there are none.
    ChecksFailed,
    /// The server ended or crashed in the middle.
    Interrupted,
    /// SCAR does not answer.
    ScarUnavailable,
    /// SCAR does not know the repository or the command.
    ScarRejected,
    /// SCAR restarted in the middle.
    ScarRestarted,
    /// What ran the command failed in a way of its own.
    AgentError,
}

impl ErrorCode {
    /// The name in tables and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was asked for.
    Completed {
        /// What it has to say, in Markdown.
        output: String,
    },
    /// It did not.
    Failed {
        /// Why, for programs.
        code: ErrorCode,
        /// Why, and what to do next, in words for people.
        error: String,
        /// What it had to say before, if anything.
        output: String,
    },
    /// A person asked for the end.
    Cancelled,
}

impl Outcome {
    /// A failure with nothing said before.
    pub fn failed(code: ErrorCode, error: impl Into<String>) -> Self {
        Self::Failed {
            code,
            error: error.into(),
            output: String::new(),
        }
    }

    /// The outcome with texts that can be stored.
    pub fn storable(self) -> Self {
        match self {
            Self::Completed { output } => Self::Completed {
                output: storable(output),
            },
            Self::Failed {
                code,
                error,
                output,
            } => Self::Failed {
                code,
                error: storable(error),
                output: storable(output),
            },
            Self::Cancelled => Self::Cancelled,
        }
    }

    /// The terminal status it leads to.
    pub fn status(&self) -> ExecutionStatus {
        match self {
            Self::Completed { .. } => ExecutionStatus::Completed,
            Self::Failed { .. } => ExecutionStatus::Failed,
            Self::Cancelled => ExecutionStatus::Cancelled,
        }
    }
}

/// Something about a running execution that is no step of it: where it stands with what it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What sort of thing it is.
    pub status: NoticeStatus,
    /// The words.
    pub message: String,
}

/// What a [`Notice`] is about; the activity's `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum NoticeStatus {
    /// It cannot begin yet.
    Waiting,
    /// It has said nothing for a while; it still runs.
    Stalled,
    /// What it runs in does not answer.
    Degraded,
    /// What it runs in answers again.
    Recovered,
    /// It is not followed any more, and may still go on.
    Detached,
    /// It is to end.
    Stopping,
}

/// A command to run, with what it is to be run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which command.
    pub command: Command,
    /// Its arguments as written; empty where it takes none.
    #[serde(default)]
    pub args: String,
}

/// An order that got its place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExecution {
    /// Its id.
    pub id: ExecutionId,
    /// What to run.
    pub order: Order,
    /// What to run next if this completes: the rest of a sequence ordered in one sentence.
    pub then: Vec<Order>,
    /// The message that ordered it, to which the outcome is reported.
    pub message: Option<MessageId>,
    /// The phase it belongs to, if the workflow ordered it.
    pub phase: Option<InPhase>,
    /// Names the request: one repeated with the same key in a project is the same execution.
    pub key: Option<String>,
    /// Which try this is: 1, and one more for each retry.
    pub attempt: i32,
}
