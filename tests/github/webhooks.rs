//! What GitHub tells: who is believed, what is taken, and what nothing comes of.

mod late;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{app_on, app_with, project_of};
use crate::support::{Client, Hook, TestApp, TestGitHub, expect, refused, spawn_app};

const SHOP: &str = "acme/shop";

/// A GitHub with one repository, and a server with a project of it.
async fn shop() -> (TestGitHub, TestApp, String) {
    let github = TestGitHub::start();
    github.has(SHOP);
    let app = app_on(&github).await;
    let project = project_of(&app, &github, SHOP).await;
    (github, app, project)
}

/// What comes of a delivery that is heard.
async fn heard(client: &Client, hook: &Hook) -> (StatusCode, Value) {
    let answer = hook.to(client).send().await.expect("an answer");
    let status = answer.status();
    (status, answer.json().await.expect("JSON"))
}

/// That nothing is done about a delivery, and why.
async fn ignored(client: &Client, hook: &Hook) -> String {
    let (status, said) = heard(client, hook).await;
    assert_eq!(
        (status, &said["status"]),
        (StatusCode::OK, &json!("ignored")),
        "{said}"
    );
    said["message"].as_str().expect("words").to_owned()
}

/// The words for who reads the log, and what programs make of it.
async fn told(client: &Client, project: &str) -> Vec<(String, Value)> {
    let log = client.log(project).await.into_iter();
    let about = log.filter(|one| one["kind"] == "pm");
    about
        .map(|one| {
            (
                one["status"].as_str().unwrap_or_default().to_owned(),
                one["data"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn only_what_is_signed_with_the_shared_secret_is_believed() {
    let (github, app, project) = shop().await;
    let hook = github.issue_hook(SHOP, "opened", "alice", json!({}));
    let right = hook.signature.clone();
    let of_another = crate::support::github::signature("another secret", &hook.body);
    let without_scheme = right.trim_start_matches("sha256=").to_owned();
    for wrong in [
        of_another,
        without_scheme,
        String::new(),
        "sha256=".to_owned(),
        right[..right.len() - 1].to_owned(),
        right[..right.len() - 2].to_owned(),
        format!("{right}0"),
        format!("{right}00"),
        right.replace("sha256", "sha1"),
        format!("sha256={}", "0".repeat(64)),
        format!("sha256={}", "z".repeat(64)),
        "x".repeat(5_000),
    ] {
        let forged = Hook {
            signature: wrong,
            ..hook.clone()
        };
        refused(forged.to(&app), StatusCode::UNAUTHORIZED).await;
    }
    let unsigned = app
        .post("/webhooks/github/")
        .header("Content-Type", "application/json")
        .header("X-GitHub-Event", "issues")
        .header("X-GitHub-Delivery", "1")
        .body(hook.body.clone());
    refused(unsigned, StatusCode::UNAUTHORIZED).await;
    let mut changed = hook.clone();
    changed.body.push(b' ');
    refused(changed.to(&app), StatusCode::UNAUTHORIZED).await;
    assert_eq!(app.log(&project).await, Vec::<Value>::new());
    let (status, said) = heard(&app, &hook).await;
    assert_eq!(
        (status, &said["status"]),
        (StatusCode::ACCEPTED, &json!("taken")),
        "{said}"
    );
    let health = app.read("/webhooks/github/health").await;
    assert_eq!(health["deliveries"], json!({ "taken": 1, "refused": 14 }));
    assert_eq!(
        (&health["status"], &health["secret"], &health["token"]),
        (&json!("ok"), &json!(true), &json!(true))
    );
    assert!(health["last_delivery_at"].is_string());
}

#[tokio::test]
async fn without_a_secret_nothing_is_taken_however_it_is_signed() {
    let app = spawn_app().await;
    let mut hook = Hook::of("ping", "{}");
    for signature in [
        hook.signature.clone(),
        crate::support::github::signature("", b"{}"),
        String::new(),
    ] {
        hook.signature = signature;
        let problem = refused(hook.to(&app), StatusCode::SERVICE_UNAVAILABLE).await;
        let words = problem["detail"].as_str().expect("words");
        assert!(words.contains("GITHUB_WEBHOOK_SECRET"), "{words}");
    }
    let health = app.read("/webhooks/github/health").await;
    assert_eq!(
        (&health["status"], &health["last_delivery_at"]),
        (&json!("off"), &Value::Null)
    );
}

#[tokio::test]
async fn who_has_no_token_of_this_server_is_heard_if_they_sign_and_with_or_without_the_last_slash()
{
    let github = TestGitHub::start();
    let mut settings = github.settings();
    settings.push((
        "PM__AUTH__TOKEN",
        "a-token-that-GitHub-does-not-have".to_owned(),
    ));
    let app = app_with(settings).await;
    let stranger = Client::of(app.base.clone());
    for path in ["/webhooks/github/", "/webhooks/github"] {
        let hook = Hook::of(
            "ping",
            r#"{ "zen": "Half measures are as bad as nothing at all.", "hook_id": 1 }"#,
        );
        let mut request = hook.to(&stranger).build().expect("a request");
        request.url_mut().set_path(path);
        let answer = stranger.client.execute(request).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let said: Value = answer.json().await.expect("JSON");
        assert_eq!(said["status"], "pong", "{path}");
    }
    refused(
        stranger.get("/webhooks/github/health"),
        StatusCode::UNAUTHORIZED,
    )
    .await;
}

#[tokio::test]
async fn what_is_too_large_malformed_or_of_another_type_is_refused() {
    let (github, app, project) = shop().await;
    let bad = [StatusCode::BAD_REQUEST, StatusCode::UNSUPPORTED_MEDIA_TYPE];
    for (event, body) in [
        ("issues", "".to_owned()),
        ("issues", "{".to_owned()),
        ("issues", "[]".to_owned()),
        ("issues", "null".to_owned()),
        ("issues", "{} {}".to_owned()),
        ("issues", "{}".to_owned()),
        ("issues", "\u{0}".to_owned()),
        ("issues", "[".repeat(100_000)),
        (
            "issue_comment",
            github.body(SHOP, "created", "alice").to_string(),
        ),
        (
            "issue_comment",
            json!({ "action": 1, "repository": {} }).to_string(),
        ),
        (
            "pull_request",
            json!({ "repository": { "full_name": "../etc", "html_url": "x" } }).to_string(),
        ),
    ] {
        let hook = Hook::of(event, body);
        refused(hook.to(&app), bad[0]).await;
    }
    let mut not_there = github.comment_body(SHOP, 12, "alice", "@pm hello");
    not_there["comment"]["html_url"] = json!("https://evil.example/acme/shop/issues/12");
    refused(
        Hook::of("issue_comment", not_there.to_string()).to(&app),
        bad[0],
    )
    .await;
    let mut nobody = github.comment_body(SHOP, 12, "alice", "@pm hello");
    nobody["comment"]["user"]["login"] = json!("a lice\n> b");
    refused(
        Hook::of("issue_comment", nobody.to_string()).to(&app),
        bad[0],
    )
    .await;
    for kind in ["text/plain", "application/x-json", ""] {
        let mut hook = Hook::of("ping", "{}");
        hook.kind = kind;
        refused(hook.to(&app), bad[1]).await;
    }
    let huge = Hook::of("issues", "x".repeat(2 << 20));
    refused(huge.to(&app), StatusCode::PAYLOAD_TOO_LARGE).await;
    for (header, value) in [
        ("X-GitHub-Event", "issues\u{e9}"),
        ("X-GitHub-Delivery", " "),
        ("X-GitHub-Delivery", &"1".repeat(101)),
    ] {
        let mut request = Hook::of("ping", "{}").to(&app).build().expect("a request");
        let value = reqwest::header::HeaderValue::from_str(value).expect("a header");
        request.headers_mut().insert(header, value);
        let answer = app.client.execute(request).await.expect("an answer");
        assert_eq!(answer.status(), bad[0], "{header}");
    }
    assert_eq!(app.log(&project).await, Vec::<Value>::new());
    // As a form it is taken as well.
    let json = github.issue_hook(SHOP, "opened", "alice", json!({})).body;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &String::from_utf8_lossy(&json))
        .finish();
    let mut hook = Hook::of("issues", form);
    hook.kind = "application/x-www-form-urlencoded; charset=utf-8";
    assert_eq!(heard(&app, &hook).await.0, StatusCode::ACCEPTED);
    let mut hook = Hook::of("issues", "other=1");
    hook.kind = "application/x-www-form-urlencoded";
    refused(hook.to(&app), bad[0]).await;
}

#[tokio::test]
async fn webhooks_are_taken_from_where_they_are_said_to_come_from_alone() {
    let github = TestGitHub::start();
    let app = |proxies: &str| {
        let mut settings = github.settings();
        settings.push((
            "PM__GITHUB__WEBHOOK_SOURCES",
            "192.0.2.0/24 2001:db8::/32".to_owned(),
        ));
        settings.push(("PM__API__TRUSTED_PROXIES", proxies.to_owned()));
        app_with(settings)
    };
    let (open, behind) = (app("192.0.2.200").await, app("127.0.0.1").await);
    let hook = Hook::of("ping", "{}");
    for (app, from, expected) in [
        (&open, "192.0.2.7", StatusCode::FORBIDDEN),
        (&behind, "192.0.2.7", StatusCode::OK),
        (&behind, "2001:db8::7", StatusCode::OK),
        (&behind, "198.51.100.7", StatusCode::FORBIDDEN),
        (&behind, "192.0.2.7, 198.51.100.7", StatusCode::FORBIDDEN),
    ] {
        let request = hook.to(app).header("X-Forwarded-For", from);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), expected, "{from}");
    }
}

#[tokio::test]
async fn what_concerns_nobody_here_is_heard_and_nothing_is_done() {
    let (github, app, project) = shop().await;
    for (event, body) in [
        ("star", github.body(SHOP, "created", "alice")),
        ("an_event_of_next_year", json!({ "anything": [] })),
        ("installation", json!({ "action": "created" })),
    ] {
        ignored(&app, &Hook::of(event, body.to_string())).await;
    }
    for other in [
        "acme/shop-old",
        "notacme/shop",
        "acme/sho",
        "acme/shop.git2",
    ] {
        let hook = github.said(other, 12, "alice", "@pm fix this");
        assert!(ignored(&app, &hook).await.contains("No project"), "{other}");
    }
    for text in [
        "no call",
        "mail foo@pm.com",
        "@pmx do",
        "`@pm run the tests`",
        "> @pm run the tests",
        "```\n@pm run the tests\n```",
    ] {
        let hook = github.said(SHOP, 12, "alice", text);
        assert!(ignored(&app, &hook).await.contains("@pm"), "{text}");
    }
    for (path, value, why) in [
        ("/action", json!("edited"), "Nobody called"),
        ("/action", json!("deleted"), "Nobody called"),
        ("/comment/user/type", json!("Bot"), "program"),
        ("/comment/user/login", json!("dependabot[bot]"), "program"),
        ("/comment/user", Value::Null, "Nobody called"),
        (
            "/comment/body",
            json!("<!-- project-manager:1 -->\n@pm run the tests"),
            "own",
        ),
        ("/comment/body", Value::Null, "Nobody called"),
    ] {
        let mut body = github.comment_body(SHOP, 12, "alice", "@pm run the tests");
        *body.pointer_mut(path).expect("it is there") = value;
        let hook = Hook::of("issue_comment", body.to_string());
        assert!(ignored(&app, &hook).await.contains(why), "{path}: {why}");
    }
    assert_eq!(
        (app.log(&project).await, app.messages(&project).await),
        (Vec::new(), Vec::new())
    );
    assert_eq!(github.requests().len(), 0, "and nobody is asked");
}

#[tokio::test]
async fn an_issue_that_is_opened_closed_or_opened_again_is_in_the_log_of_each_of_its_projects() {
    let (github, app, project) = shop().await;
    let same = project_of(&app, &github, "Acme/Shop").await;
    let other = project_of(&app, &github, "acme/shop2").await;
    let steps = [
        ("opened", "open", "issue_opened"),
        ("closed", "closed", "issue_closed"),
        ("reopened", "open", "issue_reopened"),
        ("closed", "closed", "issue_closed"),
    ];
    for (second, (action, state, _)) in steps.iter().enumerate() {
        let change =
            json!({ "state": state, "updated_at": format!("2026-04-23T13:33:0{second}Z") });
        let hook = github.issue_hook(SHOP, action, "alice", change);
        assert_eq!(heard(&app, &hook).await.0, StatusCode::ACCEPTED, "{action}");
        // Sent again it is answered, and is not told again.
        let (status, said) = heard(&app, &hook).await;
        assert_eq!(
            (status, &said["status"]),
            (StatusCode::OK, &json!("had_before"))
        );
        let again = Hook {
            delivery: "another".to_owned(),
            ..hook
        };
        assert_eq!(heard(&app, &again).await.1["status"], "had_before");
    }
    ignored(
        &app,
        &github.issue_hook(SHOP, "labeled", "alice", json!({})),
    )
    .await;
    let log = told(&app, &project).await;
    let expected: Vec<(String, Value)> = steps
        .iter()
        .map(|(_, state, status)| {
            let issue = json!({ "number": 12, "title": "Prices are wrong", "url": github.url("acme/shop/issues/12"), "state": state, "by": "alice" });
            ((*status).to_owned(), json!({ "issue": issue }))
        })
        .collect();
    assert_eq!(log, expected);
    assert_eq!(told(&app, &same).await, expected);
    assert_eq!(told(&app, &other).await, []);
}

#[tokio::test]
async fn what_is_signed_by_github_is_answered_although_github_itself_does_not_answer() {
    let (github, app, _) = shop().await;
    github.goes_down();
    let hook = github.said(SHOP, 12, "alice", "@pm what can you do?");
    let answer = expect(hook.to(&app), StatusCode::ACCEPTED).await;
    assert_eq!(answer["status"], "taken");
    for event in ["pull_request", "check_run", "check_suite", "status"] {
        let mut body = github.body(SHOP, "completed", "alice");
        body["pull_request"] = json!({ "number": 7 });
        body["branches"] = json!([{ "name": "feature" }]);
        body[event] = json!({ "number": 7, "pull_requests": [{ "number": 7 }] });
        assert_eq!(
            heard(&app, &Hook::of(event, body.to_string())).await.0,
            StatusCode::ACCEPTED,
            "{event}"
        );
    }
}
