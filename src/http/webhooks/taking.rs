//! What is done about a delivery that GitHub has signed: what it tells is kept, and handed on.

use std::time::Duration;

use actix_web::web::Bytes;
use chrono::TimeDelta;
use tokio::time::timeout;

use super::{Hooks, Taken, TakenAs, malformed};
use crate::{
    actors::{lookout::LookError, writer::AppendError},
    clock,
    db::project,
    domain::{
        change::{Change, Reported},
        github::{
            Heard, RepositoryName,
            event::{self, IssueEvent, Pulls, Said, What},
            mention::Mention,
        },
        id::ProjectId,
    },
    http::error::ApiError,
};

/// How long it may take to keep what is to be looked at: GitHub waits ten seconds.
const KEPT_WITHIN: Duration = Duration::from_secs(8);

/// For how long what was said is taken: GitHub sends a delivery again for three days, when somebody asks it to.
const SAID_WITHIN: TimeDelta = TimeDelta::days(4);

/// A delivery that GitHub has signed.
pub(super) struct Delivery {
    /// GitHub's id of it.
    pub(super) id: String,
    /// What sort of thing it tells.
    pub(super) event: String,
    /// What it tells.
    pub(super) body: Bytes,
}

impl Hooks {
    /// Keeps what a delivery tells and hands it on, or says why there is nothing to do.
    pub(super) async fn take(&self, delivery: Delivery) -> Result<Taken, ApiError> {
        let read = event::read(&delivery.event, &delivery.body);
        let read = read.map_err(|error| malformed(error.to_string()))?;
        let ignored = |why: &str| Ok(Taken::new(TakenAs::Ignored, why));
        let repository = match (read.what.clone(), read.repository) {
            (What::Ping, _) => {
                return Ok(Taken::new(TakenAs::Pong, "GitHub is heard."));
            }
            (What::Nothing, _) | (_, None) => {
                return ignored("Nothing is done about events of this kind.");
            }
            (_, Some(repository)) => repository,
        };
        let projects = self.projects(&repository).await?;
        if projects.is_empty() {
            return ignored("No project has this repository.");
        }
        // Lists of issues and pull requests are read anew when somebody looks, by whichever way each project writes its name.
        let names = projects.iter().map(|(_, name)| name);
        names.for_each(|name| self.github.has_changed(name));
        let projects: Vec<ProjectId> = projects.into_iter().map(|(id, _)| id).collect();
        match read.what {
            What::Issue(issue) => self.issue(delivery.id, &projects, issue).await,
            What::Comment(said) => match to_us(said) {
                Ok((mention, subject)) => {
                    let reported = heard(&projects, delivery.id, subject, Some(*mention));
                    self.keep(
                        reported,
                        "It is asked whether they may; then the project manager is told.",
                    )
                    .await
                }
                Err(why) => ignored(why),
            },
            What::Pulls(pulls) if pulls == Pulls::default() => {
                ignored("It names neither a pull request nor a branch.")
            }
            What::Pulls(pulls) => {
                self.pulls_moved(&projects, &repository, &pulls).await?;
                Ok(Taken::new(
                    TakenAs::Taken,
                    "It is looked how the pull requests stand.",
                ))
            }
            What::Ping | What::Nothing => ignored("Nothing is done about it."),
        }
    }

    /// The projects with exactly this repository; the one that was made first comes first.
    async fn projects(
        &self,
        repository: &RepositoryName,
    ) -> Result<Vec<(ProjectId, RepositoryName)>, ApiError> {
        let query = async |db: &sea_orm::DatabaseConnection| project::repositories(db).await;
        let all = self.reader.read(query).await?;
        let site = self.github.site();
        let named = |(id, url): (ProjectId, String)| Some((id, site.repository_of(&url)?));
        // They come with the newest first.
        let all = all.into_iter().rev().filter_map(named);
        Ok(all.filter(|(_, name)| name == repository).collect())
    }

    async fn issue(
        &self,
        delivery: String,
        projects: &[ProjectId],
        issue: IssueEvent,
    ) -> Result<Taken, ApiError> {
        let Some(moved) = issue.moved else {
            return Ok(Taken::new(
                TakenAs::Ignored,
                "Issues are read anew when somebody looks.",
            ));
        };
        let mention = to_us(issue.said).ok().map(|(mention, _)| *mention);
        let mut reported = heard(projects, delivery, moved.subject.clone(), mention);
        let told = projects
            .iter()
            .map(|project| Reported::now(*project, Change::IssueMoved(moved.clone())));
        reported.extend(told);
        self.keep(reported, "It is in the log of the project.")
            .await
    }

    /// Stores it, all of it or nothing.
    async fn keep(&self, reported: Vec<Reported>, words: &str) -> Result<Taken, ApiError> {
        match self.writer.append_now(reported).await {
            Ok(_) => Ok(Taken::new(TakenAs::Taken, words)),
            Err(AppendError::Duplicate) => {
                // It may have been stored at this very moment, by a try that was cut off.
                self.correspondent.look();
                Ok(Taken::new(
                    TakenAs::HadBefore,
                    "It was taken before, and is not taken twice.",
                ))
            }
            Err(AppendError::ProjectUnknown(_)) => Ok(Taken::new(
                TakenAs::Ignored,
                "The project was deleted at this moment.",
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Has pull requests be looked at of which there is news.
    async fn pulls_moved(
        &self,
        projects: &[ProjectId],
        repository: &RepositoryName,
        pulls: &Pulls,
    ) -> Result<(), ApiError> {
        let looked = async {
            for project in projects {
                for number in &pulls.numbers {
                    self.lookout.look(*project, repository, *number).await?;
                }
                for branch in &pulls.branches {
                    self.lookout.look_at_branch(*project, branch).await?;
                }
            }
            Ok(())
        };
        match timeout(KEPT_WITHIN, looked).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(LookError::Read(error))) => Err(error.into()),
            Ok(Err(LookError::Append(error))) => Err(error.into()),
            Err(_) => Err(AppendError::Unavailable.into()),
        }
    }
}

/// What is stored of a delivery, in the first of these projects.
fn heard(
    projects: &[ProjectId],
    delivery: String,
    subject: String,
    mention: Option<Mention>,
) -> Vec<Reported> {
    let heard = Heard {
        delivery,
        subject,
        mention,
    };
    let first = projects.first();
    let heard = first.map(|first| Reported::now(*first, Change::GitHubHeard(heard)));
    heard.into_iter().collect()
}

/// What somebody said to the project manager, and what it is, or why there is nothing to do about it.
fn to_us(said: Said) -> Result<(Box<Mention>, String), &'static str> {
    match said {
        // What is sent again after so long was done then, or is not wanted any more; and nobody has kept that it was.
        Said::ToUs { at: Some(at), .. } if clock::now() - at > SAID_WITHIN => {
            Err("It was said too long ago.")
        }
        Said::ToUs {
            mention, subject, ..
        } => Ok((mention, subject)),
        Said::NotToUs => Err("Nobody called the project manager (@pm)."),
        Said::ByProgram => Err("A program wrote it."),
        Said::ByUs => Err("It is an answer of the project manager's own."),
    }
}
