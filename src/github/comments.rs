//! Comments on issues and on pull requests, which for GitHub are issues here.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{GitHub, Trouble, wire::Asked};
use crate::domain::github::RepositoryName;

/// Characters of a comment at most, by GitHub's rule.
pub const COMMENT_CHARS_MAX: usize = 65_536;

/// Comments GitHub gives at once, at most, and pages that are read.
const PAGE: &str = "100";
const PAGES_MAX: usize = 30;

#[derive(Deserialize)]
struct Comment {
    html_url: String,
    #[serde(default)]
    body: Option<String>,
}

impl GitHub {
    /// Writes a comment; its address.
    ///
    /// # Errors
    /// [`Trouble`]. After [`Trouble::Away`] and [`Trouble::TimedOut`] it may have been written all the same.
    pub async fn comment(
        &self,
        repository: &RepositoryName,
        issue: u64,
        text: &str,
    ) -> Result<String, Trouble> {
        let what = format!("issue {issue} of {repository}");
        let address = self.wire().address(&path(repository, issue), &[]);
        let body = json!({ "body": text });
        let written = self
            .wire()
            .post::<Comment>(asked("comment", &what), &address, &body)
            .await?;
        Ok(written.html_url)
    }

    /// The address of a comment with these words in it that was written since then, if there is one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn commented(
        &self,
        repository: &RepositoryName,
        issue: u64,
        since: DateTime<Utc>,
        words: &str,
    ) -> Result<Option<String>, Trouble> {
        let what = format!("issue {issue} of {repository}");
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        let query = [("since", since.as_str()), ("per_page", PAGE)];
        let first = self.wire().address(&path(repository, issue), &query);
        let mut next = Some(first);
        for _ in 0..PAGES_MAX {
            let Some(address) = next.take() else { break };
            // Not what was read a moment ago.
            self.wire().expire(&address);
            let page = self
                .wire()
                .get::<Vec<Comment>>(asked("comments", &what), &address)
                .await?;
            let has_words = |comment: &Comment| {
                comment
                    .body
                    .as_ref()
                    .is_some_and(|body| body.contains(words))
            };
            if let Some(found) = page.value.into_iter().find(has_words) {
                return Ok(Some(found.html_url));
            }
            next = page.next;
        }
        Ok(None)
    }
}

fn path(repository: &RepositoryName, issue: u64) -> String {
    format!("repos/{repository}/issues/{issue}/comments")
}

fn asked<'a>(kind: &'static str, what: &'a str) -> Asked<'a> {
    Asked {
        kind,
        resource: "core",
        what,
    }
}
