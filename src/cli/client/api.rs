//! One HTTP client for all commands: it asks, waits where it is asked to, and says in words why there is no answer.

use std::{rc::Rc, time::Duration};

use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap},
    redirect::Policy,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    address::Server,
    failure::Failure,
    screen::Screen,
    wire::{Execution, Project},
};
use crate::delay::{Delays, pause};

/// How long a connection may take to be made: one across the world takes a second.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer may take. The server decides what a person asks for within seconds, or says 503.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// How long the first word of a stream may take: the server says it at once.
const STREAM_WITHIN: Duration = Duration::from_secs(10);

/// How long a connection may rest before it is not used again. The server closes one that has rested for five seconds, and what
/// is sent on it in that moment is never answered.
const RESTS_AT_MOST: Duration = Duration::from_secs(2);

/// How often the same is asked at most while the server asks to wait, or connections break.
const TRIES_MAX: u32 = 6;

/// The longest wait the server is granted before the next try; a longer one is an answer.
const WAIT_LONGEST: Duration = Duration::from_secs(30);

/// The first and the longest wait where the server does not say how long.
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// Bytes of an answer at most. A thousand activities are some megabytes, and a hundred where each is one of the largest; what is
/// more than this comes from no server of this kind, and would fill the memory.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// Characters of a foreign answer that are shown at most: it may be a page.
const FOREIGN_CHARS_MAX: usize = 200;

/// A client of one server.
pub(super) struct Api {
    http: Client,
    pub(super) server: Server,
    pub(super) screen: Rc<Screen>,
}

/// An answer, as it came.
pub(super) struct Answer {
    /// All of it.
    pub(super) text: String,
}

/// Why an answer is not read to its end.
enum Unread {
    Broken(reqwest::Error),
    TooLarge,
}

/// What the server says when it says no: RFC 9457.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    title: String,
    detail: String,
    /// The gate that was decided already.
    pub(super) gate: Option<Value>,
}

impl Api {
    /// A client of this server. Nothing is asked yet.
    pub(super) fn new(server: Server, screen: Rc<Screen>) -> Result<Self, Failure> {
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Some(token) = &server.token {
            headers.insert(header::AUTHORIZATION, token.header()?);
        }
        let mut builder = Client::builder()
            .user_agent(concat!("pm/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT_WITHIN)
            .pool_idle_timeout(RESTS_AT_MOST)
            // Where a server sends on to is told and not followed: the token is for the address that was given.
            .redirect(Policy::none());
        if server.is_direct {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| Failure::NotDone(format!("nothing can be asked: {error}")))?;
        Ok(Self {
            http,
            server,
            screen,
        })
    }

    /// Asks for what is there.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(self.http.get(self.url(path))).await
    }

    /// Asks for what is there, as a type.
    pub(super) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let answer = self.get(path).await?;
        self.understood(&answer.text)
    }

