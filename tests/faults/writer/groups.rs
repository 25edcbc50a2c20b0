//! Many at once: one group, one order, and each for itself.

use futures_util::future::join_all;
use project_manager::{
    actors::writer::AppendError,
    domain::{
        change::{Change, Reported},
        execution::{Command, Outcome},
        id::{ExecutionId, ProjectId},
    },
};
use reqwest::StatusCode;

use super::{
    in_one_group, message, notice, number, project, queued, seen, seq, storing, with_the_writer,
};
use crate::support::{Lock, expect, spawn_app};

#[tokio::test]
async fn a_poison_row_fails_alone_and_its_neighbours_keep_their_order() {
    let app = spawn_app().await;
    let (shop, blog) = (project(&app, "Shop").await, project(&app, "Blog").await);
    let ended = ExecutionId::new();
    let finish = |project| {
        let finished = Change::ExecutionFinished {
            execution: ended,
            command: Command::Prime,
            outcome: Outcome::Cancelled,
            duration_ms: None,
        };
        Reported::now(project, finished)
    };
    app.writer()
        .append(vec![queued(shop, ended)])
        .await
        .expect("queued");
    app.writer()
        .append(vec![finish(shop)])
        .await
        .expect("ended");
    app.writer()
        .append(message(shop, "once", Some("key")))
        .await
        .expect("said");
    let nowhere = ProjectId::new();
    let twice = notice(shop, "the same twice");

    let answers = in_one_group(
        &app,
        vec![
            notice(shop, "one"),
            message(shop, "again", Some("key")),
            notice(blog, "two"),
            vec![finish(shop)],
            // All or nothing: its good half is not stored either.
            vec![notice(shop, "half").remove(0), finish(shop)],
            notice(nowhere, "lost"),
            twice.clone(),
            twice,
            notice(shop, "three"),
            notice(blog, "four"),
        ],
    )
    .await;

    let refusals: Vec<Option<&AppendError>> =
        answers.iter().map(|answer| answer.as_ref().err()).collect();
    assert_eq!(
        refusals,
        [
            None,
            Some(&AppendError::Duplicate),
            None,
            Some(&AppendError::ExecutionPast),
            Some(&AppendError::ExecutionPast),
            Some(&AppendError::ProjectUnknown(nowhere)),
            None,
            Some(&AppendError::Duplicate),
            None,
            None,
        ]
    );
    // Two for the execution and one message came before.
    assert_eq!([&answers[0], &answers[6], &answers[8]].map(seq), [4, 5, 6]);
    assert_eq!([&answers[2], &answers[9]].map(seq), [1, 2]);
    let words = |log: Vec<serde_json::Value>| -> Vec<String> {
        log.iter()
            .map(|item| item["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let log = words(app.log(&shop.to_string()).await);
    assert_eq!(log[3..], ["one", "the same twice", "three"]);
    assert_eq!(words(app.log(&blog.to_string()).await), ["two", "four"]);
}

#[tokio::test]
async fn hundreds_at_once_in_several_projects_are_numbered_as_asked_committed_as_numbered_and_without_a_gap()
 {
    const PROJECTS: usize = 4;
    const EACH: usize = 150;
    let app = spawn_app().await;
    let mut projects = Vec::new();
    for name in 0..PROJECTS {
        projects.push(project(&app, &format!("Project {name}")).await);
    }
    let mut streams = Vec::new();
    for project in &projects {
        streams.push(app.stream(&project.to_string(), "").await);
    }
    let other = app.database().connect().await;
    let append = async {
        // Asked for in this order: project by project, again and again.
        let asked = (0..EACH).flat_map(|_| projects.iter().map(|project| notice(*project, "x")));
        join_all(asked.map(|changes| app.writer().append(changes))).await
    };
    let never_a_gap = async {
        let mut done = 0;
        while done < projects.len() {
            done = 0;
            for project in &projects {
                let sql =
                    "SELECT COALESCE(MAX(seq), 0) - COUNT(*) FROM activities WHERE project_id = $1";
                assert_eq!(
                    number(&other, sql, project.0).await,
                    0,
                    "a later number before an earlier one"
                );
                let sql = "SELECT COUNT(*) FROM activities WHERE project_id = $1";
                done += usize::from(number(&other, sql, project.0).await == EACH as i64);
            }
        }
    };
    let (answers, ()) = tokio::join!(append, never_a_gap);
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(seq(answer), (place / PROJECTS + 1) as i64, "append {place}");
    }
    for (stream, project) in streams.iter_mut().zip(&projects) {
        for expected in 1..=EACH {
            assert_eq!(
                stream.next_activity().await.id,
                Some(expected as i64),
                "{project}"
            );
        }
    }
}

#[tokio::test]
async fn too_many_at_once_are_turned_away_and_what_was_acknowledged_is_stored() {
    /// More than the writer lets wait.
    const MANY: usize = 1_500;
    let app = spawn_app().await;
    let shop = project(&app, "Shop").await;
    let appends: Vec<_> = (0..MANY).map(|at| notice(shop, &at.to_string())).collect();
    let ids: Vec<_> = appends.iter().map(|changes| changes[0].id).collect();
    let lock = Lock::take(app.database()).await;
    let busy = app.writer().append(notice(shop, "busy"));
    let all = async {
        storing(&app).await;
        let appends = appends.into_iter();
        join_all(appends.map(|changes| app.writer().append_now(changes))).await
    };
    let meanwhile = async {
        with_the_writer(&app, 1 + 1_024).await;
        let path = format!("/api/projects/{shop}/messages");
        let say = || {
            app.post(&path)
                .json(&serde_json::json!({ "content": "hello" }))
        };
        let refused = say().send().await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("Retry-After"));
        let refused: serde_json::Value = refused.json().await.expect("a problem");
        assert!(
            refused["detail"].as_str().unwrap().contains("busy"),
            "{refused}"
        );
        lock.release().await;
    };
    let (busy, answers, ()) = tokio::join!(busy, all, meanwhile);
    busy.expect("the first is stored");
    let other = app.database().connect().await;
    let mut stored = 0;
    for (answer, id) in answers.iter().zip(&ids) {
        let expected = match answer {
            Ok(_) => 1,
            Err(AppendError::Overloaded) => 0,
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(seen(&other, *id).await, expected, "{answer:?}");
        stored += expected;
    }
    assert!(stored >= 1_024, "a full queue was stored, not {stored}");
    assert!(stored < MANY as i64, "some were turned away");
    let accepted = app.post(&format!("/api/projects/{shop}/messages"));
    expect(
        accepted.json(&serde_json::json!({ "content": "hello" })),
        StatusCode::ACCEPTED,
    )
    .await;
}
