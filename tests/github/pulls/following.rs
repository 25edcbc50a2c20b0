//! What becomes of a pull request, told once each, and what is said when GitHub does not tell.

use project_manager::clock;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Place, REPOSITORY, news, pull_when, pulls, told};
use crate::{
    scar::end_of,
    support::{Hook, expect, github::Fault, wait_until},
};

#[tokio::test]
async fn its_checks_and_its_merge_are_told_once_each_in_plain_words() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.checks(&[("lint", None), ("test", None)]);
    let execution = place.opened(&app, &project).await;
    place.checks(&[("lint", Some("failure")), ("test", Some("timed_out"))]);
    told(&app, &project, &["pull_request_opened", "checks_failed"]).await;
    // Pushed again.
    place.checks(&[("lint", Some("success")), ("test", None)]);
    pull_when(&app, &project, |pull| pull["checks"]["state"] == "pending").await;
    place.checks(&[("lint", Some("success")), ("test", Some("success"))]);
    pull_when(&app, &project, |pull| pull["checks"]["state"] == "passed").await;
    let merged = json!({ "state": "closed", "merged": true, "merged_at": "2026-04-24T13:33:48Z" });
    place.change(merged);
    let all = [
        "pull_request_opened",
        "checks_failed",
        "checks_passed",
        "pull_request_merged",
    ];
    let news = told(&app, &project, &all).await;
    let words: Vec<&Value> = news.iter().map(|one| &one["message"]).collect();
    assert_eq!(
        words,
        [
            "Pull request #7 “Add prices” was opened by octocat",
            "The checks of pull request #7 failed: lint, test",
            "The checks of pull request #7 passed: 2 of 2",
            "Pull request #7 “Add prices” was merged",
        ]
    );
    for one in &news {
        let about = (&one["kind"], &one["source"], &one["execution_id"]);
        assert_eq!(about, (&json!("pm"), &json!("pm"), &json!(execution)));
    }
    assert_eq!(
        news[1]["data"]["pull_request"],
        json!({
            "number": 7, "title": "Add prices", "url": place.url(7), "branch": "feature-7", "state": "open", "draft": false,
            "checks": { "state": "failed", "passed": 0, "failed": 2, "pending": 0, "failed_names": ["lint", "test"] },
        })
    );
    let pull = &pulls(&app, &project).await[0];
    assert_eq!(
        (&pull["state"], &pull["checks"]["state"]),
        (&json!("merged"), &json!("passed"))
    );
    // It is over: nobody looks any more, and what was looked at before cost nothing as long as it had not changed.
    let looks = place.github.requests();
    let looks = looks
        .iter()
        .filter(|came| came.path().ends_with("/pulls/7"));
    let unknown = looks.filter(|came| came.header("if-none-match").is_none());
    assert_eq!(unknown.count(), 1, "only the first look was at all of it");
}

#[tokio::test]
async fn one_that_was_closed_and_opened_again_is_told_as_that() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.opened(&app, &project).await;
    let now = clock::now().to_rfc3339();
    place.change(json!({ "state": "closed", "closed_at": now, "updated_at": now }));
    let closed = ["pull_request_opened", "pull_request_closed"];
    let news = told(&app, &project, &closed).await;
    assert_eq!(
        news[1]["message"],
        "Pull request #7 “Add prices” was closed without being merged"
    );
    place.change(json!({ "state": "open", "updated_at": clock::now().to_rfc3339() }));
    let all = [closed[0], closed[1], "pull_request_reopened"];
    let news = told(&app, &project, &all).await;
    assert_eq!(
        news[2]["message"],
        "Pull request #7 “Add prices” was opened again"
    );
}

#[tokio::test]
async fn github_that_is_away_hurts_no_command_and_what_it_says_later_is_told_then() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.github.goes_down();
    let (execution, run) = place.opening(&app, &project).await;
    run.say(&format!("Opened {}", place.url(7)));
    run.end();
    let ended = end_of(&app, &json!({ "id": execution })).await;
    assert_eq!(ended["status"], "COMPLETED");
    assert_eq!(ended["pull_request"]["url"], json!(place.url(7)));
    let pull = pull_when(&app, &project, |pull| pull["trouble"].is_string()).await;
    let trouble = pull["trouble"].as_str().expect("words");
    assert!(
        trouble.starts_with("GitHub cannot be reached (") && trouble.ends_with("asked again later"),
        "{trouble}"
    );
    assert_eq!(
        (&pull["title"], &pull["looked_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(news(&app, &project).await, Vec::<Value>::new());
    place.github.comes_up();
    told(&app, &project, &["pull_request_opened"]).await;
    let pull = pull_when(&app, &project, |pull| pull["trouble"].is_null()).await;
    assert_eq!(pull["title"], "Add prices");
    assert_eq!(app.execution(&execution).await["branch_name"], "feature-7");
}

#[tokio::test]
async fn what_github_does_not_show_is_said_and_so_is_that_it_takes_no_more() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    let (_, run) = place.opening(&app, &project).await;
    run.say(&place.url(12));
    run.end();
    let pull = pull_when(&app, &project, |pull| pull["trouble"].is_string()).await;
    let trouble = pull["trouble"].as_str().expect("words");
    assert!(
        trouble
            .starts_with("GitHub knows no pull request 12 of acme/demo-shop, or does not show it")
            && trouble.contains("GITHUB_ACCESS_TOKEN"),
        "{trouble}"
    );
    let other = place.project(&app).await;
    let limited = Fault::Says(403, "API rate limit exceeded for user ID 1.", None);
    place.github.always(limited);
    let (_, run) = place.opening(&app, &other).await;
    run.say(&place.url(7));
    run.end();
    let pull = pull_when(&app, &other, |pull| pull["trouble"].is_string()).await;
    let trouble = pull["trouble"].as_str().expect("words");
    assert!(
        trouble.starts_with("GitHub takes no more requests of this server until"),
        "{trouble}"
    );
}

#[tokio::test]
async fn one_of_a_repository_that_has_another_name_by_now_is_followed_there() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.github.rename(REPOSITORY, "acme/store");
    place
        .github
        .pull("acme/store", json!({ "number": 7, "title": "Add prices" }));
    place.opened(&app, &project).await;
    let pull = &pulls(&app, &project).await[0];
    let expected = format!("{}/pull/7", place.github.url("acme/store"));
    assert_eq!(
        (&pull["title"], &pull["url"], &pull["trouble"]),
        (&json!("Add prices"), &json!(expected), &Value::Null)
    );
}

