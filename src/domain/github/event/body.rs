//! The body of a webhook, as far as it is read.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::github::IssueState;

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    pub(super) action: Option<String>,
    #[serde(default)]
    pub(super) repository: Option<Repository>,
    #[serde(default)]
    pub(super) sender: Option<Person>,
    #[serde(default)]
    pub(super) issue: Option<Issue>,
    #[serde(default)]
    pub(super) comment: Option<Comment>,
    #[serde(default)]
    pub(super) pull_request: Option<Numbered>,
    #[serde(default)]
    pub(super) check_run: Option<Checked>,
    #[serde(default)]
    pub(super) check_suite: Option<Checked>,
    #[serde(default)]
    pub(super) branches: Vec<Branch>,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: String,
    pub(super) html_url: String,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) login: String,
    /// `User`, `Bot`, `Organization`, `Mannequin`.
    #[serde(rename = "type", default)]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) html_url: String,
    pub(super) state: IssueState,
    #[serde(default)]
    pub(super) body: Option<String>,
    pub(super) user: Option<Person>,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) updated_at: Option<DateTime<Utc>>,
    /// There for a pull request.
    #[serde(default)]
    pub(super) pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) html_url: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    pub(super) user: Option<Person>,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) number: u64,
}

#[derive(Deserialize)]
pub(super) struct Checked {
    #[serde(default)]
    pub(super) pull_requests: Vec<Numbered>,
    #[serde(default)]
    pub(super) head_branch: Option<String>,
    /// Of a check run; it has the branch.
    #[serde(default)]
    pub(super) check_suite: Option<Box<Checked>>,
}

#[derive(Deserialize)]
pub(super) struct Branch {
    pub(super) name: String,
}
