//! GitHub, and what is imported from there, by the settings.

use anyhow::Context as _;

use crate::{
    config::Settings,
    domain::import::{Wanted, split},
    github::{GitHub, Options},
    http::Importable,
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
