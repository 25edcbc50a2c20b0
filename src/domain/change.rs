//! Changes: what happened, in the past tense. The writer stores each with the activity that tells of it.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::{Value, json};

use super::{
    activity::{Entry, Kind, Source},
    execution::{Command, ErrorCode, ExecutionStatus, NewExecution, Notice, Outcome},
    id::{ActivityId, ExecutionId, MessageId, ProjectId, TopicId},
    message::{MessageText, Role},
    project::ProjectName,
    step::Step,
};

/// A change with what makes it one of a kind: reported twice, it is stored once.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The id its activity will have.
    pub id: ActivityId,
    /// Whose log it belongs to.
    pub project: ProjectId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub change: Change,
}

impl Reported {
    /// Something that happened just now, to the microsecond: PostgreSQL keeps no more, and what is read back must be the
    /// same as what was said when it was stored.
    pub fn now(project: ProjectId, change: Change) -> Self {
        Self {
            id: ActivityId::new(),
            project,
            at: Utc::now().trunc_subsecs(6),
            change,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A project was made. Writes no activity: a log begins with what happens in the project.
    ProjectCreated(NewProject),
    /// A person changed what a project is or where it works.
    ProjectEdited(ProjectEdit),
    /// Something was said.
    MessagePosted(NewMessage),
    /// A new topic began; what was said before is kept but no longer the context.
    TopicStarted {
        /// The new topic.
        topic: TopicId,
    },
    /// A command got its place in the queue.
    ExecutionQueued(NewExecution),
    /// A backend began to work on it.
    ExecutionStarted {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// The backend's name.
        backend: &'static str,
    },
    /// A backend keeps where it stands, to find its way back after a restart. Writes no activity.
    ExecutionPlaced {
        /// Which execution.
        execution: ExecutionId,
        /// What the backend wants back.
        place: Value,
    },
    /// There is something to say about a running execution that is no step of it.
    ExecutionNoticed {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// What it is.
        notice: Notice,
    },
    /// A backend did or said something.
    StepTaken {
        /// In which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// The step's place among the execution's steps, from 0: the same step cannot be taken in twice.
        source_index: i64,
        /// What it did or said.
        step: Step,
    },
    /// An execution ended.
    ExecutionFinished {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// How it ended.
        outcome: Outcome,
        /// How long it ran; none when it never started.
        duration_ms: Option<i64>,
    },
    /// The server has something to say about itself.
    Noticed {
        /// The words.
        message: String,
        /// `degraded`, `recovered`, `set_aside`, `failed`.
        status: &'static str,
    },
}

/// A project to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// Its name.
    pub name: ProjectName,
    /// What it is about.
    pub description: Option<String>,
    /// Where its repository is on the web.
    pub github_repo_url: Option<String>,
    /// Where its checkout is on this machine.
    pub workspace_path: Option<String>,
    /// Where its commands are to run, if not where the server runs them.
    pub backend: Option<String>,
    /// Names the request: one repeated with the same key is the same project.
    pub key: Option<String>,
}

/// What is to be changed of a project: nothing where it is none, and cleared where it is some none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectEdit {
    /// Its name.
    pub name: Option<ProjectName>,
    /// What it is about.
    pub description: Option<Option<String>>,
    /// Where its repository is on the web.
    pub github_repo_url: Option<Option<String>>,
    /// Where its checkout is on this machine.
    pub workspace_path: Option<Option<String>>,
    /// Where its commands run.
    pub backend: Option<Option<String>>,
}

/// A message to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// The topic it belongs to.
    pub topic: TopicId,
    /// Whether that topic begins with it.
    pub opens_topic: bool,
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: MessageText,
    /// Names the request: one repeated with the same key in a project is the same message.
    pub key: Option<String>,
}

impl Change {
    /// The words the log keeps of it; none for what the log does not tell.
    pub fn entry(&self) -> Option<Entry> {
        match self {
            Self::ProjectCreated(_) | Self::ExecutionPlaced { .. } => None,
            Self::ProjectEdited(edit) => Some(edited(edit)),
            Self::MessagePosted(message) => Some(posted(message)),
            Self::TopicStarted { topic } => Some(Entry {
                data: Some(json!({ "topic_id": topic })),
                status: Some("topic_started".to_owned()),
                ..Entry::new(
                    Source::Pm,
                    Kind::Pm,
                    "Started a new conversation. Earlier messages are kept.",
                )
            }),
            Self::ExecutionQueued(new) => Some(Entry {
                detail: (!new.order.args.is_empty()).then(|| new.order.args.clone()),
                data: Some(json!({ "attempt": new.attempt })),
                ..lifecycle(
                    new.id,
                    new.order.command,
                    ExecutionStatus::Queued,
                    format!("Queued {}", new.order.command.as_str()),
                )
            }),
            Self::ExecutionStarted {
                execution,
                command,
                backend,
            } => Some(Entry {
                data: Some(json!({ "backend": backend })),
                ..lifecycle(
                    *execution,
                    *command,
                    ExecutionStatus::Running,
                    format!("Started {}", command.as_str()),
                )
            }),
            Self::ExecutionNoticed {
                execution,
                command,
                notice,
            } => Some(noticed(*execution, *command, notice)),
            Self::StepTaken {
                execution,
                command,
                step,
                ..
            } => Some(Entry {
                execution_id: Some(*execution),
                command: Some(command.as_str().to_owned()),
                ..taken(step)
            }),
            Self::ExecutionFinished {
                execution,
                command,
                outcome,
                duration_ms,
            } => Some(finished(*execution, *command, outcome, *duration_ms)),
            Self::Noticed { message, status } => Some(Entry {
                status: Some((*status).to_owned()),
                ..Entry::new(Source::Pm, Kind::System, message.clone())
            }),
        }
    }
}

