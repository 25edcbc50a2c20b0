//! The canary: writes a change again and again, at intervals and when it is asked, and looks whether it arrives.
//!
//! ```text
//! Canary ── write ──▶ Writer ── commit ──▶ database ── table ──▶ Reader
//!    ▲                   └── publish ──▶ feed ── ring ──▶ Streamer ── stream ──┐
//!    └────────────────────────────── back ◀────────────────────────────────────┘
//! ```
//!
//! It goes the way of everybody's changes, through the same writer, feed and streams, in a log that no list shows
//! (`db/canary.rs`). Of several servers each tests itself. Every stage together has [`WITHIN`]: whatever is stuck, who asks
//! is answered, with the first stage that was not passed.

mod flight;
mod handle;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Supervised},
};
use tokio::time::Instant;

pub use self::handle::CanaryHandle;
use super::{reply::Reply, streamer::Streams, writer::WriterHandle};
use crate::{
    db::Reader,
    domain::{canary::Flight, id::ServerId},
    failpoint::{Around, FailPoint},
    metrics::CanaryFigures,
};

/// How long a change may take for all of its way: many times what a busy server takes, and shorter than the patience of who
/// looks at diagnostics.
pub const WITHIN: Duration = Duration::from_secs(5);

/// How long what was found is good: so often it is written at most, however many ask.
pub const GOOD_FOR: Duration = Duration::from_secs(1);

/// Who may ask at once and wait: more than there are people who look at diagnostics.
const MAILBOX: usize = 256;

/// Asks whether what is written arrives. All who ask meanwhile share the answer.
#[derive(Message)]
#[rtype(result = "()")]
struct Sing {
    /// Where the answer goes.
    reply: Reply<Arc<Flight>>,
}

/// What a canary works with.
#[derive(Clone)]
pub struct Parts {
    /// Who writes.
    pub writer: WriterHandle,
    /// Who reads what is written.
    pub reader: Reader,
    /// The streams it comes out of.
    pub streams: Streams,
    /// Whose canary it is, for several servers on one database.
    pub server: ServerId,
    /// How often it sings unasked; never where it is none.
    pub every: Option<Duration>,
}

/// What is known of it; it outlives the actor.
#[derive(Default)]
struct Known {
    counted: CanaryFigures,
    /// The last place in its log.
    seq: AtomicI64,
    last: Mutex<Option<(Instant, Arc<Flight>)>>,
}

/// The canary's state.
struct Canary {
    parts: Parts,
    known: Arc<Known>,
    waiting: Vec<Reply<Arc<Flight>>>,
    sings: bool,
}

impl Actor for Canary {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some(every) = self.parts.every {
            ctx.run_interval(every, Self::sing);
        }
    }
}

impl Supervised for Canary {
    /// Who waited is told that it crashed.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.waiting.clear();
        self.sings = false;
    }
}

impl Handler<Sing> for Canary {
    type Result = ();

    fn handle(&mut self, Sing { reply }: Sing, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeSing, FailPoint::AfterSing);
        match self.known.fresh() {
            Some(flight) => reply.send(flight),
            None => {
                self.waiting.push(reply);
                self.sing(ctx);
            }
        }
    }
}

impl Canary {
    fn sing(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.sings, true) {
            return;
        }
        let seq = self.known.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let flight = flight::fly(self.parts.clone(), seq);
        ctx.spawn(flight.into_actor(self).map(|flight, canary, _| {
            canary.sings = false;
            let flight = match canary.parts.streams.stopping.is_cancelled() {
                // Streams end first when the server stops: nothing is wrong.
                true => Arc::new(flight),
                false => canary.known.landed(flight),
            };
            for reply in canary.waiting.drain(..) {
                reply.send(Arc::clone(&flight));
            }
        }));
    }
}

impl Known {
    /// What was found last, if that is still good.
    fn fresh(&self) -> Option<Arc<Flight>> {
        let last = self.last();
        let fresh = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR);
        fresh.map(|(_, flight)| Arc::clone(flight))
    }

    /// Remembers what was found, and says so where that is news.
    fn landed(&self, flight: Flight) -> Arc<Flight> {
        self.counted.count(&flight);
        let flight = Arc::new(flight);
        let before = self.last().replace((Instant::now(), Arc::clone(&flight)));
        let was_stuck = before.and_then(|(_, before)| Some(before.stuck.as_ref()?.stage));
        match &flight.stuck {
            Some(stuck) if was_stuck != Some(stuck.stage) => tracing::warn!(
                stage = stuck.stage.as_str(),
                why = stuck.why,
                "what is written does not arrive: {}",
                stuck.stage.means()
            ),
            Some(_) => {}
            None if was_stuck.is_some() => tracing::info!("what is written arrives again"),
            None => tracing::debug!(passed = ?flight.passed, "what is written arrives"),
        }
        flight
    }

    /// Held briefly and never across an await.
    fn last(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Arc<Flight>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
