//! The listener: hears from PostgreSQL which logs other servers have added to, and shows that here.
//!
//! What it hears is a hint, as what the writer publishes is: it reads what is new and publishes it in the ring, once for
//! everybody who watches. Word may get lost with a connection, so it looks for itself every two seconds as well, and while
//! there is no connection that is all there is, and every stream says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix::{
    AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use sea_orm::DatabaseConnection;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use super::{
    leaseholder::Work,
    supervisor::{Policy, Spec, Supervisor},
};
use crate::{
    db::{
        Database, Reader, activity,
        notice::{self, Listening, Notice},
        project, reason,
    },
    delay::Delays,
    domain::{activity::Verbosity, id::ProjectId},
    feed::Feed,
};

/// How often it looks by itself: what a lost word costs at most, and one small read for a server.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The first and the longest wait between two tries to listen.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(2);

/// Tries in a row that fail, with a database that answers, until that is said: it may have come back just after one.
const REFUSED_MIN: u32 = 2;

/// Activities read at once.
const PAGE: u64 = 200;

/// What a listener works with.
#[derive(Clone)]
pub struct Parts {
    database: Arc<Database>,
    reader: Reader,
    feed: Feed,
    work: Work,
}

impl Parts {
    /// It listens to `database`, reads through `reader`, shows in `feed` and tells `work`.
    pub fn new(database: &Arc<Database>, reader: &Reader, feed: &Feed, work: Work) -> Self {
        Self {
            database: Arc::clone(database),
            reader: reader.clone(),
            feed: feed.clone(),
            work,
        }
    }
}

/// Why word of other servers does not come in, if it does not.
pub type Hearing = watch::Receiver<Option<String>>;

/// The listener's state.
pub struct Listener {
    parts: Parts,
    /// Why nothing is heard.
    deaf: watch::Sender<Option<String>>,
}

impl Actor for Listener {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let ear = Arc::new(Ear::default());
        let (parts, deaf) = (self.parts.clone(), self.deaf.clone());
        let listens = listen(parts, deaf, Arc::clone(&ear));
        ctx.spawn(listens.into_actor(self));
        ctx.spawn(look_now_and_then(self.parts.clone(), ear).into_actor(self));
    }
}

impl Supervised for Listener {}

/// What the one who hears and the one who looks know of each other.
#[derive(Default)]
struct Ear {
    /// There is a connection.
    is_open: AtomicBool,
    /// Something was heard since the last look.
    heard: AtomicBool,
    /// What this server says itself is not heard.
    is_dead: Notify,
}

/// Starts the listener under `supervisor`; none for SQLite, which one server has for itself.
pub fn start(
    supervisor: &Supervisor,
    arbiter: &actix_rt::ArbiterHandle,
    parts: Parts,
) -> Option<Hearing> {
    if parts.database.is_sqlite() {
        return None;
    }
    let (deaf, hearing) = watch::channel(None);
    let spec = Spec {
        name: "listener".to_owned(),
        parent: "supervisor",
        policy: Policy::Permanent,
        mailbox: 1,
    };
    // Nobody speaks to it: it lives as long as it listens.
    drop(supervisor.start(spec, arbiter, move |_| Listener { parts, deaf }));
    Some(hearing)
}

/// Listens for ever.
async fn listen(parts: Parts, deaf: watch::Sender<Option<String>>, ear: Arc<Ear>) {
    let (mut delays, mut refused) = (Delays::new(RETRY_FIRST, RETRY_LONGEST), 0);
    loop {
        let patience = parts.database.acquire_timeout + parts.database.statement_timeout;
        let why = match timeout(patience, parts.database.listen()).await {
            Ok(Ok(listening)) => {
                refused = 0;
                if deaf.send_replace(None).is_some() {
                    tracing::info!("word of other servers comes in again");
                }
                let since = Instant::now();
                hear(&parts, listening, &ear).await;
                if since.elapsed() > LOOK_EVERY {
                    delays = Delays::new(RETRY_FIRST, RETRY_LONGEST);
                }
                // Most come back at the first try, so nobody else is told yet.
                tracing::warn!(
                    "the connection on which other servers are heard is lost; connecting again"
                );
                delays.wait().await;
                continue;
            }
            Ok(Err(error)) => reason(&error),
            Err(_) => format!("PostgreSQL did not answer within {patience:?}"),
        };
        // With the database away altogether there is nothing to hear, and the writer says so.
        let answers = parts.reader.read(async |db| db.ping().await).await;
        refused = if answers.is_ok() { refused + 1 } else { 0 };
        if refused >= REFUSED_MIN && deaf.send_replace(Some(why.clone())).is_none() {
            tracing::error!(
                why,
                "other servers are not heard; looking every {LOOK_EVERY:?} instead"
            );
        }
        delays.wait().await;
    }
}

