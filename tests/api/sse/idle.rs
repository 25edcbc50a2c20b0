//! Streams on which nothing happens.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::support::{Program, ProgramBuilder, Stream, TestAppBuilder, TestDatabase, wait_until};

/// Streams side by side.
const STREAMS: usize = 10;

/// The next so many events, which must all be heartbeats; when each was sent.
async fn heartbeats(stream: &mut Stream, count: usize) -> Vec<String> {
    let mut sent = Vec::with_capacity(count);
    while sent.len() < count {
        let beat = stream.next().await;
        assert_eq!((beat.name.as_str(), beat.id), ("heartbeat", None));
        assert_eq!(beat.data["status"], "alive");
        sent.push(beat.data["timestamp"].as_str().expect("a time").to_owned());
    }
    sent
}

/// What a clock with the heartbeats' interval does meanwhile, in the same process and as busy a machine.
async fn ticks(every: Duration, count: usize) -> Vec<DateTime<Utc>> {
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ticks = Vec::with_capacity(count);
    while ticks.len() < count {
        clock.tick().await;
        ticks.push(project_manager::clock::now());
    }
    ticks
}

/// The median of the times between these.
fn usual_gap(times: &[DateTime<Utc>]) -> TimeDelta {
    let mut gaps: Vec<TimeDelta> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort();
    gaps[gaps.len() / 2]
}

#[tokio::test]
async fn ten_idle_streams_get_every_heartbeat() {
    let every = Duration::from_millis(100);
    let app = TestAppBuilder::default()
        .set("PM__FEED__HEARTBEAT_SECONDS", every.as_secs_f64())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let mut streams = join_all((0..STREAMS).map(|_| app.stream(&project, ""))).await;
    let beats = join_all(streams.iter_mut().map(|stream| heartbeats(stream, 20)));
    let (beats, ticks) = tokio::join!(beats, ticks(every, 20));
    for sent in beats {
        assert!(
            sent.iter()
                .all(|time| time.len() == 24 && time.ends_with('Z')),
            "{sent:?}"
        );
        let sent: Vec<DateTime<Utc>> = sent
            .iter()
            .map(|time| time.parse().expect("a time"))
            .collect();
        assert!(sent.is_sorted(), "heartbeats come in their order: {sent:?}");
        // Were one of two left out, twice as much would lie between them as between the ticks of the clock.
        let (beat, tick) = (usual_gap(&sent), usual_gap(&ticks));
        assert!(
            beat * 2 < tick * 3,
            "between heartbeats lie {beat}, between ticks of the same interval {tick}"
        );
    }
    // Idle is not dead: what happens after all that is in each of them.
    app.say(&project, "hello").await;
    for event in join_all(streams.iter_mut().map(Stream::next_activity)).await {
        assert_eq!(event.data["message"], "hello");
    }
}

#[tokio::test]
async fn heartbeats_tell_how_soon_the_next_is_to_come() {
    for (seconds, interval_ms) in [(0.05, 50), (15.0, 15_000)] {
        let app = TestAppBuilder::default()
            .set("PM__FEED__HEARTBEAT_SECONDS", seconds)
            .spawn()
            .await;
        let project = app.project("Shop").await;
        let mut stream = app.stream(&project, "").await;
        assert_eq!(stream.next().await.data["interval_ms"], interval_ms);
    }
}

#[tokio::test]
async fn heartbeats_tell_how_far_the_log_is() {
    let app = TestAppBuilder::default()
        .set("PM__FEED__HEARTBEAT_SECONDS", 0.05)
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    assert_eq!(stream.next().await.data["head"], 0);
    app.say(&project, "hello").await;
    let said = stream
        .activities_until(|data| data["data"]["role"] == "assistant")
        .await;
    let head = said.last().expect("the reply").id;
    assert_eq!(
        stream.next_named("heartbeat").await.data["head"],
        json!(head)
    );
    let mut late = app.stream_after(&project, "1").await;
    assert_eq!(late.next().await.data["head"], json!(head));
    let mut hiding = app.stream(&project, "?verbosity=1").await;
    assert_eq!(hiding.next().await.data["head"], json!(head));
}

