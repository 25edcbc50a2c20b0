//! Pages of other sites, and names that are not this server's, are refused whether anybody is asked who they are or not.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;

use super::{SECRET, sign_in, stranger};
use crate::support::{Client, TestApp, TestAppBuilder, Window, refused, spawn_app};

/// A request of each sort that changes something or stays open, of a browser that is signed in.
fn requests(app: &TestApp, browser: &Client, cookie: &str, project: &str) -> Vec<RequestBuilder> {
    vec![
        browser.get(&format!("/api/sse/scar/{project}")),
        Window::request(app, project).header("Cookie", cookie),
        browser
            .post(&format!("/api/projects/{project}/messages"))
            .json(&json!({ "content": "hello" })),
        browser
            .post("/api/projects")
            .json(&json!({ "name": "Theirs" })),
        browser.delete(&format!("/api/projects/{project}")),
        browser.delete("/api/session"),
    ]
}

/// With and without being asked, and under a public name: the server, a browser that is let in, and its cookie.
async fn all() -> Vec<(TestApp, Client, String)> {
    let open = spawn_app().await;
    let guarded = TestAppBuilder::default().token(SECRET).spawn().await;
    let public = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__API__PUBLIC_URL", "https://pm.example.com")
        .spawn()
        .await;
    let mut all = vec![];
    for app in [open, guarded, public] {
        let is_asked = app.read("/api/session").await["asked"] == true;
        let cookie = match is_asked {
            true => sign_in(&stranger(&app), SECRET).await.0,
            false => "none=0".to_owned(),
        };
        let browser = Client::signed_in(&app.base, &cookie);
        all.push((app, browser, cookie));
    }
    all
}

#[tokio::test]
async fn a_name_that_a_foreign_page_made_point_here_is_refused() {
    for (app, browser, cookie) in all().await {
        let project = app.project("Shop").await;
        for host in [
            "evil.example",
            "pm.example.com.evil.example",
            "localhost.evil.example",
        ] {
            let host = format!("{host}:{}", app.port());
            for request in requests(&app, &browser, &cookie, &project) {
                // As such a page sends it: of the same origin, as far as the browser knows.
                let request = request
                    .header("Host", &host)
                    .header("Origin", format!("http://{host}"))
                    .header("Sec-Fetch-Site", "same-origin");
                refused(request, StatusCode::FORBIDDEN).await;
            }
        }
        assert_eq!(app.log(&project).await, Vec::<serde_json::Value>::new());
    }
}

#[tokio::test]
async fn a_page_of_another_site_can_change_and_open_nothing() {
    for (app, browser, cookie) in all().await {
        let project = app.project("Shop").await;
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost:1",
            "https://pm.example.com.evil.example",
            "http://pm.example.com",
        ] {
            for request in requests(&app, &browser, &cookie, &project) {
                let answer = request
                    .header("Origin", origin)
                    .send()
                    .await
                    .expect("an answer");
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
                let allows = answer
                    .headers()
                    .keys()
                    .any(|name| name.as_str().starts_with("access-control"));
                assert!(!allows, "{:?}", answer.headers());
            }
        }
        // Where a browser names no origin, it says how far away the page is.
        for site in ["cross-site", "same-site"] {
            for request in requests(&app, &browser, &cookie, &project) {
                let request = request.header("Sec-Fetch-Site", site);
                refused(
                    request.header("Sec-Fetch-Mode", "no-cors"),
                    StatusCode::FORBIDDEN,
                )
                .await;
            }
            let form = browser.post(&format!("/api/projects/{project}/reset"));
            let form = form
                .header("Sec-Fetch-Site", site)
                .header("Sec-Fetch-Mode", "navigate");
            refused(form, StatusCode::FORBIDDEN).await;
            let stream = browser.get(&format!("/api/sse/scar/{project}"));
            let stream = stream
                .header("Sec-Fetch-Site", site)
                .header("Sec-Fetch-Mode", "navigate");
            refused(stream, StatusCode::FORBIDDEN).await;
            // A link to a page is no page's business but its reader's.
            let link = browser.get("/").header("Sec-Fetch-Site", site);
            let link = link
                .header("Sec-Fetch-Mode", "navigate")
                .send()
                .await
                .expect("an answer");
            assert_eq!(link.status(), StatusCode::OK);
        }
        assert_eq!(app.log(&project).await, Vec::<serde_json::Value>::new());
    }
}

#[tokio::test]
async fn a_preflight_is_never_answered_with_leave() {
    for (app, _, _) in all().await {
        let options = app.client.request(
            reqwest::Method::OPTIONS,
            format!("{}/api/projects", app.base),
        );
        let request = options
            .header("Origin", "https://evil.example")
            .header("Access-Control-Request-Method", "POST");
        refused(request, StatusCode::FORBIDDEN).await;
    }
}

#[tokio::test]
async fn under_a_public_name_its_own_pages_are_answered_and_those_of_the_machine_itself() {
    let [_, _, (app, _, _)] = all().await.try_into().ok().expect("three");
    let project = app.project("Shop").await;
    let path = format!("/api/projects/{project}/messages");
    let say = || app.post(&path).json(&json!({ "content": "hello" }));
    let local = format!("localhost:{}", app.port());
    for (host, origin) in [
        ("pm.example.com", Some("https://pm.example.com")),
        ("PM.example.com", None),
        (local.as_str(), Some(format!("http://{local}").as_str())),
        (local.as_str(), None),
        // Behind a proxy that passes its own name on.
        (local.as_str(), Some("https://pm.example.com")),
    ] {
        let mut request = say().header("Host", host);
        if let Some(origin) = origin {
            request = request
                .header("Origin", origin)
                .header("Sec-Fetch-Site", "same-origin");
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{host} {origin:?}");
    }
    for (host, origin) in [
        ("pm.example.com:8443", None),
        ("www.pm.example.com", None),
        ("192.0.2.1", None),
        ("pm.example.com", Some("https://pm.example.com:8443")),
        ("pm.example.com", Some("http://localhost")),
    ] {
        let mut request = say().header("Host", host);
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        refused(request, StatusCode::FORBIDDEN).await;
    }
}
