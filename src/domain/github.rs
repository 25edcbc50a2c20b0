//! What GitHub knows of a project's repository: its name, its issues, its pull requests.

pub mod answer;
mod change;
pub mod event;
mod heard;
pub mod mention;
mod news;
mod pull;
mod signature;
mod told;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::millis;
pub use change::PullChange;
pub use heard::{Came, Heard, MentionState, Moved, Pending};
pub use news::{Before, News};
pub use pull::{Checks, PullRequest, PullState, Verdict};
pub use signature::WebhookSecret;
pub use told::{pull_request_in, telling};

/// Characters of a login or of an organisation's name at most: GitHub has 39, GitHub Enterprise's directories may have more.
const OWNER_CHARS_MAX: usize = 100;

/// Characters of a repository's name at most, by GitHub's own rule.
const NAME_CHARS_MAX: usize = 100;

/// A repository by its owner and name. Two that differ only in upper and lower case are the same, as they are for GitHub.
#[derive(Debug, Clone, Serialize)]
pub struct RepositoryName {
    /// Whose it is: a login or an organisation.
    pub owner: String,
    /// What it is called.
    pub name: String,
}

impl RepositoryName {
    /// Reads `owner/name`, also with `.git` behind it; none where it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.trim().split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let is_plain = |part: &str, most: usize, others: &str| {
            !part.is_empty()
                && part.len() <= most
                && part.chars().any(|c| c != '.')
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
        };
        let is_one =
            is_plain(owner, OWNER_CHARS_MAX, "-_") && is_plain(name, NAME_CHARS_MAX, "-_.");
        is_one.then(|| Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// By what it is kept and found: in lower case.
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }
}

impl PartialEq for RepositoryName {
    fn eq(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for RepositoryName {}

impl std::fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IssueState {
    /// Somebody may still do it.
    Open,
    /// It is done, or nobody will do it.
    Closed,
}

/// Which issues are asked for.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[schema(as = WantedIssues)]
pub enum Wanted {
    /// Those that are open.
    #[default]
    Open,
    /// Those that are closed.
    Closed,
    /// Both.
    All,
}

/// An issue. Its field names are the wire's.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Issue {
    /// Its number in the repository.
    #[schema(example = 12)]
    pub number: u64,
    /// What it is about, as somebody wrote it.
    #[schema(example = "Prices are wrong")]
    pub title: String,
    /// Where it stands.
    pub state: IssueState,
    /// When it was opened.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When something last happened to it.
    #[serde(serialize_with = "millis")]
    pub updated_at: DateTime<Utc>,
    /// Where people see it.
    #[schema(example = "https://github.com/you/shop/issues/12")]
    pub url: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// The logins of those who work on it.
    pub assignees: Vec<String>,
}

/// How many issues a repository has, without its pull requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct IssueCounts {
    /// Those that are open.
    #[serde(rename = "open_issues_count")]
    pub open: i64,
    /// Those that are closed.
    #[serde(rename = "closed_issues_count")]
    pub closed: i64,
}

/// What is told of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Repository)]
pub struct RepositoryAbout {
    /// Its owner and name.
    #[serde(rename = "full_name", serialize_with = "in_full")]
    #[schema(value_type = String, example = "you/shop")]
    pub name: RepositoryName,
    /// What it is about, as its owner wrote it.
    #[schema(required)]
    pub description: Option<String>,
    /// Where people see it.
    #[schema(example = "https://github.com/you/shop")]
    pub url: String,
    /// Whether only some may see it.
    pub private: bool,
    /// Whether nothing changes in it any more.
    pub archived: bool,
}

fn in_full<S: serde::Serializer>(name: &RepositoryName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}

#[cfg(test)]
mod tests {
    use super::RepositoryName;

    #[test]
    fn a_repository_is_named_by_its_owner_and_its_name() {
        for (text, owner, name) in [
            ("acme/shop", "acme", "shop"),
            (" Acme/Shop.js ", "Acme", "Shop.js"),
            ("a-b/c_d.git", "a-b", "c_d"),
        ] {
            let parsed = RepositoryName::parse(text).expect(text);
            assert_eq!((parsed.owner.as_str(), parsed.name.as_str()), (owner, name));
        }
        for text in [
            "",
            "shop",
            "/shop",
            "acme/",
            "acme/..",
            "acme/shop/x",
            "a b/c",
            "acme/sh op",
            "../etc",
            "acme/<b>",
        ] {
            assert!(RepositoryName::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn upper_and_lower_case_make_no_difference_and_a_part_of_a_name_does() {
        let name = |text| RepositoryName::parse(text).expect(text);
        assert_eq!(name("Acme/Shop"), name("acme/shop"));
        assert_ne!(name("acme/shop"), name("acme/shop-old"));
        assert_ne!(name("acme/shop"), name("notacme/shop"));
    }
}
