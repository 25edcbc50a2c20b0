//! The lookout: finds out at GitHub what became of pull requests, and has it told.
//!
//! ```text
//! poller ── a command told of one ──▶ database ◀── there is news of one ── webhook
//!                                        │ what is due
//!                                        ▼
//!    GitHub ◀── how does it stand? ── Lookout ── Seen, and what is new ──▶ writer
//! ```
//!
//! **Told once.** What GitHub says is compared with what is known, and stored together with what is new of it; the transaction
//! is refused when something else was stored meanwhile, here or by another server, and then it is compared anew.
//!
//! **A hint is no more.** Whatever somebody says about a pull request, what is shown of it was read from GitHub. A hint that is
//! lost costs the time until the next look.
//!
//! A few are looked at at once; the others wait in the database. It is woken by a commit that has something for it, by work
//! that is taken over from another server, and when the next one is due.

mod handle;
mod look;
mod schedule;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, SpawnHandle, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use sea_orm::DatabaseConnection;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::handle::{LookError, LookoutHandle};
use self::schedule::Schedule;
use super::{patience::read_patiently, writer::WriterHandle};
use crate::{
    clock,
    db::{
        Among, Reader,
        pull::{self, Pull},
    },
    domain::id::ProjectId,
    github::GitHub,
    leases::Leases,
};

/// Pull requests that are looked at at once: one for which GitHub takes long does not keep the others, and GitHub asks not to
/// be asked many things at a time.
const AT_ONCE: usize = 4;

/// The longest time between two looks at what is due. Word that got lost between servers costs so much at most.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// Pull requests of other servers' projects for which a hint came here that are kept in mind; those servers find the rest by
/// themselves.
const HINTS_MAX: usize = 1_000;

/// Which pull request of which project.
type Key = (ProjectId, u64);

/// What a lookout works with.
#[derive(Clone)]
pub struct Parts {
    /// Who stores what is found out.
    pub writer: WriterHandle,
    /// Where what is due is read.
    pub reader: Reader,
    /// For which projects this server works, and so for which it looks of its own accord.
    pub leases: Leases,
    /// Who is asked.
    pub github: GitHub,
    /// How long it is between two looks at one that is open.
    pub every: Duration,
    /// Fires when the server ends: nothing new is begun then.
    pub stopping: CancellationToken,
}

/// What is kept in mind; it outlives the actor.
#[derive(Default)]
struct Mind(Mutex<BTreeSet<Key>>);

impl Mind {
    /// Held briefly and never across an await.
    fn hints(&self) -> MutexGuard<'_, BTreeSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, hint: Key) {
        let mut hints = self.hints();
        if hints.len() < HINTS_MAX {
            hints.insert(hint);
        }
    }
}

/// The lookout's state.
struct Lookout {
    parts: Parts,
    mind: Arc<Mind>,
    bell: Arc<Notify>,
    /// What is being looked at, or stored.
    under_way: BTreeSet<Key>,
    /// Whether what is due is being read.
    reads: bool,
    /// Whether something happened meanwhile.
    again: bool,
    /// What looks again when the next one is due.
    alarm: Option<SpawnHandle>,
}

/// What there is to look at.
#[derive(Default)]
struct Found {
    /// What other servers work for, and word of it came here.
    hinted: Vec<Pull>,
    /// What is due next, or soonest will be.
    due: Vec<Pull>,
}

impl Actor for Lookout {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.listen(ctx);
        self.look(ctx);
    }
}

impl Supervised for Lookout {
    /// What was under way ended with it, and is found in the database.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.under_way.clear();
        self.reads = false;
        self.again = false;
        self.alarm = None;
    }
}

impl Lookout {
    /// Looks each time it is rung for.
    fn listen(&self, ctx: &mut Context<Self>) {
        let bell = Arc::clone(&self.bell);
        let rung = async move { bell.notified().await };
        ctx.spawn(rung.into_actor(self).map(|(), lookout, ctx| {
            lookout.listen(ctx);
            lookout.look(ctx);
        }));
    }

    /// Reads what is due, unless that is being done.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.parts.stopping.is_cancelled() {
            return;
        }
        if std::mem::replace(&mut self.reads, true) {
            self.again = true;
            return;
        }
        let (hints, under_way) = (std::mem::take(&mut *self.mind.hints()), &self.under_way);
        let found = self.parts.clone().find(hints, under_way.len());
        ctx.spawn(found.into_actor(self).map(|found, lookout, ctx| {
            lookout.reads = false;
            let next = lookout.look_at_due(found, ctx);
            match std::mem::take(&mut lookout.again) {
                true => lookout.look(ctx),
                false => lookout.set_alarm(next, ctx),
            }
        }));
    }

    /// Looks at what is due; how long it is until the next one is.
    fn look_at_due(&mut self, found: Found, ctx: &mut Context<Self>) -> Duration {
        let (now, mut next) = (clock::now(), LOOK_AT_LEAST_EVERY);
        for hinted in found.hinted {
            let key = (hinted.project, hinted.number);
            match self.under_way.len() < AT_ONCE && !self.under_way.contains(&key) {
                true => self.follow(hinted, ctx),
                // Whichever ends first looks for the next.
                false => self.mind.add(key),
            }
        }
        for pull in found.due {
            if self.under_way.contains(&(pull.project, pull.number)) {
                continue;
            }
            if self.under_way.len() >= AT_ONCE {
                break;
            }
            let wait = Schedule::until(pull.next_look_at.unwrap_or(now), now);
            match wait.is_zero() {
                true => self.follow(pull, ctx),
                false => next = next.min(wait),
            }
        }
        next
    }

    /// Looks at one, and for the next when that is done.
    fn follow(&mut self, pull: Pull, ctx: &mut Context<Self>) {
        let key = (pull.project, pull.number);
        self.under_way.insert(key);
        let looked = self.parts.clone().look_at(pull);
        ctx.spawn(looked.into_actor(self).map(move |(), lookout, ctx| {
            lookout.under_way.remove(&key);
            lookout.look(ctx);
        }));
    }

    fn set_alarm(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        if let Some(alarm) = self.alarm.take() {
            ctx.cancel_future(alarm);
        }
        let alarm = ctx.run_later(wait, |lookout, ctx| {
            lookout.alarm = None;
            lookout.look(ctx);
        });
        self.alarm = Some(alarm);
    }
}

impl Parts {
    /// What there is to look at while so many are being looked at.
    async fn find(self, hints: BTreeSet<Key>, under_way: usize) -> Found {
        let here = self.leases.here();
        let among = here.map(|here| here.server().map_or(Among::All, Among::HeldBy));
        let limit = u64::try_from(AT_ONCE + under_way + 1).unwrap_or(u64::MAX);
        let query = async |db: &DatabaseConnection| {
            let mut found = Found::default();
            for (project, number) in &hints {
                found
                    .hinted
                    .extend(pull::find(db, *project, *number).await?);
            }
            if let Some(among) = among {
                found.due = pull::due(db, among, limit).await?;
            }
            Ok(found)
        };
        match read_patiently(&self.reader, "the pull requests to look at", query).await {
            Ok(found) => found,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(
                    error,
                    "the pull requests that are to be looked at could not be read"
                );
                Found::default()
            }
        }
    }
}
