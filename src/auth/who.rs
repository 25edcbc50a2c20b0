//! Who somebody is.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};

use super::secret::Keyed;
use crate::domain::{
    access::{By, Scope},
    id::{SignInId, TokenId},
};

/// What the token of the settings is called.
pub(super) const SETTINGS_NAME: &str = "the token of the settings";

/// What somebody is called while nobody is asked who they are.
const ANYONE_NAME: &str = "this machine";

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Who {
    /// The name of the token they showed.
    pub name: Arc<str>,
    /// How far it reaches.
    pub scope: Scope,
    /// From when on they are not, any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// The token they showed; none with the one of the settings, and where nobody is asked.
    pub token: Option<TokenId>,
    /// Their sign-in, where it is a browser that has one.
    pub sign_in: Option<SignInId>,
    pub(super) shown: Shown,
}

/// What they showed, to be looked at again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(pub(super) Option<Keyed>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

impl Who {
    /// Whoever asks while nobody is asked who they are: somebody at this machine, who may do everything.
    pub(super) fn anyone() -> Self {
        Self {
            name: ANYONE_NAME.into(),
            scope: Scope::Admin,
            expires_at: None,
            token: None,
            sign_in: None,
            shown: Shown(None),
        }
    }

    /// Whether they were asked who they are.
    pub fn is_anyone(&self) -> bool {
        self.shown.0.is_none()
    }

    /// As what they do is signed.
    pub fn by(&self) -> By {
        (!self.is_anyone()).then(|| Arc::clone(&self.name))
    }

    /// What tells them from others: each token and each browser that signed in is one.
    pub fn client(&self) -> Shown {
        self.shown
    }
}
