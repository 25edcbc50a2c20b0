//! The notifier: tells somebody outside what happened, by webhook, again and again until they have it.
//!
//! ```text
//! writer ── commit: an activity and its delivery ──▶ database
//!    │ rings                                            │ what is due
//!    └──────────────▶ Notifier ◀────────────────────────┘
//!    ▲                   └── request ──▶ receiver
//!    └── NotificationTried ◀── answer ──────┘
//! ```
//!
//! **At least once.** What is to be delivered stands in the database, stored with what it tells of, and goes from there only
//! when the receiver has said that it has it, or was given up. Whatever ends in between, this one, the server, the connection:
//! it is sent again, under the same id, by which a receiver knows it.
//!
//! **Nobody waits for the receiver.** A few are under way at once; the rest waits in the database. It is woken by a commit
//! that has something for it, by work that is taken over from another server, and when the next one is due.

mod handle;
mod schedule;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, SpawnHandle, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

pub use self::{handle::NotifierHandle, schedule::Schedule};
use super::{
    patience::read_patiently,
    writer::{AppendError, WriterHandle},
};
use crate::{
    clock,
    db::{
        Among, Reader,
        delivery::{self, Due, Unreadable},
    },
    delay::pause,
    domain::{
        change::Reported,
        id::ActivityId,
        notification::{Came, Delivery, Failure, Tried, Trouble},
    },
    failpoint::FailPoint,
    leases::Leases,
    metrics::NotificationFigures,
    webhook::Receiver,
};

/// Requests that are under way at once: one that is slow does not keep the others, and a receiver is not flooded.
const AT_ONCE: usize = 4;

/// The longest time between two looks. Word that got lost between servers costs so much at most.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// The shortest time between two counts of what waits, where that is more than is read at once: while thousands are caught up
/// on, counting all of them after each would take longer than sending it.
const COUNT_AT_MOST_EVERY: Duration = Duration::from_secs(5);

/// How long one is left alone of which the database does not take what came of it: it would be sent again at once.
const NOT_STORED: Duration = Duration::from_secs(60);

/// What a notifier works with.
#[derive(Clone)]
pub struct Parts {
    /// Who stores what came of it.
    pub writer: WriterHandle,
    /// Where what is due is read.
    pub reader: Reader,
    /// For which projects this server works, and so for which it tells.
    pub leases: Leases,
    /// Who is told.
    pub receiver: Receiver,
    /// When it is tried again.
    pub schedule: Schedule,
    /// Where people find this server.
    pub server: String,
    /// Fires when the server ends: nothing new is begun then.
    pub stopping: CancellationToken,
}

/// What is known of it; it outlives the actor.
#[derive(Default)]
struct Known {
    counted: NotificationFigures,
    /// How many wait, as it was when that was last counted.
    waiting: AtomicU64,
    /// When that was.
    counted_at: Mutex<Option<Instant>>,
    /// When a test last arrived.
    tested: Mutex<Option<DateTime<Utc>>>,
}

impl Known {
    /// Held briefly and never across an await.
    fn tested(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.tested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held as briefly.
    fn counted_at(&self) -> MutexGuard<'_, Option<Instant>> {
        let counted_at = self.counted_at.lock();
        counted_at.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is time to count what waits.
    fn is_to_be_counted(&self) -> bool {
        let counted_at = *self.counted_at();
        counted_at.is_none_or(|at| at.elapsed() >= COUNT_AT_MOST_EVERY)
    }
}

/// The notifier's state.
struct Notifier {
    parts: Parts,
    known: Arc<Known>,
    bell: Arc<Notify>,
    /// What is being sent, or stored.
    under_way: BTreeSet<ActivityId>,
    /// Whether what is due is being read.
    looks: bool,
    /// Whether something happened meanwhile.
    again: bool,
    /// What looks again when the next one is due.
    alarm: Option<SpawnHandle>,
}

impl Actor for Notifier {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.listen(ctx);
        self.look(ctx);
    }
}

impl Supervised for Notifier {
    /// What was under way ended with it, and is found in the database.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.under_way.clear();
        self.looks = false;
        self.again = false;
        self.alarm = None;
    }
}

impl Notifier {
    /// Looks each time it is rung for.
    fn listen(&self, ctx: &mut Context<Self>) {
        let bell = Arc::clone(&self.bell);
        let rung = async move { bell.notified().await };
        ctx.spawn(rung.into_actor(self).map(|(), notifier, ctx| {
            notifier.listen(ctx);
            notifier.look(ctx);
        }));
    }