fn edited(edit: &ProjectEdit) -> Entry {
    let set = [
        ("name", "its name", edit.name.is_some()),
        ("description", "its description", edit.description.is_some()),
        (
            "github_repo_url",
            "its repository",
            edit.github_repo_url.is_some(),
        ),
        (
            "workspace_path",
            "its folder",
            edit.workspace_path.is_some(),
        ),
        ("backend", "where its commands run", edit.backend.is_some()),
    ];
    let set = set.iter().filter(|(.., is_set)| *is_set);
    let (fields, words): (Vec<&str>, Vec<&str>) =
        set.map(|&(field, words, _)| (field, words)).unzip();
    Entry {
        status: Some("settings_changed".to_owned()),
        data: Some(json!({ "changed": fields })),
        ..Entry::new(
            Source::Pm,
            Kind::Pm,
            format!("Changed the project's settings: {}", words.join(", ")),
        )
    }
}

fn posted(message: &NewMessage) -> Entry {
    Entry {
        data: Some(json!({
            "message_id": message.id,
            "topic_id": message.topic,
            "role": message.role,
            "content": message.text.as_str(),
            "client_id": message.key,
        })),
        ..Entry::new(Source::Pm, Kind::Message, message.text.as_str())
    }
}

fn lifecycle(
    execution: ExecutionId,
    command: Command,
    status: ExecutionStatus,
    message: String,
) -> Entry {
    Entry {
        execution_id: Some(execution),
        command: Some(command.as_str().to_owned()),
        status: Some(status.as_str().to_owned()),
        ..Entry::new(Source::Scar, Kind::Status, message)
    }
}

fn noticed(execution: ExecutionId, command: Command, notice: &Notice) -> Entry {
    let status: &'static str = notice.status.into();
    Entry {
        execution_id: Some(execution),
        command: Some(command.as_str().to_owned()),
        status: Some(status.to_owned()),
        ..Entry::new(Source::Pm, Kind::System, notice.message.clone())
    }
}

fn taken(step: &Step) -> Entry {
    match step {
        Step::Tool {
            tool,
            summary,
            input,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(input.clone()),
            ..Entry::new(Source::Claude, Kind::Tool, summary.clone())
        },
        Step::ToolResult {
            tool,
            summary,
            output,
            cut_bytes,
            ok,
            duration_ms,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(output.clone()),
            status: Some(if *ok { "ok" } else { "failed" }.to_owned()),
            duration_ms: Some(*duration_ms),
            data: (*cut_bytes > 0).then(|| json!({ "cut_bytes": cut_bytes })),
            ..Entry::new(Source::Claude, Kind::ToolResult, summary.clone())
        },
        Step::FileChange {
            tool,
            summary,
            path,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(path.clone()),
            data: Some(json!({ "path": path })),
            ..Entry::new(Source::Claude, Kind::FileChange, summary.clone())
        },
        Step::Plan {
            tool,
            summary,
            items,
            input,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(input.clone()),
            data: Some(json!({ "items": items })),
            ..Entry::new(Source::Claude, Kind::Plan, summary.clone())
        },
        Step::Text { text, format } => Entry {
            data: Some(json!({ "format": format })),
            ..Entry::new(Source::Claude, Kind::Text, text.clone())
        },
        Step::Status { text } => Entry::new(Source::Claude, Kind::Status, text.clone()),
    }
}

fn finished(
    execution: ExecutionId,
    command: Command,
    outcome: &Outcome,
    duration_ms: Option<i64>,
) -> Entry {
    let name = command.as_str();
    let (message, detail, code): (_, _, Option<ErrorCode>) = match outcome {
        Outcome::Completed { .. } => (format!("Finished {name}"), None, None),
        Outcome::Failed { code, error, .. } => (
            format!("{name} failed: {error}"),
            Some(error.clone()),
            Some(*code),
        ),
        Outcome::Cancelled => (format!("Stopped {name} because you asked"), None, None),
    };
    Entry {
        detail,
        duration_ms,
        data: code.map(|code| json!({ "error_code": code })),
        ..lifecycle(execution, command, outcome.status(), message)
    }
}
