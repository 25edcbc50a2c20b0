//! A streamer: one event stream, from its first byte to its end.
//!
//! It holds a cursor and sends what lies after it: from the ring, or from the log when the ring no longer reaches back.
//! A first connect, a slow client and a reconnecting browser all take the same path. Activities do not pass through its
//! mailbox, and while all is well not through it: it lives in the task of its connection ([`Body`]), which reads on in the ring as
//! long as the next events are simply there, several in one write, and comes to its actor for everything else. When the browser
//! goes, the body is dropped and the actor ends; a crash ends the stream and the browser comes back with its cursor. A database
//! that is away is waited for; a log that cannot be read whenever it is tried is told, and ends the stream as well.

mod body;
mod deltas;
mod heart;
mod notices;
mod outbox;
mod reading;
mod sleeper;

use std::{rc::Rc, sync::Arc, time::Duration};

use actix::{
    ActorContext as _, ActorFutureExt as _, AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use bytes::Bytes;
use futures_util::future::poll_immediate;
use serde_json::json;
use tokio_util::sync::CancellationToken;

pub use self::body::Body;
use self::{
    notices::Notices,
    outbox::{Outbox, Wish},
};
use super::{
    listener::Hearing,
    supervisor::{Policy, Spec, Supervisor},
    writer::WriterStatus,
};
use crate::{
    backends::Backends,
    db::{LogReader, activity::Page},
    domain::{activity::Verbosity, canary, id::ProjectId},
    failpoint::FailPoint,
    feed::{Chunk, Feed, Frame, Read, Seen, Tone, Watcher},
};

/// What a browser waits before it comes back by itself.
const RETRY_MS: u32 = 1_000;

/// Bytes in one write at most, unless one event is larger: several events for a client that is behind, without copying
/// a whole ring for each of them.
const CHUNK_BYTES: usize = 32 << 10;

/// What a stream is to send.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whose feed.
    pub project: ProjectId,
    /// Everything after this `seq`; without it, the last few.
    pub after: Option<i64>,
    /// How many the last few are.
    pub limit: u64,
    /// What is shown.
    pub verbosity: Verbosity,
}

/// What is known of a project when a stream of it is opened.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its last `seq`.
    pub head: i64,
    /// Where its commands run, if it chose.
    pub backend: Option<String>,
}

/// What streams are made with.
#[derive(Clone)]
pub struct Streams {
    /// Where the streamers are supervised.
    pub supervisor: Supervisor,
    /// Where the activities come from.
    pub feed: Feed,
    /// Where older ones are read.
    pub log: Arc<dyn LogReader>,
    /// Who knows whether the database is away.
    pub writer: WriterStatus,
    /// Who knows whether what commands run in is away.
    pub backends: Backends,
    /// Who knows whether other servers are heard, where there may be some.
    pub hearing: Option<Hearing>,
    /// How often a heartbeat is sent.
    pub heartbeat: Duration,
    /// Fires when the server stops.
    pub stopping: CancellationToken,
}

impl Streams {
    /// Opens a stream, whose streamer lives in its body. `watcher` began before `found` was looked for (see
    /// [`Feed::watch_newest`]): so what is not found is published to it.
    pub fn open(&self, wanted: Wanted, watcher: Watcher, found: &Found) -> Body {
        let head = found.head;
        watcher.advance(wanted.after.map_or(head, |after| after.min(head)));
        let backend = self.backends.chosen(found.backend.as_deref());
        let away = backend.and_then(|backend| Some((backend.name(), backend.trouble()?)));
        let outbox = Rc::new(Outbox::new(self.heartbeat));
        let (log, stopping) = (Arc::clone(&self.log), self.stopping.clone());
        let notices = Notices::new(self.writer.degraded(), away, self.hearing.clone());
        let spec = Spec {
            name: format!("streamer {}", uuid::Uuid::now_v7()),
            parent: match wanted.project == canary::LOG {
                true => "canary",
                false => "connections",
            },
            policy: Policy::Temporary,
            mailbox: 1,
        };
        let line = Box::new(Line {
            wanted,
            head,
            outbox: Rc::clone(&outbox),
            log,
            notices,
            stopping,
            seen: Seen::default(),
        });
        // Nobody speaks to it: it lives as long as its line, and that as long as the connection.
        let line = Some((line, watcher));
        let (_, life) = self.supervisor.attach(spec, |_| Streamer { line });
        Body::new(life, outbox)
    }
}

