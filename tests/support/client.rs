//! One method for each thing a client of the server can ask.

use std::time::Duration;

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap},
    redirect::Policy,
};
use serde_json::{Value, json};

use super::{Stream, patiently, wait_until};

/// How long a connection may rest before it is not used again. The server closes one that has rested for five seconds: a
/// request that is sent on it in that very moment is never answered, and nobody can know whether it was heard.
const RESTS_AT_MOST: Duration = Duration::from_secs(2);

/// A client of one server, be it in this process or a program of its own.
pub struct Client {
    /// Where the server is.
    pub base: String,
    /// What asks it.
    pub client: reqwest::Client,
}

impl Client {
    /// A client of the server at `base`.
    pub fn of(base: String) -> Self {
        Self::with_headers(base, HeaderMap::new())
    }

    /// A client that shows this token with each request.
    pub fn showing(base: &str, token: &str) -> Self {
        let value = format!("Bearer {token}").parse().expect("a header");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        Self::with_headers(base.to_owned(), headers)
    }

    /// A client that sends the cookie of a sign-in, as a browser does.
    pub fn signed_in(base: &str, cookie: &str) -> Self {
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie.parse().expect("a header"))]);
        Self::with_headers(base.to_owned(), headers)
    }

    fn with_headers(base: String, headers: HeaderMap) -> Self {
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .pool_idle_timeout(RESTS_AT_MOST)
            .redirect(Policy::none())
            .default_headers(headers);
        Self {
            base,
            client: client.build().expect("a client"),
        }
    }

    /// A request to be added to.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    /// A request to be added to.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    /// A request to be added to.
    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.client.patch(format!("{}{path}", self.base))
    }

    /// A request to be added to.
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.base))
    }

    /// What is there; it must be.
    pub async fn read(&self, path: &str) -> Value {
        expect(self.get(path), StatusCode::OK).await
    }

    /// Waits until the server says that it is ready; what it says. A server among several may be late with its lease for a
    /// moment on a busy machine, and then it is not.
    pub async fn ready(&self) -> Value {
        wait_until("the server to be ready", async || {
            let answer = self.get("/health/ready").send().await.expect("an answer");
            let is_ready = answer.status() == StatusCode::OK;
            let report = answer.json().await.expect("JSON");
            is_ready.then_some(report)
        })
        .await
    }

    /// Makes a project of which this is said; it.
    pub async fn make(&self, said: &Value) -> Value {
        expect(self.post("/api/projects").json(said), StatusCode::CREATED).await
    }

    /// Makes a project without a folder; its id.
    pub async fn project(&self, name: &str) -> String {
        let project = expect(
            self.post("/api/projects").json(&json!({ "name": name })),
            StatusCode::CREATED,
        )
        .await;
        text(&project["id"])
    }

    /// Makes a project in a folder; its id.
    pub async fn project_in(&self, name: &str, folder: &str) -> String {
        let body = json!({ "name": name, "workspace_path": folder });
        text(&expect(self.post("/api/projects").json(&body), StatusCode::CREATED).await["id"])
    }

    /// Says something; the stored message.
    pub async fn say(&self, project: &str, content: &str) -> Value {
        let path = format!("/api/projects/{project}/messages");
        expect(
            self.post(&path).json(&json!({ "content": content })),
            StatusCode::ACCEPTED,
        )
        .await
    }

    /// Says something that is to wait until nothing is queued or runs; the stored message.
    pub async fn queue(&self, project: &str, content: &str) -> Value {
        let path = format!("/api/projects/{project}/messages");
        let body = json!({ "content": content, "queue": true });
        expect(self.post(&path).json(&body), StatusCode::ACCEPTED).await
    }

    /// The messages of a project, oldest first.
    pub async fn messages(&self, project: &str) -> Vec<Value> {
        array(
            self.read(&format!("/api/projects/{project}/messages"))
                .await,
        )
    }

    /// Queues a command; the execution.
    pub async fn execute(&self, project: &str, command: &str) -> Value {
        let path = format!("/api/projects/{project}/executions");
        expect(
            self.post(&path).json(&json!({ "command": command })),
            StatusCode::ACCEPTED,
        )
        .await
    }

    /// An execution as it is now.
    pub async fn execution(&self, id: &str) -> Value {
        self.read(&format!("/api/executions/{id}")).await
    }

    /// The whole log of a project.
    pub async fn log(&self, project: &str) -> Vec<Value> {
        let mut log: Vec<Value> = Vec::new();
        loop {
            let after = log
                .last()
                .map_or(Value::from(0), |last| last["seq"].clone());
            let path = format!("/api/projects/{project}/activity?after={after}&limit=1000");
            let page = self.read(&path).await;
            let items = page["items"].as_array().expect("a list").clone();
            if items.is_empty() {
                return log;
            }
            log.extend(items);
        }
    }

    /// Opens a project's stream; `query` begins with `?` or is empty.
    pub async fn stream(&self, project: &str, query: &str) -> Stream {
        self.stream_with(project, query, None).await
    }

    /// Opens a project's stream with a `Last-Event-ID`.
    pub async fn stream_after(&self, project: &str, last_event_id: &str) -> Stream {
        self.stream_with(project, "", Some(last_event_id)).await
    }

    async fn stream_with(&self, project: &str, query: &str, last_event_id: Option<&str>) -> Stream {
        let mut request = self.get(&format!("/api/sse/scar/{project}{query}"));
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        Stream::open(request).await
    }
}

/// Sends a request whose answer must have this status; its JSON.
pub async fn expect(request: RequestBuilder, status: StatusCode) -> Value {
    let answer: Response = patiently("an answer", request.send())
        .await
        .expect("the server answers");
    let (got, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await.expect("the answer is text");
    assert_eq!(got, status, "{url}: {body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{url} is no JSON ({error}): {body}"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn array(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        other => panic!("no list: {other}"),
    }
}
