//! GitHub, and what is imported from there, by the settings.

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use crate::{
    actors::{
        correspondent::{self, CorrespondentHandle},
        lookout::LookoutHandle,
        sessions::SessionsHandle,
        writer::WriterHandle,
    },
    config::Settings,
    db::Reader,
    domain::{
        github::WebhookSecret,
        import::{Wanted, split},
    },
    github::{GitHub, Options},
    http::{Hooks, Importable, Webhooks},
    leases::Leases,
};

/// The GitHub of these settings; nothing is asked yet.
///
/// # Errors
/// When it cannot be used with them.
pub fn github(settings: &Settings) -> anyhow::Result<GitHub> {
    let github = &settings.github;
    GitHub::new(&Options {
        api_url: github.api_url.clone(),
        token: github.token.clone(),
        timeout: github.timeout,
        cache: github.cache,
    })
    .context("cannot use GitHub with these settings")
}

/// What the settings say is to be imported.
pub(super) fn importable(settings: &Settings) -> Importable {
    let import = &settings.import;
    Importable {
        file: import.file.clone(),
        wanted: Wanted {
            file: None,
            repositories: split(&import.repositories),
            user: import.user.clone(),
            organisation: import.organisation.clone(),
        },
    }
}

/// What takes the webhooks of GitHub.
pub(super) fn webhooks(
    settings: &Settings,
    corresponds: &correspondent::Parts,
    correspondent: &CorrespondentHandle,
    lookout: &LookoutHandle,
) -> Webhooks {
    let sources = settings.github.webhook_sources.iter();
    Webhooks::new(Hooks {
        secret: WebhookSecret::of(settings.github.webhook_secret.expose_secret()),
        // Each was read as one when the settings were.
        sources: sources.filter_map(|one| one.parse().ok()).collect(),
        body_bytes_max: settings.api.max_body_bytes,
        timeout: settings.github.timeout,
        writer: corresponds.writer.clone(),
        reader: corresponds.reader.clone(),
        github: corresponds.github.clone(),
        correspondent: correspondent.clone(),
        lookout: lookout.clone(),
    })
}

/// What the correspondent works with.
pub(super) fn corresponds(
    writer: &WriterHandle,
    reader: &Reader,
    leases: &Leases,
    sessions: &SessionsHandle,
    github: &GitHub,
    stopping: &CancellationToken,
) -> correspondent::Parts {
    correspondent::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        sessions: sessions.clone(),
        github: github.clone(),
        stopping: stopping.clone(),
    }
}
