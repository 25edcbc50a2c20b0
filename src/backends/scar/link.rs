//! The wire to SCAR: its requests.
//!
//! A request is made once here. Whether it is made again is for the one who asked to decide, who knows whether that is
//! safe.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

use super::{
    answer::{expect_json, expect_ok, in_words, is_refusal, shown, time_of},
    circuit::{Away, Circuit},
    reading::{Patience, Reading},
};
use crate::{delay::Delays, failpoint::FailPoint, metrics::RequestFigures};

/// Bytes an answer may have that is not a list of messages: SCAR's are some hundred.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// The conversation a probe asks for. SCAR says of one it does not know that it is empty, and does not make it.
const PROBED: &str = "pm-probe";

/// Why a message was not posted.
#[derive(Debug)]
pub(super) enum PostError {
    /// It did not reach SCAR.
    NotSent(Away),
    /// SCAR may have it or not.
    Unknown(Away),
    /// SCAR does not take it.
    Refused(String),
}

/// What SCAR does with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    /// It works on it.
    Active,
    /// It will, when it works on fewer others.
    Queued,
    /// Nothing.
    Idle,
    /// This SCAR is too old to say.
    Unsaid,
}

/// How SCAR is reached.
#[derive(Debug, Clone)]
pub(super) struct LinkOptions {
    /// Its address.
    pub(super) base: Url,
    /// How long it may be silent within a request.
    pub(super) request_timeout: Duration,
    /// The first and the longest wait between two tries.
    pub(super) retry_first: Duration,
    pub(super) retry_longest: Duration,
}

/// The wire to one SCAR, shared by everything that runs in it: connections are reused.
pub(super) struct Link {
    http: Client,
    options: LinkOptions,
    counted: RequestFigures,
    circuit: Circuit,
    /// Whether SCAR lacks `/health/concurrency`.
    is_old: AtomicBool,
    /// Whether it ever had it: then a 404 is of something in front of it, and no end of a command may hang on that.
    is_new: AtomicBool,
}

/// The answer of `/health/concurrency`; its other keys are not needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Concurrency {
    active_conversation_ids: Vec<String>,
    queued_by_conversation: Vec<QueuedConversation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueuedConversation {
    conversation_id: String,
    queued_messages: u64,
}

#[derive(Deserialize)]
struct Success {
    success: bool,
}

impl Link {
    pub(super) fn new(options: LinkOptions) -> Result<Self, reqwest::Error> {
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            // Its lists are followed as they come; the feature is another crate's.
            .no_gzip()
            .connect_timeout(options.request_timeout)
            // SCAR does not redirect; whatever does is not SCAR.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let address = options.base.as_str().trim_end_matches('/').to_owned();
        Ok(Self {
            http,
            options,
            counted: RequestFigures::of("scar"),
            circuit: Circuit::new(address),
            is_old: AtomicBool::new(false),
            is_new: AtomicBool::new(false),
        })
    }

    /// SCAR's address, for people.
    pub(super) fn address(&self) -> &str {
        self.options.base.as_str().trim_end_matches('/')
    }

    /// What is counted of its requests.
    pub(super) fn counted(&self) -> &RequestFigures {
        &self.counted
    }

    /// Whether SCAR answers.
    pub(super) fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Whether SCAR was found to lack `/health/concurrency`.
    pub(super) fn is_old(&self) -> bool {
        self.is_old.load(Ordering::Relaxed)
    }

    /// Delays between tries of one's own.
    pub(super) fn delays(&self) -> Delays {
        Delays::new(self.options.retry_first, self.options.retry_longest)
    }

    /// Finds out when SCAR is back, each time it is away. For ever.
    pub(super) async fn tend(&self) {
        loop {
            self.circuit.opened().await;
            let mut delays = self.delays();
            loop {
                delays.wait().await;
                match self.probe().await {
                    Ok(_) => break self.circuit.close(),
                    Err(away) => self.circuit.open(&away),
                }
            }
        }
    }

    /// Whether everything a command needs is answered; what time it is there, if that was said.
    pub(super) async fn probe(&self) -> Result<Option<DateTime<Utc>>, Away> {
        let time = self.lives().await?;
        self.concurrency().await?;
        let path = &["test", "messages", PROBED];
        let mut reading = Reading::new(self, expect_json(self.get(path).await?)?, 0);
        while reading.next_unnoted().await?.is_some() {}
        Ok(time)
    }

    /// `GET /health`: whether SCAR lives.
    pub(super) async fn health(&self) -> Result<(), Away> {
        self.circuit.note(self.lives().await.map(|_| ()))
    }

    async fn lives(&self) -> Result<Option<DateTime<Utc>>, Away> {
        let response = self.get(&["health"]).await?;
        let time = time_of(&response);
        self.json::<serde_json::Value>(response).await.map(|_| time)
    }

