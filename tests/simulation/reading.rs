//! The database as one stream sees it.

use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
};

use futures_util::future::BoxFuture;
use project_manager::{
    db::{
        LogReader, ReadError,
        activity::{Page, Replay},
    },
    delay::pause,
    domain::{
        activity::{Activity, Verbosity},
        id::ProjectId,
    },
};
use sea_orm::{DbErr, RuntimeErr};

use super::{
    database::Database,
    trace::Pen,
    weather::{Asked, Fate},
    writing::latency,
};
use crate::support::Chance;

/// Activities a stream is given at once when it is behind: so few that it has to come back for more.
const REPLAYED_AT_ONCE: u64 = 5;

/// One stream's way to read. Each has a chance of its own: of streams that are woken at once now one reads first and now
/// another.
pub(super) struct Reading {
    database: Database,
    pen: Pen,
    chance: Mutex<Chance>,
}

impl Reading {
    pub(super) fn new(database: Database, pen: Pen, chance: Chance) -> Self {
        Self {
            database,
            pen,
            chance: Mutex::new(chance),
        }
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        draw(&mut chance)
    }

    async fn read<T>(&self, read: impl FnOnce() -> T) -> Result<T, ReadError> {
        let fate = self.draw(|chance| self.database.weather().fate(Asked::ToRead, chance));
        if fate != Fate::Answers {
            self.pen.note(format!("reading: {fate:?}"));
        }
        pause(self.draw(latency)).await;
        match fate {
            Fate::Answers => {
                let read = read();
                pause(self.draw(latency)).await;
                Ok(read)
            }
            Fate::Fails if self.draw(|chance| chance.once_in(6)) => {
                let unreadable = DbErr::Type("a word nobody knows".to_owned());
                Err(ReadError::Failed(unreadable))
            }
            Fate::Fails => {
                let away = RuntimeErr::Internal("the simulated database is away".to_owned());
                Err(ReadError::Failed(DbErr::Conn(away)))
            }
            Fate::Silent => {
                pause(self.database.patience()).await;
                Err(ReadError::TimedOut(self.database.patience()))
            }
            Fate::Crashes => resume_unwind(Box::new("the simulation crashes a stream")),
        }
    }
}

impl LogReader for Reading {
    fn head(&self, project: ProjectId) -> BoxFuture<'_, Result<Option<i64>, ReadError>> {
        Box::pin(self.read(move || self.database.head(project)))
    }

    fn replay(
        &self,
        project: ProjectId,
        after: i64,
        verbosity: Verbosity,
        _: usize,
    ) -> BoxFuture<'_, Result<Replay, ReadError>> {
        Box::pin(self.read(move || {
            let page = Page {
                after: Some(after),
                before: None,
                verbosity,
                limit: REPLAYED_AT_ONCE,
            };
            let activities = self.database.page(project, page);
            let read = u64::try_from(activities.len()).expect("it fits");
            Replay {
                activities,
                is_all: read < REPLAYED_AT_ONCE,
                trimmed: 0,
            }
        }))
    }

    fn page(
        &self,
        project: ProjectId,
        page: Page,
    ) -> BoxFuture<'_, Result<Vec<Activity>, ReadError>> {
        Box::pin(self.read(move || self.database.page(project, page)))
    }
}

impl Database {
    fn page(&self, project: ProjectId, page: Page) -> Vec<Activity> {
        let state = self.state();
        let log = state.tables.logs.get(&project).into_iter().flatten();
        let shown = log.filter(|activity| {
            activity.entry.verbosity <= page.verbosity
                && page.after.is_none_or(|after| activity.seq > after)
                && page.before.is_none_or(|before| activity.seq < before)
        });
        let mut shown: Vec<Activity> = shown.cloned().collect();
        let limit = usize::try_from(page.limit).expect("it fits");
        match page.after {
            Some(_) => shown.truncate(limit),
            None => drop(shown.drain(..shown.len().saturating_sub(limit))),
        }
        shown
    }
}
