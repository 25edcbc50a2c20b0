//! The feed: for each project that somebody watches, a ring of its newest activities, ready to send, and a wake-up.
//!
//! ```text
//! writer ── publish ──▶ Channel { ring, wake-up } ◀── cursor ── Watcher (a streamer, a chat window)
//! ```
//!
//! A watcher holds a cursor, not a queue: it takes what lies after its cursor from the ring, and from the log when the
//! ring does not reach back that far ([`Read::Behind`]). The writer waits for nobody; what is published is only a hint,
//! the log is the truth. A project nobody watches has no ring.
//!
//! It is a value, not an actor: it outlives restarts of whoever publishes or reads.

mod bell;
mod chunk;
mod growing;
mod live;
mod ring;
mod standing;
mod unfinished;
mod watcher;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use self::{bell::Bell, ring::Ring};
pub use self::{
    bell::Tone,
    chunk::Chunk,
    growing::{Delta, Growing, Seen},
    live::{Draft, Writing},
    standing::{Place, Standing},
    watcher::Watcher,
};

use crate::{
    clock,
    domain::{
        activity::{Activity, Kind, Verbosity},
        id::ProjectId,
    },
    traces::Traces,
};

/// All channels. Clones share them.
#[derive(Clone, Default)]
pub struct Feed {
    /// What was published and sent is traced from here.
    traces: Traces,
    channels: Arc<Channels>,
    /// Events that were sent since the start.
    sent: Arc<AtomicU64>,
}

/// The channel of each project that is watched.
type Channels = Mutex<HashMap<ProjectId, Weak<Channel>>>;

/// An activity, ready to send: serialised once for everybody.
#[derive(Debug, Clone)]
pub struct Frame {
    seq: i64,
    verbosity: Verbosity,
    /// It as a server-sent event.
    pub event: Bytes,
    /// The activity itself, where a chat window may show it: kept for those few only, because it is large.
    pub spoken: Option<Arc<Activity>>,
}

impl Frame {
    /// Serialises an activity.
    pub fn new(activity: Activity) -> Self {
        let data = serde_json::to_string(&activity)
            .expect("an activity has only string keys and finite numbers");
        let event = format!("id: {}\nevent: activity\ndata: {data}\n\n", activity.seq);
        let spoken = matches!(
            activity.entry.kind,
            Kind::Message | Kind::Pm | Kind::Status | Kind::Gate
        );
        Self {
            seq: activity.seq,
            verbosity: activity.entry.verbosity,
            event: event.into(),
            spoken: spoken.then(|| Arc::new(activity)),
        }
    }

    /// Its place in the log.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// About how much memory it takes.
    fn bytes(&self) -> usize {
        // What an activity says is once in the event and at most twice in the activity: as words and as data.
        self.event.len() * if self.spoken.is_some() { 3 } else { 1 }
    }

    /// From which verbosity on it is shown.
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }
}

/// What a ring has for a cursor.
#[derive(Debug)]
pub enum Read<T> {
    /// What comes after the cursor, in order.
    New(T),
    /// There is nothing after the cursor.
    UpToDate,
    /// The ring does not know, or not all of it: read the log.
    Behind,
    /// There will be nothing more: the project was deleted.
    Ended,
}

/// The cursor in what a reconnecting client sends: the `seq` up to which it has everything. What is no cursor is none.
pub fn cursor(text: &str) -> Option<i64> {
    text.parse().ok().filter(|seq| *seq >= 0)
}

impl Feed {
    /// A feed that nobody watches yet.
    pub fn new(traces: Traces) -> Self {
        Self {
            traces,
            ..Self::default()
        }
    }

    /// Where it is traced what passes through here.
    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    /// Shows activities that are in the log, in their order, and wakes who watches. Waits for nobody.
    pub fn publish(&self, project: ProjectId, activities: Vec<Activity>) {
        let channel = self.watched(project);
        self.traces.stored(project, &activities, channel.is_some());
        if let Some(channel) = channel {
            channel.show(activities);
        }
    }

    /// As [`Self::publish`], of what another server has stored.
    pub fn pass_on(&self, project: ProjectId, activities: Vec<Activity>) {
        let channel = self.watched(project);
        self.traces.heard(project, &activities, channel.is_some());
        if let Some(channel) = channel {
            channel.show(activities);
        }
    }

    /// Has everybody who watches look into the log: something may be there that is not going to be published.
    pub fn look(&self, project: ProjectId) {
        if let Some(channel) = self.watched(project) {
            lock(&channel.ring).clear();
            channel.bell.ring(Tone::Stored);
        }
    }

    /// Tells everybody who watches that the project was deleted, and lets its ring go. Who begins to watch afterwards finds that
    /// there is no log.
    pub fn end(&self, project: ProjectId) {
        if let Some(channel) = self.watched(project) {
            let mut channels = lock(&self.channels);
            let is_this = |there: &Weak<Channel>| there.as_ptr() == Arc::as_ptr(&channel);
            if channels.get(&project).is_some_and(is_this) {
                channels.remove(&project);
            }
            drop(channels);
            channel.is_over.store(true, Ordering::Release);
            channel.bell.ring(Tone::Stored);
        }
    }

