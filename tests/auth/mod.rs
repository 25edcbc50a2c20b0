//! Who is let in, how far that reaches, and when it ends.

mod door;
mod elsewhere;
mod headers;
mod limits;
mod scopes;
mod sign_in;
mod start;
mod stay;
mod tokens;
mod trail;

use project_manager::domain::access::Scope;
use reqwest::{Response, StatusCode};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::support::{
    Client, Done, ProgramBuilder, Stream, TestApp, TestAppBuilder, TestDatabase, patiently,
};

/// The token of a test's settings.
pub const SECRET: &str = "a-token-that-only-this-test-has";

/// A server that asks who somebody is; the test shows the token of its settings.
async fn guarded() -> TestApp {
    TestAppBuilder::default().token(SECRET).spawn().await
}

/// Runs `pm token` on a database.
async fn pm_token(database: &TestDatabase, arguments: &[&str]) -> Done {
    let arguments: Vec<&str> = [&["token"], arguments].concat();
    ProgramBuilder::with(&arguments)
        .set("PM__DATA__DIR", database.folder.path().display())
        .set("DATABASE_URL", &database.url)
        .run()
        .await
}

/// Makes a token as a person does.
pub async fn make(database: &TestDatabase, name: &str, scope: Scope) -> String {
    let scope = scope.to_string();
    let done = pm_token(database, &["create", name, "--scope", &scope]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    done.output.trim().to_owned()
}

pub async fn revoke(database: &TestDatabase, name: &str) {
    let done = pm_token(database, &["revoke", name]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
}

/// Has a token end an hour ago.
async fn expire(database: &TestDatabase, table: &str) {
    let hour_ago = match database.is_postgres() {
        true => "now() - interval '1 hour'",
        false => "'2020-01-01T00:00:00+00:00'",
    };
    let db = database.connect().await;
    let sql = format!("UPDATE {table} SET expires_at = {hour_ago}");
    db.execute_unprepared(&sql).await.expect("an update");
    db.close().await.expect("a closed connection");
}

/// A client of this server that shows a token.
fn showing(app: &TestApp, token: &str) -> Client {
    Client::showing(&app.base, token)
}

/// A client of this server that shows nothing.
fn stranger(app: &TestApp) -> Client {
    Client::of(app.base.clone())
}

/// Signs in with a token; the answer.
async fn try_sign_in(client: &Client, token: &str) -> Response {
    let request = client.post("/api/session").json(&json!({ "token": token }));
    patiently("an answer", request.send())
        .await
        .expect("the server answers")
}

/// Signs in with a token; the cookie, and everything that was said of it.
pub async fn sign_in(client: &Client, token: &str) -> (String, String) {
    let answer = try_sign_in(client, token).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let said = answer.headers()["set-cookie"].to_str().expect("a text");
    let (cookie, _) = said.split_once(';').expect("a cookie");
    (cookie.to_owned(), said.to_owned())
}

/// Waits until a stream is over, however often it beats until then.
async fn over(stream: &mut Stream) {
    patiently("a stream to end", async {
        while stream.next_or_end().await.is_some() {}
    })
    .await;
}

async fn status(client: &Client, path: &str) -> StatusCode {
    let answer = patiently("an answer", client.get(path).send()).await;
    answer.expect("the server answers").status()
}
