//! The language model: a conversation in, its answer out piece by piece, with what it wants done as tool calls.
//!
//! It decides nothing. What it asks for is carried out by the session, within what the rules find that the person asked
//! for; and when it is away the rules answer. This is the only module that knows the crate `genai`.
//!
//! - `dialogue` is what a model is told: the prompt, the history within its budget, the tools and what they answered
//! - `tools` are the tools, one a file
//! - `answer` reads one answer from the wire; `failure` says why there is none
//! - `state` is whether the model is there, as far as is known

mod answer;
mod dialogue;
mod failure;
mod state;
pub mod tools;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genai::{
    Client, ModelIden,
    adapter::AdapterKind,
    resolver::{AuthData, Endpoint, ProviderConfig},
};
use secrecy::{ExposeSecret as _, SecretString};

pub use self::{
    answer::{Answer, Called, Heard, Used},
    dialogue::{About, Dialogue},
    failure::Failure,
    state::{Health, State},
};
use crate::{delay::Delays, metrics::Registry, metrics::RequestFigures};

/// The model where only a key was given.
const USUAL: &str = "claude-sonnet-4-6";

/// How long a connection may take: a service that is there answers within a second.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How to reach a model.
#[derive(Debug)]
pub struct Options {
    /// Its name; empty for the usual one.
    pub model: String,
    /// Where its service is; empty where its provider has it.
    pub endpoint: String,
    /// The service's key; may be empty where there is an endpoint.
    pub api_key: SecretString,
    /// How long the service may be silent.
    pub timeout: Duration,
    /// How much of the conversation it is told.
    pub history_tokens: usize,
    /// How often a request is made anew.
    pub retries: u32,
    /// The first and the longest wait before that.
    pub retry_first: Duration,
    /// See `retry_first`.
    pub retry_longest: Duration,
}

/// A language model. Clones are the same one.
#[derive(Clone)]
pub struct Model(Arc<Inner>);

struct Inner {
    client: Client,
    name: ModelIden,
    options: Options,
    state: State,
    counted: RequestFigures,
}

impl Model {
    /// The model of these options; none where there is neither a key nor an endpoint.
    ///
    /// # Errors
    /// When no client can be made, or the provider cannot be told from the name.
    pub fn new(options: Options) -> anyhow::Result<Option<Self>> {
        if options.endpoint.is_empty() && options.api_key.expose_secret().is_empty() {
            return Ok(None);
        }
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            // The key goes nowhere but where it was meant to.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let name = match options.model.as_str() {
            "" => USUAL,
            chosen => chosen,
        };
        let name = ModelIden::new(provider(name, &options.endpoint)?, name.to_owned());
        Ok(Some(Self(Arc::new(Inner {
            client: Client::builder()
                .with_reqwest(http)
                .append_provider_config(name.adapter_kind, reached(&options))
                .build()?,
            name,
            options,
            state: State::default(),
            counted: RequestFigures::of("model"),
        }))))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name.model_name
    }

    /// Whether it is there.
    pub fn state(&self) -> &State {
        &self.0.state
    }

    /// How much of a conversation it is told.
    pub fn history_tokens(&self) -> usize {
        self.0.options.history_tokens
    }

    /// Has it answered. `heard` is told what it writes as it writes. With `must_call` it is made to call that tool, as far
    /// as its service can make it.
    ///
    /// # Errors
    /// [`Failure`] when there is no whole answer, however often it was tried.
    pub async fn answer(
        &self,
        dialogue: &Dialogue,
        must_call: Option<&str>,
        mut heard: impl FnMut(Heard<'_>),
    ) -> Result<Answer, Failure> {
        let Options {
            timeout,
            retries,
            retry_first,
            retry_longest,
            ..
        } = self.0.options;
        // Somebody waits: what is known to be away is asked once.
        let mut left = match self.0.state.health() {
            Health::Away { .. } => 0,
            Health::Unknown | Health::There => retries,
        };
        let mut delays = Delays::new(retry_first, retry_longest);
        loop {
            let request = dialogue.request();
            let options = answer::options(must_call);
            let stream =
                self.0
                    .client
                    .exec_chat_stream(self.0.name.clone(), request, Some(&options));
            let begun = Instant::now();
            let read = answer::read(stream, timeout, &mut heard).await;
            self.count(&read, begun.elapsed());
            let failure = match read {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            tracing::warn!(
                model = self.name(),
                left,
                "the language model did not answer: {failure}"
            );
            if left == 0 || !failure.may_pass() {
                return Err(failure);
            }
            left -= 1;
            heard(Heard::Again);
            delays.wait().await;
        }
    }
}

impl Model {
    /// Asks it for a word, which costs next to nothing, to see whether it would answer. Nothing is told of anybody.
    ///
    /// # Errors
    /// [`Failure`] when it would not.
    pub async fn try_out(&self) -> Result<(), Failure> {
        let (request, options) = (dialogue::trial(), answer::trial());
        let stream = self
            .0
            .client
            .exec_chat_stream(self.0.name.clone(), request, Some(&options));
        answer::begun(stream, self.0.options.timeout).await
    }

    fn count(&self, read: &Result<Answer, Failure>, took: Duration) {
        let outcome = match read {
            Ok(answer) => {
                let Used { input, output, .. } = answer.used;
                self.0.counted.tokens(input, output);
                "answered"
            }
            Err(failure) => failure.as_str(),
        };
        self.0.counted.answered("chat", outcome, took);
    }

    /// Enters what is counted of its requests.
    pub fn register(&self, registry: &mut Registry) {
        self.0.counted.register(registry);
        self.0.counted.register_tokens(registry);
    }
}

/// The provider that speaks to a model of this name.
fn provider(name: &str, endpoint: &str) -> anyhow::Result<AdapterKind> {
    let is_plain = !name.contains("::") && !name.starts_with("claude");
    match is_plain && !endpoint.is_empty() {
        // What servers for other people's models understand.
        true => Ok(AdapterKind::OpenAI),
        false => Ok(AdapterKind::from_model(name)?),
    }
}

/// Where the service is, if not where its provider has it, and its key.
fn reached(options: &Options) -> ProviderConfig {
    let auth = AuthData::from_single(match options.api_key.expose_secret() {
        // A service on this machine wants none, and its protocol has a place for one all the same.
        "" => "none",
        key => key,
    });
    match options.endpoint.trim_end_matches('/') {
        "" => auth.into(),
        // The path of each request is put on as it is.
        given => (Endpoint::from_owned(format!("{given}/")), auth).into(),
    }
}
