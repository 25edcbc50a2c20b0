//! What the writer asks of a database.
//!
//! What is stored together, who still waits for it and what an unknown outcome means is the writer's to decide, in
//! `group.rs`. How a database does its part is in `sql.rs`. The tests have another one, which breaks at any point.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::AppendError;
use crate::{
    db::apply::{Logged, Retention},
    domain::{
        activity::Activity,
        change::Reported,
        id::{ActivityId, ProjectId},
    },
    failpoint::OnPurpose,
};

/// A database the writer can connect to.
pub trait Ledger: Send + Sync {
    /// Opens a connection.
    ///
    /// # Errors
    /// [`Failure`], as everywhere here.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>, Failure>>;

    /// How long opening a connection may take, and all that is done for a group. Then the connection is given up.
    fn patience(&self) -> Duration;

    /// How much of each log is kept.
    fn retention(&self) -> Retention {
        Retention::default()
    }
}

/// A connection of the writer alone.
pub trait Connection: Send + Sync {
    /// Those of these activities that the log holds.
    fn stored<'a>(&'a self, ids: &'a [ActivityId])
    -> BoxFuture<'a, Result<Vec<Activity>, Failure>>;

    /// Whether there is such a project.
    fn has_project(&self, project: ProjectId) -> BoxFuture<'_, Result<bool, Failure>>;

    /// Gives it up: it may be waiting for an answer that never comes.
    fn discard(self: Box<Self>);

    /// Begins a transaction. Returns when nobody else can write.
    fn begin(&self) -> BoxFuture<'_, Result<Box<dyn Transaction>, Failure>>;
}

/// An open transaction. Dropping it takes it back.
pub trait Transaction: Send {
    /// Applies changes, in order, gives each its place in its log, and trims logs that have grown. The activities they led
    /// to, in the same order.
    fn apply<'a>(
        &'a mut self,
        changes: &'a [&'a Reported],
        retention: Retention,
    ) -> BoxFuture<'a, Result<Vec<Logged>, Failure>>;

    /// Makes it last. When the database goes away meanwhile, it may have been made to last all the same.
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>>;

    /// Takes it back at once. Where that fails, the connection has and the database does it by itself.
    fn rollback(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// Why a database did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It refuses, and would again.
    Refused(AppendError),
    /// It is away.
    Away(Away),
}

/// The database is away.
#[derive(Debug)]
pub struct Away {
    /// What it said.
    pub(super) reason: String,
    /// Whether it may have stored everything all the same.
    pub(super) unsure: bool,
}

impl Failure {
    /// The database is away, and says this.
    pub fn away(reason: impl Into<String>) -> Self {
        Self::Away(Away {
            reason: reason.into(),
            unsure: false,
        })
    }

    /// The same of a database that may have been told to commit.
    pub(super) fn at_the_commit(self) -> Self {
        match self {
            Self::Away(Away { reason, .. }) => Self::Away(Away {
                reason,
                unsure: true,
            }),
            Self::Refused(refused) => Self::Refused(refused),
        }
    }
}

impl From<OnPurpose> for Failure {
    fn from(on_purpose: OnPurpose) -> Self {
        Self::away(on_purpose.to_string())
    }
}