    /// Has something done. It may be asked for more than once: so it is one that is done once all the same, by its key or by
    /// what it is.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut request = self.http.post(self.url(path)).json(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.ask(request).await
    }

    /// All projects.
    pub(super) async fn projects(&self) -> Result<Vec<Project>, Failure> {
        self.read("/api/projects").await
    }

    /// One execution.
    pub(super) async fn execution(&self, id: &str) -> Result<(Execution, String), Failure> {
        let answer = self.get(&format!("/api/executions/{id}")).await?;
        Ok((self.understood(&answer.text)?, answer.text))
    }

    /// Asks for what is there, and tries once: who asks again does so beside other things.
    pub(super) async fn get_once(&self, path: String) -> Result<Answer, Failure> {
        self.ask_once(self.http.get(self.url(&path))).await
    }

    /// Has something done, and tries once.
    pub(super) async fn post_once(&self, path: String) -> Result<Answer, Failure> {
        let body = Value::Object(serde_json::Map::new());
        self.ask_once(self.http.post(self.url(&path)).json(&body))
            .await
    }

    /// Has something done with this body, and tries once: asked again, the server would say that it is being done.
    pub(super) async fn post_once_with(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.ask_once(self.http.post(self.url(path)).json(body))
            .await
    }

    /// Opens a stream, and tries once: who reads it knows how often, and for how long.
    pub(super) async fn open(&self, path: &str, cursor: i64) -> Result<Response, Failure> {
        let request = self
            .http
            .get(self.url(path))
            .header(header::ACCEPT, "text/event-stream")
            .header("Last-Event-ID", cursor);
        let answer = tokio::time::timeout(STREAM_WITHIN, request.send()).await;
        let answer = answer
            .map_err(|_| self.silent(STREAM_WITHIN))?
            .map_err(|error| self.not_reached(&error))?;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            _ => Err(self.refused(answer, false).await),
        }
    }

    /// What an answer says, as a type.
    pub(super) fn understood<T: DeserializeOwned>(&self, text: &str) -> Result<T, Failure> {
        serde_json::from_str(text).map_err(|error| {
            let base = &self.server.base;
            self.not_there(format!(
                "what answers at {base} is no Project Manager that this pm understands ({error})"
            ))
        })
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let request = request.timeout(ANSWER_WITHIN);
        let mut delays = Delays::new(RETRY_FIRST, RETRY_LONGEST);
        let mut tries = 0;
        loop {
            tries += 1;
            let next = request
                .try_clone()
                .expect("a body of JSON can be sent again");
            let (failure, wait) = match next.send().await {
                Ok(answer) if answer.status().is_success() => match text(answer).await {
                    Ok(text) => return Ok(Answer { text }),
                    Err(Unread::Broken(error)) => (self.not_reached(&error), None),
                    Err(Unread::TooLarge) => return Err(self.too_large()),
                },
                Ok(answer) => {
                    let wait = asked_to_wait(&answer);
                    let failure = self.refused(answer, tries > 1).await;
                    match wait {
                        Some(wait) if wait <= WAIT_LONGEST => (failure, Some(wait)),
                        _ => return Err(failure),
                    }
                }
                // Nobody is there. Who wants to wait for that says so.
                Err(error) if error.is_connect() && tries == 1 => {
                    return Err(self.not_reached(&error));
                }
                Err(error) => (self.not_reached(&error), None),
            };
            if tries == TRIES_MAX {
                return Err(failure);
            }
            let wait = wait.unwrap_or_default().max(delays.next_delay());
            let seconds = wait.as_secs_f64();
            self.screen.word(&format!(
                "{} Trying again in {seconds:.1} s.",
                failure.in_short()
            ));
            pause(wait).await;
        }
    }

    async fn ask_once(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let answer = request.timeout(ANSWER_WITHIN).send().await;
        let answer = answer.map_err(|error| self.not_reached(&error))?;
        if !answer.status().is_success() {
            return Err(self.refused(answer, false).await);
        }
        match text(answer).await {
            Ok(text) => Ok(Answer { text }),
            Err(Unread::Broken(error)) => Err(self.not_reached(&error)),
            Err(Unread::TooLarge) => Err(self.too_large()),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base)
    }

    fn not_reached(&self, error: &reqwest::Error) -> Failure {
        let base = &self.server.base;
        if error.is_timeout() && !error.is_connect() {
            return self.silent(ANSWER_WITHIN);
        }
        // The last one says what it was: "Connection refused".
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        self.not_there(match error.is_connect() {
            true => format!("no server answers at {base} ({cause})"),
            false => format!("the connection to {base} broke off ({cause})"),
        })
    }

    fn silent(&self, after: Duration) -> Failure {
        let base = &self.server.base;
        self.not_there(format!(
            "{base} takes connections and does not answer within {after:?}"
        ))
    }

    fn too_large(&self) -> Failure {
        let base = &self.server.base;
        let most = ANSWER_BYTES_MAX >> 20;
        self.not_there(format!(
            "what answers at {base} is no Project Manager: its answer has more than {most} MiB"
        ))
    }

    fn not_there(&self, what: String) -> Failure {
        let advice = format!("{} `pm serve` starts one.", self.server.way());
        Failure::NotReached { what, advice }
    }

    /// What an answer says that is no success.
    async fn refused(&self, answer: Response, is_again: bool) -> Failure {
        let status = answer.status();
        let to = answer.headers().get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok()).map(str::to_owned);
        let is_problem = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
        let body = text(answer).await.unwrap_or_default();
        let base = &self.server.base;
        let problem: Option<Problem> = is_problem
            .then(|| serde_json::from_str(&body).ok())
            .flatten();
        let words = match (&problem, to) {
            (Some(problem), _) if status == StatusCode::UNAUTHORIZED => {
                format!("{base}: {} {}", problem.detail, self.server.way_in())
            }
            (Some(Problem { title, detail, .. }), _) => format!("{title}: {detail}"),
            (None, Some(to)) if status.is_redirection() => format!(
                "{base} sends on to {to}; if that is where the server is, say so with --server or PM_SERVER."
            ),
            (None, _) => format!(
                "what answers at {base} is no Project Manager: it says {status}, {:?}. {}",
                super::text::shortened(body.trim(), FOREIGN_CHARS_MAX),
                self.server.way()
            ),
        };
        Failure::Refused {
            status,
            words,
            problem: Box::new(problem.unwrap_or_default()),
            is_again,
        }
    }
}

/// All that an answer says, unless it is too much.
async fn text(mut answer: Response) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    while let Some(more) = answer.chunk().await.map_err(Unread::Broken)? {
        if bytes.len() + more.len() > ANSWER_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How long the server, or what stands before it, asks to wait before the same is asked again.
fn asked_to_wait(answer: &Response) -> Option<Duration> {
    let is_busy = matches!(
        answer.status(),
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    let said = answer.headers().get(header::RETRY_AFTER);
    let seconds = said.and_then(|said| said.to_str().ok()?.trim().parse().ok());
    is_busy.then(|| Duration::from_secs(seconds.unwrap_or_default()))
}
