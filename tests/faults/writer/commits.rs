//! What an answer, and what is shown, stands for: a commit.

use project_manager::actors::writer::AppendError;
use sea_orm::ConnectionTrait as _;

use super::{message, notice, project, seen, seq};
use crate::support::{TestApp, spawn_app};

#[tokio::test]
async fn at_the_moment_of_the_answer_another_connection_sees_the_row() {
    let app = spawn_app().await;
    let project = project(&app, "Shop").await;
    let other = app.database().connect().await;
    for round in 1..=100 {
        let changes = notice(project, "stored");
        let id = changes[0].id;
        let answer = app.writer().append(changes).await;
        assert_eq!(seen(&other, id).await, 1, "round {round}");
        assert_eq!(seq(&answer), round);
    }
}

/// Makes a commit, and nothing before it, fail for every activity with this text.
async fn commits_fail_for(app: &TestApp, words: &str) {
    let db = app.database().connect().await;
    // A reference to nowhere that is looked at only at the commit.
    let mut steps = vec![
        "CREATE TABLE nowhere (id INTEGER PRIMARY KEY)".to_owned(),
        "CREATE TABLE doomed (id INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED)"
            .to_owned(),
    ];
    if app.database().is_postgres() {
        steps.push(
            "CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN INSERT INTO doomed VALUES (1); RETURN NULL; END'"
                .to_owned(),
        );
        steps.push(format!(
            "CREATE TRIGGER doom AFTER INSERT ON activities FOR EACH ROW \
             WHEN (NEW.message = '{words}') EXECUTE FUNCTION doom()"
        ));
    } else {
        steps.push(format!(
            "CREATE TRIGGER doom AFTER INSERT ON activities WHEN NEW.message = '{words}' \
             BEGIN INSERT INTO doomed VALUES (1); END"
        ));
    }
    for sql in &steps {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn what_fails_at_the_very_commit_is_neither_acknowledged_nor_shown_and_takes_no_seq() {
    let app = spawn_app().await;
    let project = project(&app, "Shop").await;
    let mut stream = app.stream(&project.to_string(), "").await;
    commits_fail_for(&app, "doomed").await;
    for round in 1..=10 {
        let doomed = app.writer().append(notice(project, "doomed")).await;
        assert!(matches!(doomed, Err(AppendError::Refused(_))), "{doomed:?}");
        let fine = app.writer().append(notice(project, "fine")).await;
        assert_eq!(seq(&fine), round, "what was not stored took no place");
    }
    for expected in 1..=10 {
        let shown = stream.next_activity().await;
        assert_eq!(
            (shown.id, shown.data["message"].as_str()),
            (Some(expected), Some("fine"))
        );
    }
    assert_eq!(app.log(&project.to_string()).await.len(), 10);
}

#[tokio::test]
async fn a_stream_never_shows_what_another_connection_does_not_see() {
    let app = spawn_app().await;
    let project = project(&app, "Shop").await;
    let mut stream = app.stream(&project.to_string(), "").await;
    let other = app.database().connect().await;
    let append = async {
        for _ in 0..100 {
            app.writer()
                .append(message(project, "stored", None))
                .await
                .expect("stored");
        }
    };
    let look = async {
        for expected in 1..=100 {
            let shown = stream.next_activity().await;
            assert_eq!(shown.id, Some(expected));
            let id = shown.data["id"].as_str().unwrap().parse().expect("an id");
            let seen = seen(&other, id).await;
            assert_eq!(seen, 1, "seq {expected} is shown");
        }
    };
    tokio::join!(append, look);
}
