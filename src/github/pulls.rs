//! Pull requests and their checks.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    GitHub, Trouble,
    wire::{Asked, CHECKS},
};
use crate::domain::github::{Checks, PullRequest, PullState, RepositoryName, Verdict};

/// Checks GitHub gives at once, at most; the rest of more is left out.
const PAGE: &str = "100";

/// Names of failed checks that are told.
const NAMES_MAX: usize = 10;

/// Conclusions of a check run that are no failure.
const FINE: [&str; 3] = ["success", "neutral", "skipped"];

#[derive(Deserialize)]
struct Found {
    number: u64,
    title: String,
    html_url: String,
    state: String,
    #[serde(default)]
    merged: bool,
    merged_at: Option<DateTime<Utc>>,
    #[serde(default)]
    draft: bool,
    head: Head,
    user: Option<Person>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
}

#[derive(Deserialize)]
struct Person {
    login: String,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    name: String,
    status: String,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct Combined {
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
}

impl GitHub {
    /// A pull request as it is now, with its checks. What was read a moment ago is asked for again: whoever looks at one looks
    /// for what is new.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn pull_request(
        &self,
        repository: &RepositoryName,
        number: u64,
    ) -> Result<PullRequest, Trouble> {
        let what = format!("pull request {number} of {repository}");
        let address = self
            .wire()
            .address(&format!("repos/{repository}/pulls/{number}"), &[]);
        self.wire().expire(&address);
        let found = self
            .wire()
            .get::<Found>(asked("pull_request", &what), &address)
            .await?
            .value;
        let checks = self.checks(repository, &found.head.sha).await?;
        let state = match found.state.as_str() {
            "open" => PullState::Open,
            _ if found.merged || found.merged_at.is_some() => PullState::Merged,
            _ => PullState::Closed,
        };
        Ok(PullRequest {
            number: found.number,
            title: found.title,
            url: found.html_url,
            branch: found.head.branch,
            author: found
                .user
                .map_or_else(|| "ghost".to_owned(), |user| user.login),
            state,
            draft: found.draft,
            checks_unread: checks.is_none(),
            checks: checks.unwrap_or_else(Checks::none),
            created_at: found.created_at,
            updated_at: found.updated_at,
        })
    }

    /// What the checks of a commit say, if this server may read all of them: those of apps, such as GitHub Actions, and statuses, as other services set them.
    async fn checks(
        &self,
        repository: &RepositoryName,
        commit: &str,
    ) -> Result<Option<Checks>, Trouble> {
        let what = format!("commit {commit} of {repository}");
        let path = format!("repos/{repository}/commits/{commit}");
        self.wire().expire(&self.wire().address(&path, &[]));
        let query = [("per_page", PAGE)];
        let runs = self.wire().address(&format!("{path}/check-runs"), &query);
        let runs = self.wire().get::<Runs>(asked(CHECKS, &what), &runs).await;
        let statuses = self.wire().address(&format!("{path}/status"), &query);
        let statuses = self
            .wire()
            .get::<Combined>(asked(CHECKS, &what), &statuses)
            .await;
        match (runs, statuses) {
            (Ok(runs), Ok(statuses)) => Ok(Some(sum_up(
                &runs.value.check_runs,
                &statuses.value.statuses,
            ))),
            // Of one half alone nobody knows how they end.
            (Err(Trouble::NotAllowed(_) | Trouble::NotThere(_)), _)
            | (_, Err(Trouble::NotAllowed(_) | Trouble::NotThere(_))) => Ok(None),
            (Err(trouble), _) | (_, Err(trouble)) => Err(trouble),
        }
    }
}

fn asked<'a>(kind: &'static str, what: &'a str) -> Asked<'a> {
    Asked {
        kind,
        resource: "core",
        what,
    }
}

fn sum_up(runs: &[Run], statuses: &[Status]) -> Checks {
    let run = |run: &Run| match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some(how)) if FINE.contains(&how) => Verdict::Passed,
        ("completed", _) => Verdict::Failed,
        _ => Verdict::Pending,
    };
    let status = |status: &Status| match status.state.as_str() {
        "success" => Verdict::Passed,
        "pending" => Verdict::Pending,
        _ => Verdict::Failed,
    };
    let runs = runs.iter().map(|one| (one.name.as_str(), run(one)));
    let all: Vec<(&str, Verdict)> = runs
        .chain(
            statuses
                .iter()
                .map(|one| (one.context.as_str(), status(one))),
        )
        .collect();
    let count = |wanted| {
        let found = all.iter().filter(|(_, verdict)| *verdict == wanted).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let (passed, failed, pending) = (
        count(Verdict::Passed),
        count(Verdict::Failed),
        count(Verdict::Pending),
    );
    let failing = all
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Failed);
    Checks {
        state: match (failed, pending, passed) {
            (0, 0, 0) => Verdict::None,
            (0, 0, _) => Verdict::Passed,
            (0, ..) => Verdict::Pending,
            _ => Verdict::Failed,
        },
        passed,
        failed,
        pending,
        failed_names: failing
            .take(NAMES_MAX)
            .map(|(name, _)| (*name).to_owned())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, status: &str, conclusion: Option<&str>) -> Run {
        Run {
            name: name.to_owned(),
            status: status.to_owned(),
            conclusion: conclusion.map(str::to_owned),
        }
    }

    #[test]
    fn checks_of_both_kinds_are_one_verdict() {
        let status = |state: &str| Status {
            context: "ci/other".to_owned(),
            state: state.to_owned(),
        };
        let fine = run("build", "completed", Some("success"));
        assert_eq!(sum_up(&[], &[]).state, Verdict::None);
        assert_eq!(
            sum_up(std::slice::from_ref(&fine), &[status("success")]).state,
            Verdict::Passed
        );
        assert_eq!(
            sum_up(&[fine, run("test", "in_progress", None)], &[]).state,
            Verdict::Pending
        );
        let failed = sum_up(
            &[
                run("test", "completed", Some("timed_out")),
                run("lint", "queued", None),
            ],
            &[status("error")],
        );
        assert_eq!(
            (failed.state, failed.failed, failed.pending),
            (Verdict::Failed, 2, 1)
        );
        assert_eq!(failed.failed_names, ["test", "ci/other"]);
    }
}