/// The actor. Its work is one future of its context, so that it ends with it.
struct Streamer {
    line: Option<(Box<Line>, Watcher)>,
}

impl Actor for Streamer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some((line, watcher)) = self.line.take() {
            let all = line.send_all(watcher).into_actor(self);
            ctx.spawn(all.map(|_, _, ctx| ctx.stop()));
        }
    }
}

impl Supervised for Streamer {}

/// What a streamer works with.
struct Line {
    wanted: Wanted,
    head: i64,
    outbox: Rc<Outbox>,
    log: Arc<dyn LogReader>,
    notices: Notices,
    stopping: CancellationToken,
    /// What the client was sent of the text that is being written.
    seen: Seen,
}

/// Why a streamer has something to do.
enum Why {
    /// The server stops, or the client is not let in any more.
    Stopping,
    /// A part behind it went away or is back.
    Noticed,
    /// The body came to something in the feed that it cannot do by itself.
    Wanted,
}

/// The stream is over: the server stops, or it cannot go on and has said so. Of a client that has gone it hears nothing: it is
/// dropped.
struct Over;

impl Line {
    async fn send_all(mut self: Box<Self>, mut watcher: Watcher) -> Result<(), Over> {
        self.send(format!("retry: {RETRY_MS}\n\n").into()).await?;
        self.beat(self.head).await?;
        // On the heap, as below: who waits, which is nearly always, should not carry room for it.
        Box::pin(self.find_place(&watcher)).await?;
        watcher.sent();
        // What is stored later than the head that was found wakes this stream: until then there is nothing to look for.
        let is_behind = watcher.cursor() < self.head;
        let mut wanted = is_behind.then_some(Wish::News(Tone::Stored));
        self.tell_notices().await?;
        loop {
            match wanted {
                // Only a wake-up is a reason to look again: an idle stream costs the database nothing.
                Some(Wish::News(Tone::Stored)) => Box::pin(self.catch_up(&mut watcher)).await?,
                Some(Wish::Beat) => {
                    watcher.sent();
                    self.beat(watcher.head()).await?;
                }
                Some(Wish::News(_)) | None => {}
            }
            if self.notices.is_any_told() {
                self.tell_notices().await?;
            }
            self.tell_delta(&mut watcher).await?;
            // A text that grows all the time must not keep it from that.
            self.beat_if_due(&watcher).await?;
            self.outbox.lend(watcher);
            let why = self.next().await;
            let Some(back) = self.outbox.take_back() else {
                return Ok(());
            };
            (watcher, wanted) = back;
            match why {
                Why::Stopping => return Ok(()),
                Why::Noticed => self.tell_notices().await?,
                Why::Wanted => {}
            }
        }
    }

    /// Waits until the body cannot go on by itself.
    async fn next(&self) -> Why {
        tokio::select! {
            // The rarest first: a busy project must not keep a stream from noticing that it is over.
            biased;
            () = self.stopping.cancelled() => Why::Stopping,
            () = self.notices.changed() => Why::Noticed,
            () = self.outbox.is_wanted() => Why::Wanted,
        }
    }

    /// Finds where to begin: after the client's cursor, or with the last few.
    async fn find_place(&mut self, watcher: &Watcher) -> Result<(), Over> {
        let Wanted {
            project,
            after,
            limit,
            verbosity,
        } = self.wanted;
        if let Some(after) = after {
            if after <= self.head {
                return Ok(());
            }
            let gap = json!({ "from": after, "to": self.head, "reason": "ahead" });
            self.send(event("gap", &gap)).await?;
        }
        let page = Page {
            after: None,
            before: Some(self.head + 1),
            verbosity,
            limit,
        };
        let last_few = self.read(self.head, |log| log.page(project, page)).await?;
        self.send_frames(watcher, last_few.into_iter().map(Frame::new).collect())
            .await?;
        watcher.advance(self.head);
        Ok(())
    }

