//! One change on its way, and what it has passed.

use std::cell::RefCell;

use bytes::BytesMut;
use chrono::{DateTime, Utc};
use serde_json::Value;
use strum::IntoEnumIterator as _;
use tokio::time::{Instant, timeout};

use super::{Parts, WITHIN};
use crate::{
    actors::{
        streamer::{Body, Found, Wanted},
        writer::AppendError,
    },
    db::canary,
    domain::{
        activity::Verbosity,
        canary::{Flight, LOG, Passed, Stage, Stuck},
        change::{Change, Reported},
        id::ActivityId,
    },
    feed::{Read, Watcher},
};

/// Writes the change that stands at `seq` of the canary's log, and follows it until it is back or stuck.
pub(super) async fn fly(parts: Parts, seq: i64) -> Flight {
    let change = Change::CanarySang {
        server: parts.server,
        seq,
    };
    let reported = Reported::now(LOG, change);
    let way = Way {
        begun: Instant::now(),
        passed: RefCell::default(),
    };
    let (at, id) = (reported.at, reported.id);
    // Followed before it is written, so that nothing of it is missed.
    let watcher = parts.streams.feed.watch(LOG, seq - 1, Verbosity::Full);
    let wanted = Wanted {
        project: LOG,
        after: Some(seq - 1),
        limit: 1,
        verbosity: Verbosity::Full,
    };
    let found = Found {
        head: seq - 1,
        backend: None,
    };
    let of_stream = parts.streams.feed.watch_newest(LOG, wanted.verbosity);
    let body = parts.streams.open(wanted, of_stream, &found);
    let seen = async {
        let feed = way.through_feed(watcher, seq);
        let (feed, stream) = tokio::join!(feed, way.through_stream(body, seq, id));
        feed.and(stream)
    };
    let stored = way.through_table(&parts, reported, seq);
    let flown = async {
        tokio::pin!(seen, stored);
        // What is stuck first is not always what is found first.
        tokio::select! {
            biased;
            is_stored = &mut stored => {
                is_stored?;
                seen.await
            }
            is_seen = &mut seen => {
                stored.await?;
                is_seen
            }
        }
    };
    match Box::pin(timeout(WITHIN, flown)).await {
        Ok(Ok(())) => way.ends(at, None),
        Ok(Err(stuck)) => way.ends(at, Some(stuck)),
        Err(_) => way.ends_too_late(at),
    }
}

/// A way through the server, and what was passed of it.
struct Way {
    begun: Instant,
    passed: RefCell<Vec<Passed>>,
}

impl Way {
    /// To the database, and out of it again.
    async fn through_table(
        &self,
        parts: &Parts,
        reported: Reported,
        seq: i64,
    ) -> Result<(), Stuck> {
        // It is known without waiting, and nothing would be stored.
        if let Some(away) = parts.writer.status().degraded().borrow().as_ref() {
            return Err(stuck(Stage::Write, &away.reason));
        }
        let begun = || self.pass(Stage::Write);
        let stored = parts.writer.append_watched(vec![reported], begun).await;
        if let Err(error) = stored {
            // A transaction that is refused at once is begun and over before anybody looks.
            let is_begun = self.has(Stage::Write) || matches!(error, AppendError::Refused(_));
            let stage = match is_begun {
                true => Stage::Commit,
                false => Stage::Write,
            };
            return Err(stuck(stage, error));
        }
        self.pass(Stage::Commit);
        let server = parts.server;
        let last = async move |db: &_| canary::last(db, server).await;
        match parts.reader.read(last).await {
            // Another one may have been written meanwhile by a change that was late.
            Ok(Some(last)) if last.seq >= seq => self.pass(Stage::Table),
            Ok(_) => return Err(stuck(Stage::Table, "it was stored, and is not found")),
            Err(error) => return Err(stuck(Stage::Table, crate::db::reason(&error))),
        }
        Ok(())
    }

    /// Into the ring that all who watch read.
    async fn through_feed(&self, mut watcher: Watcher, seq: i64) -> Result<(), Stuck> {
        loop {
            watcher.woken().await;
            match watcher.read() {
                Read::New(frames) if frames.iter().any(|frame| frame.seq() == seq) => {
                    self.pass(Stage::Feed);
                    return Ok(());
                }
                Read::Ended => return Err(stuck(Stage::Feed, "the feed of it was ended")),
                Read::New(_) | Read::UpToDate | Read::Behind => {}
            }
        }
    }

    /// Out of an event stream, as it was written.
    async fn through_stream(&self, mut body: Body, seq: i64, id: ActivityId) -> Result<(), Stuck> {
        let begins = format!("id: {seq}\n");
        let mut sent = BytesMut::new();
        while let Some(chunk) = body.recv().await {
            sent.extend_from_slice(&chunk);
            let text = String::from_utf8_lossy(&sent);
            let Some(event) = text.split("\n\n").find(|event| event.starts_with(&begins)) else {
                continue;
            };
            self.pass(Stage::Stream);
            let data = event.lines().find_map(|line| line.strip_prefix("data: "));
            let data: Value = serde_json::from_str(data.unwrap_or_default()).unwrap_or_default();
            if data["id"] == id.to_string() {
                self.pass(Stage::Back);
                return Ok(());
            }
            let why = format!(
                "activity {} came out of it, and {id} was written",
                data["id"]
            );
            return Err(stuck(Stage::Back, why));
        }
        Err(stuck(Stage::Stream, "the stream ended before it was sent"))
    }

    fn pass(&self, stage: Stage) {
        let age_ms = self.begun.elapsed().as_secs_f64() * 1_000.0;
        self.passed.borrow_mut().push(Passed { stage, age_ms });
    }

    fn has(&self, stage: Stage) -> bool {
        self.passed
            .borrow()
            .iter()
            .any(|passed| passed.stage == stage)
    }

    /// The time is up: it is stuck at the first stage it has not passed.
    fn ends_too_late(self, at: DateTime<Utc>) -> Flight {
        let first = Stage::iter().find(|stage| !self.has(*stage));
        let why = format!("it did not get there within {WITHIN:?}");
        let stuck = first.map(|stage| Stuck { stage, why });
        self.ends(at, stuck)
    }

    fn ends(self, at: DateTime<Utc>, stuck: Option<Stuck>) -> Flight {
        let mut passed = self.passed.into_inner();
        passed.sort_by_key(|passed| passed.stage);
        Flight { at, passed, stuck }
    }
}

fn stuck(stage: Stage, why: impl ToString) -> Stuck {
    Stuck {
        stage,
        why: why.to_string(),
    }
}
