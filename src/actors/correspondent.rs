//! The correspondent: has what people say to the project manager on GitHub answered there.
//!
//! ```text
//! webhook ── commit: what was said ──▶ database
//!    │ rings                              │ what is not answered yet
//!    └──────────▶ Correspondent ◀─────────┘
//!                   │  ├── may they? ──▶ GitHub
//!                   │  └── comment ────▶ GitHub
//!                   └── Post ──▶ Sessions ─▶ … ─▶ reply and reports, committed: rings again
//! ```
//!
//! **Nothing is lost, and nothing is said twice.** What was said stands in the database until all of its answer is on GitHub. It
//! becomes one message of the project's conversation, by its key; and before a comment is written it is looked whether it is
//! there, by a mark that GitHub does not show: whatever ended in between, this one, the server, the connection.
//!
//! **Nobody waits for GitHub.** A few are under way at once; the rest waits in the database. It is woken by a commit that has
//! something for it, by work that is taken over from another server, and when the next one is due.

mod answering;
mod asking;
mod handle;
mod schedule;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use actix::{
    ActorFutureExt as _, AsyncContext as _, SpawnHandle, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use sea_orm::DatabaseConnection;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::handle::CorrespondentHandle;
use self::schedule::until;
use super::{
    patience::read_patiently,
    sessions::SessionsHandle,
    writer::{AppendError, WriterHandle},
};
use crate::{
    clock,
    db::{
        Among, Reader,
        github_event::{self, Open, Saying},
    },
    delay::pause,
    domain::{
        change::{Change, Reported},
        github::{Came, Moved, Pending},
        id::{ActivityId, ProjectId},
    },
    github::GitHub,
    leases::{Hold, Leases},
};

/// What is worked on at once: one that is slow does not keep the others, and GitHub wants few requests at a time.
const AT_ONCE: usize = 4;

/// What is said in conversations and looked through for answers at once: each costs nothing but a row, and waits for as long as its
/// commands run.
const POSTED_MAX: u64 = 200;

/// The longest time between two looks. Word that got lost between servers costs so much at most.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// How long one is left alone of which the database does not take what came of it: it would be tried again at once.
const NOT_STORED: Duration = Duration::from_secs(60);

/// What a correspondent works with.
#[derive(Clone)]
pub struct Parts {
    /// Who stores what came of it.
    pub writer: WriterHandle,
    /// Where what is not answered yet is read.
    pub reader: Reader,
    /// For which projects this server works, and so for which it answers.
    pub leases: Leases,
    /// To whom it tells what was said.
    pub sessions: SessionsHandle,
    /// Where it is answered.
    pub github: GitHub,
    /// Fires when the server ends: nothing new is begun then.
    pub stopping: CancellationToken,
}

/// The correspondent's state.
struct Correspondent {
    parts: Parts,
    bell: Arc<Notify>,
    /// What is worked on.
    under_way: BTreeSet<ActivityId>,
    /// Whether it is being read what there is to do.
    looks: bool,
    /// Whether something happened meanwhile.
    again: bool,
    /// What looks again when the next one is due.
    alarm: Option<SpawnHandle>,
}

impl Actor for Correspondent {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.listen(ctx);
        self.look(ctx);
    }
}

impl Supervised for Correspondent {
    /// What was under way ended with it, and is found in the database.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.under_way.clear();
        self.looks = false;
        self.again = false;
        self.alarm = None;
    }
}

/// What is to be done about one.
enum Task {
    /// Ask whether who said it may, and tell the conversation.
    Ask,
    /// Say the message with this key.
    Say(String),
    /// Keep that this came of it.
    Keep(Came),
}

impl Correspondent {
    /// Looks each time it is rung for.
    fn listen(&self, ctx: &mut Context<Self>) {
        let bell = Arc::clone(&self.bell);
        let rung = async move { bell.notified().await };
        ctx.spawn(rung.into_actor(self).map(|(), correspondent, ctx| {
            correspondent.listen(ctx);
            correspondent.look(ctx);
        }));
    }

