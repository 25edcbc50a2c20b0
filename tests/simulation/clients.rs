//! Who watches: browsers that read at their pace, stop reading, go and come back with their cursor. Each holds what it is
//! sent against the log, event by event.

use std::time::Duration;

use bytes::Bytes;
use project_manager::{
    actors::streamer::{Body, Found, Streams, Wanted},
    delay::pause,
    domain::{activity::Verbosity, id::ProjectId},
    feed::Watcher,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{database::Database, trace::Pen};
use crate::support::Chance;

/// A browser that watches a project.
pub(super) struct Client {
    pub(super) project: ProjectId,
    pub(super) verbosity: Verbosity,
    /// Where it begins: after this, or with so many of the last.
    pub(super) begin: Begin,
    pub(super) streams: Streams,
    pub(super) database: Database,
    pub(super) chance: Chance,
    pub(super) pen: Pen,
    /// Fires when nothing more is going to happen, and all that is left is to see it.
    pub(super) quiet: CancellationToken,
}

/// Where a client begins that has seen nothing yet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Begin {
    After(i64),
    WithLast(u64),
}

/// How a client behaves over one connection.
struct Manner {
    /// Chunks it takes before it goes, if it goes by itself.
    stays_for: usize,
    /// The chunk after which it reads nothing for a while.
    stops_after: usize,
    /// Of so many chunks it takes its time for one.
    dawdles: usize,
}

/// What was seen over one connection.
struct Seen {
    /// All that is shown up to here was shown.
    up_to: i64,
    /// Whether anything was shown, which is what gives a browser its cursor.
    cursor: bool,
    told_degraded: bool,
}

impl Client {
    /// Watches until it has seen everything.
    pub(super) async fn watch(mut self) {
        let mut cursor = None;
        loop {
            // The request that opens the stream begins to watch, asks for the head, and has it when it is out of date.
            let watcher = self.streams.feed.watch_newest(self.project, self.verbosity);
            pause(self.chance.millis(20)).await;
            let head = self.database.head(self.project).expect("a project");
            pause(self.chance.millis(20)).await;
            let mut seen = Seen {
                up_to: self.begins_after(cursor, head),
                cursor: cursor.is_some(),
                told_degraded: false,
            };
            let done = self.connection(cursor, watcher, head, &mut seen).await;
            if done {
                return;
            }
            if seen.cursor {
                cursor = Some(seen.up_to);
            }
            self.pen.note(format!("goes or is left, cursor {cursor:?}"));
            pause(self.chance.millis(2_000)).await;
        }
    }

    /// The place after which everything is to be shown.
    fn begins_after(&self, cursor: Option<i64>, head: i64) -> i64 {
        match (cursor, self.begin) {
            (Some(after), _) | (None, Begin::After(after)) => after,
            (None, Begin::WithLast(limit)) => {
                let mut shown = Vec::new();
                let mut at = 0;
                while let Some(next) = self.next_after(at).filter(|next| *next <= head) {
                    shown.push(next);
                    at = next;
                }
                let limit = usize::try_from(limit).expect("it fits");
                match shown.len().checked_sub(limit + 1) {
                    Some(last_hidden) => shown[last_hidden],
                    None => 0,
                }
            }
        }
    }

    fn next_after(&self, seq: i64) -> Option<i64> {
        self.database.next_shown(self.project, seq, self.verbosity)
    }

    /// One connection, until one side ends it. True when there is nothing left to see.
    async fn connection(
        &mut self,
        cursor: Option<i64>,
        watcher: Watcher,
        head: i64,
        seen: &mut Seen,
    ) -> bool {
        let (after, limit) = match (cursor, self.begin) {
            (Some(after), _) | (None, Begin::After(after)) => (Some(after), 50),
            (None, Begin::WithLast(limit)) => (None, limit),
        };
        let wanted = Wanted {
            project: self.project,
            after,
            limit,
            verbosity: self.verbosity,
        };
        let backend = None;
        let mut body = self.streams.open(wanted, watcher, &Found { head, backend });
        self.pen.note(format!("opens at {after:?} of {head}"));
        let manner = self.manner();
        let mut taken = 0;
        while let Some(chunk) = self.next(&mut body).await {
            self.take(&chunk, seen);
            taken += 1;
            if self.quiet.is_cancelled() && self.next_after(seen.up_to).is_none() {
                return self.sees_no_more(&mut body, seen).await;
            }
            if self.quiet.is_cancelled() {
                continue;
            }
            if taken == manner.stays_for {
                return false;
            }
            if taken == manner.stops_after {
                pause(Duration::from_secs(5) + self.chance.millis(35_000)).await;
            } else if self.chance.once_in(manner.dawdles) {
                pause(self.chance.millis(3_000)).await;
            }
        }
        false
    }

