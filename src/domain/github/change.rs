//! What can happen to what is known of a pull request, and the words the log keeps of it.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Checks, News, PullRequest, PullState, RepositoryName};
use crate::domain::{
    activity::{Entry, Kind, Source},
    execution::Command,
    id::{ExecutionId, PhaseId},
};

/// Something happened to what is known of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullChange {
    /// A command told of one.
    Linked {
        /// Which command.
        execution: ExecutionId,
        /// Its name.
        command: Command,
        /// Its phase of the workflow.
        phase: Option<PhaseId>,
        /// Whose pull request it is.
        repository: RepositoryName,
        /// Its number there.
        number: u64,
        /// Where people see it.
        url: String,
    },
    /// Somebody says that there is news of one: it is to be looked at. Writes no activity.
    Hinted {
        /// Whose pull request it is.
        repository: RepositoryName,
        /// Its number there.
        number: u64,
        /// Where people see it.
        url: String,
    },
    /// GitHub was asked, and says this. Writes no activity.
    Seen {
        /// What it says.
        pull: PullRequest,
        /// What was known before, by its revision: what is known meanwhile is not written over.
        revision: i64,
        /// When it is looked at next; none when it is over.
        next_look_at: Option<DateTime<Utc>>,
    },
    /// What is new of it. Writes nothing but an activity.
    Told {
        /// What.
        news: News,
        /// The pull request.
        pull: PullRequest,
        /// The command that told of it.
        execution: Option<(ExecutionId, Command)>,
    },
    /// GitHub was asked, and did not say. Writes no activity.
    NotSeen {
        /// Which one.
        number: u64,
        /// What was known before, by its revision.
        revision: i64,
        /// Why not, in words.
        trouble: String,
        /// When it is tried again.
        next_look_at: DateTime<Utc>,
    },
    /// It is none: nobody here told of it, and GitHub knows no such thing. Writes no activity.
    Dropped {
        /// Which one.
        number: u64,
        /// What was known before, by its revision.
        revision: i64,
    },
}

impl PullChange {
    /// The words the log keeps of it; none for what the log does not tell.
    pub fn entry(&self) -> Option<Entry> {
        match self {
            Self::Linked {
                execution,
                command,
                number,
                url,
                ..
            } => Some(linked(*execution, *command, *number, url)),
            Self::Told {
                news,
                pull,
                execution,
            } => Some(told(*news, pull, *execution)),
            Self::Hinted { .. }
            | Self::Seen { .. }
            | Self::NotSeen { .. }
            | Self::Dropped { .. } => None,
        }
    }

    /// Whether it is to be looked at because of this.
    pub fn is_to_be_looked_at(&self) -> bool {
        matches!(self, Self::Linked { .. } | Self::Hinted { .. })
    }

    /// The texts in it that people wrote: where a secret may be.
    pub fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Seen { pull, .. } | Self::Told { pull, .. } => pull.texts(),
            Self::NotSeen { trouble, .. } => vec![trouble],
            Self::Linked { .. } | Self::Hinted { .. } | Self::Dropped { .. } => Vec::new(),
        }
    }
}

/// As it is known from an address alone.
fn linked(execution: ExecutionId, command: Command, number: u64, url: &str) -> Entry {
    Entry {
        execution_id: Some(execution),
        command: Some(command.as_str().to_owned()),
        status: Some("pull_request_linked".to_owned()),
        data: Some(json!({ "pull_request": {
            "number": number, "title": null, "url": url, "branch": null, "state": PullState::Open, "draft": false,
            "checks": Checks::none(),
        } })),
        ..Entry::new(
            Source::Pm,
            Kind::Pm,
            format!("Its pull request is #{number}: {url}"),
        )
    }
}

fn told(news: News, pull: &PullRequest, execution: Option<(ExecutionId, Command)>) -> Entry {
    let PullRequest {
        number,
        title,
        checks,
        ..
    } = pull;
    let message = match news {
        News::Opened => format!(
            "Pull request #{number} “{title}” was opened by {}",
            pull.author
        ),
        News::Merged => format!("Pull request #{number} “{title}” was merged"),
        News::Closed => format!("Pull request #{number} “{title}” was closed without being merged"),
        News::Reopened => format!("Pull request #{number} “{title}” was opened again"),
        News::ChecksPassed => {
            let passed = checks.passed;
            format!("The checks of pull request #{number} passed: {passed} of {passed}")
        }
        News::ChecksFailed => {
            let names = checks.failed_names.join(", ");
            let named = u32::try_from(checks.failed_names.len()).unwrap_or(u32::MAX);
            let more = match checks.failed.saturating_sub(named) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("The checks of pull request #{number} failed: {names}{more}")
        }
    };
    Entry {
        execution_id: execution.map(|(execution, _)| execution),
        command: execution.map(|(_, command)| command.as_str().to_owned()),
        status: Some(news.as_str().to_owned()),
        data: Some(json!({ "pull_request": {
            "number": number, "title": title, "url": pull.url, "branch": pull.branch, "state": pull.state,
            "draft": pull.draft, "checks": checks,
        } })),
        ..Entry::new(Source::Pm, Kind::Pm, message)
    }
}
