//! The words the log keeps of a change.

mod github;
mod step;
mod workflow;

use serde_json::json;

use super::{Change, NewMessage, ProjectEdit};
use crate::domain::{
    activity::{Entry, Kind, Source},
    execution::{Command, ErrorCode, ExecutionStatus, NewExecution, Notice, NoticeStatus, Outcome},
    id::{ExecutionId, MessageId, TopicId},
    message::MessageText,
};

impl Change {
    /// The words the log keeps of it; none for what the log does not tell.
    pub fn entry(&self) -> Option<Entry> {
        match self {
            Self::ProjectCreated(_)
            | Self::ProjectDeleted
            | Self::ProjectCleared
            | Self::Access(_)
            | Self::NotificationTried(_)
            | Self::LogIndexed(_)
            | Self::IssuesCounted(_)
            | Self::PhasesMade { .. }
            | Self::ExecutionPlaced { .. } => None,
            Self::ProjectEdited(edit) => Some(edited(edit)),
            Self::MessagePosted(message) => Some(posted(message)),
            Self::MessageEdited { message, text } => Some(message_edited(*message, text)),
            Self::MessageWithdrawn { message } => Some(message_withdrawn(*message)),
            Self::MessageTaken { message, topic } => Some(message_taken(*message, *topic)),
            Self::TopicStarted { topic } => Some(topic_started(*topic)),
            Self::ExecutionQueued(new) => Some(queued(new)),
            Self::ExecutionStarted {
                execution,
                command,
                backend,
            } => Some(started(*execution, *command, backend)),
            Self::ExecutionNoticed {
                execution,
                command,
                notice,
            } => Some(noticed(*execution, *command, notice)),
            Self::StopAsked { execution, command } => Some(stop_asked(*execution, *command)),
            Self::StepTaken {
                execution,
                command,
                step,
                ..
            } => Some(Entry {
                execution_id: Some(*execution),
                command: Some(command.as_str().to_owned()),
                ..step::taken(step)
            }),
            Self::ExecutionFinished {
                execution,
                command,
                outcome,
                duration_ms,
            } => Some(finished(*execution, *command, outcome, *duration_ms)),
            Self::VisionWritten(document) => Some(workflow::vision_written(document)),
            Self::PhaseMoved {
                moved,
                standing,
                project,
                why,
            } => Some(workflow::phase_moved(
                *moved,
                *standing,
                *project,
                why.as_deref(),
            )),
            Self::GateOpened(gate) | Self::GateDecided(gate) => Some(workflow::gate(gate)),
            Self::ModelUsed {
                model,
                input,
                output,
                requests,
            } => Some(used(model, *input, *output, *requests)),
            Self::PullRequest(change) => change.entry(),
            Self::CanarySang { seq, .. } => Some(canary_sang(*seq)),
            Self::Noticed { message, status } => Some(of_the_server(message, status)),
            Self::GitHubHeard(heard) => heard.mention.as_ref().map(github::mentioned),
            Self::IssueMoved(moved) => Some(github::issue_moved(moved)),
            Self::MentionMoved(moved) => github::mention_moved(moved),
        }
    }
}

fn topic_started(topic: TopicId) -> Entry {
    Entry {
        data: Some(json!({ "topic_id": topic })),
        status: Some("topic_started".to_owned()),
        ..Entry::new(
            Source::Pm,
            Kind::Pm,
            "Started a new conversation. Earlier messages are kept.",
        )
    }
}

fn canary_sang(seq: i64) -> Entry {
    let message = format!("Test {seq} whether what is written arrives");
    Entry::new(Source::Pm, Kind::System, message)
}

fn used(model: &str, input: u64, output: u64, requests: u64) -> Entry {
    Entry {
        data: Some(json!({
            "model": model, "input_tokens": input, "output_tokens": output,
            "total_tokens": input + output, "requests": requests,
        })),
        ..Entry::new(
            Source::Pm,
            Kind::Usage,
            format!("The model read {input} tokens and wrote {output}"),
        )
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
        ("agent", "how its coding agent works", edit.agent.is_some()),
        ("status", "where it stands", edit.status.is_some()),
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

fn queued(new: &NewExecution) -> Entry {
    let command = new.order.command;
    let again = if new.attempt > 1 { " again" } else { "" };
    Entry {
        detail: (!new.order.args.is_empty()).then(|| new.order.args.clone()),
        data: Some(json!({ "attempt": new.attempt, "ordered_by": new.message })),
        ..lifecycle(
            new.id,
            command,
            ExecutionStatus::Queued,
            format!("Queued {}{again}", command.as_str()),
        )
    }
}

fn of_the_server(message: &str, status: &str) -> Entry {
    Entry {
        status: Some(status.to_owned()),
        ..Entry::new(Source::Pm, Kind::System, message)
    }
}

fn started(execution: ExecutionId, command: Command, backend: &str) -> Entry {
    Entry {
        data: Some(json!({ "backend": backend })),
        ..lifecycle(
            execution,
            command,
            ExecutionStatus::Running,
            format!("Started {}", command.as_str()),
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
            "queued": message.queued,
        })),
        ..Entry::new(Source::Pm, Kind::Message, message.text.as_str())
    }
}

fn message_edited(message: MessageId, text: &MessageText) -> Entry {
    let words = text.as_str();
    Entry {
        detail: Some(words.to_owned()),
        data: Some(json!({ "message_id": message, "content": words, "queued": true })),
        ..of_queued("message_edited", "Changed a queued message")
    }
}

fn message_withdrawn(message: MessageId) -> Entry {
    Entry {
        data: Some(json!({ "message_id": message })),
        ..of_queued("message_withdrawn", "Withdrew a queued message")
    }
}

fn message_taken(message: MessageId, topic: TopicId) -> Entry {
    Entry {
        data: Some(json!({ "message_id": message, "topic_id": topic, "queued": false })),
        ..of_queued("message_taken", "Took up a queued message")
    }
}

fn of_queued(status: &str, words: &str) -> Entry {
    Entry {
        status: Some(status.to_owned()),
        ..Entry::new(Source::Pm, Kind::Pm, words)
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

fn stop_asked(execution: ExecutionId, command: Command) -> Entry {
    let notice = Notice {
        status: NoticeStatus::Stopping,
        message: format!("You asked to stop {}; it is being ended", command.as_str()),
    };
    noticed(execution, command, &notice)
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
