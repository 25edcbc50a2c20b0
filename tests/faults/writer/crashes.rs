//! A writer that crashes in the middle of a group.
//!
//! What makes it crash is what an administrator's hand in the database can do: a counter at the end of its range. Adding
//! to it panics where arithmetic is checked, as it is in tests.

use project_manager::{
    actors::writer::AppendError,
    db::execution,
    domain::{
        change::{Change, Reported},
        execution::Command,
        id::ProjectId,
        step::Step,
    },
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use super::{in_one_group, notice, project, seen, seq};
use crate::support::{Scripted, Stream, TestApp, TestAppBuilder, spawn_app};

async fn set_head(app: &TestApp, project: ProjectId, head: i64) {
    let db = app.database().connect().await;
    let sql = "UPDATE projects SET head_seq = $1 WHERE id = $2";
    let values = [head.into(), project.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.expect(sql);
    db.close().await.expect("a closed connection");
}

/// Makes the writer crash after it has stored something in this project, which has to be watched until then.
async fn crash_when_shown(app: &TestApp, poison: ProjectId) -> Stream {
    // The ring of a project that is watched remembers the last number there is, so showing the next one panics.
    let mut watched = app.stream(&poison.to_string(), "").await;
    set_head(app, poison, i64::MAX - 1).await;
    let last = app.writer().append(notice(poison, "last")).await;
    assert_eq!(seq(&last), i64::MAX);
    assert_eq!(watched.next_activity().await.id, Some(i64::MAX));
    set_head(app, poison, 6).await;
    watched
}

fn restarts(app: &TestApp) -> usize {
    let statuses = app.supervisor().statuses();
    let writer = statuses.iter().find(|status| status.name == "writer");
    writer.expect("there is a writer").restarts
}

#[tokio::test]
async fn a_change_that_crashes_the_writer_is_refused_alone_and_its_neighbours_are_stored_once() {
    let app = spawn_app().await;
    let (before, poison, after) = (
        project(&app, "Before").await,
        project(&app, "Poison").await,
        project(&app, "After").await,
    );
    set_head(&app, poison, i64::MAX).await;
    let appends = vec![
        notice(before, "one"),
        notice(poison, "poison"),
        notice(after, "two"),
        notice(before, "three"),
    ];
    let ids: Vec<_> = appends.iter().map(|changes| changes[0].id).collect();
    let answers = in_one_group(&app, appends).await;
    assert_eq!(answers[1].as_ref().err(), Some(&AppendError::Unknown));
    assert_eq!([&answers[0], &answers[2], &answers[3]].map(seq), [1, 1, 2]);
    let other = app.database().connect().await;
    for (id, times) in ids.iter().zip([1, 0, 1, 1]) {
        assert_eq!(seen(&other, *id).await, times);
    }
    assert!(
        (1..=3).contains(&restarts(&app)),
        "{} restarts",
        restarts(&app)
    );
    assert_eq!(seq(&app.writer().append(notice(after, "goes on")).await), 2);
}

#[tokio::test]
async fn after_a_crash_between_commit_and_answer_the_writer_reads_what_it_stored_and_shows_it_once()
{
    let app = spawn_app().await;
    let (before, poison, after) = (
        project(&app, "Before").await,
        project(&app, "Poison").await,
        project(&app, "After").await,
    );
    let mut streams = [
        app.stream(&before.to_string(), "").await,
        app.stream(&after.to_string(), "").await,
    ];
    let _watched = crash_when_shown(&app, poison).await;

    let appends = vec![
        notice(before, "one"),
        notice(poison, "poison"),
        notice(after, "two"),
    ];
    let ids: Vec<_> = appends.iter().map(|changes| changes[0].id).collect();
    let answers = in_one_group(&app, appends).await;
    assert!(restarts(&app) >= 1, "it crashed");
    assert_eq!(
        answers[1].as_ref().err(),
        Some(&AppendError::Unknown),
        "which is true of it"
    );
    assert_eq!([&answers[0], &answers[2]].map(seq), [1, 1]);
    let other = app.database().connect().await;
    for id in ids {
        assert_eq!(
            seen(&other, id).await,
            1,
            "stored by the first attempt, and never again"
        );
    }
    for (stream, project) in streams.iter_mut().zip([before, after]) {
        assert_eq!(seq(&app.writer().append(notice(project, "next")).await), 2);
        let shown: Vec<_> = stream
            .activities(2)
            .await
            .iter()
            .map(|event| event.id)
            .collect();
        assert_eq!(shown, [Some(1), Some(2)], "each once");
    }
}

#[tokio::test]
async fn what_leaves_no_activity_is_known_to_be_stored_by_what_was_stored_with_it() {
    // One that really runs: what nobody follows is ended by the executor when it looks.
    let backend = Scripted::new();
    let app = TestAppBuilder::default().backend(backend.clone());
    let app = app.spawn().await;
    let (shop, poison) = (project(&app, "Shop").await, project(&app, "Poison").await);
    app.execute(&shop.to_string(), "prime").await;
    let running = backend.next_job().await;
    let execution = running.job.execution;
    let step = |source_index| {
        let text = Step::Status {
            text: format!("step {source_index}"),
        };
        let taken = Change::StepTaken {
            execution,
            command: Command::Prime,
            source_index,
            step: text,
        };
        Reported::now(shop, taken)
    };
    let placed = |place: i64| {
        let place = json!({ "at": place });
        Reported::now(
            shop,
            Change::ExecutionPlaced {
                execution,
                place,
                branch: None,
            },
        )
    };
    let _watched = crash_when_shown(&app, poison).await;

    let appends = vec![
        notice(poison, "poison"),
        vec![step(0), placed(1), step(1)],
        vec![placed(2)],
    ];
    let answers = in_one_group(&app, appends).await;
    assert!(restarts(&app) >= 1, "it crashed");
    let stored = answers[1].as_ref().expect("it is stored");
    let seqs: Vec<i64> = stored.iter().map(|logged| logged.activity.seq).collect();
    assert_eq!(seqs, [3, 4], "stored by the first attempt, and told so");
    assert!(
        answers[2].as_ref().is_ok_and(Vec::is_empty),
        "{:?}",
        answers[2]
    );
    assert_eq!(app.log(&shop.to_string()).await.len(), 4, "nothing twice");
    let place = execution::find(&app.database().connect().await, execution).await;
    let place = place.expect("read").expect("an execution").place;
    assert_eq!(place, Some(json!({ "at": 2 })));
    let next = app.writer().append(vec![step(2), placed(3)]).await;
    assert_eq!(seq(&next), 5);
}
