//! Showing: what is stored, to those who watch.

use std::{hint::black_box, path::Path, sync::Arc, time::Duration};

use actix_rt::System;
use project_manager::{
    actors::{
        streamer::{Found, Streams, Wanted},
        supervisor::{RestartLimits, Supervisor},
        writer::WriterStatus,
    },
    app,
    config::Settings,
    db::Reader,
    domain::{
        activity::{Activity, Verbosity},
        id::ProjectId,
    },
    feed::{Feed, Read, Watcher},
};
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::{
    recorded, store,
    workload::{Work, Workload},
};

/// Activities that are published at once: a group of the writer's in a busy project.
const BATCH: usize = 64;

/// Streams that an activity is shown to.
const STREAMS: usize = 64;

/// Longer than anything that is measured: a heartbeat would come into it now and then.
const HEARTBEAT: Duration = Duration::from_secs(3_600);

pub(crate) fn workloads() -> Vec<Workload> {
    vec![
        Workload {
            name: "ring/publish-64",
            times: 10,
            ready: publish,
        },
        Workload {
            name: "ring/read-64",
            times: 400,
            ready: read,
        },
        Workload {
            name: "ring/wake-64-streams",
            times: 20,
            ready: wake,
        },
    ]
}

/// Activities without end, each with the next place in the log.
fn activities() -> anyhow::Result<impl Iterator<Item = Activity>> {
    let recorded = recorded::activities()?.into_iter().cycle();
    let numbered = (1..).zip(recorded);
    Ok(numbered.map(|(seq, activity)| Activity { seq, ..activity }))
}

/// The writer's side, with somebody who watches: each is serialised and put into the ring, and there is one wake-up.
fn publish() -> anyhow::Result<Work> {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let watcher = feed.watch(project, 0, Verbosity::Full);
    let mut activities = activities()?;
    Ok(Box::new(move || {
        feed.publish(project, activities.by_ref().take(BATCH).collect());
        black_box(watcher.head());
    }))
}

/// The watcher's side: what lies after its cursor.
fn read() -> anyhow::Result<Work> {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let mut watcher = feed.watch(project, 0, Verbosity::Full);
    feed.publish(project, activities()?.take(BATCH).collect());
    Ok(Box::new(move || {
        watcher.advance(0);
        assert_eq!(take(&mut watcher), BATCH, "all are there");
    }))
}

/// Takes what there is, and moves the cursor behind it.
fn take(watcher: &mut Watcher) -> usize {
    let Read::New(frames) = watcher.read() else {
        return 0;
    };
    if let Some(last) = frames.last() {
        watcher.advance(last.seq());
    }
    black_box(frames).len()
}

/// One activity, from being published to the chunk that each of the streams has for its client.
fn wake() -> anyhow::Result<Work> {
    let folder = tempfile::tempdir()?;
    let settings = store::settings(&folder)?;
    let (feed, project, system) = (Feed::default(), ProjectId::new(), System::new());
    let streams = streams(&settings, &feed)?;
    let mut activities = activities()?;
    let mut publish =
        move |feed: &Feed| feed.publish(project, activities.by_ref().take(1).collect());
    let first = feed.watch(project, 0, Verbosity::Full);
    publish(&feed);
    let mut bodies = system.block_on(async {
        let wanted = Wanted {
            project,
            after: Some(1),
            limit: 0,
            verbosity: Verbosity::Full,
        };
        let found = Found {
            head: 1,
            backend: None,
        };
        let watch = || feed.watch_newest(project, wanted.verbosity);
        let open = |_| streams.open(wanted, watch(), &found);
        let mut bodies: Vec<_> = (0..STREAMS).map(open).collect();
        for body in &mut bodies {
            // Its first two: when to come back, and that it lives.
            body.recv().await;
            body.recv().await;
        }
        while feed.watchers(project).len() <= STREAMS {
            tokio::task::yield_now().await;
        }
        bodies
    });
    drop(first);
    Ok(Box::new(move || {
        publish(&feed);
        system.block_on(async {
            for body in &mut bodies {
                let chunk = body.recv().await.expect("a stream that goes on");
                assert!(chunk.starts_with(b"id: "), "it tells of something else");
                black_box(chunk);
            }
        });
    }))
}

/// What streams are made with. There is no log behind this feed: who is up to date with the ring never asks for it.
fn streams(settings: &Settings, feed: &Feed) -> anyhow::Result<Streams> {
    let log = Reader::new(app::database(settings), DatabaseConnection::default());
    Ok(Streams {
        supervisor: Supervisor::new(RestartLimits::default()),
        feed: feed.clone(),
        log: Arc::new(log),
        writer: WriterStatus::default(),
        // Not used: nothing is run.
        backends: app::backends::backends(settings, Path::new("/nowhere"))?,
        hearing: None,
        heartbeat: HEARTBEAT,
        stopping: CancellationToken::new(),
    })
}
