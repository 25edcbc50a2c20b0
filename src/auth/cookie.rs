//! Browsers: they show a token once, and a cookie from then on.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    doorkeeper::{Doorkeeper, Refused},
    secret::{Keyed, Pair},
    who::{SETTINGS_NAME, Shown, Who},
};
use crate::{
    actors::writer::AppendError,
    clock,
    db::{sign_in, token},
    domain::{
        access::{Access, Scope, SignIn},
        change::Reported,
        id::SignInId,
    },
};

/// A browser that signed in.
pub struct SignedIn {
    /// The value of its cookie.
    pub cookie: String,
    /// Until when it is known.
    pub expires_at: DateTime<Utc>,
}

impl Doorkeeper {
    pub(super) async fn of_cookie(&self, text: &str) -> Result<Who, Refused> {
        let cookie: Pair = text.parse().map_err(|_| Refused::NotGood)?;
        let digest = self.0.key.of("cookie", text);
        let known = self.0.known.find(digest);
        if let Some(known) = known.as_ref().filter(|known| known.is_fresh) {
            return Ok(known.who.clone());
        }
        let id = SignInId(cookie.id);
        let looked = self.look(known.as_ref(), digest, async |db| {
            let Some(found) = sign_in::find(db, id).await? else {
                return Ok(None);
            };
            Ok(Some(match found.token {
                Some(token) => (token::find(db, token).await?, found),
                None => (None, found),
            }))
        });
        let Some(found) = looked.await? else {
            return Ok(known.ok_or(Refused::NotGood)?.who);
        };
        let who = found.and_then(|(token, found)| self.signed_in(&cookie, token, &found, digest));
        match who {
            Some(who) => {
                self.0.known.keep(digest, &who, None);
                Ok(who)
            }
            None => {
                self.0.known.forget(digest);
                Err(Refused::NotGood)
            }
        }
    }

    /// Whose sign-in this is, if it is good.
    fn signed_in(
        &self,
        cookie: &Pair,
        token: Option<token::Token>,
        found: &SignIn,
        digest: Keyed,
    ) -> Option<Who> {
        let key = &self.0.key;
        let is_same = |one: &str, other: &str| key.of("", one) == key.of("", other);
        if !is_same(&found.digest, &cookie.digest()) {
            return None;
        }
        let (name, scope, end) = match (token, &found.proof) {
            (Some(token), _) if token.is_good(clock::now()) => {
                (token.name.into(), token.scope, token.expires_at)
            }
            (None, Some(proof)) => {
                let proves = self.0.of_settings.as_ref()?.proof(cookie);
                if !is_same(proof, &proves) {
                    return None;
                }
                (SETTINGS_NAME.into(), Scope::Admin, None)
            }
            (Some(_) | None, _) => return None,
        };
        Some(Who {
            name,
            scope,
            expires_at: Some(end.map_or(found.expires_at, |end| end.min(found.expires_at))),
            token: found.token,
            sign_in: Some(found.id),
            shown: Shown(Some(digest)),
        })
    }

    /// Has a browser sign in as somebody who showed a token.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn sign_in(&self, who: &Who) -> Result<SignedIn, AppendError> {
        let cookie = Pair::new(SignInId::new().0);
        let cookie = cookie.map_err(|error| AppendError::Refused(error.to_string()))?;
        let lasts = TimeDelta::from_std(self.0.sign_in_lasts).unwrap_or(TimeDelta::MAX);
        let now = clock::now();
        let latest = now.checked_add_signed(lasts).unwrap_or(now);
        let expires_at = who.expires_at.map_or(latest, |end| end.min(latest));
        let proof = match who.token {
            Some(_) => None,
            None => self
                .0
                .of_settings
                .as_ref()
                .map(|token| token.proof(&cookie)),
        };
        let signed_in = SignIn {
            id: SignInId(cookie.id),
            digest: cookie.digest(),
            token: who.token,
            proof,
            expires_at,
        };
        self.store(Access::SignedIn(signed_in)).await?;
        Ok(SignedIn {
            cookie: cookie.as_cookie(),
            expires_at,
        })
    }

    /// Has a browser sign out, and ends what it has open.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn sign_out(&self, who: &Who) -> Result<(), AppendError> {
        if let Some(sign_in) = who.sign_in {
            self.store(Access::SignedOut(sign_in)).await?;
        }
        self.show_out(who.shown);
        Ok(())
    }

    async fn store(&self, access: Access) -> Result<(), AppendError> {
        let stored = self.0.writer.append_now(vec![Reported::access(access)]);
        stored.await.map(|_| ())
    }
}
