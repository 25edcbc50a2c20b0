//! Who is let in.

use project_manager::domain::access::Scope;
use reqwest::StatusCode;

use super::{SECRET, expire, guarded, make, over, revoke, showing, status, stranger};
use crate::support::{Client, TestAppBuilder, TestDatabase, refused, spawn_app, wait_until};

#[tokio::test]
async fn on_this_machine_nobody_is_asked_until_there_is_a_token_and_then_everybody_within_seconds()
{
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    assert_eq!(app.read("/api/session").await["asked"], false);
    let mut stream = app.stream(&project, "").await;
    let token = make(app.database(), "phone", Scope::Read).await;
    wait_until("everybody to be asked", async || {
        (status(&app, "/api/projects").await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    assert_eq!(
        status(&showing(&app, &token), "/api/projects").await,
        StatusCode::OK
    );
    // Who was there before anybody was asked is shown out.
    over(&mut stream).await;
    revoke(app.database(), "phone").await;
    wait_until("nobody to be asked", async || {
        (status(&app, "/api/projects").await == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_shows_nothing_is_told_what_to_show() {
    let app = guarded().await;
    let stranger = stranger(&app);
    let answer = stranger
        .get("/api/projects")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    let problem = refused(stranger.get("/api/projects"), StatusCode::UNAUTHORIZED).await;
    let words = problem["detail"].as_str().expect("words");
    assert!(
        words.contains("/login") && words.contains("Authorization: Bearer"),
        "{words}"
    );
}

#[tokio::test]
async fn a_token_that_is_wrong_malformed_expired_or_revoked_is_refused() {
    let database = TestDatabase::new().await;
    let (good, gone) = (
        make(&database, "good", Scope::Admin).await,
        make(&database, "gone", Scope::Admin).await,
    );
    revoke(&database, "gone").await;
    let app = TestAppBuilder::default()
        .set("PM__LIMITS__TRIES_PER_MINUTE", 1_000)
        .database(database)
        .spawn()
        .await;
    let other = match good.ends_with('0') {
        true => format!("{}1", &good[..99]),
        false => format!("{}0", &good[..99]),
    };
    let of_nobody = format!("pm_{}_{}", "0".repeat(32), "0".repeat(64));
    let long = "x".repeat(10_000);
    let wrong: [&str; 9] = [
        &other,
        &gone,
        &of_nobody,
        SECRET,
        "pm_",
        "pm_x_y",
        "%00",
        &long,
        &good[3..],
    ];
    for token in wrong {
        let client = showing(&app, token);
        refused(client.get("/api/projects"), StatusCode::UNAUTHORIZED).await;
    }
    for header in ["Bearer", "Basic Z29vZDpnb29k", "bearer  ", "Token x"] {
        let request = stranger(&app)
            .get("/api/projects")
            .header("Authorization", header);
        refused(request, StatusCode::UNAUTHORIZED).await;
    }
    let client = showing(&app, &good);
    assert_eq!(status(&client, "/api/projects").await, StatusCode::OK);
    let query = format!("/api/projects?token={good}&access_token={good}");
    refused(stranger(&app).get(&query), StatusCode::UNAUTHORIZED).await;
    expire(app.database(), "tokens").await;
    wait_until("an expired token to be refused", async || {
        (status(&client, "/api/projects").await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_let_in_a_moment_ago_is_refused_seconds_after_it_was_revoked() {
    let app = guarded().await;
    let token = make(app.database(), "phone", Scope::Write).await;
    let client = showing(&app, &token);
    for _ in 0..20 {
        assert_eq!(status(&client, "/api/projects").await, StatusCode::OK);
    }
    revoke(app.database(), "phone").await;
    wait_until("a revoked token to be refused", async || {
        (status(&client, "/api/projects").await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

#[tokio::test]
async fn strangers_are_answered_whether_the_server_is_well_and_shown_where_to_sign_in_and_nothing_else()
 {
    let app = guarded().await;
    let stranger = stranger(&app);
    for path in [
        "/health",
        "/health/live",
        "/health/ready",
        "/login",
        "/login.js",
        "/theme.js",
        "/favicon.svg",
        "/styles/base.css",
        "/login.css",
    ] {
        assert_eq!(status(&stranger, path).await, StatusCode::OK, "{path}");
    }
    for path in [
        "/",
        "/index.html",
        "/login.html",
        "/main.js",
        "/style.css",
        "/api.js",
        "/nothing",
        "/api",
        "/api/nothing",
        "/health/db",
        "/health/",
        "/health/ai",
        // Spelled otherwise, it is another path, or the same one that asks.
        "//health",
        "/%68ealth",
        "/api/%70rojects",
        "/login%2ejs",
        "/styles/../main.js",
        "/styles/base.css/../../main.js",
    ] {
        let answer = stranger.get(path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for method in ["PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"] {
        let method = method.parse().expect("a method");
        let request = stranger
            .client
            .request(method, format!("{}/api/projects", app.base));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn whoever_opens_a_page_is_led_to_where_one_signs_in_and_back() {
    let app = guarded().await;
    for (path, expected) in [
        ("/", "/login"),
        ("/?tab=chat", "/login?next=%2F%3Ftab%3Dchat"),
        ("//evil.example/x", "/login?next=%2F%2Fevil.example%2Fx"),
    ] {
        let request = stranger(&app).get(path).header("Accept", "text/html,*/*");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers()["location"], expected);
    }
    let request = stranger(&app)
        .get("/api/projects")
        .header("Accept", "text/html");
    refused(request, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn the_token_of_the_settings_may_do_everything_and_others_beside_it_what_they_may() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let reader = showing(&app, &make(app.database(), "reader", Scope::Read).await);
    assert_eq!(reader.read("/api/session").await["name"], "reader");
    let path = format!("/api/projects/{project}");
    refused(reader.delete(&path), StatusCode::FORBIDDEN).await;
    let answer = app.delete(&path).send().await.expect("an answer");
    assert!(answer.status().is_success());
    let cut: Client = showing(&app, &SECRET[..SECRET.len() - 1]);
    refused(cut.get("/api/projects"), StatusCode::UNAUTHORIZED).await;
}
