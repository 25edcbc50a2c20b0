//! What is asked for what is told outside of this program: notifications, and answers on GitHub.

use project_manager::db::{Among, delivery, github_event};

use super::Long;

/// How it is asked what is to be answered on GitHub, and how that stands.
pub(super) async fn said_on_github(long: &Long) {
    let db = &long.db;
    let open = github_event::open(db, Among::All, &[], (5, 200)).await;
    let open = open.expect("an answer");
    assert_eq!((open.waiting.len(), open.posted.len()), (2, 0));
    long.uses(&["github_events_by_state"]).await;

    let standing = github_event::standing(db).await.expect("an answer");
    assert_eq!((standing.waiting, standing.given_up), (2, 0));
    assert!(standing.last_event_at.is_some());
    long.uses(&[
        "github_events_by_state",
        "github_events_by_time",
        "github_events_by_failure",
    ])
    .await;
}

/// How notifications are asked for, by who sends them and by who looks how they fare.
pub(super) async fn deliveries(long: &Long) {
    let db = &long.db;
    let waiting = delivery::count(db, Among::All).await.expect("an answer");
    assert_eq!(waiting, 2);
    long.uses(&["deliveries_by_next"]).await;

    let due = delivery::next(db, Among::All, &[], 5)
        .await
        .expect("an answer");
    // What they tell of is none of an activity here.
    assert_eq!((due.deliveries.len(), due.unreadable.len()), (0, 2));
    long.uses(&["deliveries_by_next"]).await;

    let standing = delivery::standing(db).await.expect("an answer");
    assert_eq!((standing.waiting, standing.given_up), (2, 0));
    assert!(standing.oldest_waiting_at.is_some() && standing.last_delivered_at.is_some());
    long.uses(&[
        "deliveries_by_state",
        "deliveries_by_state_end",
        "deliveries_by_failure",
    ])
    .await;
}
