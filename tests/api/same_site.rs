//! Who may ask.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;

use crate::support::{TestApp, Window, refused, spawn_app};

/// A request of each sort: read, stream, window, change, page.
fn requests(app: &TestApp, project: &str) -> Vec<RequestBuilder> {
    vec![
        app.get("/api/projects"),
        app.get(&format!("/api/sse/scar/{project}")),
        Window::request(app, project),
        app.post(&format!("/api/projects/{project}/messages"))
            .json(&json!({ "content": "hello" })),
        app.post(&format!("/api/projects/{project}/executions"))
            .json(&json!({ "command": "validate" })),
        app.get("/"),
        app.get("/health"),
    ]
}

#[tokio::test]
async fn a_name_that_is_not_this_machines_is_refused() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let port = app.port();
    let hosts = [
        "example.org".to_owned(),
        format!("example.org:{port}"),
        format!("localhost.example.org:{port}"),
        format!("127.0.0.1.example.org:{port}"),
        format!("192.168.0.1:{port}"),
        format!("0.0.0.0:{port}"),
        "[::2]".to_owned(),
        format!("[::1].example.org:{port}"),
        String::new(),
    ];
    for host in &hosts {
        for request in requests(&app, &project) {
            refused(request.header("Host", host), StatusCode::FORBIDDEN).await;
        }
    }
    assert_eq!(
        app.log(&project).await,
        Vec::<serde_json::Value>::new(),
        "nothing was done"
    );
}

#[tokio::test]
async fn every_name_of_this_machine_is_answered() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let port = app.port();
    for name in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"] {
        for host in [name.to_owned(), format!("{name}:{port}")] {
            for request in requests(&app, &project) {
                let answer = request
                    .header("Host", &host)
                    .send()
                    .await
                    .expect("an answer");
                let status = answer.status();
                assert!(
                    status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS,
                    "{host}: {status}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let port = app.port();
    let origins = [
        "https://example.org".to_owned(),
        format!("http://example.org:{port}"),
        "null".to_owned(),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.1:{}", port ^ 1),
        // Another name is another origin, also of the same machine.
        format!("http://localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}.example.org"),
        String::new(),
    ];
    for origin in &origins {
        for request in requests(&app, &project) {
            let problem = refused(request.header("Origin", origin), StatusCode::FORBIDDEN).await;
            assert!(
                problem["detail"]
                    .as_str()
                    .is_some_and(|words| words.contains("site")),
                "{problem}"
            );
        }
    }
    assert_eq!(
        app.log(&project).await,
        Vec::<serde_json::Value>::new(),
        "nothing was done"
    );
}

#[tokio::test]
async fn a_page_of_this_server_is_answered() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for name in ["localhost", "127.0.0.1", "[::1]"] {
        let host = format!("{name}:{}", app.port());
        for request in requests(&app, &project) {
            let request = request
                .header("Host", &host)
                .header("Origin", format!("http://{host}"));
            let status = request.send().await.expect("an answer").status();
            assert!(
                status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS,
                "{host}: {status}"
            );
        }
    }
}
