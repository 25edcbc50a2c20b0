//! Browsers: they show a token once, and a cookie from then on.

use project_manager::domain::access::Scope;
use reqwest::StatusCode;
use serde_json::json;

use super::{
    SECRET, expire, guarded, make, over, revoke, showing, sign_in, status, stranger, try_sign_in,
};
use crate::support::{
    Client, ProgramBuilder, TestAppBuilder, TestDatabase, Window, refused, refused_field,
    spawn_app, wait_until,
};

async fn refuses(client: &Client) {
    wait_until("a cookie to be refused", async || {
        (status(client, "/api/projects").await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_cookie_of_a_sign_in_is_for_this_server_alone_and_for_no_script() {
    let app = guarded().await;
    let (cookie, said) = sign_in(&stranger(&app), SECRET).await;
    let name = format!("pm_session_{}=", app.port());
    assert!(cookie.starts_with(&name), "{cookie}");
    let parts: Vec<&str> = said.split("; ").skip(1).collect();
    let week = parts.last().and_then(|part| part.strip_prefix("Max-Age="));
    let seconds: i64 = week.expect("an age").parse().expect("a number");
    assert!((604_700..=604_800).contains(&seconds), "{said}");
    assert_eq!(parts[..3], ["Path=/", "HttpOnly", "SameSite=Strict"]);
    assert!(!said.contains(SECRET), "{said}");
}

#[tokio::test]
async fn over_tls_the_cookie_is_kept_for_encrypted_connections_to_the_very_host() {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__API__PUBLIC_URL", "https://PM.example.com/")
        .spawn()
        .await;
    let public = |request: reqwest::RequestBuilder| {
        request
            .header("Host", "pm.example.com")
            .header("Origin", "https://pm.example.com")
    };
    let stranger = stranger(&app);
    let request = public(stranger.post("/api/session")).json(&json!({ "token": SECRET }));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let said = answer.headers()["set-cookie"]
        .to_str()
        .expect("a text")
        .to_owned();
    assert!(
        said.starts_with("__Host-pm_session=") && said.ends_with("; Secure"),
        "{said}"
    );
    let (cookie, _) = said.split_once(';').expect("a cookie");
    let shows = |cookie: &str| public(stranger.get("/api/session")).header("Cookie", cookie);
    let answer = shows(cookie).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    // One that came over a connection anybody could write into is none.
    let plain = cookie.replace("__Host-", "");
    refused(shows(&plain), StatusCode::UNAUTHORIZED).await;
    // On the machine itself there is no TLS, and a cookie of its own.
    let (cookie, said) = sign_in(&stranger, SECRET).await;
    assert!(
        cookie.starts_with("pm_session_") && !said.contains("Secure"),
        "{said}"
    );
}

#[tokio::test]
async fn a_cookie_opens_what_its_token_does_streams_and_chat_included() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let token = make(app.database(), "phone", Scope::Write).await;
    let (cookie, _) = sign_in(&stranger(&app), &token).await;
    let browser = Client::signed_in(&app.base, &format!("other=1; {cookie}"));
    let session = browser.read("/api/session").await;
    assert_eq!(
        (&session["asked"], &session["name"], &session["scope"]),
        (&json!(true), &json!("phone"), &json!("write"))
    );
    let mut stream = browser.stream(&project, "").await;
    assert_eq!(stream.status, StatusCode::OK);
    let mut window = Window::open_with(&app, &project, Some(("cookie", &cookie))).await;
    window.say("hello").await;
    window.next_chat("user", "hello").await;
    assert_eq!(stream.next_activity().await.data["message"], "hello");
    let path = format!("/api/projects/{project}");
    refused(browser.delete(&path), StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_sign_out_ends_the_cookie_and_what_it_opened_and_no_other_sign_in() {
    let app = guarded().await;
    let project = app.project("Shop").await;
    let (first, _) = sign_in(&stranger(&app), SECRET).await;
    let (second, _) = sign_in(&stranger(&app), SECRET).await;
    assert_ne!(first, second);
    let (browser, other) = (
        Client::signed_in(&app.base, &first),
        Client::signed_in(&app.base, &second),
    );
    let mut stream = browser.stream(&project, "").await;
    let mut others = other.stream(&project, "").await;
    let answer = browser
        .delete("/api/session")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let said = answer.headers()["set-cookie"].to_str().expect("a text");
    assert!(said.contains("=; ") && said.contains("Max-Age=0"), "{said}");
    assert_eq!(
        status(&browser, "/api/projects").await,
        StatusCode::UNAUTHORIZED
    );
    over(&mut stream).await;
    assert_eq!(status(&other, "/api/projects").await, StatusCode::OK);
    others.next_named("heartbeat").await;
}

#[tokio::test]
async fn a_cookie_ends_with_its_token_and_when_its_time_is_over() {
    let app = guarded().await;
    let token = make(app.database(), "phone", Scope::Write).await;
    let (cookie, _) = sign_in(&stranger(&app), &token).await;
    let browser = Client::signed_in(&app.base, &cookie);
    assert_eq!(status(&browser, "/api/projects").await, StatusCode::OK);
    revoke(app.database(), "phone").await;
    refuses(&browser).await;
    let (cookie, _) = sign_in(&stranger(&app), SECRET).await;
    let browser = Client::signed_in(&app.base, &cookie);
    assert_eq!(status(&browser, "/api/projects").await, StatusCode::OK);
    expire(app.database(), "sign_ins").await;
    refuses(&browser).await;
}

#[tokio::test]
async fn a_cookie_is_good_after_a_restart_and_on_another_server_and_not_with_another_token_in_the_settings()
 {
    let database = TestDatabase::new().await;
    let start = async |token: &str| {
        let server = ProgramBuilder::serving_database(&database).set("PM__AUTH__TOKEN", token);
        // The same port, for the name of the cookie has it.
        server.start().await
    };
    let server = start(SECRET).await;
    let (cookie, _) = sign_in(&Client::of(server.base.clone()), SECRET).await;
    let value = cookie.split_once('=').expect("a cookie").1.to_owned();
    server.kill().await;
    let shows = |base: &str| {
        let port = base.rsplit(':').next().expect("a port").to_owned();
        Client::signed_in(base, &format!("pm_session_{port}={value}"))
    };
    let again = start(SECRET).await;
    assert_eq!(
        status(&shows(&again.base), "/api/projects").await,
        StatusCode::OK
    );
    again.kill().await;
    let changed = start("another-token-in-the-settings").await;
    assert_eq!(
        status(&shows(&changed.base), "/api/projects").await,
        StatusCode::UNAUTHORIZED
    );
    changed.kill().await;
}

#[tokio::test]
async fn a_cookie_that_is_wrong_is_none() {
    let app = guarded().await;
    let (cookie, _) = sign_in(&stranger(&app), SECRET).await;
    let (name, value) = cookie.split_once('=').expect("a cookie");
    let (id, secret) = value.split_once('_').expect("an id and a secret");
    let token = make(app.database(), "phone", Scope::Admin).await;
    let last = if secret.ends_with('0') { '1' } else { '0' };
    for wrong in [
        format!("{name}={id}_{}{last}", &secret[..63]),
        format!("{name}={id}_"),
        format!("{name}="),
        format!("{name}={SECRET}"),
        // A token is no cookie, nor a cookie a token.
        format!("{name}={}", token.trim_start_matches("pm_")),
        format!("{name}x={value}"),
        format!("pm_session={value}"),
        value.to_owned(),
    ] {
        let browser = Client::signed_in(&app.base, &wrong);
        refused(browser.get("/api/projects"), StatusCode::UNAUTHORIZED).await;
    }
    let as_token = showing(&app, &format!("pm_{value}"));
    refused(as_token.get("/api/projects"), StatusCode::UNAUTHORIZED).await;
    let browser = Client::signed_in(&app.base, &cookie);
    assert_eq!(status(&browser, "/api/projects").await, StatusCode::OK);
}

#[tokio::test]
async fn nobody_signs_in_with_what_is_no_token_nor_from_a_page_of_another_site() {
    let app = guarded().await;
    let stranger = stranger(&app);
    for wrong in ["pm_", "nonsense", &SECRET[1..]] {
        let answer = try_sign_in(&stranger, wrong).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(!answer.headers().contains_key("set-cookie"));
    }
    refused_field(
        stranger.post("/api/session").json(&json!({ "token": " " })),
        "token",
    )
    .await;
    refused_field(stranger.post("/api/session").json(&json!({})), "body").await;
    let request = stranger
        .post("/api/session")
        .json(&json!({ "token": SECRET }));
    refused(
        request.header("Origin", "https://evil.example"),
        StatusCode::FORBIDDEN,
    )
    .await;
}

#[tokio::test]
async fn where_nobody_is_asked_there_is_nothing_to_sign_in_to() {
    let app = spawn_app().await;
    let answer = try_sign_in(&app, "whatever it is").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("set-cookie"));
    let session: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(session["asked"], false);
}

#[tokio::test]
async fn nobody_signs_in_with_a_token_that_was_revoked_a_moment_ago() {
    let app = guarded().await;
    let token = make(app.database(), "phone", Scope::Read).await;
    let phone = Client::showing(&app.base, &token);
    // It is remembered from here on.
    phone.read("/api/projects").await;
    revoke(app.database(), "phone").await;
    let answer = try_sign_in(&stranger(&app), &token).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
