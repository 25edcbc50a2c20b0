//! How much one client may ask for.

use project_manager::domain::access::Scope;
use reqwest::{Response, StatusCode};

use super::{SECRET, guarded, make, showing, sign_in, status, stranger, try_sign_in};
use crate::support::{Client, TestApp, TestAppBuilder, Window, refused, wait_until};

/// How long a client is told to wait.
fn retry_after(answer: &Response) -> u64 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let seconds = answer.headers()["retry-after"].to_str().expect("a text");
    seconds.parse().expect("a number of seconds")
}

#[tokio::test]
async fn of_a_hundred_wrong_tokens_few_are_looked_at_and_who_is_let_in_notices_nothing() {
    let app = guarded().await;
    let token = make(app.database(), "phone", Scope::Write).await;
    let known = showing(&app, &token);
    assert_eq!(status(&known, "/api/projects").await, StatusCode::OK);
    let (cookie, _) = sign_in(&stranger(&app), SECRET).await;
    let mut looked_at = 0;
    for number in 0..100 {
        let wrong = format!("{}{number:02}", &token[..98]);
        let answer = try_sign_in(&stranger(&app), &wrong).await;
        match answer.status() {
            StatusCode::UNAUTHORIZED => looked_at += 1,
            _ => assert!((1..=60).contains(&retry_after(&answer)), "{answer:?}"),
        }
    }
    // Ten a minute, of which signing in was one, and one more each six seconds that the test took.
    assert!((9..50).contains(&looked_at), "{looked_at}");
    // Nor does it help to show them elsewhere. Every six seconds one more is looked at.
    let client = showing(&app, &format!("{}00", &token[..98]));
    wait_until("a wrong token to be held up", async || {
        let status = status(&client, "/api/projects").await;
        (status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    assert_eq!(status(&known, "/api/projects").await, StatusCode::OK);
    let browser = Client::signed_in(&app.base, &cookie);
    assert_eq!(status(&browser, "/api/projects").await, StatusCode::OK);
    assert_eq!(status(&app, "/api/projects").await, StatusCode::OK);
}

#[tokio::test]
async fn right_tokens_do_not_count_as_tries() {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__LIMITS__TRIES_PER_MINUTE", 1)
        .spawn()
        .await;
    for number in 0..5 {
        let token = make(app.database(), &format!("token {number}"), Scope::Read).await;
        assert_eq!(
            status(&showing(&app, &token), "/api/projects").await,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn nobody_signs_in_without_end() {
    let app = guarded().await;
    let stranger = stranger(&app);
    wait_until(
        "somebody who signs in again and again to be held up",
        async || {
            let answer = try_sign_in(&stranger, SECRET).await;
            match answer.status() {
                StatusCode::CREATED => None,
                _ => Some(retry_after(&answer)),
            }
        },
    )
    .await;
    assert_eq!(status(&app, "/api/projects").await, StatusCode::OK);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_ask_again_and_others_are_answered() {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__LIMITS__REQUESTS_PER_SECOND", 1)
        .spawn()
        .await;
    let busy = showing(&app, &make(app.database(), "busy", Scope::Read).await);
    let seconds = wait_until("a client to be held up", async || {
        let answer = busy.get("/api/projects").send().await.expect("an answer");
        match answer.status() {
            StatusCode::OK => None,
            _ => Some(retry_after(&answer)),
        }
    })
    .await;
    assert_eq!(seconds, 1);
    assert_eq!(
        status(&app, "/api/projects").await,
        StatusCode::OK,
        "another one"
    );
    // By its address, which it shares with whoever else shows nothing.
    wait_until("strangers to be held up", async || {
        let answer = stranger(&app)
            .get("/health")
            .send()
            .await
            .expect("an answer");
        (answer.status() == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    wait_until("it to be answered again", async || {
        (status(&busy, "/api/projects").await == StatusCode::OK).then_some(())
    })
    .await;
}

/// A server behind a proxy whose word it takes or not; a client that says it was forwarded for this address.
async fn behind(trusted: &str) -> (TestApp, impl AsyncFn(String) -> StatusCode) {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__LIMITS__REQUESTS_PER_SECOND", 1)
        .set("PM__API__TRUSTED_PROXIES", trusted)
        .spawn()
        .await;
    let client = stranger(&app);
    let ask = async move |forwarded: String| {
        let request = client.get("/health").header("X-Forwarded-For", forwarded);
        request.send().await.expect("an answer").status()
    };
    (app, ask)
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_address_has_its_own_limit() {
    let (_app, ask) = behind("127.0.0.0/8").await;
    let mut number = 0;
    wait_until("one address to be held up", async || {
        number += 1;
        // What stands further left it wrote itself.
        let status = ask(format!("192.0.2.{}, 203.0.113.1", number % 250)).await;
        (status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    let other = ask("203.0.113.1, 203.0.113.2".to_owned()).await;
    assert_eq!(other, StatusCode::OK);
}

#[tokio::test]
async fn what_nobody_who_is_trusted_says_of_where_it_comes_from_does_not_count() {
    let (_app, ask) = behind("192.0.2.1").await;
    let mut number = 0;
    wait_until(
        "whoever says another address each time to be held up",
        async || {
            number += 1;
            let status = ask(format!("203.0.{}.{}", number / 250, number % 250)).await;
            (status == StatusCode::TOO_MANY_REQUESTS).then_some(())
        },
    )
    .await;
}

#[tokio::test]
async fn a_client_has_so_many_streams_and_windows_open_and_one_more_when_one_is_closed() {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__LIMITS__STREAMS", 2)
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let stream = app.stream(&project, "").await;
    let bearer = format!("Bearer {SECRET}");
    let header = Some(("authorization", bearer.as_str()));
    let window = Window::open_with(&app, &project, header).await;
    let path = format!("/api/sse/scar/{project}");
    let problem = refused(app.get(&path), StatusCode::TOO_MANY_REQUESTS).await;
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("limits.streams"), "{words}");
    refused(
        Window::request(&app, &project),
        StatusCode::TOO_MANY_REQUESTS,
    )
    .await;
    let other = showing(&app, &make(app.database(), "other", Scope::Read).await);
    assert_eq!(other.stream(&project, "").await.status, StatusCode::OK);
    drop(stream);
    let stream = wait_until("room for a stream", async || {
        let stream = app.stream(&project, "").await;
        (stream.status == StatusCode::OK).then_some(stream)
    })
    .await;
    window.close().await;
    wait_until("room for another", async || {
        let stream = app.stream(&project, "").await;
        (stream.status == StatusCode::OK).then_some(())
    })
    .await;
    drop(stream);
}

#[tokio::test]
async fn an_address_or_a_header_that_is_longer_than_any_that_is_meant_is_refused() {
    let app = guarded().await;
    let long = format!("/api/projects?q={}", "x".repeat(9_000));
    refused(app.get(&long), StatusCode::URI_TOO_LONG).await;
    let fits = format!("/api/projects?q={}", "x".repeat(8_000));
    assert_eq!(status(&app, &fits).await, StatusCode::OK);
    let request = |bytes: usize| app.get("/api/projects").header("X-Long", "x".repeat(bytes));
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    refused(request(40_000), too_large).await;
    let answer = request(30_000).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    // What is larger still is not even read to its end.
    let answer = request(200_000).send().await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status().is_client_error()));
}
