//! What others hold of the lookout.

use std::{collections::BTreeSet, sync::Arc};

use sea_orm::DatabaseConnection;
use tokio::sync::Notify;

use super::{Lookout, Mind, Parts};
use crate::{
    actors::{
        patience::read_patiently,
        supervisor::{Policy, Spec, Supervisor},
        writer::AppendError,
    },
    db::{ReadError, pull},
    domain::{
        change::{Change, Reported},
        github::{PullChange, RepositoryName},
        id::ProjectId,
    },
};

/// Nobody sends it anything.
const MAILBOX: usize = 1;

/// Why a pull request is not looked at.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// Which ones there are could not be read.
    #[error("the pull requests of a branch could not be read")]
    Read(#[from] ReadError),
    /// That it is to be looked at could not be stored.
    #[error("that a pull request is to be looked at could not be stored")]
    Append(#[from] AppendError),
}

/// What others hold of the lookout.
#[derive(Clone)]
pub struct LookoutHandle {
    parts: Parts,
    mind: Arc<Mind>,
    bell: Arc<Notify>,
}

impl LookoutHandle {
    /// Starts the lookout under `supervisor`.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, parts: Parts) -> Self {
        let handle = Self {
            bell: parts.writer.status().pulls(),
            mind: Arc::default(),
            parts,
        };
        let spec = Spec {
            name: "lookout".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "pull requests are not looked at any more until the server is started again"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        let kept = handle.clone();
        // Nobody speaks to it: it lives as long as the server.
        drop(supervisor.start(spec, arbiter, move |_| Lookout {
            parts: kept.parts,
            mind: kept.mind,
            bell: kept.bell,
            under_way: BTreeSet::new(),
            reads: false,
            again: false,
            alarm: None,
        }));
        handle
    }

    /// Has a pull request of a project's repository be looked at now, because there is news of it: one that is not known is
    /// read from GitHub, and is from then on. Returns when that is certain to happen, which is before it has.
    ///
    /// # Errors
    /// [`LookError`], when it is not.
    pub async fn look(
        &self,
        project: ProjectId,
        repository: &RepositoryName,
        number: u64,
    ) -> Result<(), LookError> {
        let url = self.parts.github.site().page_of_pull(repository, number);
        let hinted = PullChange::Hinted {
            repository: repository.clone(),
            number,
            url,
        };
        let hinted = Reported::now(project, Change::PullRequest(hinted));
        self.parts.writer.append(vec![hinted]).await?;
        // The server that works for the project finds it within a minute; this one knows of it now.
        if !self.parts.leases.holds(project) {
            self.mind.add((project, number));
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Has the open pull requests of a branch be looked at now, because there is news of its checks. One that is not known is
    /// not.
    ///
    /// # Errors
    /// [`LookError`], when they are not.
    pub async fn look_at_branch(&self, project: ProjectId, branch: &str) -> Result<(), LookError> {
        let query = async |db: &DatabaseConnection| pull::of_branch(db, project, branch).await;
        let reader = &self.parts.reader;
        let pulls = read_patiently(reader, "the pull requests of a branch", query).await?;
        for pull in pulls {
            self.look(project, &pull.repository, pull.number).await?;
        }
        Ok(())
    }
}
