//! The leaseholder: keeps this server among those that are there, and takes over what servers left that are not any more.
//!
//! ```text
//! every beat:  renew own row ─▶ take away rows of the silent ─▶ take projects nobody works for ─▶ Leases
//!                  └─ gone: taken for dead; let go of everything, arrive anew
//! ```
//!
//! It has a connection of its own, because a full pool must not make a server look dead. What it takes is picked up as after
//! a restart; a server that ends in order leaves, and is not waited for.

use std::sync::Arc;

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
};
use crate::{
    db::{ConnectError, Database, discard, lease, reason},
    domain::id::{ProjectId, ServerId},
    leases::{self, Leases},
};

/// Beats in the time after which a server is taken for dead: some may come late, or be lost with a connection.
const BEATS: u32 = 5;

/// What there is to do for projects, and who does it.
#[derive(Clone)]
pub struct Work {
    /// For which projects this server does it.
    pub(super) leases: Leases,
    executor: ExecutorHandle,
    sessions: SessionsHandle,
}

impl Work {
    /// The executor runs commands, the sessions answer.
    pub fn new(leases: &Leases, executor: &ExecutorHandle, sessions: &SessionsHandle) -> Self {
        Self {
            leases: leases.clone(),
            executor: executor.clone(),
            sessions: sessions.clone(),
        }
    }

    /// Has what others stored be looked for, in a project or wherever this server works.
    pub(super) fn look_again(&self, project: Option<ProjectId>) {
        self.executor.look_again();
        self.sessions.look_again(project);
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
    let (leases, until) = (Leases::none(), leases::now() + database.lease);
    let server = ServerId::new();
    database.take_in(server).await?;
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

impl Parts {
    /// Beats for ever.
    async fn keep(&self) {
        let mut beats = interval(self.database.lease / BEATS);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = None;
        // Since when it has been beating without a pause.
        let mut since = None;
        loop {
            beats.tick().await;
            let beat = self.beat(&mut connection, &mut since);
            // In a black hole no answer comes, and the next try is to come before this server is taken for dead.
            let result = timeout(self.database.lease / 2, beat).await;
            let why = match result {
                Ok(Ok(())) => continue,
                Ok(Err(why)) => why,
                Err(_) => "no answer in time".to_owned(),
            };
            if self
                .work
                .leases
                .here()
                .is_some_and(|here| here.is_certain())
            {
                tracing::debug!(why, "the lease was not renewed this time; trying again");
            } else {
                // With the database away the writer says so, and nobody else can take anything over.
                tracing::warn!(
                    why,
                    "the lease on this server's work has run out, so that others may take it over; trying to renew it"
                );
            }
            since = None;
            if let Some(connection) = connection.take() {
                discard(&connection);
            }
        }
    }

    async fn beat(
        &self,
        connection: &mut Option<DatabaseConnection>,
        since: &mut Option<Instant>,
    ) -> Result<(), String> {
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let opened = self.database.open_for_leases().await;
                connection.insert(opened.map_err(|error| reason(&error))?)
            }
        };
        let beat = self.renew_and_take(connection, since).await;
        beat.map_err(|error| reason(&error))
    }

    async fn renew_and_take(
        &self,
        db: &DatabaseConnection,
        since: &mut Option<Instant>,
    ) -> Result<(), DbErr> {
        let now = Instant::now();
        let until = leases::now() + self.database.lease;
        let server = match self.work.leases.here().and_then(|here| here.server()) {
            Some(server) if lease::beat(db, server).await? => {
                self.work.leases.renewed(until);
                server
            }
            taken_for_dead => {
                if taken_for_dead.is_some() {
                    tracing::warn!(
                        "this server was not heard of for {:?}, so others may have taken over what it did; it begins anew",
                        self.database.lease
                    );
                    self.work.leases.lost();
                    self.work.look_again(None);
                }
                let server = ServerId::new();
                lease::arrive(db, server).await?;
                self.work.leases.arrived(server, until);
                server
            }
        };
        // After a time in which this one could not beat, nobody may have been able to: they are to have their chance first.
        if now - *since.get_or_insert(now) >= self.database.lease {
            let buried = lease::bury(db, self.database.lease).await?;
            if buried > 0 {
                tracing::warn!(
                    buried,
                    "servers were not heard of for {:?}; what they did is taken over",
                    self.database.lease
                );
            }
        }
        self.take(db, server).await
    }

    /// Takes what nobody works for.
    async fn take(&self, db: &DatabaseConnection, server: ServerId) -> Result<(), DbErr> {
        let mut taken = 0;
        loop {
            let some = lease::take(db, server).await?;
            taken += some;
            if some == 0 {
                break;
            }
        }
        // Another number: some are gone, or were made here by a request that broke off.
        if taken > 0 || lease::count(db, server).await? != self.work.leases.count() {
            self.work.leases.set(lease::held(db, server).await?);
            tracing::info!(
                taken,
                projects = self.work.leases.count(),
                "this server works for other projects now"
            );
            self.work.look_again(None);
        }
        Ok(())
    }
}
