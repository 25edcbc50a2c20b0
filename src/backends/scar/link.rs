//! The wire to SCAR: its requests, and a circuit that keeps them from hammering a SCAR that is away.
//!
//! A request is made once here. Whether it is made again is for the one who asked to decide, who knows whether that is
//! safe.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::Duration,
};

use chrono::Utc;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, watch};

use super::{
    answer::{expect_json, expect_ok, in_words, is_temporary, shown},
    reading::Reading,
};
use crate::{backends::Trouble, delay::Delays};

/// Failures in a row, over all commands, after which only one request at a time finds out whether SCAR is back.
const OPENS_AFTER: u32 = 3;

/// Bytes an answer may have that is not a list of messages: SCAR's are some hundred.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// How many times as long as SCAR may be silent a whole answer may take: a long list over a slow line takes its time, and
/// an answer that never ends does not hold a command up for ever.
const WHOLE_ANSWER: u32 = 30;

/// SCAR did not answer, or not in a way that can be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(pub(super) String);

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
    failures: AtomicU32,
    trouble: watch::Sender<Option<Trouble>>,
    /// Held by the one who finds out whether SCAR is back.
    probing: Mutex<Delays>,
    /// Whether SCAR lacks `/health/concurrency`.
    is_old: AtomicBool,
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
            .connect_timeout(options.request_timeout)
            .read_timeout(options.request_timeout)
            .timeout(options.request_timeout * WHOLE_ANSWER)
            // SCAR does not redirect; whatever does is not SCAR.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let delays = Delays::new(options.retry_first, options.retry_longest);
        Ok(Self {
            http,
            options,
            failures: AtomicU32::new(0),
            trouble: watch::Sender::new(None),
            probing: Mutex::new(delays),
            is_old: AtomicBool::new(false),
        })
    }

    /// SCAR's address, for people.
    pub(super) fn address(&self) -> &str {
        self.options.base.as_str().trim_end_matches('/')
    }

    /// Why SCAR is not asked at the moment, if it is not.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.subscribe()
    }

    /// Whether SCAR was found to lack `/health/concurrency`.
    pub(super) fn is_old(&self) -> bool {
        self.is_old.load(Ordering::Relaxed)
    }

    /// Delays between tries of one's own.
    pub(super) fn delays(&self) -> Delays {
        Delays::new(self.options.retry_first, self.options.retry_longest)
    }

    /// Waits until SCAR answers again. Of all who wait, one asks; the others are told.
    pub(super) async fn is_back(&self) {
        let mut trouble = self.watch();
        let probe = async {
            let mut delays = self.probing.lock().await;
            while self.trouble.borrow().is_some() {
                delays.wait().await;
                if self.health().await.is_ok() {
                    delays.reset();
                }
            }
        };
        tokio::select! {
            // An error means that there is no sender, which `self` is.
            _ = trouble.wait_for(Option::is_none) => {}
            () = probe => {}
        }
    }

    /// `GET /health`: whether SCAR lives.
    pub(super) async fn health(&self) -> Result<(), Away> {
        let asked = async {
            let response = self.get(&["health"]).await?;
            self.json::<serde_json::Value>(response).await.map(|_| ())
        };
        self.noted(asked.await)
    }

    /// Posts a message.
    pub(super) async fn post(&self, conversation: &str, text: &str) -> Result<(), PostError> {
        let body = json!({ "conversationId": conversation, "message": text });
        let request = self.request(Method::POST, &["test", "message"]).json(&body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                // A connection that was not made carried nothing.
                let not_sent = error.is_connect() || error.is_builder();
                let away = Away(in_words(&error));
                self.failed(&away);
                return Err(match not_sent {
                    true => PostError::NotSent(away),
                    false => PostError::Unknown(away),
                });
            }
        };
        let status = response.status();
        if status.is_client_error() && !is_temporary(status) {
            self.answered();
            let words = self.text(response).await.unwrap_or_default();
            return Err(PostError::Refused(format!(
                "SCAR answered {status}: {}",
                shown(&words)
            )));
        }
        let answer = self.json::<Success>(response).await.and_then(|answer| {
            let refused = || Away("SCAR said that it did not take the message".to_owned());
            answer.success.then_some(()).ok_or_else(refused)
        });
        self.noted(answer).map_err(PostError::Unknown)
    }

    /// `GET /health/concurrency`: what SCAR does with this conversation.
    pub(super) async fn busy(&self, conversation: &str) -> Result<Busy, Away> {
        let asked = async {
            let path = &["health", "concurrency"];
            let request = self.request(Method::GET, path).send().await;
            let response = request.map_err(|error| Away(in_words(&error)))?;
            if response.status() == StatusCode::NOT_FOUND {
                return Ok(None);
            }
            self.json::<Concurrency>(expect_ok(response)?)
                .await
                .map(Some)
        };
        let Some(now) = self.noted(asked.await)? else {
            self.is_old.store(true, Ordering::Relaxed);
            return Ok(Busy::Unsaid);
        };
        self.is_old.store(false, Ordering::Relaxed);
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

    /// `GET /test/messages/ID`: begins to read a conversation's messages, passing over those before `skip`.
    pub(super) async fn messages(
        &self,
        conversation: &str,
        skip: usize,
    ) -> Result<Reading<'_>, Away> {
        let path = &["test", "messages", conversation];
        let response = self.noted(self.get(path).await)?;
        let response = self.noted(expect_json(response))?;
        Ok(Reading::new(self, response, skip))
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.options.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url)
    }

    async fn get(&self, path: &[&str]) -> Result<Response, Away> {
        let sent = self.request(Method::GET, path).send().await;
        expect_ok(sent.map_err(|error| Away(in_words(&error)))?)
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
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| Away(in_words(&error)))?
        {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_BYTES_MAX {
                return Err(Away("its answer was far too long".to_owned()));
            }
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// Lets the circuit know what came of a request.
    pub(super) fn noted<T>(&self, result: Result<T, Away>) -> Result<T, Away> {
        match &result {
            Ok(_) => self.answered(),
            Err(away) => self.failed(away),
        }
        result
    }

    fn answered(&self) {
        self.failures.store(0, Ordering::Relaxed);
        if self
            .trouble
            .send_if_modified(|trouble| trouble.take().is_some())
        {
            tracing::info!(address = self.address(), "SCAR answers again");
        }
    }

    fn failed(&self, away: &Away) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures < OPENS_AFTER {
            return;
        }
        self.trouble.send_if_modified(|trouble| {
            let opens = trouble.is_none();
            let since = trouble
                .take()
                .map_or_else(Utc::now, |trouble| trouble.since);
            if opens {
                tracing::warn!(address = self.address(), reason = %away, "SCAR does not answer");
            }
            *trouble = Some(Trouble {
                since,
                reason: away.0.clone(),
            });
            opens
        });
    }
}
