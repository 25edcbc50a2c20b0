//! Pull requests.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{activity::millis, text::shortened};

/// Bytes of a text of a pull request at most; GitHub's own limit of a title is 256 characters.
const TEXT_BYTES_MAX: usize = 1_024;

/// Where a pull request stands.
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
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = PullRequestState)]
pub enum PullState {
    /// Somebody is to look at it.
    Open,
    /// What it changes is in.
    Merged,
    /// It was closed, and what it changes is not in.
    Closed,
}

/// What its checks say, all together.
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
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = ChecksState)]
pub enum Verdict {
    /// There are none.
    None,
    /// Some have not ended.
    Pending,
    /// All that ended well enough.
    Passed,
    /// At least one did not.
    Failed,
}

/// The checks of a pull request's last commit: check runs, and statuses of the older kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PullRequestChecks)]
pub struct Checks {
    /// What they say, all together.
    pub state: Verdict,
    /// Those that ended well.
    pub passed: u32,
    /// Those that did not.
    pub failed: u32,
    /// Those that have not ended.
    pub pending: u32,
    /// The names of those that failed, ten at most.
    pub failed_names: Vec<String>,
}

/// A pull request as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PullRequest {
    /// Its number in the repository.
    #[schema(example = 7)]
    pub number: u64,
    /// What it is about, as somebody wrote it.
    pub title: String,
    /// Where people see it.
    #[schema(example = "https://github.com/you/shop/pull/7")]
    pub url: String,
    /// The branch it brings.
    pub branch: String,
    /// Who opened it.
    pub author: String,
    /// Where it stands.
    pub state: PullState,
    /// Whether it is not ready to be looked at.
    pub draft: bool,
    /// What its checks say.
    pub checks: Checks,
    /// Whether what they say could not be read: a token that may read pull requests need not be one that may read checks.
    #[serde(skip)]
    pub checks_unread: bool,
    /// When it was opened.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When something last happened to it.
    #[serde(serialize_with = "millis")]
    pub updated_at: DateTime<Utc>,
}

impl Checks {
    /// Those of one that has none.
    pub fn none() -> Self {
        Self {
            state: Verdict::None,
            passed: 0,
            failed: 0,
            pending: 0,
            failed_names: Vec::new(),
        }
    }
}

impl PullRequest {
    /// It with texts that can be stored.
    #[must_use]
    pub fn storable(mut self) -> Self {
        for text in self.texts() {
            *text = shortened(std::mem::take(text), TEXT_BYTES_MAX);
        }
        self
    }

    /// Whether it is what it came to, and `other` what it was before: GitHub's servers do not all know the same at once.
    pub fn is_after(&self, other: &Self) -> bool {
        let was_merged = self.state == PullState::Merged && other.state != PullState::Merged;
        was_merged || self.updated_at > other.updated_at
    }

    /// The texts in it that people wrote.
    pub(super) fn texts(&mut self) -> Vec<&mut String> {
        let texts = [&mut self.title, &mut self.branch, &mut self.author];
        texts
            .into_iter()
            .chain(&mut self.checks.failed_names)
            .collect()
    }
}
