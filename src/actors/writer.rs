//! The writer: the only one who opens write transactions.
//!
//! ```text
//! Append ──▶ mailbox (bounded) ──▶ queue ──▶ store a group ──▶ publish ──▶ answer
//!                                    ▲         │ one transaction, `group.rs`, in a database, `ledger.rs`
//!                                    └─────────┘ what came meanwhile is the next group
//! ```
//!
//! **Stored before shown.** A change is answered and published only after the commit that holds it.
//!
//! While a group is being stored the mailbox is not read, so what piles up there is bounded by its capacity; beyond it
//! the answer is [`AppendError::Overloaded`]. A group stays in the queue until it is answered: after a crash in the
//! middle the restarted writer looks up which of it was stored, and stores the rest. Of a group that is refused each is
//! stored alone, so that who is refused fails alone, and the others are answered as soon as they are stored.

mod claim;
mod earlier;
mod group;
mod handle;
pub mod ledger;
mod sql;
mod status;
mod trace;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use actix::{
    ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Handler, Message, Supervised},
};
use tokio::sync::watch;

pub use self::claim::Claim;
use self::group::{Answer, Pending, Store};
pub use self::handle::WriterHandle;
use self::ledger::{Away, Connection, Failure, Ledger};
pub use self::status::{Degraded, Progress, WriterFigures, WriterStatus};
use super::reply::{Crashed, Reply};
use crate::{
    db::apply::Logged,
    delay::{Delays, pause},
    domain::{
        change::{Change, Reported},
        id::ProjectId,
    },
    failpoint::{Around, FailPoint},
    feed::Feed,
};

/// Appends that may wait: with messages of [`MESSAGE_CHARS_MAX`](crate::domain::message::MESSAGE_CHARS_MAX) some tens of
/// megabytes, and at a few thousand a second well under a second of waiting.
const MAILBOX: usize = 1_024;

/// Changes in one transaction at most: enough that the cost of a commit is spread thin, few enough that a group that has
/// to be stored one by one is done in a second.
const GROUP_CHANGES_MAX: usize = 512;

/// Crashes a change may be part of before it is refused: once with its group, and twice alone to be sure it is the one.
const CRASHES_MAX: u8 = 3;

/// The first wait after the database was found away, and the longest: back within a second of it.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(1);

/// Stores changes, all of them or none. Answered after the commit.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Append {
    /// What happened.
    pub changes: Arc<[Reported]>,
    /// Whether it is still to be stored.
    pub claim: Claim,
    /// Whether it was asked for before and may have been stored: then it is looked up first.
    pub maybe_stored: bool,
    /// Where the answer goes.
    pub reply: Reply<Result<Vec<Logged>, AppendError>>,
}

/// Why changes were not stored. Nothing of the append was, except where it says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Too much waits already.
    #[error("the server is busy storing what happened before; try again in a moment")]
    Overloaded,
    /// The database did not take it in time.
    #[error("the database is not answering, so nothing could be stored; try again in a moment")]
    Unavailable,
    /// There is no such project.
    #[error("there is no project {0}")]
    ProjectUnknown(ProjectId),
    /// Something with the same key or place is stored already.
    #[error("this was stored before")]
    Duplicate,
    /// The execution was started, or has ended, already.
    #[error("the execution is past that already")]
    ExecutionPast,
    /// The message has had its turn, or never waited for one.
    #[error("this message is not queued any more, so it can be neither changed nor withdrawn")]
    MessagePast,
    /// The gate was decided by somebody else.
    #[error("this was decided already")]
    GatePast,
    /// The workflow has moved on.
    #[error("the workflow has moved on in the meantime; look at it again")]
    PhasePast,
    /// Something else was stored of the pull request.
    #[error("the pull request has moved on in the meantime")]
    PullPast,
    /// Something is queued or runs in the project.
    #[error("a command is queued or runs in this project; stop it, or wait until it has ended")]
    ProjectBusy,
    /// It is for the server to do that works for the project, and that is another one now.
    #[error("another server works for this project now, and does what there is to do")]
    NotHeld,
    /// The database refuses it, however often it is asked.
    #[error("the database refused it: {0}")]
    Refused(String),
    /// The writer crashed, or the database broke off in the middle: whether it was stored is not known.
    #[error(
        "the server could not find out whether this was stored; look whether it is there before trying again"
    )]
    Unknown,
}

