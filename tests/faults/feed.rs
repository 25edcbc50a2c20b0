//! Who publishes and who watches are on different threads, and neither waits for the other.

use std::time::Duration;

use futures_util::future::{FutureExt as _, join_all};
use project_manager::{
    clock,
    domain::{
        activity::{Activity, Entry, Kind, Source, Verbosity},
        id::{ActivityId, ProjectId},
    },
    feed::{Feed, Read, Watcher},
};
use tokio::time::timeout;

/// How many are published, and how many watch at a time.
const ACTIVITIES: i64 = 20_000;
const WATCHERS: usize = 16;

/// Longer than it ever takes: who was not woken waits for ever.
const HOPELESS: Duration = Duration::from_secs(60);

#[actix_web::test]
async fn whoever_waits_is_woken_however_the_two_threads_meet() {
    let (feed, project) = (Feed::default(), ProjectId::new());
    let watch = || feed.watch(project, 0, Verbosity::Full);
    let mut watchers: Vec<_> = (0..WATCHERS).map(|_| watch()).collect();
    let publisher = feed.clone();
    let publishing = std::thread::spawn(move || {
        for seq in 1..=ACTIVITIES {
            publisher.publish(project, vec![activity(seq)]);
            if seq % 7 == 0 {
                std::thread::yield_now();
            }
        }
    });
    // Somebody who comes, waits and goes takes nobody's wake-up along.
    let passing = async {
        while !publishing.is_finished() {
            let _is_there_already = watch().woken().now_or_never();
            tokio::task::yield_now().await;
        }
    };
    let watching = join_all(watchers.iter_mut().map(see_all));
    timeout(HOPELESS, async { tokio::join!(watching, passing) })
        .await
        .expect("somebody was not woken");
    publishing.join().expect("it published all of them");
}

/// Reads until the last one, in order.
async fn see_all(watcher: &mut Watcher) {
    while watcher.cursor() < ACTIVITIES {
        watcher.woken().await;
        match watcher.read() {
            Read::New(frames) => {
                for frame in frames {
                    assert_eq!(frame.seq(), watcher.cursor() + 1, "a hole, or one twice");
                    watcher.advance(frame.seq());
                }
            }
            // The log would have them.
            Read::Behind => watcher.advance(watcher.head()),
            Read::UpToDate => {}
            Read::Ended => panic!("nobody ended it"),
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