#[tokio::test]
async fn the_texts_of_others_are_shown_as_they_are_and_secrets_in_them_are_not() {
    let place = Place::new();
    let secret = crate::support::github::TOKEN;
    let markup = "<img src=x onerror=alert(1)> **bold**";
    place.change(
        json!({ "title": format!("{markup} {secret}"), "html_url": "javascript:alert(1)" }),
    );
    let app = place.app().await;
    let project = place.project(&app).await;
    place.opened(&app, &project).await;
    let news = news(&app, &project).await;
    let title = news[0]["data"]["pull_request"]["title"].as_str();
    let title = title.expect("a title");
    assert!(
        title.starts_with(markup) && !title.contains(secret),
        "{title}"
    );
    let pull = &pulls(&app, &project).await[0];
    assert_eq!(pull["title"], json!(title));
    assert_eq!(pull["url"], json!(place.url(7)), "no address but GitHub's");
}

#[tokio::test]
async fn a_project_that_is_deleted_takes_its_pull_requests_along() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    let execution = place.opened(&app, &project).await;
    end_of(&app, &json!({ "id": execution })).await;
    wait_until("the project to be deleted", async || {
        let answer = app.delete(&format!("/api/projects/{project}"));
        let answer = answer.send().await.expect("an answer");
        (answer.status() == StatusCode::NO_CONTENT).then_some(())
    })
    .await;
    let path = format!("/api/projects/{project}/pull-requests");
    let answer = app.get(&path).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn checks_that_cannot_be_read_stay_as_they_were_and_all_else_is_told() {
    let place = Place::new();
    let app = place.app().await;
    let project = place.project(&app).await;
    place.opened(&app, &project).await;
    place.checks(&[("lint", Some("failure")), ("test", Some("success"))]);
    told(&app, &project, &["pull_request_opened", "checks_failed"]).await;
    let known = pulls(&app, &project).await[0]["checks"].clone();
    for (status, title) in [(403, "Add some prices"), (404, "Add all prices")] {
        place.github.hide_checks(REPOSITORY, Some(status));
        place.change(json!({ "title": title }));
        let pull = pull_when(&app, &project, |pull| pull["title"] == title).await;
        assert_eq!((&pull["checks"], &pull["trouble"]), (&known, &Value::Null));
        // Read again they are what they were, which is no news.
        place.github.hide_checks(REPOSITORY, None);
        let looked_at = pull["looked_at"].clone();
        pull_when(&app, &project, |pull| pull["looked_at"] != looked_at).await;
    }
    place.github.hide_checks(REPOSITORY, Some(403));
    let merged = json!({ "state": "closed", "merged": true, "merged_at": "2026-04-24T13:33:48Z" });
    place.change(merged);
    let all = [
        "pull_request_opened",
        "checks_failed",
        "pull_request_merged",
    ];
    let news = told(&app, &project, &all).await;
    assert_eq!(news[2]["data"]["pull_request"]["checks"], known);
    assert_eq!(pulls(&app, &project).await[0]["checks"], known);
}

#[tokio::test]
async fn those_of_the_repository_that_a_project_had_before_are_forgotten_and_asked_for_no_more() {
    let place = Place::new();
    place
        .github
        .has("acme/store")
        .pull("acme/store", json!({ "number": 8, "title": "Add pots" }));
    let app = place.app().await;
    let project = place.project(&app).await;
    let execution = place.opened(&app, &project).await;
    end_of(&app, &json!({ "id": execution })).await;
    let path = format!("/api/projects/{project}");
    let moved = json!({ "github_repo_url": place.github.url("acme/store") });
    expect(app.patch(&path).json(&moved), StatusCode::OK).await;
    assert_eq!(pulls(&app, &project).await, json!([]));
    assert_eq!(app.execution(&execution).await["pull_request"], Value::Null);
    // By the second look at another one, one that was under way has ended.
    let mut body = place.github.body("acme/store", "opened", "octocat");
    body["pull_request"] = json!({ "number": 8 });
    let hook = Hook::of("pull_request", body.to_string());
    expect(hook.to(&app), StatusCode::ACCEPTED).await;
    let looks = |name: &str| {
        let requests = place.github.requests();
        requests.iter().filter(|came| came.path() == name).count()
    };
    let looked_at_new = async |count: usize| {
        wait_until(format!("{count} looks at the new one"), async || {
            (looks("/repos/acme/store/pulls/8") >= count).then_some(())
        })
        .await;
    };
    looked_at_new(2).await;
    let old = looks("/repos/acme/demo-shop/pulls/7");
    looked_at_new(10).await;
    assert_eq!(looks("/repos/acme/demo-shop/pulls/7"), old);
    let known = pulls(&app, &project).await;
    assert_eq!(known.as_array().map(Vec::len), Some(1), "{known}");
    assert_eq!(known[0]["title"], "Add pots");
}
