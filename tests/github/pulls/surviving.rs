//! Servers that are killed, frozen, and several of them: each thing is told once.

use project_manager::{
    actors::writer::AppendError,
    clock,
    domain::{
        change::{Change, Reported},
        github::{Checks, News, PullChange, PullRequest, PullState},
        id::ProjectId,
    },
};
use serde_json::json;

use super::{Place, pull_when, pulls, told};
use crate::{scar::end_of, support::TestDatabase};

/// Whether this is the pass with PostgreSQL: SQLite has one server.
fn is_postgres_pass() -> bool {
    std::env::var("TEST_DATABASE").as_deref() == Ok("postgres")
}

fn merged() -> serde_json::Value {
    json!({ "state": "closed", "merged": true, "merged_at": "2026-04-24T13:33:48Z" })
}

#[tokio::test]
async fn what_happened_while_the_server_was_killed_is_told_after_and_nothing_twice() {
    let place = Place::new();
    let database = TestDatabase::new().await;
    let server = place.program(&database).start().await;
    let project = place.project(&server).await;
    // Nobody knows yet what it says.
    place.github.goes_down();
    let (execution, run) = place.opening(&server, &project).await;
    run.say(&format!("Opened {}", place.url(7)));
    pull_when(&server, &project, |pull| pull["trouble"].is_string()).await;
    server.kill().await;
    run.say(&format!("As I said: {}", place.url(7)));
    run.end();
    place.github.comes_up();
    let server = place.program(&database).start().await;
    told(&server, &project, &["pull_request_opened"]).await;
    end_of(&server, &json!({ "id": execution })).await;
    server.kill().await;
    place.checks(&[("test", Some("success"))]);
    place.change(merged());
    let server = place.program(&database).start().await;
    let all = [
        "pull_request_opened",
        "checks_passed",
        "pull_request_merged",
    ];
    told(&server, &project, &all).await;
    let linked = pulls(&server, &project).await;
    assert_eq!(linked[0]["execution_id"], json!(execution));
    let log = server.log(&project).await;
    let linked = log
        .iter()
        .filter(|one| one["status"] == "pull_request_linked");
    assert_eq!(
        linked.count(),
        1,
        "a command that is followed again tells it once"
    );
    server.terminate().await;
}

#[tokio::test]
async fn a_server_that_was_frozen_tells_nothing_of_what_another_one_told() {
    if !is_postgres_pass() {
        return;
    }
    let place = Place::new();
    let database = TestDatabase::new().await;
    let serving = || {
        place
            .program(&database)
            .set("PM__DATABASE__LEASE_SECONDS", 1)
    };
    let (one, other) = (serving().start().await, serving().start().await);
    let project = place.project(&one).await;
    place.opened(&one, &project).await;
    one.suspend();
    place.checks(&[("test", Some("failure"))]);
    told(&other, &project, &["pull_request_opened", "checks_failed"]).await;
    one.resume();
    place.checks(&[("test", Some("success"))]);
    let all = ["pull_request_opened", "checks_failed", "checks_passed"];
    told(&other, &project, &all).await;
    place.change(merged());
    let all = [all[0], all[1], all[2], "pull_request_merged"];
    told(&one, &project, &all).await;
    for server in [one, other] {
        server.terminate().await;
    }
}

/// As of two servers that looked at the same moment: the second one's answer is compared anew, and tells nothing.
#[tokio::test]
async fn what_was_found_out_before_something_else_was_stored_is_refused_with_all_it_tells() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.opened(&app, &project).await;
    place.change(merged());
    let all = ["pull_request_opened", "pull_request_merged"];
    told(&app, &project, &all).await;
    let log = app.log(&project).await;
    let pull = PullRequest {
        number: 7,
        title: "Add prices".to_owned(),
        url: place.url(7),
        branch: "feature-7".to_owned(),
        author: "octocat".to_owned(),
        state: PullState::Merged,
        draft: false,
        checks: Checks::none(),
        checks_unread: false,
        created_at: clock::now(),
        updated_at: clock::now(),
    };
    let seen = PullChange::Seen {
        pull: pull.clone(),
        // Linked, and looked at once: the merge came after that.
        revision: 2,
        next_look_at: None,
    };
    let told = PullChange::Told {
        news: News::Merged,
        pull,
        execution: None,
    };
    let id = ProjectId(project.parse().expect("an id"));
    let changes = [seen, told].map(|change| Reported::now(id, Change::PullRequest(change)));
    let refused = app.writer().append(changes.into()).await;
    assert!(matches!(refused, Err(AppendError::PullPast)), "{refused:?}");
    assert_eq!(app.log(&project).await, log);
}
