//! SCAR, "Sam's Coding Agent Remote": a server elsewhere that runs commands with a coding agent.
//!
//! It is spoken to over HTTP and asked again and again what it has to say; it tells nothing by itself, cannot be told to
//! stop, and keeps everything in memory. What follows from that is in the files below:
//!
//! - `run.rs` is one command from the wait for its turn to its end, `send.rs` posts it once, `follow.rs` takes in what is
//!   said meanwhile;
//! - `link.rs` makes the requests, `answer.rs` and `reading.rs` take the answers, `circuit.rs` knows whether there are any,
//!   `outage.rs` is what happens while there are none, `halt.rs` how a command ends then;
//! - `place.rs` is what is stored to find a command again, `pace.rs` how often SCAR is asked;
//! - `list.rs`, `parse.rs`, `verdict.rs` and `quote.rs` know SCAR's texts and nothing of the network.

mod answer;
mod circuit;
mod follow;
mod halt;
mod link;
pub mod list;
mod outage;
mod pace;
pub mod parse;
mod place;
pub mod quote;
mod reading;
mod run;
mod send;
pub mod verdict;

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::link::{Link, LinkOptions};
use super::{Backend, Health, Job, Steps, Trouble, silence::in_short};
use crate::{domain::execution::Outcome, metrics::Registry};

/// Conversations SCAR works on at a time; more wait in its own queue.
const AT_A_TIME: usize = 10;

/// How commands run in SCAR. What each is for is in `config/default.toml`, section `[scar]`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Options {
    pub base_url: String,
    pub timeout: Duration,
    pub conversation_prefix: String,
    pub stall: Duration,
    pub quiet: Duration,
    pub poll_shortest: Duration,
    pub poll_longest: Duration,
    pub request_timeout: Duration,
    pub retry_first: Duration,
    pub retry_longest: Duration,
    pub give_up: Duration,
}

/// SCAR cannot be used with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ScarError {
    /// The address is none.
    #[error("{0:?} is no address of SCAR; give one such as http://localhost:3000 in SCAR_BASE_URL")]
    Address(String),
    /// What speaks HTTP could not be set up.
    #[error("what speaks HTTP to SCAR could not be set up")]
    Http(#[from] reqwest::Error),
}

/// The backend.
pub struct Scar {
    options: Options,
    link: Link,
}

impl Scar {
    /// A backend for the SCAR at the address in `options`. Nothing is asked yet.
    ///
    /// # Errors
    /// [`ScarError`].
    pub fn new(options: Options) -> Result<Self, ScarError> {
        let base = reqwest::Url::parse(&options.base_url)
            .ok()
            .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| ScarError::Address(options.base_url.clone()))?;
        let link = Link::new(LinkOptions {
            base,
            request_timeout: options.request_timeout,
            retry_first: options.retry_first,
            retry_longest: options.retry_longest,
        })?;
        Ok(Self { options, link })
    }

    /// Asks it everything once that a command needs, and leaves nothing there.
    ///
    /// # Errors
    /// Why a command could not run, as a part of a sentence.
    pub async fn examine(&self) -> Result<Examined, String> {
        match self.link.probe().await {
            Ok(time) => Ok(Examined {
                time,
                note: self.health().note,
            }),
            Err(away) => Err(away.to_string()),
        }
    }
}

/// What a SCAR that answers is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// What time it is there, if it says so.
    pub time: Option<DateTime<Utc>>,
    /// What a person should know about it.
    pub note: Option<String>,
}

impl Backend for Scar {
    fn name(&self) -> &'static str {
        "scar"
    }

    fn label(&self) -> &'static str {
        "SCAR"
    }

    fn usual_slots(&self) -> usize {
        AT_A_TIME
    }

    fn needs_folder(&self) -> bool {
        false
    }

    fn survives(&self) -> bool {
        true
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome> {
        run::run(&self.options, &self.link, job, steps, cancel).boxed()
    }

    fn health(&self) -> Health {
        let note = self.link.is_old().then(|| {
            format!(
                "This SCAR does not say what it works on (/health/concurrency is missing), so a command counts as ended when nothing was said for {}.",
                in_short(self.options.quiet)
            )
        });
        Health {
            address: Some(self.link.address().to_owned()),
            trouble: self.link.circuit().trouble(),
            note,
            ..Health::default()
        }
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            self.link.health().await.map_err(|away| {
                format!(
                    "SCAR at {} does not answer: {away}; is it running, and is SCAR_BASE_URL its address?",
                    self.link.address()
                )
            })
        }
        .boxed()
    }

    fn tend(&self) -> BoxFuture<'_, ()> {
        self.link.tend().boxed()
    }

    fn register(&self, registry: &mut Registry) {
        self.link.counted().register(registry);
    }

    fn trouble(&self) -> Option<watch::Receiver<Option<Trouble>>> {
        Some(self.link.circuit().watch())
    }
}
