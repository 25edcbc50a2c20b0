//! Who is let in: what must be there before the server can be reached, and how it asks.

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use crate::{
    actors::writer::WriterHandle,
    auth::{Doorkeeper, Options},
    config::Settings,
    db::{self, Database, Reader, Version, token},
    http::{Limited, Site, auth::Door},
};

/// Refuses to go on where others reach the server and nobody would be asked who they are. Before anything is bound or made.
pub(super) async fn ensure_guarded(settings: &Settings, database: &Database) -> anyhow::Result<()> {
    let Some(opened) = opened_by(settings) else {
        return Ok(());
    };
    if has_token(database).await? {
        return Ok(());
    }
    bail!(
        "{opened}. Make a token with the same settings, `pm token create NAME --scope admin`, or name a file that \
         holds one in PM__AUTH__TOKEN_FILE (`openssl rand -hex 32` makes one); or listen on 127.0.0.1, for this machine alone"
    )
}

/// What others reach a server by that has no token in its settings, and so needs one in its database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} is {value}, so others reach this server, and there is no token: whoever reaches it could have it run a \
     repository's code"
)]
pub struct Opened {
    /// The variable.
    pub name: &'static str,
    /// What it is set to.
    pub value: String,
}

/// What opens a server with these settings to others, if something does and the settings themselves have no token.
pub fn opened_by(settings: &Settings) -> Option<Opened> {
    let api = &settings.api;
    if !api.is_exposed() || !settings.auth.token.expose_secret().is_empty() {
        return None;
    }
    let (name, value) = match api.host.is_loopback() {
        true => ("PM__API__PUBLIC_URL", api.public_url.clone()),
        false => ("API_HOST", api.host.to_string()),
    };
    Some(Opened { name, value })
}

/// Whether the database has a token. Nothing is made in it, nor it itself.
async fn has_token(database: &Database) -> anyhow::Result<bool> {
    if database.ensure_exists().is_err() {
        return Ok(false);
    }
    let connection = database.open_for_writing().await?;
    let version = db::version(&connection).await;
    let found = match version.map_err(|error| database.not_migrated(error))? {
        // What is older may have none yet, and is only brought up to date when it is served.
        Version::Older(_) => token::any(&connection).await.unwrap_or(false),
        Version::Same | Version::Newer => token::any(&connection)
            .await
            .context("cannot find out whether there are tokens")?,
    };
    let closed = connection.close().await;
    closed.context("cannot close the database")?;
    Ok(found)
}

/// The doorkeeper of these settings.
pub(super) async fn doorkeeper(
    settings: &Settings,
    reader: &Reader,
    writer: &WriterHandle,
) -> anyhow::Result<Doorkeeper> {
    let options = Options {
        token: settings.auth.token.clone(),
        always: settings.api.is_exposed(),
        sign_in_lasts: settings.auth.sign_in_lasts,
    };
    Doorkeeper::new(&options, reader.clone(), writer.clone()).await
}

/// The door of these settings.
pub(super) fn door(
    settings: &Settings,
    doorkeeper: Doorkeeper,
    stopping: &CancellationToken,
) -> Door {
    let api = &settings.api;
    let site = Site {
        public_url: api.public_url.clone(),
        is_open: !api.host.is_loopback(),
    };
    let proxies = api.trusted_proxies.iter();
    let limited = Limited {
        requests_per_second: settings.limits.requests_per_second,
        streams: settings.limits.streams,
        tries_per_minute: settings.limits.tries_per_minute,
        // Each was read as one when the settings were.
        trusted_proxies: proxies.filter_map(|one| one.parse().ok()).collect(),
    };
    Door::new(doorkeeper, site, limited, stopping.clone())
}