    /// Sends everything after the cursor. Heartbeats go on meanwhile: a long way back must not look like a dead stream.
    async fn catch_up(&mut self, watcher: &mut Watcher) -> Result<(), Over> {
        loop {
            match watcher.chunk(CHUNK_BYTES) {
                Read::UpToDate => return Ok(()),
                Read::Ended => return self.tell_deleted().await,
                Read::New(chunk) => {
                    let is_all = chunk.is_all;
                    self.send_chunk(watcher, chunk).await?;
                    if is_all {
                        // What was published since has woken this stream again.
                        return Ok(());
                    }
                }
                Read::Behind => {
                    let before = watcher.cursor();
                    self.send_page(watcher).await?;
                    if watcher.cursor() == before {
                        return Ok(());
                    }
                }
            }
            self.beat_if_due(watcher).await?;
        }
    }

    /// Sends the next page of the log.
    async fn send_page(&mut self, watcher: &Watcher) -> Result<(), Over> {
        let (project, verbosity) = (self.wanted.project, self.wanted.verbosity);
        let cursor = watcher.cursor();
        // In this order: whatever is up to this head is in what is read after it.
        let head = self.read(watcher.head(), |log| log.head(project)).await?;
        let Some(head) = head else {
            // Deleted before this began to watch.
            return self.tell_deleted().await;
        };
        let replay = self
            .read(watcher.head(), |log| {
                log.replay(project, cursor, verbosity, CHUNK_BYTES)
            })
            .await?;
        if replay.trimmed > cursor {
            let gap = json!({ "from": cursor + 1, "to": replay.trimmed, "reason": "trimmed" });
            self.send(event("gap", &gap)).await?;
            watcher.advance(replay.trimmed);
            return Ok(());
        }
        let frames = replay.activities.into_iter().map(Frame::new).collect();
        self.send_frames(watcher, frames).await?;
        if replay.is_all {
            // What the verbosity hides was dealt with, too.
            watcher.advance(head.max(watcher.cursor()));
        }
        Ok(())
    }

    async fn send_frames(&self, watcher: &Watcher, frames: Vec<Frame>) -> Result<(), Over> {
        let mut left = frames.as_slice();
        while !left.is_empty() {
            let chunk = Chunk::of(left.iter(), self.wanted.verbosity, CHUNK_BYTES);
            left = &left[chunk.activities..];
            self.send_chunk(watcher, chunk).await?;
        }
        Ok(())
    }

    async fn send_chunk(&self, watcher: &Watcher, chunk: Chunk) -> Result<(), Over> {
        if chunk.events > 0 {
            self.send(chunk.bytes.clone()).await?;
        }
        watcher.sent_chunk(&chunk);
        Ok(())
    }

    async fn beat_if_due(&self, watcher: &Watcher) -> Result<(), Over> {
        if poll_immediate(self.outbox.beat_due()).await.is_some() {
            watcher.sent();
            self.beat(watcher.head()).await?;
        }
        Ok(())
    }

    async fn beat(&self, head: i64) -> Result<(), Over> {
        self.send(self.outbox.beat(head)).await
    }

    async fn send(&self, chunk: Bytes) -> Result<(), Over> {
        FailPoint::StreamWrite.pass().await.map_err(|_| Over)?;
        tokio::select! {
            biased;
            () = self.outbox.put(chunk) => Ok(()),
            // A client that does not read must not hold the server up.
            () = self.stopping.cancelled() => Err(Over),
        }
    }
}

/// An event without an id: it never moves a client's cursor.
fn event(name: &str, data: &serde_json::Value) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}
