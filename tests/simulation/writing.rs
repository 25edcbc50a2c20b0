//! The database as the writer sees it.

use std::{future::pending, mem::take, time::Duration};

use futures_util::future::BoxFuture;
use project_manager::{
    actors::writer::ledger::{Connection, Failure, Ledger, Transaction},
    db::apply::{Logged, Retention},
    delay::pause,
    domain::{
        activity::Activity,
        change::Reported,
        id::{ActivityId, ProjectId},
    },
};
use tokio::time::Instant;

use super::{
    database::{Database, State},
    tables::{Added, CRASHER},
    weather::Fate,
};
use crate::support::Chance;

impl Ledger for Database {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>, Failure>> {
        Box::pin(async {
            self.meet("connecting").await?;
            Ok(self.connection())
        })
    }

    fn patience(&self) -> Duration {
        Database::patience(self)
    }
}

impl Database {
    /// A connection that is open.
    pub(super) fn connection(&self) -> Box<dyn Connection> {
        Box::new(Connected(self.clone()))
    }

    /// Does something that can end in any way.
    async fn meet(&self, doing: &'static str) -> Result<(), Failure> {
        let fate = self.fate(doing);
        self.on_the_way().await;
        match fate {
            Fate::Answers => Ok(()),
            Fate::Fails => Err(away(doing)),
            Fate::Silent => pending().await,
            Fate::Crashes => self.crash(),
        }
    }

    async fn on_the_way(&self) {
        let latency = latency(&mut self.state().chance);
        if !latency.is_zero() {
            pause(latency).await;
        }
    }

    /// Crashes whoever has to do with something that is made for it.
    fn crash_over<'a>(&self, activities: impl IntoIterator<Item = &'a Activity>) {
        let mut activities = activities.into_iter();
        let fatal = activities.any(|activity| activity.entry.message == CRASHER);
        let crashes = |state: &mut State| !state.chance.once_in(4) && state.may_crash();
        if fatal && crashes(&mut self.state()) {
            self.crash();
        }
    }

    async fn lock(&self) {
        loop {
            let locked = self.state().lock();
            match locked {
                Ok(()) => return,
                Err(free_at) => pause(free_at.duration_since(Instant::now())).await,
            }
        }
    }
}

/// How long a question, or its answer, is under way: mostly no time at all, sometimes long.
pub(super) fn latency(chance: &mut Chance) -> Duration {
    match chance.below(8) {
        0..4 => Duration::ZERO,
        4..7 => chance.millis(10),
        _ => chance.millis(300),
    }
}

fn away(doing: &str) -> Failure {
    Failure::away(format!("the simulated database is away, {doing}"))
}

struct Connected(Database);

impl Connection for Connected {
    fn stored<'a>(
        &'a self,
        ids: &'a [ActivityId],
    ) -> BoxFuture<'a, Result<Vec<Activity>, Failure>> {
        Box::pin(async move {
            self.0.meet("looking up").await?;
            let stored = self.0.state().tables.among(ids);
            self.0.crash_over(&stored);
            self.0.on_the_way().await;
            Ok(stored)
        })
    }

    fn has_project(&self, project: ProjectId) -> BoxFuture<'_, Result<bool, Failure>> {
        Box::pin(async move {
            self.0.meet("looking for a project").await?;
            Ok(self.0.head(project).is_some())
        })
    }

    fn discard(self: Box<Self>) {}

    fn begin(&self) -> BoxFuture<'_, Result<Box<dyn Transaction>, Failure>> {
        Box::pin(async {
            self.0.meet("beginning").await?;
            let mut open = Open {
                database: self.0.clone(),
                changes: Vec::new(),
                added: Added::default(),
                locked: false,
                lands: false,
            };
            if self.0.locks_early() {
                open.lock().await;
            }
            self.0.on_the_way().await;
            Ok(Box::new(open) as Box<dyn Transaction>)
        })
    }
}

/// An open transaction.
struct Open {
    database: Database,
    changes: Vec<ActivityId>,
    added: Added,
    locked: bool,
    /// Whether it is committed in the end when its owner goes now.
    lands: bool,
}

impl Open {
    async fn lock(&mut self) {
        if !self.locked {
            self.database.lock().await;
            self.locked = true;
        }
    }

    fn unlock(&mut self) {
        if take(&mut self.locked) {
            self.database.state().unlock();
        }
    }

    /// Commits it, whether or not anybody hears of it.
    fn land(&mut self) {
        let added = take(&mut self.added);
        self.database.note(format!("commits {added}"));
        let fatal: Vec<Activity> = added.activities().cloned().collect();
        self.database.state().tables.add(added);
        self.unlock();
        self.database.crash_over(&fatal);
    }
}

impl Transaction for Open {
    fn apply<'a>(
        &'a mut self,
        changes: &'a [&'a Reported],
        _: Retention,
    ) -> BoxFuture<'a, Result<Vec<Logged>, Failure>> {
        Box::pin(async move {
            self.database.meet("applying").await?;
            self.lock().await;
            let taken = self.database.state().tables.take(changes.iter().copied());
            self.added = taken.map_err(Failure::Refused)?;
            if self.database.state().chance.once_in(2) {
                self.database.crash_over(self.added.activities());
            }
            self.changes = changes.iter().map(|reported| reported.id).collect();
            self.database.on_the_way().await;
            let activities = self.added.activities.iter().cloned();
            let logged = activities.map(|(project, activity)| Logged { project, activity });
            Ok(logged.collect())
        })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>> {
        Box::pin(async move {
            let doubted = self.database.state().doubt(&self.changes);
            let fate = self.database.fate("committing");
            // Now the database is told, so whatever happens to whoever told it, it may do so.
            self.lands = self.database.state().chance.once_in(2);
            self.database.on_the_way().await;
            if fate == Fate::Answers || self.database.state().chance.once_in(2) {
                self.land();
            }
            self.database.on_the_way().await;
            match fate {
                Fate::Answers => {
                    self.database.state().know(&doubted);
                    Ok(())
                }
                Fate::Fails => Err(away("committing")),
                Fate::Silent => pending().await,
                Fate::Crashes => self.database.crash(),
            }
        })
    }

    fn rollback(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.database.on_the_way().await;
            self.unlock();
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.locked {
            let added = take(&mut self.added);
            self.database.state().leave(self.lands.then_some(added));
        }
    }
}