impl From<Crashed> for AppendError {
    fn from(Crashed: Crashed) -> Self {
        Self::Unknown
    }
}

/// The writer's state.
pub struct Writer {
    feed: Feed,
    status: WriterStatus,
    ledger: Arc<dyn Ledger>,
    /// None while a group is being stored, and after a crash: then it is opened afresh.
    connection: Option<Box<dyn Connection>>,
    /// What is not answered yet; its front is what is being stored.
    queue: VecDeque<Queued>,
    /// How many at the front of the queue are being stored.
    storing: usize,
    /// Whether a group is being stored.
    busy: bool,
    /// How long to wait for a database that is away.
    delays: Delays,
    /// Word of each read, of anybody's, that finds the database away.
    reads_failed: watch::Receiver<()>,
}

/// An append with what befell it.
struct Queued {
    append: Append,
    /// Whether an earlier attempt may have stored it: then it is looked up first.
    maybe_stored: bool,
    /// Whether it is stored alone: its group was refused, perhaps because of it; or it deletes what others may be about,
    /// or is about no project.
    alone: bool,
    /// How many crashes it was part of.
    crashes: u8,
}

impl Queued {
    fn is_wanted(&self) -> bool {
        !self.append.claim.is_given_up() && !self.append.reply.is_abandoned()
    }
}

impl Actor for Writer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.store_next(ctx);
        self.look_when_reads_fail(ctx);
    }
}

impl Supervised for Writer {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.connection = None;
        for queued in self.queue.iter_mut().take(self.storing) {
            queued.crashes += 1;
            queued.maybe_stored = true;
        }
        self.storing = 0;
        self.busy = false;
        while let Some(poison) = self
            .queue
            .pop_front_if(|queued| queued.crashes >= CRASHES_MAX)
        {
            // It may be in the log, and nobody is going to publish it.
            for reported in poison.append.changes.iter() {
                self.feed.look(reported.project);
            }
            poison.append.reply.send(Err(AppendError::Unknown));
        }
    }
}

impl Handler<Append> for Writer {
    type Result = ();

    fn handle(&mut self, append: Append, ctx: &mut Self::Context) {
        let _handled = Around::new(FailPoint::BeforeAppend, FailPoint::AfterAppend);
        self.queue.push_back(Queued {
            maybe_stored: append.maybe_stored,
            alone: append.changes.iter().any(stands_alone),
            append,
            crashes: 0,
        });
        if self.queue.len() == 1 {
            // Polled after the mailbox: everything that is queued by then goes into the same group.
            let drained = std::future::ready(()).into_actor(self);
            ctx.spawn(drained.map(|(), writer, ctx| writer.store_next(ctx)));
        }
    }
}

impl Writer {
    /// Looks whether the database can be written each time it could not be read: as long as nothing is to be stored nobody
    /// else finds out, and the streams would go on as if nothing were wrong.
    fn look_when_reads_fail(&mut self, ctx: &mut Context<Self>) {
        let mut failed = self.reads_failed.clone();
        let next = async move { failed.changed().await.map(|()| failed) };
        ctx.spawn(next.into_actor(self).map(|failed, writer, ctx| {
            // Nobody reads any more when the program ends.
            if let Ok(failed) = failed {
                writer.reads_failed = failed;
                writer.store(ctx, true);
                writer.look_when_reads_fail(ctx);
            }
        }));
    }

    /// Starts storing the next group, unless one is being stored. With nothing to store, a database that was away is asked
    /// whether it is back: nobody else would find out.
    fn store_next(&mut self, ctx: &mut Context<Self>) {
        self.store(ctx, self.status.is_degraded());
    }