    /// Reads what there is to do, unless that is being done.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.parts.stopping.is_cancelled() {
            return;
        }
        if std::mem::replace(&mut self.looks, true) {
            self.again = true;
            return;
        }
        let under_way = self.under_way.iter().copied().collect();
        let found = self.parts.clone().open(under_way);
        ctx.spawn(found.into_actor(self).map(|found, correspondent, ctx| {
            correspondent.looks = false;
            let next = correspondent.take_up(found, ctx);
            match std::mem::take(&mut correspondent.again) {
                true => correspondent.look(ctx),
                false => correspondent.set_alarm(next, ctx),
            }
        }));
    }

    /// Begins what is due; how long it is until the next one is.
    fn take_up(&mut self, found: Open, ctx: &mut Context<Self>) -> Duration {
        let (now, mut next) = (clock::now(), LOOK_AT_LEAST_EVERY);
        for (id, project, why) in found.unreadable {
            tracing::error!(event.id = %id, project.id = %project, why, "what another version kept of GitHub cannot be read, and is given up");
            self.give_up(id, project, why, ctx);
        }
        let waiting = found.waiting.into_iter().map(|one| (one, Task::Ask));
        let posted = found.posted.into_iter().filter_map(|(one, saying)| {
            let task = match saying {
                Saying::Message(key) => Task::Say(key),
                Saying::Over => Task::Keep(Came::Over),
                Saying::Later => Task::Keep(answering::too_late(&one, now)?),
            };
            Some((one, task))
        });
        for (pending, task) in posted.chain(waiting) {
            if self.under_way.len() >= AT_ONCE {
                // Whichever ends first looks for the next.
                break;
            }
            let wait = until(pending.next_at, now);
            if !wait.is_zero() {
                next = next.min(wait);
                continue;
            }
            let Some(hold) = self.parts.leases.hold(pending.project) else {
                // Whoever works for this project answers.
                continue;
            };
            let (id, parts) = (pending.id, self.parts.clone());
            let done = async move { parts.work(pending, task, hold).await };
            self.follow(id, done, ctx);
        }
        next
    }

    /// Gives up one that cannot be read: it would be in the way of the others for ever.
    fn give_up(
        &mut self,
        id: ActivityId,
        project: ProjectId,
        why: String,
        ctx: &mut Context<Self>,
    ) {
        let Some(hold) = self.parts.leases.hold(project) else {
            return;
        };
        let parts = self.parts.clone();
        let moved = Moved {
            id,
            issue: 0,
            author: "somebody".to_owned(),
            url: String::new(),
            came: Came::GivenUp { why },
        };
        let kept = async move { parts.keep(project, moved, &hold).await };
        self.follow(id, kept, ctx);
    }

    /// Looks for the next when this is done, and not for this one until then.
    fn follow(
        &mut self,
        id: ActivityId,
        done: impl Future<Output = ()> + 'static,
        ctx: &mut Context<Self>,
    ) {
        self.under_way.insert(id);
        ctx.spawn(done.into_actor(self).map(move |(), correspondent, ctx| {
            correspondent.under_way.remove(&id);
            correspondent.look(ctx);
        }));
    }

    fn set_alarm(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        if let Some(alarm) = self.alarm.take() {
            ctx.cancel_future(alarm);
        }
        let alarm = ctx.run_later(wait, |correspondent, ctx| {
            correspondent.alarm = None;
            correspondent.look(ctx);
        });
        self.alarm = Some(alarm);
    }
}

impl Parts {
    /// What is not answered yet, of what is this server's.
    async fn open(self, under_way: Vec<ActivityId>) -> Open {
        let Some(here) = self.leases.here() else {
            return Open::default();
        };
        let among = here.server().map_or(Among::All, Among::HeldBy);
        // One more than is begun: how long it is until that one is due.
        let limits = (u64::try_from(AT_ONCE + 1).unwrap_or(u64::MAX), POSTED_MAX);
        let query =
            async |db: &DatabaseConnection| github_event::open(db, among, &under_way, limits).await;
        match read_patiently(&self.reader, "what was said on GitHub", query).await {
            Ok(open) => open,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "what was said on GitHub could not be read");
                Open::default()
            }
        }
    }

    /// Does what is to be done about one, and has what came of it stored, however long that takes.
    async fn work(self, pending: Pending, task: Task, hold: Hold) {
        let came = match task {
            Task::Ask => self.ask(&pending).await,
            Task::Say(key) => self.say(&pending, key).await,
            Task::Keep(came) => came,
        };
        tell(&pending, &came);
        self.keep(pending.project, pending.moved(came), &hold).await;
    }

    async fn keep(&self, project: ProjectId, moved: Moved, hold: &Hold) {
        let id = moved.id;
        let moved = Reported::now(project, Change::MentionMoved(moved));
        match self.writer.holding(hold).append(vec![moved]).await {
            // The program ends, and it is found in the database; or the project is gone, and nobody waits for it.
            Ok(_) | Err(AppendError::Unknown | AppendError::ProjectUnknown(_)) => {}
            Err(AppendError::NotHeld) => hold.refused(project),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, event.id = %id, project.id = %project, "what came of something said on GitHub could not be stored");
                pause(NOT_STORED).await;
            }
        }
    }
}

/// The log has a line of each step, and of what did not go well the first time.
fn tell(pending: &Pending, came: &Came) {
    let (project, issue) = (pending.project, pending.mention.issue);
    let repository = pending.mention.repository.to_string();
    let delivery = pending.delivery.as_str();
    match came {
        Came::Failed { attempts, why, .. } if *attempts == 1 => {
            tracing::warn!(project.id = %project, repository, issue, delivery, why, "something said on GitHub could not be answered; it is tried again");
        }
        Came::GivenUp { why } => {
            tracing::error!(project.id = %project, repository, issue, delivery, why, "something said on GitHub could not be answered, and is given up");
        }
        Came::Refused { why } => {
            tracing::info!(project.id = %project, repository, issue, delivery, why, "nothing is done about something said on GitHub");
        }
        Came::Posted(_) | Came::Answered { .. } | Came::Over | Came::Failed { .. } => {
            tracing::debug!(project.id = %project, repository, issue, delivery, "something said on GitHub was worked on");
        }
    }
}