    /// The last `seq` that was published in a project, 0 for none; nothing where nobody watches.
    pub fn known(&self, project: ProjectId) -> Option<i64> {
        self.watched(project)
            .map(|channel| channel.known.load(Ordering::Acquire))
    }

    fn watched(&self, project: ProjectId) -> Option<Arc<Channel>> {
        lock(&self.channels).get(&project)?.upgrade()
    }

    /// The channel of a project, for as long as somebody holds it.
    fn channel(&self, project: ProjectId) -> Arc<Channel> {
        let mut channels = lock(&self.channels);
        let entry = channels.entry(project).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let fresh = Arc::new(Channel {
                project,
                channels: Arc::downgrade(&self.channels),
                ring: Mutex::default(),
                known: AtomicI64::default(),
                bell: Arc::default(),
                live: Mutex::default(),
                growing: Mutex::default(),
                is_over: AtomicBool::default(),
                watchers: Mutex::default(),
            });
            *entry = Arc::downgrade(&fresh);
            fresh
        })
    }

    /// Begins to watch a project at `cursor`.
    pub fn watch(&self, project: ProjectId, cursor: i64, verbosity: Verbosity) -> Watcher {
        self.join(self.channel(project), cursor, verbosity)
    }

    /// Begins to watch a project at what was published last, for somebody who will know only later where they stand: until then
    /// they are not behind.
    pub fn watch_newest(&self, project: ProjectId, verbosity: Verbosity) -> Watcher {
        let channel = self.channel(project);
        let newest = channel.known.load(Ordering::Acquire);
        self.join(channel, newest, verbosity)
    }

    fn join(&self, channel: Arc<Channel>, cursor: i64, verbosity: Verbosity) -> Watcher {
        let place = Arc::new(Place {
            opened_at: clock::now(),
            verbosity,
            cursor: AtomicI64::new(cursor),
            last_sent_ms: AtomicI64::new(0),
        });
        let mut watchers = lock(&channel.watchers);
        watchers.retain(|place| place.strong_count() > 0);
        watchers.push(Arc::downgrade(&place));
        drop(watchers);
        Watcher {
            feed: self.clone(),
            project: channel.project,
            ear: channel.bell.listen(),
            channel,
            place,
        }
    }
}

/// One project's ring and wake-up. It is forgotten with the last who holds it.
struct Channel {
    project: ProjectId,
    /// Where it is found.
    channels: Weak<Channels>,
    ring: Mutex<Ring>,
    /// The last `seq` published; 0 for none.
    known: AtomicI64,
    /// Rings for all that is new. Coalesces: who was woken late sees one wake-up for many activities.
    bell: Arc<Bell>,
    /// What is being written, beside the log.
    live: Mutex<Option<Draft>>,
    /// What a coding agent is writing, beside the log.
    growing: Mutex<Option<growing::Text>>,
    /// Whether nothing more will come.
    is_over: AtomicBool,
    watchers: Mutex<Vec<Weak<Place>>>,
}

impl Channel {
    /// Takes activities into the ring, and wakes who watches.
    fn show(&self, activities: Vec<Activity>) {
        let Some(last) = activities.last().map(|activity| activity.seq) else {
            return;
        };
        let frames = activities.into_iter().map(Frame::new).collect();
        lock(&self.ring).push(frames);
        // What other servers wrote may be shown after what this one wrote later.
        self.known.fetch_max(last, Ordering::Release);
        self.bell.ring(Tone::Stored);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let Some(channels) = self.channels.upgrade() else {
            return;
        };
        let mut channels = lock(&channels);
        // Somebody may have begun to watch meanwhile, and has a fresh one.
        let is_gone = |channel: &Weak<Self>| channel.strong_count() == 0;
        if channels.get(&self.project).is_some_and(is_gone) {
            channels.remove(&self.project);
        }
    }
}

/// Held briefly and never across an await. A panic under it leaves nothing half done that matters: the log is the truth.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{Feed, lock};
    use crate::domain::{activity::Verbosity, id::ProjectId};

    #[test]
    fn a_project_that_nobody_watches_any_more_is_forgotten() {
        let (feed, project) = (Feed::default(), ProjectId::new());
        let two = [1, 2].map(|cursor| feed.watch(project, cursor, Verbosity::Full));
        let [one, other] = two;
        drop(one);
        assert_eq!(feed.watchers(project).len(), 1);
        assert_eq!(feed.known(project), Some(0));
        drop(other);
        assert!(lock(&feed.channels).is_empty());
    }

    #[test]
    fn who_does_not_know_yet_where_they_stand_is_not_behind() {
        let (feed, project) = (Feed::default(), ProjectId::new());
        let first = feed.watch(project, 0, Verbosity::Full);
        first.channel.known.store(50_000, Ordering::Release);
        let newest = feed.watch_newest(project, Verbosity::Full);
        let mut lags: Vec<i64> = feed
            .standing()
            .iter()
            .map(|standing| standing.lag)
            .collect();
        lags.sort_unstable();
        assert_eq!(lags, [0, 50_000]);
        drop((first, newest));
    }
}
