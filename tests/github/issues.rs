//! Issues and how many there are.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{app_on, issues, project_of};
use crate::support::{TestGitHub, refused, refused_field, spawn_app};

fn numbers(issues: &Value) -> Vec<u64> {
    let issues = issues.as_array().expect("a list").iter();
    issues
        .filter_map(|issue| issue["number"].as_u64())
        .collect()
}

#[tokio::test]
async fn issues_are_told_as_they_are_and_pull_requests_are_left_out() {
    let github = TestGitHub::start();
    github
        .has("acme/shop")
        .issue("acme/shop", 12, "Prices <b>are</b> wrong & old");
    github
        .issue("acme/shop", 9, "Done")
        .change_issue("acme/shop", 9, json!({ "state": "closed" }));
    github.pull("acme/shop", json!({ "number": 13 }));
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    assert_eq!(
        issues(&app, &project, "").await,
        json!([{
            "number": 12, "title": "Prices <b>are</b> wrong & old", "state": "open", "labels": ["bug"], "assignees": ["hubot"],
            "created_at": "2026-04-22T13:33:48.000Z", "updated_at": "2026-04-23T13:33:48.000Z",
            "url": github.url("acme/shop/issues/12"),
        }])
    );
    assert_eq!(numbers(&issues(&app, &project, "?state=closed").await), [9]);
    assert_eq!(
        numbers(&issues(&app, &project, "?state=all").await),
        [12, 9]
    );
    let counts = app
        .read(&format!("/api/projects/{project}/issue-counts"))
        .await;
    assert_eq!(
        counts,
        json!({ "open_issues_count": 1, "closed_issues_count": 1 })
    );
    // They are in the list of projects from then on, which asks GitHub nothing.
    let asked = github.requests().len();
    let listed = &app.read("/api/projects").await[0];
    assert_eq!(
        (&listed["open_issues_count"], &listed["closed_issues_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(github.requests().len(), asked);
}

#[tokio::test]
async fn a_hundred_thousand_issues_are_counted_at_once_and_only_those_asked_for_are_read() {
    let github = TestGitHub::start();
    github.has("acme/shop").many_issues("acme/shop", 100_000);
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    let counts = app
        .read(&format!("/api/projects/{project}/issue-counts"))
        .await;
    assert_eq!(counts["open_issues_count"], 100_000);
    let asked = github.requests().len();
    // Every second one that GitHub lists is a pull request.
    let shown = numbers(&issues(&app, &project, "?limit=120").await);
    assert_eq!(shown.len(), 120);
    assert!(shown.iter().all(|number| number % 2 == 0), "{shown:?}");
    assert_eq!(github.requests().len() - asked, 3, "pages of a hundred");
    assert_eq!(numbers(&issues(&app, &project, "").await).len(), 30);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_costs_nothing() {
    let github = TestGitHub::start();
    github.has("acme/shop").issue("acme/shop", 1, "First");
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    github.takes(2, 3_000);
    for _ in 0..3 {
        assert_eq!(numbers(&issues(&app, &project, "").await), [1]);
    }
    let conditional =
        |came: &&crate::support::listening::Came| came.header("if-none-match").is_some();
    assert_eq!(github.requests().iter().filter(conditional).count(), 2);
    github.takes(100, 3_000).issue("acme/shop", 2, "Second");
    assert_eq!(numbers(&issues(&app, &project, "").await), [1, 2]);
}

#[tokio::test]
async fn a_project_without_a_repository_has_no_issues_and_of_one_elsewhere_they_are_not_known() {
    let github = TestGitHub::start();
    let app = app_on(&github).await;
    let project = app.project("None").await;
    assert_eq!(issues(&app, &project, "").await, json!([]));
    let counts = app
        .read(&format!("/api/projects/{project}/issue-counts"))
        .await;
    assert_eq!(
        counts,
        json!({ "open_issues_count": 0, "closed_issues_count": 0 })
    );
    let elsewhere =
        json!({ "name": "Elsewhere", "github_repo_url": "https://gitlab.com/acme/shop" });
    let project = app.make(&elsewhere).await["id"].clone();
    let project = project.as_str().expect("an id");
    for what in ["issues", "issue-counts"] {
        let asked = app.get(&format!("/api/projects/{project}/{what}"));
        let problem = refused(asked, StatusCode::NOT_FOUND).await;
        let words = problem["detail"].as_str().expect("words");
        assert!(words.contains("is not on http://127.0.0.1"), "{words}");
    }
    assert!(
        github.requests().is_empty(),
        "nobody else's server is asked"
    );
}

#[tokio::test]
async fn a_question_for_issues_that_makes_no_sense_is_told_why() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let asked = |query: &str| app.get(&format!("/api/projects/{project}/issues{query}"));
    assert!(
        refused_field(asked("?state=lost"), "state")
            .await
            .contains("lost")
    );
    refused_field(asked("?limit=0"), "limit").await;
    let nobody = app.get("/api/projects/0197f2b5-5e00-7000-8000-000000000001/issues");
    refused(nobody, StatusCode::NOT_FOUND).await;
}