/// Takes in what comes, until the connection is lost, or found to be dead.
async fn hear(parts: &Parts, mut listening: Listening, ear: &Ear) {
    ear.heard.store(true, Ordering::Relaxed);
    ear.is_open.store(true, Ordering::Relaxed);
    // What was told while nobody listened.
    look(parts).await;
    say_untold(parts.work.look_again(None));
    let heard = async {
        while let Some(notice) = listening.next().await {
            ear.heard.store(true, Ordering::Relaxed);
            take_in(parts, notice).await;
        }
    };
    tokio::select! {
        () = heard => {}
        () = ear.is_dead.notified() => {}
    }
    ear.is_open.store(false, Ordering::Relaxed);
}

/// Looks by itself, whatever is heard; and says something to be heard here, when nobody else does: a connection may be dead
/// without anybody being told.
async fn look_now_and_then(parts: Parts, ear: Arc<Ear>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut has_asked = false;
    loop {
        ticks.tick().await;
        look(&parts).await;
        if !ear.is_open.load(Ordering::Relaxed) {
            has_asked = false;
            say_untold(parts.work.look_again(None));
        } else if ear.heard.swap(false, Ordering::Relaxed) {
            has_asked = false;
        } else if has_asked {
            has_asked = false;
            ear.is_dead.notify_one();
        } else {
            let server = parts.database.server;
            let said = async |db: &DatabaseConnection| notice::say_nothing(db, server).await;
            has_asked = parts.reader.read(said).await.is_ok();
        }
    }
}

/// Shows what is new in the logs that are watched.
async fn look(parts: &Parts) {
    let watched = parts.feed.watched_projects();
    if watched.is_empty() {
        return;
    }
    let heads = async |db: &DatabaseConnection| project::heads(db, &watched).await;
    // While it is away the writer says so, and the next look is soon.
    let Ok(heads) = parts.reader.read(heads).await else {
        return;
    };
    for project in &watched {
        let Some(&head) = heads.get(project) else {
            parts.feed.end(*project);
            continue;
        };
        let known = parts.feed.known(*project).unwrap_or(head);
        if known < head {
            // What was never shown here was read when watching began.
            let first = if known == 0 { head } else { known + 1 };
            show(parts, *project, first, head).await;
        }
    }
}

async fn take_in(parts: &Parts, Notice { server, logs }: Notice) {
    if server == parts.database.server {
        return;
    }
    for (project, (first, last)) in logs {
        if parts.work.leases.holds(project) {
            say_untold(parts.work.look_again(Some(project)));
        }
        show(parts, project, first, last).await;
    }
}

/// What other servers stored is found with the next word of them.
fn say_untold(is_told: bool) {
    if !is_told {
        tracing::warn!("too much is to be done to look at once for what other servers stored");
    }
}

/// Shows a part of a log, if somebody watches and it is not shown already.
async fn show(parts: &Parts, project: ProjectId, first: i64, last: i64) {
    let Some(known) = parts.feed.known(project) else {
        return;
    };
    let mut after = known.max(first - 1);
    while after < last {
        let page = activity::Page {
            after: Some(after),
            before: None,
            verbosity: Verbosity::Full,
            limit: PAGE,
        };
        let read = async |db: &DatabaseConnection| {
            let head = project::head(db, project).await?;
            Ok((head, activity::page(db, project, page).await?))
        };
        match parts.reader.read(read).await {
            Ok((None, _)) => return parts.feed.end(project),
            Ok((Some(_), activities)) => {
                let Some(newest) = activities.last().map(|activity| activity.seq) else {
                    return;
                };
                parts.feed.pass_on(project, activities);
                after = newest;
            }
            // Whoever watches reads the log by itself, and says what is wrong with it.
            Err(_) => return parts.feed.look(project),
        }
    }
}
