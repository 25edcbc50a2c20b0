//! The wire to GitHub, or to a GitHub Enterprise of one's own: its REST interface, by `octocrab` on the HTTP client that
//! everything here uses.
//!
//! A request is made once here; when it is made again is for the one who asked to decide. What was read is kept for a little
//! while, and asked for after that with what GitHub gave it to be known by (an ETag): an answer that nothing has changed costs
//! nothing of what GitHub allows in an hour. When that is used up nothing is asked until it is given anew.
//!
//! The token goes to the address of the settings and nowhere else, whatever GitHub's answers and projects' addresses name.

mod answer;
mod cache;
mod comments;
mod issues;
mod limits;
mod people;
mod pulls;
mod repositories;
mod site;
mod trouble;
mod trying;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};

use self::wire::Wire;
pub use self::{
    comments::COMMENT_CHARS_MAX,
    limits::{Limit, Standing},
    repositories::Owner,
    site::Site,
    trouble::Trouble,
};
use crate::metrics::Registry;

/// How GitHub is reached. What each is for is in `config/default.toml`, section `[github]`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Options {
    pub api_url: String,
    pub token: SecretString,
    pub timeout: Duration,
    pub cache: Duration,
}

/// GitHub cannot be spoken to with these settings.
#[derive(Debug, thiserror::Error)]
pub enum GitHubError {
    /// The address is none.
    #[error(
        "github.api_url (PM__GITHUB__API_URL) is no address; it is https://api.github.com, or https://HOST/api/v3 of a GitHub Enterprise"
    )]
    Address,
    /// The token has characters in it that no header has.
    #[error("the token for GitHub (GITHUB_ACCESS_TOKEN) has characters in it that no token has")]
    Token,
}

/// GitHub. Clones share what was read of it.
#[derive(Clone)]
pub struct GitHub(Arc<Inner>);

struct Inner {
    wire: Wire,
    site: Site,
    has_token: bool,
}

impl GitHub {
    /// The GitHub of these settings. Nothing is asked yet.
    ///
    /// # Errors
    /// [`GitHubError`].
    pub fn new(options: &Options) -> Result<Self, GitHubError> {
        let site = Site::of(&options.api_url).ok_or(GitHubError::Address)?;
        let has_token = !options.token.expose_secret().is_empty();
        Ok(Self(Arc::new(Inner {
            wire: Wire::new(options, &site)?,
            site,
            has_token,
        })))
    }

    /// Where it is.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// Whether it is spoken to in somebody's name: only then may anything be written.
    pub fn has_token(&self) -> bool {
        self.0.has_token
    }

    /// How it stands with it, as last seen.
    pub fn standing(&self) -> Standing {
        self.wire().limits.standing()
    }

    /// Enters its figures.
    pub fn register(&self, registry: &mut Registry) {
        self.wire().counted.register(registry);
        self.wire().limits.counted.register(registry);
    }

    fn wire(&self) -> &Wire {
        &self.0.wire
    }
}

impl fmt::Debug for GitHub {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub")
            .field("site", &self.0.site)
            .field("has_token", &self.0.has_token)
            .finish_non_exhaustive()
    }
}
