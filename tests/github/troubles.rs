//! What can be wrong with GitHub, each told in words that say what to do.

use reqwest::{StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use super::{app_on, app_with, issues, project_of};
use crate::support::{
    TestApp, TestGitHub,
    github::{Fault, TOKEN},
    refused,
};

async fn no_issues(app: &TestApp, project: &str, status: StatusCode) -> String {
    let asked = app.get(&format!("/api/projects/{project}/issues"));
    let problem = refused(asked, status).await;
    problem["detail"].as_str().expect("words").to_owned()
}

fn tokens(github: &TestGitHub) -> Vec<Option<String>> {
    let requests = github.requests();
    let tokens = requests
        .iter()
        .map(|came| came.header("authorization").map(ToOwned::to_owned));
    tokens.collect()
}

#[tokio::test]
async fn a_repository_that_is_not_there_or_private_is_told_as_what_it_may_be() {
    let github = TestGitHub::start();
    github.has_private("acme/ledger");
    let app = app_with(github.settings_without_token()).await;
    for repository in ["acme/gone", "acme/ledger"] {
        let project = project_of(&app, &github, repository).await;
        let words = no_issues(&app, &project, StatusCode::NOT_FOUND).await;
        assert!(
            words.contains(&format!("no repository {repository}")),
            "{words}"
        );
        assert!(words.contains("GITHUB_ACCESS_TOKEN"), "{words}");
        let counts = app.get(&format!("/api/projects/{project}/issue-counts"));
        refused(counts, StatusCode::NOT_FOUND).await;
    }
    assert!(tokens(&github).iter().all(Option::is_none));
    // With the token the private one is there.
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/ledger").await;
    issues(&app, &project, "").await;
    let last = tokens(&github).pop().flatten();
    assert_eq!(last, Some(format!("Bearer {TOKEN}")));
}

#[tokio::test]
async fn a_repository_that_was_renamed_is_followed_to_its_new_name() {
    let github = TestGitHub::start();
    github
        .has("acme/shop")
        .issue("acme/shop", 1, "First")
        .rename("acme/shop", "acme/store");
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    assert_eq!(issues(&app, &project, "").await[0]["number"], 1);
}

#[tokio::test]
async fn a_redirect_to_another_server_is_not_followed_and_the_token_stays() {
    let (github, elsewhere) = (TestGitHub::start(), TestGitHub::start());
    elsewhere.has("acme/shop");
    let to = format!("{}/repos/acme/shop/issues", elsewhere.api());
    github.always(Fault::Says(
        301,
        "Moved Permanently",
        Some(("Location", to)),
    ));
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    let words = no_issues(&app, &project, StatusCode::BAD_GATEWAY).await;
    assert!(words.contains("301"), "{words}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_token_that_is_not_taken_or_not_enough_is_told_and_not_shown() {
    let github = TestGitHub::start();
    github.has("acme/shop");
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    github.next(Fault::Status(403));
    let words = no_issues(&app, &project, StatusCode::BAD_GATEWAY).await;
    assert!(
        words.contains("Resource not accessible by personal access token"),
        "{words}"
    );
    github.revoke_token();
    let words = no_issues(&app, &project, StatusCode::BAD_GATEWAY).await;
    assert!(
        words.contains("revoked") && words.contains("GITHUB_ACCESS_TOKEN"),
        "{words}"
    );
    assert!(!words.contains(TOKEN));
}

#[tokio::test]
async fn when_the_hour_is_used_up_nothing_is_asked_until_it_is_over() {
    let github = TestGitHub::start();
    github.has("acme/shop").takes(1, 1_800);
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    issues(&app, &project, "").await;
    let asked = github.requests().len();
    let answer = app
        .get(&format!("/api/projects/{project}/issues"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let wait: u64 = answer.headers()[RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1_700..=1_801).contains(&wait), "{wait}");
    let problem: Value = answer.json().await.expect("JSON");
    let words = problem["detail"].as_str().expect("words");
    assert!(
        words.contains("takes no more requests of this server until"),
        "{words}"
    );
    assert_eq!(github.requests().len(), asked, "nothing more was asked");
}

#[tokio::test]
async fn github_asks_to_be_left_alone_and_is() {
    let github = TestGitHub::start();
    github.has("acme/shop");
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    let words = "You have exceeded a secondary rate limit.";
    github.next(Fault::Says(
        403,
        words,
        Some(("Retry-After", "60".to_owned())),
    ));
    no_issues(&app, &project, StatusCode::SERVICE_UNAVAILABLE).await;
    let asked = github.requests().len();
    no_issues(&app, &project, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(github.requests().len(), asked);
}

#[tokio::test]
async fn a_github_that_is_away_slow_broken_or_somebody_else_is_told_as_that() {
    let github = TestGitHub::start();
    github.has("acme/shop").issue("acme/shop", 1, "First");
    let mut settings = github.settings();
    settings.push(("PM__GITHUB__TIMEOUT_SECONDS", "2".to_owned()));
    let app = app_with(settings).await;
    let project = project_of(&app, &github, "acme/shop").await;
    for (fault, expected) in [
        (Fault::Break, "cannot be reached"),
        (Fault::Silence, "did not answer within"),
        (Fault::Status(502), "it answered 502"),
        (Fault::Nonsense, "is not GitHub's interface"),
        (Fault::Status(410), "turned off"),
    ] {
        github.next(fault.clone());
        let status = match expected {
            "turned off" => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_GATEWAY,
        };
        let words = no_issues(&app, &project, status).await;
        assert!(words.contains(expected), "{fault:?}: {words}");
    }
    github.goes_down();
    let words = no_issues(&app, &project, StatusCode::BAD_GATEWAY).await;
    assert!(words.contains("Connection refused"), "{words}");
    github.comes_up();
    assert_eq!(issues(&app, &project, "").await[0]["number"], 1);
}
