//! GitHub, by the settings.

use anyhow::Context as _;

use crate::{
    config::Settings,
    github::{GitHub, Options},
};

/// The GitHub of these settings; nothing is asked yet.
///
/// # Errors
/// When it cannot be used with them.
pub(super) fn github(settings: &Settings) -> anyhow::Result<GitHub> {
    let github = &settings.github;
    GitHub::new(&Options {
        api_url: github.api_url.clone(),
        token: github.token.clone(),
        timeout: github.timeout,
        cache: github.cache,
    })
    .context("cannot use GitHub with these settings")
}
