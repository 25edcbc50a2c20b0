//! Who publishes and who watches are on different threads, and neither waits for the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::FutureExt as _;
use project_manager::{
    clock,
    domain::{
        activity::{Activity, Entry, Kind, Source, Verbosity},
        id::{ActivityId, ProjectId},
    },
    feed::{Feed, Read, Watcher},
};
use tokio::{task::JoinSet, time::timeout};

/// How many are published, and how many watch at a time.
const ACTIVITIES: i64 = 5_000;
const WATCHERS: i64 = 3;

/// Up to how many turns somebody takes until they wait again.
const TURNS: i64 = 2_000;

/// Longer than it ever takes: who was not woken waits for ever.
const HOPELESS: Duration = Duration::from_secs(60);

/// Each is published the moment all have seen the one before, and so just when they begin to wait: no later one makes up for a
/// wake-up that is lost.
#[actix_web::test]
async fn whoever_waits_is_woken_however_the_two_threads_meet() {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let seen = Arc::new(AtomicI64::new(0));
    // A task each: what wakes one of them must not look after the others, too.
    let mut watching = JoinSet::new();
    for _ in 0..WATCHERS {
        let watch = {
            let feed = feed.clone();
            move |cursor| feed.watch(project, cursor, Verbosity::Full)
        };
        let watcher = watch(0);
        watching.spawn_local(see_all(watcher, watch, Arc::clone(&seen)));
    }
    let (publisher, seen_by_all) = (feed.clone(), Arc::clone(&seen));
    let publishing = std::thread::spawn(move || {
        let begun = Instant::now();
        for seq in 1..=ACTIVITIES {
            while seen_by_all.load(Ordering::Acquire) < (seq - 1) * WATCHERS {
                if begun.elapsed() > HOPELESS {
                    return;
                }
                std::thread::yield_now();
            }
            publisher.publish(project, vec![activity(seq)]);
        }
    });
    timeout(HOPELESS, watching.join_all())
        .await
        .expect("somebody was not woken");
    publishing.join().expect("it published all of them");
}

/// Reads until the last one, in order.
async fn see_all(mut watcher: Watcher, watch: impl Fn(i64) -> Watcher, seen: Arc<AtomicI64>) {
    while watcher.cursor() < ACTIVITIES {
        // Somebody who comes, waits and goes takes nobody's wake-up along.
        let _is_there_already = watch(watcher.cursor()).woken().now_or_never();
        watcher.woken().await;
        match watcher.read() {
            Read::New(frames) => {
                for frame in frames {
                    assert_eq!(frame.seq(), watcher.cursor() + 1, "a hole, or one twice");
                    watcher.advance(frame.seq());
                    seen.fetch_add(1, Ordering::Release);
                }
                // Sooner and later by turns, over the time that publishing takes: some moments are the worst.
                for _ in 0..watcher.cursor() * 7 % TURNS {
                    std::hint::spin_loop();
                }
            }
            Read::UpToDate => {}
            Read::Behind | Read::Ended => panic!("all of it is in the ring"),
        }
    }
}

fn activity(seq: i64) -> Activity {
    Activity {
        id: ActivityId::new(),
        seq,
        timestamp: clock::now(),
        entry: Entry::new(Source::Pm, Kind::System, "news"),
    }
}
