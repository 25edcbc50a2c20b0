//! The leaseholder: keeps this server among those that are there, and takes over what servers left that are not any more.
//!
//! ```text
//! every beat:  renew own row ─▶ take away rows of the silent ─▶ take projects nobody works for ─▶ Leases
//!                  └─ gone: taken for dead; let go of everything, arrive anew
//! ```
//!
//! It has a connection of its own, because a full pool must not make a server look dead. What it takes is picked up as after
//! a restart; a server that ends in order leaves, and is not waited for.

use std::{sync::Arc, time::Duration};

use actix::{
    AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{
    executor::ExecutorHandle,
    sessions::SessionsHandle,
    supervisor::{Policy, Spec, Supervisor},
    writer::WriterStatus,
};
use crate::{
    db::{
        ConnectError, Database, discard,
        lease::{self, BEATS, Found, good_for},
        reason,
    },
    domain::id::{ProjectId, ServerId},
    leases::{self, Leases},
};

/// What there is to do for projects, and who does it.
#[derive(Clone)]
pub struct Work {
    /// For which projects this server does it.
    pub(super) leases: Leases,
    executor: ExecutorHandle,
    sessions: SessionsHandle,
    writer: WriterStatus,
}

impl Work {
    /// The executor runs commands, the sessions answer, and who is woken by what the writer stores does the rest.
    pub fn new(
        leases: &Leases,
        executor: &ExecutorHandle,
        sessions: &SessionsHandle,
        writer: &WriterStatus,
    ) -> Self {
        Self {
            leases: leases.clone(),
            executor: executor.clone(),
            sessions: sessions.clone(),
            writer: writer.clone(),
        }
    }

    /// Has what others stored be looked for, in a project or wherever this server works. Whether executor and sessions were told.
    pub(super) fn look_again(&self, project: Option<ProjectId>) -> bool {
        self.writer.wake_all();
        let (executor, sessions) = (
            self.executor.look_again(),
            self.sessions.look_again(project),
        );
        executor && sessions
    }
}

/// What a leaseholder works with.
#[derive(Clone)]
struct Parts {
    database: Arc<Database>,
    work: Work,
}

/// The leaseholder's state.
pub struct Leaseholder {
    parts: Parts,
}

impl Actor for Leaseholder {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let parts = self.parts.clone();
        ctx.spawn(async move { parts.keep().await }.into_actor(self));
    }
}

impl Supervised for Leaseholder {
    // What it keeps outlives it: an id that is still there goes on being renewed.
}

/// Has a server arrive at its database: from now on it works for the projects that are made through it.
///
/// # Errors
/// When the database does not take it in.
pub async fn arrive(database: &Database) -> Result<Leases, ConnectError> {
    if database.is_sqlite() {
        return Ok(Leases::all());
    }
    let (leases, until) = (Leases::none(), leases::now() + good_for(database.lease));
    let server = ServerId::new();
    database.arrive(server).await?;
    leases.arrived(server, until);
    Ok(leases)
}

/// Starts the leaseholder under `supervisor`: it meets the other servers in `database`, and what it takes over is `work`;
/// none for SQLite, which one server has for itself.
pub fn start(
    supervisor: &Supervisor,
    arbiter: &actix_rt::ArbiterHandle,
    database: &Arc<Database>,
    work: Work,
) {
    if database.is_sqlite() {
        return;
    }
    let database = Arc::clone(database);
    let parts = Parts { database, work };
    let spec = Spec {
        name: "leaseholder".to_owned(),
        parent: "supervisor",
        policy: Policy::Permanent,
        mailbox: 1,
    };
    // Nobody speaks to it: it lives as long as the server.
    drop(supervisor.start(spec, arbiter, move |_| Leaseholder { parts }));
}

/// What there is of a leaseholder's beating.
#[derive(Default)]
struct Beating {
    connection: Option<DatabaseConnection>,
    /// Since when it has been without a pause.
    since: Option<Instant>,
    /// How many beats have failed in a row.
    failed: u32,
    /// Whether somebody is still to be told that this server works for other projects.
    owes_word: bool,
}

