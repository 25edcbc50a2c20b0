//! The importer: makes a project for each repository people already have, beside everything else, and says how far it is.
//!
//! ```text
//! settings, a request ── what is wanted ──▶ Importer ── whose repositories? ──▶ GitHub
//!                                              │
//!                                              └── ProjectCreated ──▶ writer
//! ```
//!
//! **Twice is harmless.** A project whose repository another project has is left as it is, and each has a key by which the
//! database knows it: two servers that import at once make it once. One that cannot be imported is named and does not keep the
//! others.

mod handle;
mod sources;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::handle::ImporterHandle;
use super::writer::{AppendError, WriterHandle};
use crate::{
    clock,
    db::{Reader, project},
    domain::{
        change::{Change, NewProject, Reported},
        github::RepositoryName,
        id::ProjectId,
        import::{Entry, Failed, Progress, State, Wanted},
        project::{AgentSettings, ProjectName, Reach, parse_description, parse_repository_url},
    },
    github::GitHub,
};

/// What an importer works with.
#[derive(Clone)]
pub struct Parts {
    /// Who makes the projects.
    pub writer: WriterHandle,
    /// Where those that are there are read.
    pub reader: Reader,
    /// Where the repositories are.
    pub github: GitHub,
    /// Which repositories a project may name.
    pub reach: Reach,
    /// Fires when the server ends.
    pub stopping: CancellationToken,
}

/// What is known of it; it outlives the actor.
#[derive(Default)]
struct Known {
    progress: Mutex<Progress>,
    /// What is to be imported next.
    next: Mutex<Option<Wanted>>,
    bell: Notify,
}

impl Known {
    /// Held briefly and never across an await.
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held as briefly.
    fn next(&self) -> MutexGuard<'_, Option<Wanted>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_ended(&self) {
        let mut progress = self.progress();
        progress.state = State::Done;
        progress.ended_at = Some(clock::now());
    }
}

/// The importer's state.
struct Importer {
    parts: Parts,
    known: Arc<Known>,
}

impl Actor for Importer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.listen(ctx);
    }
}

impl Supervised for Importer {
    /// What it was about is not begun again by itself: what it failed at would be there again.
    fn restarting(&mut self, _: &mut Self::Context) {
        if self.known.progress().state != State::Running {
            return;
        }
        self.known.progress().fails(Failed {
            name: "the rest".to_owned(),
            why: "something in the server failed meanwhile, and was logged. Import again: what is there is left as it is".to_owned(),
        });
        self.known.has_ended();
    }
}

impl Importer {
    fn listen(&self, ctx: &mut Context<Self>) {
        let (known, parts) = (Arc::clone(&self.known), self.parts.clone());
        let done = async move {
            known.bell.notified().await;
            let wanted = known.next().take();
            if let Some(wanted) = wanted {
                parts.import(&wanted, &known).await;
            }
        };
        ctx.spawn(
            done.into_actor(self)
                .map(|(), importer, ctx| importer.listen(ctx)),
        );
    }
}

/// What there is already.
#[derive(Default)]
struct There {
    /// Repositories, by the key of their name, or by their address where it is on another server.
    repositories: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl There {
    /// A repository has another name by now: whoever has it under the old one has it.
    fn is_called(&mut self, before: &RepositoryName, now: &RepositoryName) {
        if self.repositories.contains(&before.key()) {
            self.repositories.insert(now.key());
        }
    }

    fn forget(&mut self, key: &str) {
        self.repositories.remove(key);
        self.names.remove(key);
    }
}

impl Parts {
    async fn import(&self, wanted: &Wanted, known: &Known) {
        let mut there = match self.there().await {
            Ok(there) => there,
            Err(why) => {
                known.progress().fails(Failed {
                    name: "everything".to_owned(),
                    why,
                });
                return self.end(known);
            }
        };
        let found = self.find(wanted, known, &mut there).await;
        for entry in found {
            if self.stopping.is_cancelled() {
                return;
            }
            let name = entry.name.clone();
            let made = self.make(entry, &mut there).await;
            let mut progress = known.progress();
            progress.done += 1;
            match made {
                Ok(true) => progress.created += 1,
                Ok(false) => progress.present += 1,
                Err(why) => progress.fails(Failed { name, why }),
            }
        }
        self.end(known);
    }

    fn end(&self, known: &Known) {
        known.has_ended();
        let progress = known.progress().clone();
        let Progress {
            created,
            present,
            failed_count,
            ..
        } = progress;
        for failed in &progress.failed {
            tracing::warn!(
                name = failed.name,
                why = failed.why,
                "a project could not be imported"
            );
        }
        tracing::info!(
            created,
            present,
            failed = failed_count,
            "projects were imported"
        );
    }

    /// Makes a project, if it is not there; whether it was made.
    async fn make(&self, entry: Entry, there: &mut There) -> Result<bool, String> {
        let refused = |invalid: crate::domain::Invalid| invalid.0;
        let url = parse_repository_url(entry.url.as_deref().unwrap_or_default(), self.reach)
            .map_err(refused)?;
        let name = ProjectName::parse(&entry.name).map_err(refused)?;
        let known = match &url {
            Some(url) => self.key(url),
            None => name.as_str().to_lowercase(),
        };
        let is_new = match &url {
            Some(_) => there.repositories.insert(known.clone()),
            None => there.names.insert(known.clone()),
        };
        if !is_new {
            return Ok(false);
        }
        let key = match &url {
            Some(_) => format!("import:{known}"),
            None => format!("import-name:{known}"),
        };
        let new = NewProject {
            description: parse_description(entry.description.as_deref().unwrap_or_default())
                .map_err(refused)?,
            name,
            github_repo_url: url,
            telegram_chat_id: entry.telegram_chat_id,
            workspace_path: None,
            backend: None,
            agent: AgentSettings::default(),
            key: Some(key),
        };
        let made = Reported::now(ProjectId::new(), Change::ProjectCreated(new));
        match self.writer.append(vec![made]).await {
            Ok(_) => Ok(true),
            Err(AppendError::Duplicate) => Ok(false),
            Err(error) => {
                // Another entry may be the same one, and have more luck.
                there.forget(&known);
                Err(error.to_string())
            }
        }
    }

    async fn there(&self) -> Result<There, String> {
        let read = self.reader.read(async |db| {
            let urls = project::repositories(db).await?;
            Ok((urls, project::all_names(db).await?))
        });
        let (urls, names) = read.await.map_err(|error| error.to_string())?;
        Ok(There {
            repositories: urls.iter().map(|(_, url)| self.key(url)).collect(),
            names: names.iter().map(|name| name.to_lowercase()).collect(),
        })
    }

    /// By what a repository is known: two addresses of the same one have the same.
    fn key(&self, url: &str) -> String {
        let name = self.github.site().repository_of(url);
        name.map_or_else(|| url.to_owned(), |name| name.key())
    }
}