    fn manner(&mut self) -> Manner {
        let mut either = |one: usize, other: usize| match self.chance.once_in(2) {
            true => 1 + self.chance.below(one),
            false => other,
        };
        Manner {
            stays_for: either(30, usize::MAX),
            stops_after: either(60, usize::MAX),
            dawdles: either(8, 100),
        }
    }

    /// The next chunk; none when the server has ended the stream. It never lets anybody wait longer than it said.
    async fn next(&self, body: &mut Body) -> Option<Bytes> {
        let asked = Instant::now();
        let chunk = body.recv().await?;
        let waited = asked.elapsed();
        let heartbeat = self.streams.heartbeat;
        assert!(
            waited <= heartbeat + Duration::from_millis(1),
            "a stream of {} said nothing for {waited:?}, and a heartbeat is promised every {heartbeat:?}",
            self.project
        );
        Some(chunk)
    }

    /// Once more as long as a heartbeat takes: nothing is shown twice, and nothing is said to be away any more.
    async fn sees_no_more(&self, body: &mut Body, seen: &mut Seen) -> bool {
        let until = Instant::now() + self.streams.heartbeat;
        while Instant::now() < until {
            let Some(chunk) = self.next(body).await else {
                return false;
            };
            self.take(&chunk, seen);
        }
        assert!(
            !seen.told_degraded,
            "the database is back, and a stream still says that it is away"
        );
        true
    }

    fn take(&self, chunk: &Bytes, seen: &mut Seen) {
        let text = std::str::from_utf8(chunk).expect("text");
        for event in text.split_terminator("\n\n") {
            let named = |name: &str| {
                let rest = event.strip_prefix("event: ")?.strip_prefix(name)?;
                rest.strip_prefix("\ndata: ")
            };
            if let Some(activity) = event.strip_prefix("id: ") {
                self.take_activity(activity, seen);
            } else if let Some(data) = named("heartbeat") {
                let told = number_after(data, "\"head\":");
                let head = self.database.head(self.project).expect("a project");
                assert!(
                    told <= head,
                    "a heartbeat tells of {told}, and {head} is the last that is committed"
                );
            } else if let Some(data) = named("system") {
                let degraded = data.contains("\"status\":\"degraded\"");
                assert!(
                    degraded != seen.told_degraded,
                    "a stream says twice in a row: {data}"
                );
                self.pen.note(format!("is told degraded: {degraded}"));
                seen.told_degraded = degraded;
            } else if let Some(data) = named("error") {
                self.pen.note(format!("is told {data}"));
            } else {
                assert_eq!(event, "retry: 1000", "an event that has no place here");
            }
        }
    }

    fn take_activity(&self, event: &str, seen: &mut Seen) {
        let (seq, data) = event.split_once("\nevent: activity\ndata: ").expect(event);
        let seq: i64 = seq.parse().expect("a number");
        self.pen.note(format!("sees {seq}"));
        let Some(committed) = self.database.at(self.project, seq) else {
            panic!("a stream shows {seq}, which is not committed: {data}");
        };
        assert!(
            data.starts_with(&format!("{{\"id\":\"{committed}\",\"seq\":{seq},")),
            "at {seq} the log has {committed}, and a stream shows {data}"
        );
        assert_eq!(
            Some(seq),
            self.next_after(seen.up_to),
            "a stream of {} that had shown everything up to {} shows what is not the next: {data}",
            self.project,
            seen.up_to
        );
        seen.up_to = seq;
        seen.cursor = true;
    }
}

fn number_after(data: &str, key: &str) -> i64 {
    let (_, rest) = data.split_once(key).expect(data);
    let digits = rest.find(|digit: char| !digit.is_ascii_digit());
    rest[..digits.unwrap_or(rest.len())].parse().expect(data)
}
