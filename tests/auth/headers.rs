//! What every answer tells a browser about how to treat it.

use reqwest::{Response, StatusCode};

use super::{SECRET, guarded, stranger};
use crate::support::TestAppBuilder;

fn is_treated_with_care(answer: &Response) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers()[name], value, "{}", answer.url());
    }
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("a text");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(
        answer.headers().contains_key("cache-control"),
        "{}",
        answer.url()
    );
    let allows = answer
        .headers()
        .keys()
        .any(|name| name.as_str().starts_with("access-control"));
    assert!(!allows, "{:?}", answer.headers());
}

#[tokio::test]
async fn every_answer_has_them_whatever_it_is() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    for (path, expected) in [
        ("/".to_owned(), StatusCode::OK),
        ("/main.js".to_owned(), StatusCode::OK),
        ("/login".to_owned(), StatusCode::OK),
        ("/nothing".to_owned(), StatusCode::NOT_FOUND),
        ("/api/nothing".to_owned(), StatusCode::NOT_FOUND),
        ("/api/projects".to_owned(), StatusCode::OK),
        (
            "/api/projects/x".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "/api/projects/x/reset".to_owned(),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (format!("/api/sse/scar/{project}"), StatusCode::OK),
        ("/health".to_owned(), StatusCode::OK),
    ] {
        let answer = app.get(&path).send().await.expect("an answer");
        assert_eq!(answer.status(), expected, "{path}");
        is_treated_with_care(&answer);
        let stranger = stranger(&app).get(&path).send().await.expect("an answer");
        is_treated_with_care(&stranger);
        let evil = app.get(&path).header("Host", "evil.example").send().await;
        is_treated_with_care(&evil.expect("an answer"));
    }
}

#[tokio::test]
async fn what_is_somebodys_is_kept_by_nobody() {
    let app = guarded().await;
    for path in ["/api/projects", "/api/session", "/health/db"] {
        let answer = app.get(path).send().await.expect("an answer");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn only_where_the_public_name_is_one_of_tls_is_it_to_be_asked_over_tls_alone() {
    let name = "strict-transport-security";
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__API__PUBLIC_URL", "https://pm.example.com")
        .spawn()
        .await;
    let public = app.get("/").header("Host", "pm.example.com").send().await;
    assert_eq!(
        public.expect("an answer").headers()[name],
        "max-age=31536000"
    );
    let local = app.get("/").send().await.expect("an answer");
    assert!(!local.headers().contains_key(name));
    let plain = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__API__PUBLIC_URL", "http://pm.example.com")
        .spawn()
        .await;
    let answer = plain.get("/").header("Host", "pm.example.com").send().await;
    assert!(!answer.expect("an answer").headers().contains_key(name));
}
