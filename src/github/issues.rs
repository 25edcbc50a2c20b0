//! Issues of a repository, and how many there are. Pull requests, which GitHub counts among its issues, are left out.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{GitHub, Trouble, wire::Asked};
use crate::domain::github::{Issue, IssueCounts, IssueState, RepositoryName, Wanted};

/// Issues GitHub gives at once, at most.
const PAGE: &str = "100";

/// Pages that are read for one answer, at most: where nearly everything is a pull request, few issues are found in many.
const PAGES_MAX: usize = 10;

#[derive(Deserialize)]
struct Found {
    number: u64,
    title: String,
    state: IssueState,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    html_url: String,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    assignees: Option<Vec<Person>>,
    /// There for a pull request.
    pull_request: Option<serde::de::IgnoredAny>,
}

/// By its documentation a label is an object with a name, or the name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Object { name: Option<String> },
}

#[derive(Deserialize)]
struct Person {
    login: String,
}

#[derive(Deserialize)]
struct Counted {
    total_count: i64,
}

impl GitHub {
    /// The issues of a repository, those first in which something happened last; `limit` at most.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn issues(
        &self,
        repository: &RepositoryName,
        wanted: Wanted,
        limit: usize,
    ) -> Result<Vec<Issue>, Trouble> {
        let what = format!("repository {repository}");
        let asked = Asked {
            kind: "issues",
            resource: "core",
            what: &what,
        };
        let state: &str = wanted.into();
        let query = [("state", state), ("sort", "updated"), ("per_page", PAGE)];
        let path = format!("repos/{repository}/issues");
        let mut next = Some(self.wire().address(&path, &query));
        let mut issues = Vec::new();
        for _ in 0..PAGES_MAX {
            let Some(address) = next.take().filter(|_| issues.len() < limit) else {
                break;
            };
            let page = self.wire().get::<Vec<Found>>(asked, &address).await?;
            let found = page
                .value
                .into_iter()
                .filter(|found| found.pull_request.is_none());
            issues.extend(found.map(shown));
            next = page.next;
        }
        issues.truncate(limit);
        Ok(issues)
    }

    /// How many issues a repository has. GitHub's list of issues has pull requests in it and no total, so its search counts.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn issue_counts(&self, repository: &RepositoryName) -> Result<IssueCounts, Trouble> {
        let open = self.count(repository, IssueState::Open).await?;
        let closed = self.count(repository, IssueState::Closed).await?;
        Ok(IssueCounts { open, closed })
    }

    /// What was read of a repository's issues and pull requests is asked for again: something changed.
    pub fn has_changed(&self, repository: &RepositoryName) {
        let path = format!("repos/{repository}/");
        self.wire().expire(&self.wire().address(&path, &[]));
        for state in [IssueState::Open, IssueState::Closed] {
            self.wire().expire(&self.counting(repository, state));
        }
    }

    async fn count(&self, repository: &RepositoryName, state: IssueState) -> Result<i64, Trouble> {
        let what = format!("repository {repository}");
        let asked = Asked {
            kind: "issue_counts",
            resource: "search",
            what: &what,
        };
        let address = self.counting(repository, state);
        let counted = self.wire().get::<Counted>(asked, &address).await;
        match counted {
            Ok(page) => Ok(page.value.total_count),
            // What cannot be searched is not there, or hidden: so GitHub's documentation of its search.
            Err(Trouble::Refused(_)) => Err(Trouble::NotThere(what)),
            Err(trouble) => Err(trouble),
        }
    }

    fn counting(&self, repository: &RepositoryName, state: IssueState) -> url::Url {
        let state = match state {
            IssueState::Open => "open",
            IssueState::Closed => "closed",
        };
        let question = format!("repo:{repository} is:issue state:{state}");
        let query = [("q", question.as_str()), ("per_page", "1")];
        self.wire().address("search/issues", &query)
    }
}

fn shown(found: Found) -> Issue {
    let named = |label| match label {
        Label::Name(name) => Some(name),
        Label::Object { name } => name,
    };
    let assignees = found.assignees.unwrap_or_default().into_iter();
    Issue {
        number: found.number,
        title: found.title,
        state: found.state,
        created_at: found.created_at,
        updated_at: found.updated_at,
        url: found.html_url,
        labels: found.labels.into_iter().filter_map(named).collect(),
        assignees: assignees.map(|person| person.login).collect(),
    }
}
