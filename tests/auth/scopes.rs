//! How far a token reaches, for every route there is.

use project_manager::{
    domain::access::Scope,
    http::auth::{Needs, RULES},
};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;

use super::{guarded, make, showing, stranger};
use crate::support::{Client, TestApp, Window, refused};

/// A request to a route, about nothing that is there: what is let in finds nothing, or nothing that it can read.
fn request(client: &Client, method: &str, path: &str) -> RequestBuilder {
    let nobody = "00000000-0000-7000-8000-000000000000";
    let path: Vec<&str> = path
        .split('/')
        .map(|part| match part.starts_with('{') {
            true => nobody,
            false => part,
        })
        .collect();
    let method: Method = method.parse().expect("a method");
    let request = client
        .client
        .request(method.clone(), format!("{}{}", client.base, path.join("/")));
    match method == Method::GET {
        true => request,
        false => request.json(&json!({ "token": "" })),
    }
}

async fn answered(client: &Client, method: &str, path: &str) -> StatusCode {
    let answer = request(client, method, path).send().await;
    answer.expect("an answer").status()
}

#[tokio::test]
async fn every_route_lets_in_who_reaches_it_and_nobody_else() {
    let app = guarded().await;
    let scopes = [Scope::Read, Scope::Write, Scope::Admin];
    let mut clients = Vec::new();
    for scope in scopes {
        let token = make(app.database(), &scope.to_string(), scope).await;
        clients.push((scope, showing(&app, &token)));
    }
    for (method, path, needs) in RULES {
        let (method, path) = (*method, *path);
        let Needs::Reach(needed) = *needs else {
            let status = answered(&stranger(&app), method, path).await;
            assert!(
                ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status),
                "{method} {path}: {status}"
            );
            continue;
        };
        let status = answered(&stranger(&app), method, path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        for (scope, client) in &clients {
            let status = answered(client, method, path).await;
            let is_refused = status == StatusCode::FORBIDDEN;
            assert_eq!(
                is_refused,
                *scope < needed,
                "{method} {path} with {scope}: {status}"
            );
            assert_ne!(
                status,
                StatusCode::UNAUTHORIZED,
                "{method} {path} with {scope}"
            );
        }
    }
}

#[tokio::test]
async fn a_path_that_is_spelled_otherwise_reaches_no_further() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let (reader, writer) = (
        showing(&app, &make(app.database(), "reader", Scope::Read).await),
        showing(&app, &make(app.database(), "writer", Scope::Write).await),
    );
    for path in [
        format!("/api/projects/{project}"),
        format!("/api/%70rojects/{project}"),
        format!("/%61pi/projects/{project}"),
        format!("//api/projects/{project}"),
        format!("/api/projects/{project}/"),
    ] {
        for client in [&reader, &writer, &stranger(&app)] {
            let answer = client.delete(&path).send().await.expect("an answer");
            assert!(!answer.status().is_success(), "{path}: {}", answer.status());
        }
        let answer = reader
            .patch(&path)
            .json(&json!({ "name": "Mine" }))
            .send()
            .await;
        assert_eq!(
            answer.expect("an answer").status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(
        app.read(&format!("/api/projects/{project}")).await["name"],
        "Shop"
    );
}

async fn window_of(app: &TestApp, project: &str, token: &str) -> Window {
    let header = format!("Bearer {token}");
    Window::open_with(app, project, Some(("authorization", &header))).await
}

#[tokio::test]
async fn who_may_only_look_sees_the_chat_and_can_say_nothing_in_it() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let token = make(app.database(), "reader", Scope::Read).await;
    let mut window = window_of(&app, &project, &token).await;
    for frame in [
        json!({ "content": "hello" }),
        json!({ "action": "reset" }),
        json!({ "action": "stop" }),
        json!({ "nonsense": 1 }),
    ] {
        window.send_json(&frame).await;
        let words = window.next_error("FORBIDDEN").await;
        assert!(words.contains("scope read"), "{words}");
    }
    app.say(&project, "hello").await;
    window.next_chat("user", "hello").await;
    assert_eq!(app.messages(&project).await[0]["content"], "hello");
    let path = format!("/api/projects/{project}/messages");
    let reader = showing(&app, &token);
    let problem = refused(
        reader.post(&path).json(&json!({ "content": "hi" })),
        StatusCode::FORBIDDEN,
    )
    .await;
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("--scope write"), "{words}");
}
