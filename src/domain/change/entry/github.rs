//! The words the log keeps of what happens on GitHub. What strangers wrote there is no part of them, but for an issue's title.

use serde_json::json;

use crate::domain::{
    activity::{Entry, Kind, Source},
    github::{Came, IssueState, Moved, event::IssueMoved, mention::Mention},
};

pub(super) fn mentioned(mention: &Mention) -> Entry {
    let Mention {
        issue, author, url, ..
    } = mention;
    Entry {
        status: Some("github_mentioned".to_owned()),
        data: Some(json!({ "issue": issue, "url": url, "by": author })),
        ..Entry::new(
            Source::Pm,
            Kind::Pm,
            format!("{author} called the project manager on GitHub, in #{issue}"),
        )
    }
}

pub(super) fn issue_moved(moved: &IssueMoved) -> Entry {
    let IssueMoved {
        number,
        title,
        url,
        state,
        by,
        ..
    } = moved;
    let (status, did) = match (state, moved.is_again) {
        (IssueState::Open, false) => ("issue_opened", "opened"),
        (IssueState::Open, true) => ("issue_reopened", "opened again"),
        (IssueState::Closed, _) => ("issue_closed", "closed"),
    };
    let issue = json!({ "number": number, "title": title, "url": url, "state": state, "by": by });
    Entry {
        status: Some(status.to_owned()),
        data: Some(json!({ "issue": issue })),
        ..Entry::new(
            Source::Pm,
            Kind::Pm,
            format!("Issue {number} was {did} by {by} on GitHub: {title}"),
        )
    }
}

pub(super) fn mention_moved(moved: &Moved) -> Option<Entry> {
    let Moved {
        issue, author, url, ..
    } = moved;
    let entry = |status: &str, message: String, url: &str| Entry {
        status: Some(status.to_owned()),
        data: Some(json!({ "issue": issue, "url": url })),
        ..Entry::new(Source::Pm, Kind::Pm, message)
    };
    match &moved.came {
        Came::Posted(_) | Came::Over | Came::Failed { .. } => None,
        Came::Answered { url, .. } => {
            let words = format!("Answered {author} on GitHub, in #{issue}");
            Some(entry("github_answered", words, url))
        }
        Came::Refused { why } => {
            let words =
                format!("Did nothing about what {author} said on GitHub, in #{issue}: {why}");
            Some(entry("github_refused", words, url))
        }
        Came::GivenUp { why } => {
            let words = format!("Could not answer {author} on GitHub, in #{issue}: {why}");
            Some(entry("github_given_up", words, url))
        }
    }
}