    /// As [`Self::store_next`]; `asks` is whether the database is asked with nothing to store.
    fn store(&mut self, ctx: &mut Context<Self>, asks: bool) {
        if self.busy {
            return;
        }
        self.let_go();
        self.storing = self.next_group();
        self.status.set_waiting(self.queue.len());
        if self.storing == 0 && !asks {
            return;
        }
        self.busy = true;
        let group = self.queue.iter().take(self.storing).map(|queued| Pending {
            changes: Arc::clone(&queued.append.changes),
            maybe_stored: queued.maybe_stored,
            claim: queued.is_wanted().then(|| queued.append.claim.clone()),
        });
        let store = Store {
            group: group.collect(),
            ledger: Arc::clone(&self.ledger),
            connection: self.connection.take(),
            status: self.status.clone(),
        };
        ctx.wait(store.store().into_actor(self).map(|stored, writer, ctx| {
            writer.busy = false;
            writer.connection = stored.connection;
            match stored.outcome {
                Ok(answers) => writer.finish(answers),
                Err(Failure::Refused(refused)) => writer.single_out(refused),
                Err(Failure::Away(away)) => return writer.try_again_later(&away, ctx),
            }
            writer.store_next(ctx);
        }));
    }

    /// Answers what was taken back and certainly not stored. What may have been is looked up first, however long that
    /// takes: if it is in the log it is to be shown, also when nobody waits for the answer any more.
    fn let_go(&mut self) {
        for queued in std::mem::take(&mut self.queue) {
            if queued.is_wanted() || queued.maybe_stored {
                self.queue.push_back(queued);
            } else {
                queued.append.reply.send(Err(AppendError::Unavailable));
            }
        }
    }

    /// Keeps what is not decided, and waits. The mailbox is not read meanwhile: it fills and pushes back.
    fn try_again_later(&mut self, away: &Away, ctx: &mut Context<Self>) {
        self.status.failed(&away.reason);
        for queued in self.queue.iter_mut().take(self.storing) {
            queued.maybe_stored |= away.unsure;
        }
        self.storing = 0;
        let delay = self.delays.next_delay();
        let wait = pause(delay).into_actor(self);
        ctx.wait(wait.map(|(), writer, ctx| writer.store_next(ctx)));
    }

    /// One of a group is refused. Each is stored alone then, so that it fails alone and nobody else waits for it.
    fn single_out(&mut self, refused: AppendError) {
        if self.storing == 1 {
            return self.finish(vec![Err(refused)]);
        }
        for queued in self.queue.iter_mut().take(self.storing) {
            queued.alone = true;
        }
        self.storing = 0;
    }

    /// How many appends the next group takes. One that was part of a crash or of a refused group goes alone, so that it
    /// fails alone; and so does what deletes.
    fn next_group(&self) -> usize {
        let mut changes = 0;
        let fits = |queued: &&Queued| {
            changes += queued.append.changes.len();
            changes <= GROUP_CHANGES_MAX && queued.crashes == 0 && !queued.alone
        };
        let together = self.queue.iter().take_while(fits).count();
        together.max(self.queue.len().min(1))
    }

    /// Publishes what was stored, then answers.
    fn finish(&mut self, answers: Vec<Answer>) {
        FailPoint::BeforePublish.cross();
        for (project, activities) in in_log_order(&answers) {
            self.status.add_stored(project, &activities);
            self.feed.publish(project, activities);
        }
        self.delays.reset();
        self.storing = 0;
        for answer in answers {
            let Some(queued) = self.queue.pop_front() else {
                break;
            };
            if answer.is_ok() {
                self.status.count_endings(&queued.append.changes);
                self.status.wake_for(&queued.append.changes);
            }
            for gone in queued.append.changes.iter().filter(|_| answer.is_ok()) {
                if let Change::ProjectDeleted = gone.change {
                    self.feed.end(gone.project);
                }
            }
            queued.append.reply.send(answer);
        }
    }
}

fn stands_alone(reported: &Reported) -> bool {
    matches!(
        reported.change,
        Change::ProjectDeleted
            | Change::ProjectCleared
            | Change::Access(_)
            | Change::NotificationTried(_)
    )
}

/// What was stored, by project, each in the order of its log.
fn in_log_order(
    answers: &[Answer],
) -> impl Iterator<Item = (ProjectId, Vec<crate::domain::activity::Activity>)> {
    let mut by_project = std::collections::BTreeMap::<ProjectId, Vec<_>>::new();
    for logged in answers.iter().flatten().flatten() {
        by_project
            .entry(logged.project)
            .or_default()
            .push(logged.activity.clone());
    }
    by_project.into_iter().map(|(project, mut activities)| {
        activities.sort_by_key(|activity| activity.seq);
        (project, activities)
    })
}