#[tokio::test]
async fn a_stream_whose_client_has_gone_is_let_go() {
    let app = TestAppBuilder::default()
        // No heartbeat is written meanwhile that would find out.
        .set("PM__FEED__HEARTBEAT_SECONDS", 60)
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let watching = async |count: usize| {
        wait_until(format!("{count} streams"), async || {
            let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
            (report["streams"].as_array()?.len() == count).then_some(())
        })
        .await;
    };
    let mut streams = join_all((0..STREAMS).map(|_| app.stream(&project, ""))).await;
    join_all(streams.iter_mut().map(Stream::next)).await;
    watching(STREAMS).await;
    streams.truncate(3);
    watching(3).await;
    drop(streams);
    watching(0).await;
    wait_until("their actors to go", async || {
        let actors = app.read("/api/diagnostics/actors").await;
        let mut living = actors["actors"].as_array()?.iter();
        living
            .all(|actor| actor["parent"] != "connections")
            .then_some(())
    })
    .await;
}

/// Heartbeats on each stream before and after the memory is looked at.
const BEATS: usize = 150;

/// Each stream gets this often the heartbeats it got before. Were each heartbeat kept, or what it is made from, that
/// would be 10 streams x 300 heartbeats x some 300 bytes: 900 KiB.
const BEATS_MORE: usize = 300;

/// What memory may grow by: what the allocator takes from the system at once, and less than half of the leak above.
const GROWTH_KIB_MAX: u64 = 400;

#[tokio::test]
async fn memory_is_flat_while_ten_streams_idle() {
    let database = TestDatabase::new().await;
    let program = with_heartbeat(&database, "0.01").await;
    let project = program.project("Shop").await;
    let mut streams = join_all((0..STREAMS).map(|_| program.stream(&project, ""))).await;
    join_all(streams.iter_mut().map(|stream| heartbeats(stream, BEATS))).await;
    let before = program.memory_kib();
    join_all(
        streams
            .iter_mut()
            .map(|stream| heartbeats(stream, BEATS_MORE)),
    )
    .await;
    let after = program.memory_kib();
    println!("{before} KiB before, {after} KiB after");
    assert!(
        after <= before + GROWTH_KIB_MAX,
        "the server grew from {before} KiB to {after} KiB over {BEATS_MORE} heartbeats on each of {STREAMS} streams"
    );
}

/// Rounds of opening and closing streams before and after the memory is looked at. Were one stream of a round kept,
/// that would be 60 x 10 streams x 12 KiB: 7 MiB.
const ROUNDS: usize = 20;
const ROUNDS_MORE: usize = 60;

/// What memory may grow by: connections that are not closed yet and what the allocator takes from the system at once.
const ROUNDS_GROWTH_KIB_MAX: u64 = 1_024;

#[tokio::test]
async fn memory_is_flat_while_streams_come_and_go() {
    let database = TestDatabase::new().await;
    let program = with_heartbeat(&database, "60").await;
    let project = program.project("Shop").await;
    let round = async || {
        let mut streams = join_all((0..STREAMS).map(|_| program.stream(&project, ""))).await;
        join_all(streams.iter_mut().map(Stream::next)).await;
    };
    for _ in 0..ROUNDS {
        round().await;
    }
    let before = program.memory_kib();
    for _ in 0..ROUNDS_MORE {
        round().await;
    }
    let after = program.memory_kib();
    println!("{before} KiB before, {after} KiB after");
    assert!(
        after <= before + ROUNDS_GROWTH_KIB_MAX,
        "the server grew from {before} KiB to {after} KiB over {ROUNDS_MORE} rounds of {STREAMS} streams"
    );
}

async fn with_heartbeat(database: &TestDatabase, seconds: &str) -> Program {
    ProgramBuilder::serving_database(database)
        .set("PM__FEED__HEARTBEAT_SECONDS", seconds)
        .start()
        .await
}
