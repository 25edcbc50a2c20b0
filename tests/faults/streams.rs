//! One stream by itself, over a log that nobody can read: what needs no log is sent without it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use project_manager::{
    actors::{
        streamer::{Body, Found, Streams, Wanted},
        supervisor::{RestartLimits, Supervisor},
        writer::WriterStatus,
    },
    backends::Backends,
    clock,
    db::{
        LogReader, ReadError,
        activity::{Page, Replay},
    },
    domain::{
        activity::{Activity, Entry, Kind, Source, Verbosity},
        id::{ActivityId, BlockId, ExecutionId, ProjectId},
        redaction::Secrets,
    },
    feed::Feed,
};
use tokio::time::{Instant, advance};
use tokio_util::sync::CancellationToken;

use crate::support::Scripted;

const HEARTBEAT: Duration = Duration::from_secs(10);

/// How much is in the log.
const HEAD: i64 = 7;

/// A log that must not be asked.
struct Unasked;

impl LogReader for Unasked {
    fn head(&self, _: ProjectId) -> BoxFuture<'_, Result<Option<i64>, ReadError>> {
        panic!("the log was asked how long it is");
    }

    fn replay(
        &self,
        _: ProjectId,
        _: i64,
        _: Verbosity,
        _: usize,
    ) -> BoxFuture<'_, Result<Replay, ReadError>> {
        panic!("the log was asked what comes next");
    }

    fn page(&self, _: ProjectId, _: Page) -> BoxFuture<'_, Result<Vec<Activity>, ReadError>> {
        panic!("the log was asked for its last few");
    }
}

/// A stream of who has everything that was found.
fn opened(feed: &Feed, project: ProjectId) -> Body {
    let streams = Streams {
        hearing: None,
        supervisor: Supervisor::new(RestartLimits::default()),
        feed: feed.clone(),
        log: Arc::new(Unasked),
        writer: WriterStatus::default(),
        backends: Backends::new(Scripted::new()),
        heartbeat: HEARTBEAT,
        stopping: CancellationToken::new(),
    };
    let wanted = Wanted {
        project,
        after: Some(HEAD),
        limit: 50,
        verbosity: Verbosity::Full,
    };
    let found = Found {
        head: HEAD,
        backend: None,
    };
    let watcher = feed.watch_newest(project, wanted.verbosity);
    streams.open(wanted, watcher, &found)
}

async fn next(body: &mut Body) -> String {
    let chunk: Bytes = body.recv().await.expect("a stream that goes on");
    String::from_utf8(chunk.into()).expect("text")
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_to_where_the_log_ends_is_sent_what_follows_and_nothing_is_read() {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let mut body = opened(&feed, project);
    assert!(next(&mut body).await.starts_with("retry: "));
    assert!(next(&mut body).await.starts_with("event: heartbeat\n"));
    assert!(body.recv().now_or_never().is_none(), "there is nothing yet");
    let activity = Activity {
        id: ActivityId::new(),
        seq: HEAD + 1,
        timestamp: clock::now(),
        entry: Entry::new(Source::Pm, Kind::System, "news"),
    };
    feed.publish(project, vec![activity]);
    let news = next(&mut body).await;
    assert!(news.starts_with(&format!("id: {}\n", HEAD + 1)), "{news}");
}

#[tokio::test(start_paused = true)]
async fn a_text_that_grows_all_the_time_keeps_no_heartbeat_back() {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let mut growing = feed.grow(project, ExecutionId::new(), Secrets::default());
    let mut body = opened(&feed, project);
    assert!(next(&mut body).await.starts_with("retry: "));
    assert!(next(&mut body).await.starts_with("event: heartbeat\n"));
    let (block, begun) = (BlockId(ActivityId::new().0), Instant::now());
    let mut deltas = 0;
    loop {
        // Whenever the stream looks there is more of it.
        growing.more(block, "word ");
        advance(Duration::from_millis(100)).await;
        match next(&mut body).await {
            delta if delta.starts_with("event: delta\n") => deltas += 1,
            beat => {
                assert!(beat.starts_with("event: heartbeat\n"), "{beat}");
                break;
            }
        }
        assert!(
            begun.elapsed() <= HEARTBEAT * 2,
            "no heartbeat for {deltas} deltas"
        );
    }
    assert!(deltas > 0, "the text is shown, too");
}