    /// Posts a message.
    pub(super) async fn post(&self, conversation: &str, text: &str) -> Result<(), PostError> {
        let body = json!({ "conversationId": conversation, "message": text });
        let request = self.request(Method::POST, &["test", "message"]).json(&body);
        let response = match self.answer("post", request).await {
            Ok(response) => response,
            Err((away, was_connected)) => {
                self.circuit.failed(&away);
                // A connection that was not made carried nothing.
                return Err(match was_connected {
                    true => PostError::Unknown(away),
                    false => PostError::NotSent(away),
                });
            }
        };
        if is_refusal(&response) {
            let status = response.status();
            let words = self.circuit.note(self.text(response).await);
            return Err(PostError::Refused(format!(
                "SCAR answered {status}: {}",
                shown(&words.unwrap_or_default())
            )));
        }
        let answer = self.json::<Success>(response).await.and_then(|answer| {
            let refused = || Away("SCAR said that it did not take the message".to_owned());
            answer.success.then_some(()).ok_or_else(refused)
        });
        self.circuit.note(answer).map_err(PostError::Unknown)
    }

    /// `GET /health/concurrency`: what SCAR does with this conversation.
    pub(super) async fn busy(&self, conversation: &str) -> Result<Busy, Away> {
        let Some(now) = self.circuit.note(self.concurrency().await)? else {
            return Ok(Busy::Unsaid);
        };
        let mine = |id: &String| id == conversation;
        let queued = now.queued_by_conversation.iter();
        Ok(if now.active_conversation_ids.iter().any(mine) {
            Busy::Active
        } else if queued
            .filter(|queued| queued.queued_messages > 0)
            .any(|queued| mine(&queued.conversation_id))
        {
            Busy::Queued
        } else {
            Busy::Idle
        })
    }

    /// None from a SCAR that is too old to say.
    async fn concurrency(&self) -> Result<Option<Concurrency>, Away> {
        let request = self.request(Method::GET, &["health", "concurrency"]);
        let response = self.answer("concurrency", request).await;
        let response = response.map_err(|(away, _)| away)?;
        if response.status() == StatusCode::NOT_FOUND && !self.is_new.load(Ordering::Relaxed) {
            self.is_old.store(true, Ordering::Relaxed);
            return Ok(None);
        }
        let now = self.json(expect_ok(response)?).await?;
        self.is_new.store(true, Ordering::Relaxed);
        self.is_old.store(false, Ordering::Relaxed);
        Ok(Some(now))
    }

    /// `GET /test/messages/ID`: begins to read a conversation's messages, passing over those before `skip`.
    pub(super) async fn messages(
        &self,
        conversation: &str,
        skip: usize,
    ) -> Result<Reading<'_>, Away> {
        let path = &["test", "messages", conversation];
        let response = self.get(path).await.and_then(expect_json);
        Ok(Reading::new(self, self.circuit.note(response)?, skip))
    }

    /// How long SCAR may be silent in the middle of an answer, and in all of it together.
    pub(super) fn patience(&self) -> Patience {
        Patience::new(self.options.request_timeout)
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.options.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url)
    }

    /// The beginning of an answer; or what went wrong, and whether the request may have reached SCAR.
    async fn answer(
        &self,
        kind: &'static str,
        request: RequestBuilder,
    ) -> Result<Response, (Away, bool)> {
        let begun = Instant::now();
        let answer = self.send(request).await;
        let outcome = match &answer {
            Ok(response) if response.status().is_success() => "answered",
            Ok(_) => "refused",
            Err(_) => "no_answer",
        };
        self.counted.answered(kind, outcome, begun.elapsed());
        answer
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, (Away, bool)> {
        if let Err(on_purpose) = FailPoint::ScarRequest.pass().await {
            return Err((Away(on_purpose.to_string()), false));
        }
        match tokio::time::timeout(self.options.request_timeout, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let not_sent = error.is_connect() || error.is_builder();
                Err((Away(in_words(&error)), !not_sent))
            }
            Err(_) => Err((Away::too_slow(), true)),
        }
    }

    async fn get(&self, path: &[&str]) -> Result<Response, Away> {
        let request = self.request(Method::GET, path);
        let kind = match path {
            ["health"] => "health",
            _ => "messages",
        };
        expect_ok(self.answer(kind, request).await.map_err(|(away, _)| away)?)
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, response: Response) -> Result<T, Away> {
        let response = expect_json(expect_ok(response)?)?;
        let text = self.text(response).await?;
        serde_json::from_str(&text).map_err(|error| {
            Away(format!(
                "its answer was not understood ({error}): {}",
                shown(&text)
            ))
        })
    }

    async fn text(&self, mut response: Response) -> Result<String, Away> {
        let (mut body, mut patience) = (Vec::new(), self.patience());
        while let Some(piece) = patience.piece(&mut response).await? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_BYTES_MAX {
                return Err(Away("its answer was far too long".to_owned()));
            }
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}
