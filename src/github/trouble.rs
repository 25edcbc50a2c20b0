//! Why something could not be had of GitHub, or done there.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Why not. The words are for people, and say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such thing, or it is hidden from who asks.
    #[error(
        "GitHub knows no {0}, or does not show it to this server. Look at the address; what is private needs a token that may \
         read it (GITHUB_ACCESS_TOKEN)"
    )]
    NotThere(String),
    /// Issues are turned off in this repository, or it is gone.
    #[error(
        "GitHub says that {0} is not there any more, or is turned off in the settings of the repository"
    )]
    Gone(String),
    /// The token is not taken.
    #[error(
        "GitHub does not take this server's token: it is mistyped, has expired or was revoked. Put a valid one in \
         GITHUB_ACCESS_TOKEN and start the server again"
    )]
    TokenRefused,
    /// The token may not do that.
    #[error(
        "GitHub does not let this server do that ({0}). Give its token (GITHUB_ACCESS_TOKEN) the right to"
    )]
    NotAllowed(String),
    /// What it may ask in an hour is used up.
    #[error("GitHub takes no more requests of this server until {} UTC{}", until.format("%H:%M:%S"), advice(*has_token))]
    Limited {
        /// When it takes some again.
        until: DateTime<Utc>,
        /// Whether it is asked in somebody's name.
        has_token: bool,
    },
    /// It could not be reached, or says itself that it is broken.
    #[error("GitHub cannot be reached ({0}). It is asked again later")]
    Away(String),
    /// It did not answer in time.
    #[error("GitHub did not answer within {0:?}. It is asked again later")]
    TimedOut(Duration),
    /// It does not want what it was sent.
    #[error("GitHub does not take what it was sent ({0})")]
    Refused(String),
    /// Its answer is none that GitHub gives.
    #[error(
        "what answers is not GitHub's interface, or a version of it that is not known here ({0}). Look at PM__GITHUB__API_URL"
    )]
    Nonsense(String),
}

impl Trouble {
    /// Whether it may go by itself, so that trying again later makes sense.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Limited { .. } | Self::Away(_) | Self::TimedOut(_) | Self::Nonsense(_)
        )
    }

    /// In a word, for figures and for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotThere(_) => "not_there",
            Self::Gone(_) => "gone",
            Self::TokenRefused => "token_refused",
            Self::NotAllowed(_) => "not_allowed",
            Self::Limited { .. } => "limited",
            Self::Away(_) => "away",
            Self::TimedOut(_) => "timed_out",
            Self::Refused(_) => "refused",
            Self::Nonsense(_) => "nonsense",
        }
    }
}

fn advice(has_token: bool) -> &'static str {
    match has_token {
        true => "",
        false => ". Without a token it takes 60 an hour, with one (GITHUB_ACCESS_TOKEN) 5,000",
    }
}