    /// Reads what is due, unless that is being done.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.parts.stopping.is_cancelled() {
            return;
        }
        if std::mem::replace(&mut self.looks, true) {
            self.again = true;
            return;
        }
        let under_way = self.under_way.iter().copied().collect();
        let found = self.parts.clone().due(Arc::clone(&self.known), under_way);
        ctx.spawn(found.into_actor(self).map(|found, notifier, ctx| {
            notifier.looks = false;
            let next = notifier.send_due(found, ctx);
            match std::mem::take(&mut notifier.again) {
                true => notifier.look(ctx),
                false => notifier.set_alarm(next, ctx),
            }
        }));
    }

    /// Sends what is due; how long it is until the next one is.
    fn send_due(&mut self, found: Due, ctx: &mut Context<Self>) -> Duration {
        let (now, mut next) = (clock::now(), LOOK_AT_LEAST_EVERY);
        for unreadable in found.unreadable {
            let (parts, known) = (self.parts.clone(), Arc::clone(&self.known));
            let id = unreadable.id;
            let given_up = async move { parts.give_up(unreadable, &known).await };
            self.follow(id, given_up, ctx);
        }
        for delivery in found.deliveries {
            if self.under_way.len() >= AT_ONCE {
                // Whichever ends first looks for the next.
                break;
            }
            let wait = self.parts.schedule.until(delivery.next_at, now);
            if !wait.is_zero() {
                next = next.min(wait);
                continue;
            }
            let (parts, known) = (self.parts.clone(), Arc::clone(&self.known));
            let id = delivery.id;
            let sent = async move { parts.deliver(delivery, &known).await };
            self.follow(id, sent, ctx);
        }
        next
    }

    /// Looks for the next when this is done, and not for this one until then.
    fn follow(
        &mut self,
        id: ActivityId,
        done: impl Future<Output = ()> + 'static,
        ctx: &mut Context<Self>,
    ) {
        self.under_way.insert(id);
        ctx.spawn(done.into_actor(self).map(move |(), notifier, ctx| {
            notifier.under_way.remove(&id);
            notifier.look(ctx);
        }));
    }

    fn set_alarm(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        if let Some(alarm) = self.alarm.take() {
            ctx.cancel_future(alarm);
        }
        let alarm = ctx.run_later(wait, |notifier, ctx| {
            notifier.alarm = None;
            notifier.look(ctx);
        });
        self.alarm = Some(alarm);
    }
}

impl Parts {
    /// The deliveries that are due next, or soonest will be, of those that are this server's.
    async fn due(self, known: Arc<Known>, under_way: Vec<ActivityId>) -> Due {
        let Some(here) = self.leases.here() else {
            return Due::default();
        };
        let among = here.server().map_or(Among::All, Among::HeldBy);
        let limit = count(AT_ONCE + 1);
        let query = async |db: &DatabaseConnection| {
            let due = delivery::next(db, among, &under_way, limit).await?;
            let read = count(due.deliveries.len() + due.unreadable.len());
            let waiting = match read < limit {
                true => Some(read + count(under_way.len())),
                false if known.is_to_be_counted() => Some(delivery::count(db, among).await?),
                false => None,
            };
            Ok((waiting, due))
        };
        match read_patiently(&self.reader, "what is to be told of", query).await {
            Ok((waiting, due)) => {
                if let Some(waiting) = waiting {
                    known.waiting.store(waiting, Ordering::Relaxed);
                    *known.counted_at() = Some(Instant::now());
                }
                due
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the notifications that are due could not be read");
                Due::default()
            }
        }
    }

    /// Sends one, and has what came of it stored, however long that takes.
    async fn deliver(self, delivery: Delivery, known: &Known) {
        let now = clock::now();
        let (id, attempts) = (delivery.id, delivery.attempts + 1);
        let body = delivery.body(&self.server);
        let sent = self.receiver.send(&id.to_string(), now, &body).await;
        let came = match sent {
            Ok(()) => Came::Delivered,
            Err(refusal) => self.schedule.after(&delivery, refusal, clock::now()),
        };
        FailPoint::NotificationAnswered.cross();
        say(&delivery, attempts, &came, self.receiver.target());
        known.counted.count(&came);
        self.store(Tried { id, attempts, came }).await;
    }

    /// Gives up one that cannot be read: it would be in the way of the others for ever.
    async fn give_up(self, unreadable: Unreadable, known: &Known) {
        let Unreadable { id, attempts, why } = unreadable;
        tracing::error!(notification.id = %id, why, "a notification that another version stored cannot be read, and is given up");
        let came = Came::GivenUp(Failure::unanswered(Trouble::AnotherVersion, why));
        known.counted.count(&came);
        self.store(Tried { id, attempts, came }).await;
    }

    /// Has stored what came of one, however long that takes.
    async fn store(self, tried: Tried) {
        let id = tried.id;
        match self.writer.append(vec![Reported::tried(tried)]).await {
            // The program ends; it is found in the database.
            Ok(_) | Err(AppendError::Unknown) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, notification.id = %id, "what came of a notification could not be stored");
                pause(NOT_STORED).await;
            }
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The log has a line of what did not arrive: once when it is found, and once when it is given up.
fn say(delivery: &Delivery, attempts: i64, came: &Came, target: &str) {
    let (id, project, kind) = (delivery.id, delivery.project, delivery.kind.as_str());
    match came {
        Came::Delivered => {
            tracing::debug!(notification.id = %id, project.id = %project, kind, attempts, target, "somebody was notified");
        }
        Came::Failed { failure, next_at } if attempts == 1 => {
            let why = &failure.why;
            tracing::warn!(notification.id = %id, project.id = %project, kind, target, why, %next_at, "a notification was not delivered; it is tried again");
        }
        Came::Failed { failure, next_at } => {
            let why = &failure.why;
            tracing::debug!(notification.id = %id, project.id = %project, kind, attempts, target, why, %next_at, "a notification was not delivered again");
        }
        Came::GivenUp(failure) => {
            let why = &failure.why;
            tracing::error!(notification.id = %id, project.id = %project, kind, attempts, target, why, "a notification was not delivered, and is given up");
        }
    }
}
