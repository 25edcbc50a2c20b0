//! One look at one pull request, and what is stored of it.

use std::time::Duration;

use sea_orm::DatabaseConnection;

use super::{Parts, Schedule};
use crate::{
    actors::{patience::read_patiently, writer::AppendError},
    clock,
    db::{
        execution,
        pull::{self, Pull},
    },
    delay::pause,
    domain::{
        change::{Change, Reported},
        execution::Command,
        github::{News, PullChange, PullRequest},
        id::ExecutionId,
        workflow::PhaseName,
    },
    failpoint::FailPoint,
    github::Trouble,
};

/// Comparisons that are made of one look at most: each time something else was stored meanwhile, which is rare once.
const COMPARISONS_MAX: usize = 5;

/// How long one is left alone of which the database does not take what was found out: it would be looked at again at once.
const NOT_STORED: Duration = Duration::from_secs(60);

/// What is known of a pull request when it is looked at.
struct Known {
    pull: Pull,
    /// The command that told of it.
    execution: Option<(ExecutionId, Command)>,
    /// Its phase of the workflow.
    phase: Option<PhaseName>,
}

impl Parts {
    /// Looks at one, and has stored what is new of it, however long that takes.
    pub(super) async fn look_at(self, pull: Pull) {
        let (project, number) = (pull.project, pull.number);
        for _ in 0..COMPARISONS_MAX {
            let Some(known) = self.known(&pull).await else {
                return pause(NOT_STORED).await;
            };
            let changes = self.compare(known).await;
            let hold = self.leases.hold(project);
            let writer = match &hold {
                Some(hold) => self.writer.holding(hold),
                // Another server works for the project, and word of this came here.
                None => self.writer.clone(),
            };
            match writer.append(changes).await {
                Err(AppendError::PullPast) => continue,
                // The program ends, or the project is gone.
                Ok(_) | Err(AppendError::Unknown | AppendError::ProjectUnknown(_)) => {}
                Err(AppendError::NotHeld) => {
                    if let Some(hold) = hold {
                        hold.refused(project);
                    }
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, project.id = %project, number, "what was found out about a pull request could not be stored");
                    pause(NOT_STORED).await;
                }
            }
            return;
        }
        pause(NOT_STORED).await;
    }

    /// What is known of it now.
    async fn known(&self, pull: &Pull) -> Option<Known> {
        let (project, number) = (pull.project, pull.number);
        let query = async |db: &DatabaseConnection| {
            let Some(pull) = pull::find(db, project, number).await? else {
                return Ok(None);
            };
            let execution = match pull.execution_id {
                Some(id) => execution::find(db, id).await?,
                None => None,
            };
            Ok(Some(Known {
                execution: execution.as_ref().map(|it| (it.id, it.order.command)),
                phase: execution.and_then(|it| it.phase),
                pull,
            }))
        };
        match read_patiently(&self.reader, "a pull request", query).await {
            Ok(known) => known,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, project.id = %project, number, "what is known of a pull request could not be read");
                None
            }
        }
    }

    /// Asks GitHub, and compares what it says with what is known.
    async fn compare(&self, known: Known) -> Vec<Reported> {
        let Known {
            pull,
            execution,
            phase,
        } = known;
        let asked = match FailPoint::PullRequestLook.pass().await {
            Ok(()) => self.ask(&pull).await,
            Err(on_purpose) => Err(Trouble::Away(on_purpose.to_string())),
        };
        FailPoint::PullRequestLooked.cross();
        let now = clock::now();
        let schedule = Schedule::new(self.every, self.github.has_token());
        let (number, revision) = (pull.number, pull.revision);
        let changes = match asked {
            Ok(mut seen) => {
                // What was known of them stays: that they cannot be read now says nothing of them.
                if std::mem::take(&mut seen.checks_unread) {
                    seen.checks = pull.checks.clone();
                }
                let next_look_at = schedule.after(&seen, now);
                let news = News::of(pull.before(), &seen, pull.execution_id.is_some());
                let told = news.into_iter().map(|news| PullChange::Told {
                    news,
                    pull: seen.clone(),
                    execution,
                });
                let told: Vec<PullChange> = told.collect();
                let seen = PullChange::Seen {
                    pull: seen,
                    revision,
                    next_look_at,
                };
                [seen].into_iter().chain(told).collect()
            }
            // Somebody's word was all there was to it.
            Err(Trouble::NotThere(_) | Trouble::Gone(_)) if !pull.is_known() => {
                vec![PullChange::Dropped { number, revision }]
            }
            Err(trouble) => vec![PullChange::NotSeen {
                number,
                revision,
                next_look_at: schedule.after_trouble(&trouble, pull.failures + 1, now),
                trouble: trouble.to_string(),
            }],
        };
        let report = |change| Reported::now(pull.project, Change::PullRequest(change));
        let changes = changes.into_iter().map(report);
        changes.map(|reported| reported.in_phase(phase)).collect()
    }

    /// How it stands, by GitHub.
    async fn ask(&self, pull: &Pull) -> Result<PullRequest, Trouble> {
        let asked = self.github.pull_request(&pull.repository, pull.number);
        let mut seen = asked.await?.storable();
        if seen.number != pull.number {
            let why = format!(
                "asked for pull request {}, it tells of another one",
                pull.number
            );
            return Err(Trouble::Nonsense(why));
        }
        let page = self.github.site().pull_request_of(&seen.url);
        if page.is_none_or(|(_, number)| number != pull.number) {
            // Whatever that leads to, it is none of GitHub's pages.
            seen.url.clone_from(&pull.url);
        }
        // One of GitHub's servers that is behind the one that answered before; or it was merged, which it stays.
        Ok(match pull.last_seen() {
            Some(last) if last.is_after(&seen) => last,
            _ => seen,
        })
    }
}