impl Parts {
    /// Beats for ever.
    async fn keep(&self) {
        let mut beats = interval(self.database.lease / BEATS);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beating = Beating::default();
        loop {
            beats.tick().await;
            let beat = self.beat(&mut beating).await;
            beating.failed = if beat.is_err() { beating.failed + 1 } else { 0 };
            if let Err(why) = beat {
                self.say_not_renewed(&why, beating.failed);
                beating.since = None;
                if let Some(connection) = beating.connection.take() {
                    discard(&connection);
                }
            }
            if beating.owes_word {
                beating.owes_word = !self.work.look_again(None);
            }
        }
    }

    fn say_not_renewed(&self, why: &str, failed: u32) {
        let here = self.work.leases.here();
        if failed < BEATS || here.is_some_and(|here| here.is_certain()) {
            return tracing::debug!(why, "a beat failed; the next one comes soon");
        }
        // With the database away the writer says so, and nobody else can take anything over.
        tracing::warn!(
            why,
            "the lease on this server's work has run out, so that others may take it over; trying to renew it"
        );
    }

    async fn beat(&self, beating: &mut Beating) -> Result<(), String> {
        let lease = self.database.lease;
        // In a black hole no answer comes, and there is to be time for another try.
        let server = within(lease / 2, self.renew(beating)).await?;
        let buries = beating.silence_is_others(lease);
        let connection = beating.connection.as_ref().ok_or("no connection")?;
        let owes_word = &mut beating.owes_word;
        // What takes longer goes on with the next beat: this server is not to be taken for dead over it.
        within(lease / 2, self.take(connection, server, buries, owes_word)).await
    }

    /// Renews this server's row, or arrives anew.
    async fn renew(&self, beating: &mut Beating) -> Result<ServerId, Failed> {
        let db = match &beating.connection {
            Some(connection) => connection,
            None => {
                let opened = self.database.open_for_leases().await?;
                beating.connection.insert(opened)
            }
        };
        let lease = self.database.lease;
        let until = leases::now() + good_for(lease);
        let Some(server) = self.work.leases.here().and_then(|here| here.server()) else {
            return Ok(self.arrive(db, until).await?);
        };
        match lease::renew(db, server, lease).await? {
            Found::InTime => {}
            // Whatever kept it from beating may have kept the others.
            Found::Expired => beating.since = None,
            Found::Gone => {
                tracing::warn!(
                    "this server was not heard of for {lease:?}, so others may have taken over what it did; it begins anew"
                );
                self.work.leases.lost();
                beating.owes_word = !self.work.look_again(None);
                beating.since = None;
                return Ok(self.arrive(db, until).await?);
            }
        }
        self.work.leases.renewed(until);
        Ok(server)
    }

    async fn arrive(&self, db: &DatabaseConnection, until: Duration) -> Result<ServerId, DbErr> {
        let server = ServerId::new();
        lease::arrive(db, server, self.database.lease).await?;
        self.work.leases.arrived(server, until);
        Ok(server)
    }

    /// Takes what nobody works for, and holds against the database what this server believes that it has.
    async fn take(
        &self,
        db: &DatabaseConnection,
        server: ServerId,
        buries: bool,
        owes_word: &mut bool,
    ) -> Result<(), Failed> {
        if buries {
            let buried = lease::bury(db, server).await?;
            if buried > 0 {
                tracing::warn!(
                    buried,
                    "servers were not heard of in time; what they did is taken over"
                );
            }
        }
        loop {
            let taken = lease::take(db, server).await?;
            let believed = self.work.leases.projects();
            let held = lease::held(db, server).await?;
            if self.work.leases.correct(server, &believed, held) {
                let projects = self.work.leases.projects().len();
                tracing::info!(taken, projects, "this server works for other projects now");
                *owes_word = true;
            }
            if taken == 0 {
                return Ok(());
            }
        }
    }
}

impl Beating {
    /// Whether this server has beaten for so long that who is silent is so by themselves: after a time in which it could not
    /// beat, nobody may have been able to, and they are to have their chance first.
    fn silence_is_others(&mut self, lease: Duration) -> bool {
        let now = Instant::now();
        now - *self.since.get_or_insert(now) >= lease
    }
}

/// Why a beat failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What comes within a time; else why not.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failed>>,
) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(done) => done.map_err(|error| reason(&error)),
        Err(_) => Err(format!("no answer within {limit:?}")),
    }
}
