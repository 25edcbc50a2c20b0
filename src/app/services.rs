//! Services of others that these settings name: a language model, a collector of traces, a receiver of notifications.

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use crate::{
    agent::llm::{self, Model},
    config::Settings,
    db,
    traces::{Collector, Traces},
    webhook::{self, Receiver},
};

/// What is traced with these settings, if anything is.
pub(super) fn traces(settings: &Settings, database: &db::Database) -> anyhow::Result<Traces> {
    let to = &settings.traces;
    if to.endpoint.is_empty() {
        return Ok(Traces::default());
    }
    Traces::to(Collector {
        endpoint: to.endpoint.clone(),
        headers: to.headers.clone(),
        environment: settings.app.environment.clone(),
        instance: database.server.to_string(),
    })
}

/// Who is told of what happens, if anybody is.
pub(super) fn receiver(settings: &Settings) -> anyhow::Result<Option<Receiver>> {
    let notifications = &settings.notifications;
    if notifications.url.expose_secret().is_empty() {
        return Ok(None);
    }
    let receiver = Receiver::new(&webhook::Options {
        url: notifications.url.clone(),
        secret: notifications.secret.clone(),
        timeout: notifications.timeout,
    });
    receiver.map(Some).context("cannot notify anybody")
}

/// The language model of these settings; none where neither a key nor an endpoint is given.
///
/// # Errors
/// When it cannot be used with them.
pub fn model(settings: &Settings) -> anyhow::Result<Option<Model>> {
    let llm = settings.llm.clone();
    Model::new(llm::Options {
        model: llm.model,
        endpoint: llm.endpoint,
        api_key: llm.api_key,
        timeout: llm.timeout,
        history_tokens: llm.history_tokens,
        retries: llm.retries,
        retry_first: llm.retry_first,
        retry_longest: llm.retry_longest,
    })
    .context("cannot use the language model of these settings")
}
