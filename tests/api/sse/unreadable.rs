//! A log that cannot be read, however often it is tried: the stream says so and ends, instead of trying for ever.

use sea_orm::ConnectionTrait as _;

use crate::support::{Event, Stream, TestApp, spawn_app, wait_until};

/// Changes the stored log behind the server's back.
async fn change(app: &TestApp, sql: &str) {
    let db = app.database().connect().await;
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("a closed connection");
}

/// The stream's last event, which must be the server's word that it cannot go on. Only heartbeats come before it.
async fn last_word(mut stream: Stream) -> Event {
    let mut last = stream.next().await;
    while let Some(event) = stream.next_or_end().await {
        assert_eq!(last.name, "heartbeat", "{last:?}");
        last = event;
    }
    assert_eq!((last.name.as_str(), last.id), ("error", None));
    assert_eq!(last.data["code"], "DATABASE_ERROR", "{last:?}");
    let words = last.data["message"].as_str().expect("words");
    assert!(words.contains("cannot be read"), "{words}");
    assert!(
        !words.contains("not answering"),
        "it does answer, and will say the same again: {words}"
    );
    last
}

#[tokio::test]
async fn a_log_with_a_word_of_another_version_is_told_in_the_stream_which_then_ends() {
    let app = spawn_app().await;
    let (project, other) = (app.project("Shop").await, app.project("Zoo").await);
    for project in [&project, &other] {
        app.say(project, "hello").await;
        wait_until("the reply", async || {
            (app.log(project).await.len() == 2).then_some(())
        })
        .await;
    }
    let log = app.log(&project).await;
    let of_shop = "WHERE seq = 2 AND project_id = (SELECT id FROM projects WHERE name = 'Shop')";
    change(
        &app,
        &format!("UPDATE activities SET kind = 'omen' {of_shop}"),
    )
    .await;

    // With a cursor and without one: both read the log.
    for again in [
        app.stream(&project, "").await,
        app.stream_after(&project, "0").await,
    ] {
        let told = last_word(again).await;
        let reason = told.data["reason"].as_str().expect("a reason");
        assert!(reason.contains("activities.kind"), "{reason}");
        assert!(reason.contains("\"omen\""), "{reason}");
    }
    let mut untroubled = app.stream(&other, "").await;
    assert_eq!(untroubled.activities(2).await.len(), 2);

    // Whoever comes back with its cursor when it is mended has missed nothing.
    change(
        &app,
        &format!("UPDATE activities SET kind = 'message' {of_shop}"),
    )
    .await;
    let mut mended = app.stream_after(&project, "1").await;
    assert_eq!(mended.next_activity().await.data, log[1]);
}

#[tokio::test]
async fn a_log_that_is_gone_is_told_in_the_stream_which_then_ends() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    change(&app, "ALTER TABLE activities RENAME TO elsewhere").await;
    last_word(app.stream(&project, "").await).await;
    change(&app, "ALTER TABLE elsewhere RENAME TO activities").await;
    let mut back = app.stream(&project, "").await;
    app.say(&project, "hello").await;
    assert_eq!(back.next_activity().await.data["message"], "hello");
}
