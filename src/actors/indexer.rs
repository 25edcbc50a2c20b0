//! The indexer: takes what was stored into the index of the log's texts, part by part, while the writer has nothing else
//! to do.
//!
//! ```text
//! writer ── how much is stored, how much waits ──▶ Indexer ── reads a part of a log, makes its words
//!    ▲                                                │
//!    └──────────────── LogIndexed ◀───────────────────┘
//! ```
//!
//! Making the index of an activity costs several times what storing it does, so whoever stores something hardly waits for it:
//! a part is taken in when nothing was stored for a moment, and where there is no such moment, now and then. What is not in
//! the index is looked through as it is (`db/activity/places.rs`), so a search misses nothing; it only takes longer. So it
//! is, too, after an update of the program with the logs that are there: they are taken in while it runs.

use std::time::Duration;

use actix::{Actor, AsyncContext as _, Context, Supervised, WrapFuture as _};
use sea_orm::DatabaseConnection;
use tokio::{sync::watch, time::timeout};

use super::{
    patience::read_patiently,
    supervisor::{Policy, Spec, Supervisor},
    writer::{AppendError, Progress, WriterHandle},
};
use crate::{
    db::{Reader, activity, block},
    domain::{
        change::{Change, Reported},
        id::ProjectId,
    },
};

/// Nobody sends it anything.
const MAILBOX: usize = 1;

/// Activities that are stored between two looks for logs that have grown: as many as make a part.
const LOOK_EVERY: u64 = block::PLACES_MAX.unsigned_abs();

/// How long nothing is stored before a part is taken in: longer than it takes those who were answered to ask for more.
const QUIET: Duration = Duration::from_millis(5);

/// How long that is waited for: a part takes some milliseconds, so that a writer that never rests loses one or two in a
/// hundred of its time, and 256 activities a second are taken in all the same.
const QUIET_WITHIN: Duration = Duration::from_millis(250);

/// Activities that are to be taken in from which on the log of the server says so: some seconds' work.
const WORTH_SAYING: i64 = 50_000;

/// The indexer's state.
#[derive(Clone)]
pub struct Indexer {
    writer: WriterHandle,
    reader: Reader,
}

impl Actor for Indexer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let indexer = self.clone();
        ctx.spawn(async move { indexer.follow().await }.into_actor(self));
    }
}

impl Supervised for Indexer {
    // All it knows is in the database.
}

impl Indexer {
    /// Starts the indexer under `supervisor`.
    pub fn start(
        supervisor: &Supervisor,
        arbiter: &actix_rt::ArbiterHandle,
        writer: WriterHandle,
        reader: Reader,
    ) {
        let spec = Spec {
            name: "indexer".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "what happens from now on is not taken into the index until the server is started again; a search only takes longer"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        supervisor.start(spec, arbiter, move |_| Self { writer, reader });
    }

    /// Looks for logs that have grown, again and again; returns when the program ends.
    async fn follow(&self) {
        let mut progress = self.writer.status().progress();
        loop {
            let seen = progress.borrow_and_update().stored;
            if !self.take_in_all(&mut progress).await {
                return;
            }
            let grown = |now: &Progress| now.is_idle() && now.stored >= seen + LOOK_EVERY;
            if progress.wait_for(grown).await.is_err() {
                return;
            }
        }
    }

    /// Takes in what is missing of each log. Whether to go on.
    async fn take_in_all(&self, progress: &mut watch::Receiver<Progress>) -> bool {
        let query = async |db: &DatabaseConnection| block::behind(db).await;
        let behind = match read_patiently(&self.reader, "what is not indexed", query).await {
            Ok(behind) => behind,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the logs that have grown could not be looked for");
                return true;
            }
        };
        let missing: i64 = behind.iter().map(|(_, missing)| missing).sum();
        if missing >= WORTH_SAYING {
            tracing::info!(
                missing,
                "taking activities into the index of the search; until then it takes longer"
            );
        }
        for (project, _) in behind {
            if !self.take_in(project, progress).await {
                return false;
            }
        }
        if missing >= WORTH_SAYING {
            tracing::info!("the index of the search has all that there was");
        }
        true
    }

    /// Takes in what is missing of a log, a part at a time: what happens meanwhile is stored in between. Whether to go on.
    async fn take_in(&self, project: ProjectId, progress: &mut watch::Receiver<Progress>) -> bool {
        let query = async |db: &DatabaseConnection| activity::next_block(db, project).await;
        loop {
            if !quiet(progress).await {
                return false;
            }
            let block = match read_patiently(&self.reader, "what is not indexed", query).await {
                Ok(Some(block)) => block,
                Ok(None) => return true,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, project.id = %project, "a log could not be read to be indexed");
                    return true;
                }
            };
            let indexed = Reported::now(project, Change::LogIndexed(block));
            match self.writer.append(vec![indexed]).await {
                // What was stored without a word, or by another server, is found to be there.
                Ok(_) | Err(AppendError::Duplicate) => {}
                // Deleted meanwhile, or the program ends.
                Err(AppendError::ProjectUnknown(_)) => return true,
                Err(AppendError::Unknown) => return false,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, project.id = %project, "a part of a log could not be indexed");
                    return true;
                }
            }
        }
    }
}

/// Waits until nothing was stored for a moment, or for long enough. Whether the program goes on.
async fn quiet(progress: &mut watch::Receiver<Progress>) -> bool {
    let quiet = async {
        loop {
            progress.wait_for(Progress::is_idle).await?;
            match timeout(QUIET, progress.changed()).await {
                Ok(changed) => changed?,
                Err(_) => return Ok::<(), watch::error::RecvError>(()),
            }
        }
    };
    match timeout(QUIET_WITHIN, quiet).await {
        Ok(quiet) => quiet.is_ok(),
        Err(_) => true,
    }
}
