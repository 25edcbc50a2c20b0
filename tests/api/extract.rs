//! Ids, queries, bodies and keys: what is wrong is named, wherever it stands.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;

use crate::support::{TestApp, Window, expect, refused, refused_field, spawn_app};

/// An id nobody has.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// What can be read, and what can be asked for, in a project.
fn requests_in(app: &TestApp, project: &str) -> Vec<RequestBuilder> {
    let post = |path: String, body| app.post(&path).json(&body);
    vec![
        app.get(&format!("/api/projects/{project}")),
        app.get(&format!("/api/projects/{project}/messages")),
        app.get(&format!("/api/projects/{project}/activity")),
        app.get(&format!("/api/projects/{project}/executions")),
        app.get(&format!("/api/sse/scar/{project}")),
        app.get(&format!("/api/diagnostics/sse/{project}")),
        app.get(&format!("/api/diagnostics/executions/{project}")),
        Window::request(app, project),
        post(
            format!("/api/projects/{project}/messages"),
            json!({ "content": "hello" }),
        ),
        post(format!("/api/projects/{project}/reset"), json!({})),
        post(
            format!("/api/projects/{project}/executions"),
            json!({ "command": "prime" }),
        ),
    ]
}

fn requests_about(app: &TestApp, execution: &str) -> Vec<RequestBuilder> {
    vec![
        app.get(&format!("/api/executions/{execution}")),
        app.post(&format!("/api/executions/{execution}/cancel")),
    ]
}

#[tokio::test]
async fn an_unknown_project_or_execution_is_not_found_everywhere() {
    let app = spawn_app().await;
    app.project("Another").await;
    let requests = requests_in(&app, NOBODY)
        .into_iter()
        .chain(requests_about(&app, NOBODY));
    for request in requests {
        let problem = refused(request, StatusCode::NOT_FOUND).await;
        let detail = problem["detail"].as_str().expect("a text");
        assert!(detail.contains(NOBODY), "the id is named: {detail}");
    }
}

#[tokio::test]
async fn a_malformed_id_is_named_everywhere() {
    let app = spawn_app().await;
    for id in [
        "12",
        "not-a-uuid",
        "01890000-0000-7000-8000-00000000000",
        "%00",
        "%ff",
    ] {
        for request in requests_in(&app, id) {
            refused_field(request, "project_id").await;
        }
        for request in requests_about(&app, id) {
            refused_field(request, "execution_id").await;
        }
    }
}

#[tokio::test]
async fn a_malformed_query_is_named() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let limited = ["messages", "activity", "executions"]
        .map(|list| format!("/api/projects/{project}/{list}"))
        .into_iter()
        .chain([
            format!("/api/sse/scar/{project}"),
            format!("/api/diagnostics/executions/{project}"),
        ]);
    for path in limited {
        for limit in ["0", "-1", "many", "1.5", "", "99999999999999999999"] {
            refused_field(app.get(&format!("{path}?limit={limit}")), "limit").await;
        }
        // Over the limit's limit is no mistake: there are as many as there may be.
        let answer = app
            .get(&format!("{path}?limit=1000000"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let cases = [
        (
            format!("/api/projects/{project}/messages?before=x"),
            "before",
        ),
        (
            format!("/api/projects/{project}/messages?topic_id=x"),
            "topic_id",
        ),
        (format!("/api/projects/{project}/activity?after=x"), "after"),
        (
            format!("/api/projects/{project}/activity?after=-1"),
            "after",
        ),
        (
            format!("/api/projects/{project}/activity?before=x"),
            "before",
        ),
        (
            format!("/api/projects/{project}/activity?before=-1"),
            "before",
        ),
        (
            format!("/api/projects/{project}/activity?verbosity=4"),
            "verbosity",
        ),
        (
            format!("/api/projects/{project}/executions?status=GONE"),
            "status",
        ),
        (
            format!("/api/projects/{project}/executions?command=sing"),
            "command",
        ),
        (format!("/api/sse/scar/{project}?after=-1"), "after"),
        (format!("/api/sse/scar/{project}?after=1x"), "after"),
        (format!("/api/sse/scar/{project}?verbosity=0"), "verbosity"),
        (
            format!("/api/sse/scar/{project}?verbosity=loud"),
            "verbosity",
        ),
    ];
    for (path, field) in cases {
        refused_field(app.get(&path), field).await;
    }
}

fn bodies_wanted(app: &TestApp, project: &str) -> Vec<RequestBuilder> {
    ["messages", "executions"]
        .map(|list| format!("/api/projects/{project}/{list}"))
        .into_iter()
        .chain(["/api/projects".to_owned()])
        .map(|path| {
            app.client
                .request(Method::POST, format!("{}{path}", app.base))
        })
        .collect()
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_as_a_whole() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let bodies = [
        "",
        "{",
        "not json",
        "null",
        "5",
        "[]",
        "\"prime\"",
        "{} {}",
        "{\"name\": \"a\"} b",
        // A list in the order of the fields would be taken for the fields.
        "[\"prime\"]",
        "[\"prime\", null]",
        "[\"a\", null, null, null]",
        "\u{feff}{}",
    ];
    for body in bodies {
        for request in bodies_wanted(&app, &project) {
            refused_field(request.body(body), "body").await;
        }
    }
    for request in bodies_wanted(&app, &project) {
        refused_field(request.body(b"{\"name\": \"\xff\"}".to_vec()), "body").await;
    }
}

#[tokio::test]
async fn a_body_needs_no_content_type_and_may_have_keys_nobody_knows() {
    let app = spawn_app().await;
    let made = app
        .post("/api/projects")
        .body(r#"{"name": "Shop", "colour": "red"}"#);
    expect(made, StatusCode::CREATED).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large_and_one_at_the_limit_is_not() {
    let limit = 65_536;
    let app = crate::support::TestAppBuilder::default()
        .set("PM__API__MAX_BODY_BYTES", limit)
        .spawn()
        .await;
    let project = app.project("Shop").await;
    for request in bodies_wanted(&app, &project) {
        let problem = refused(
            request.body(" ".repeat(limit + 1)),
            StatusCode::PAYLOAD_TOO_LARGE,
        )
        .await;
        let detail = problem["detail"].as_str().expect("a text");
        assert!(
            detail.contains("max_body_bytes"),
            "the setting is named: {detail}"
        );
    }
    for request in bodies_wanted(&app, &project) {
        // Of unknown length: counted while it is read.
        let chunks = (0..=limit / 4_096).map(|_| Ok::<_, std::io::Error>(vec![b' '; 4_096]));
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        refused(request.body(body), StatusCode::PAYLOAD_TOO_LARGE).await;
    }
    let name = r#"{"name": "Just fits"}"#;
    let padded = format!("{name}{}", " ".repeat(limit - name.len()));
    expect(app.post("/api/projects").body(padded), StatusCode::CREATED).await;
}

#[tokio::test]
async fn an_idempotency_key_is_one_to_two_hundred_visible_characters() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let too_long = "k".repeat(201);
    for key in [b"".as_slice(), b"  ", b"\xe4", too_long.as_bytes()] {
        for request in bodies_wanted(&app, &project) {
            let body = json!({ "name": "Shop", "content": "hello", "command": "prime" });
            refused_field(
                request.header("Idempotency-Key", key).json(&body),
                "Idempotency-Key",
            )
            .await;
        }
    }
    let request = app
        .post("/api/projects")
        .header("Idempotency-Key", "k".repeat(200));
    expect(
        request.json(&json!({ "name": "Shop" })),
        StatusCode::CREATED,
    )
    .await;
}
