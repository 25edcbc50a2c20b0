//! Reading a project's log, as somebody does who follows it.

use futures_util::future::BoxFuture;

use super::{
    ReadError, Reader,
    activity::{self, Page, Replay},
    project,
};
use crate::domain::{
    activity::{Activity, Verbosity},
    id::ProjectId,
};

/// What a stream reads from. The database, but in tests that break it at any point.
pub trait LogReader: Send + Sync {
    /// A project's last `seq`; none when there is no such project.
    ///
    /// # Errors
    /// [`ReadError`].
    fn head(&self, project: ProjectId) -> BoxFuture<'_, Result<Option<i64>, ReadError>>;

    /// What a project's log has after a `seq`, about so many `bytes` of it, and what was trimmed of it by then.
    ///
    /// # Errors
    /// [`ReadError`].
    fn replay(
        &self,
        project: ProjectId,
        after: i64,
        verbosity: Verbosity,
        bytes: usize,
    ) -> BoxFuture<'_, Result<Replay, ReadError>>;

    /// A page of a project's log, as [`activity::page`] has it.
    ///
    /// # Errors
    /// [`ReadError`].
    fn page(
        &self,
        project: ProjectId,
        page: Page,
    ) -> BoxFuture<'_, Result<Vec<Activity>, ReadError>>;
}

impl LogReader for Reader {
    fn head(&self, project: ProjectId) -> BoxFuture<'_, Result<Option<i64>, ReadError>> {
        Box::pin(self.read(async move |db| project::head(db, project).await))
    }

    fn replay(
        &self,
        project: ProjectId,
        after: i64,
        verbosity: Verbosity,
        bytes: usize,
    ) -> BoxFuture<'_, Result<Replay, ReadError>> {
        let replay =
            async move |db: &_| activity::replay(db, project, after, verbosity, bytes).await;
        Box::pin(self.read(replay))
    }

    fn page(
        &self,
        project: ProjectId,
        page: Page,
    ) -> BoxFuture<'_, Result<Vec<Activity>, ReadError>> {
        Box::pin(self.read(async move |db| activity::page(db, project, page).await))
    }
}
