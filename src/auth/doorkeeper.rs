//! The doorkeeper: who somebody is, by what they show.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use sea_orm::{DatabaseConnection, DbErr};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    known::{Found, Known},
    secret::{Credential, Key, Keyed, OfSettings, Pair},
    stay::{Inside, Stay},
    who::{SETTINGS_NAME, Shown, Who},
};
use crate::{
    actors::writer::WriterHandle,
    clock,
    db::{ReadError, Reader, sign_in, token},
    domain::id::TokenId,
};

/// Hashes that are computed at the same time: each keeps a core busy and takes 19 MiB, and people's work needs both more.
const HASHES_AT_ONCE: usize = 2;

/// How long somebody waits for their turn to be hashed. Those before them take tens of milliseconds each.
const HASH_WAITS: Duration = Duration::from_secs(5);

/// How long it is looked again whether somebody who is known is still let in. It takes milliseconds, or the database is away.
const LOOK_WITHIN: Duration = Duration::from_secs(1);

/// How a server asks who somebody is.
pub struct Options {
    /// The token of the settings; empty where there is none.
    pub token: SecretString,
    /// Whether it asks also while there is no token: it can be reached from elsewhere.
    pub always: bool,
    /// For how long a browser that signed in is known.
    pub sign_in_lasts: Duration,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// They showed nothing.
    #[error("this server asks who you are")]
    Nothing,
    /// What they showed is not good.
    #[error("this is not, or not any more, a token or a sign-in of this server")]
    NotGood,
    /// Too many are being looked at.
    #[error("too many tokens are being looked at; try again in a moment")]
    Busy,
    /// Nobody can look.
    #[error("the database is not answering, so nobody can be let in; try again in a moment")]
    Unread(#[from] ReadError),
    /// Something is wrong in here.
    #[error("a token could not be looked at")]
    Failed(#[source] anyhow::Error),
}

/// The doorkeeper. Clones are the same one.
#[derive(Clone)]
pub struct Doorkeeper(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) reader: Reader,
    pub(super) writer: WriterHandle,
    pub(super) key: Key,
    pub(super) of_settings: Option<OfSettings>,
    pub(super) always: bool,
    pub(super) sign_in_lasts: Duration,
    /// Whether anybody is asked.
    pub(super) is_on: AtomicBool,
    pub(super) known: Known,
    pub(super) inside: Inside,
    pub(super) hashes: Semaphore,
    /// Tokens that were used, and of which that is still to be stored.
    pub(super) used: Mutex<HashSet<TokenId>>,
}

impl Doorkeeper {
    /// One that asks as `options` say.
    ///
    /// # Errors
    /// When the database cannot say whether there are tokens.
    pub async fn new(
        options: &Options,
        reader: Reader,
        writer: WriterHandle,
    ) -> anyhow::Result<Self> {
        let key = Key::new().context("the system has no random numbers")?;
        let of_settings = match options.token.expose_secret() {
            "" => None,
            token => Some(OfSettings::new(&key, token)?),
        };
        let always = options.always || of_settings.is_some();
        let this = Self(Arc::new(Shared {
            reader,
            writer,
            key,
            of_settings,
            always,
            sign_in_lasts: options.sign_in_lasts,
            is_on: AtomicBool::new(true),
            known: Known::default(),
            inside: Inside::default(),
            hashes: Semaphore::new(HASHES_AT_ONCE),
            used: Mutex::default(),
        }));
        this.look_whether_on()
            .await
            .context("cannot find out whether there are tokens")?;
        Ok(this)
    }

    /// Whether anybody is asked who they are.
    pub fn is_on(&self) -> bool {
        self.0.is_on.load(Ordering::Relaxed)
    }

    pub(super) async fn look_whether_on(&self) -> Result<(), ReadError> {
        let is_on = self.0.always || self.0.reader.read(async |db| token::any(db).await).await?;
        if self.0.is_on.swap(is_on, Ordering::Relaxed) != is_on {
            tracing::info!(is_on, "whether this server asks who somebody is");
        }
        Ok(())
    }

    /// Whether this can be answered without a look: it was shown before, or is the token of the settings. What cannot be is
    /// a try.
    pub fn knows(&self, credential: &Credential) -> bool {
        match credential {
            Credential::Cookie(text) => {
                let digest = self.0.key.of("cookie", text);
                self.0.known.find(digest).is_some()
            }
            Credential::Token(text) => {
                let digest = self.0.key.of("token", text);
                self.is_of_settings(digest) || self.0.known.find(digest).is_some()
            }
        }
    }

    fn is_of_settings(&self, digest: Keyed) -> bool {
        let of_settings = self.0.of_settings.as_ref();
        of_settings.is_some_and(|token| token.is(digest))
    }

    /// Who shows this.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn who(&self, credential: Option<&Credential>) -> Result<Who, Refused> {
        if !self.is_on() {
            return Ok(Who::anyone());
        }
        let who = match credential.ok_or(Refused::Nothing)? {
            Credential::Token(text) => self.of_token(text).await?,
            Credential::Cookie(text) => self.of_cookie(text).await?,
        };
        if who.expires_at.is_some_and(|end| end <= clock::now()) {
            return Err(Refused::NotGood);
        }
        if let Some(token) = who.token {
            self.used().insert(token);
        }
        Ok(who)
    }

    async fn of_token(&self, text: &str) -> Result<Who, Refused> {
        let digest = self.0.key.of("token", text);
        if self.is_of_settings(digest) {
            return Ok(Who {
                name: SETTINGS_NAME.into(),
                shown: Shown(Some(digest)),
                ..Who::anyone()
            });
        }
        let (id, pair) = Pair::of_token(text).ok_or(Refused::NotGood)?;
        let known = self.0.known.find(digest);
        if let Some(known) = known.as_ref().filter(|known| known.is_fresh) {
            return Ok(known.who.clone());
        }
        let found = self
            .look(known.as_ref(), digest, async |db| token::find(db, id).await)
            .await?;
        let Some(found) = found else {
            return Ok(known.ok_or(Refused::NotGood)?.who);
        };
        let now = clock::now();
        let Some(found) = found.filter(|token| token.is_good(now)) else {
            self.0.known.forget(digest);
            return Err(Refused::NotGood);
        };
        if !known.is_some_and(|known| known.is_hashed_as(&found.hash)) {
            self.compare(pair, found.hash.clone()).await?;
        }
        let who = Who {
            name: found.name.into(),
            scope: found.scope,
            expires_at: found.expires_at,
            token: Some(id),
            sign_in: None,
            shown: Shown(Some(digest)),
        };
        self.0.known.keep(digest, &who, Some(found.hash));
        Ok(who)
    }

    /// What the database knows of somebody; nothing where nobody can look, and who shows this is known from before. Then nobody
    /// looks again for a moment: a page that is opened asks thirty times, and is not to wait thirty times.
    pub(super) async fn look<T>(
        &self,
        known: Option<&Found>,
        digest: Keyed,
        query: impl AsyncFn(&DatabaseConnection) -> Result<T, DbErr>,
    ) -> Result<Option<T>, Refused> {
        if known.is_none() {
            return Ok(Some(self.0.reader.read(query).await?));
        }
        match self.0.reader.read_within(LOOK_WITHIN, query).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_away() => {
                self.0.known.put_off(digest);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Compares a secret with what is kept of it, on a thread that may be kept busy.
    async fn compare(&self, pair: Pair, hash: String) -> Result<(), Refused> {
        let turn = timeout(HASH_WAITS, self.0.hashes.acquire()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Refused::Busy);
        };
        let compared = spawn_blocking(move || pair.is_hashed_as(&hash)).await;
        drop(turn);
        let compared = compared.map_err(|error| Refused::Failed(error.into()))?;
        match compared {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refused::NotGood),
            Err(error) => Err(Refused::Failed(anyhow::anyhow!("{error}"))),
        }
    }

    /// Whether somebody who was let in still would be.
    ///
    /// # Errors
    /// When nobody can look.
    pub(super) async fn is_still_good(&self, who: &Who) -> Result<bool, ReadError> {
        if who.is_anyone() {
            return Ok(!self.is_on());
        }
        if who.expires_at.is_some_and(|end| end <= clock::now()) {
            return Ok(false);
        }
        let (token, sign_in) = (who.token, who.sign_in);
        let read = self.0.reader.read(async |db| {
            if let Some(id) = sign_in
                && sign_in::find(db, id).await?.is_none()
            {
                return Ok(false);
            }
            match token {
                None => Ok(true),
                Some(id) => {
                    let found = token::find(db, id).await?;
                    Ok(found.is_some_and(|token| token.is_good(clock::now())))
                }
            }
        });
        read.await
    }

    /// Looks whether somebody is let in who is only remembered to be: for what is given out for long.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn ensure_good(&self, who: &Who) -> Result<(), Refused> {
        match self.is_still_good(who).await? {
            true => Ok(()),
            false => Err(Refused::NotGood),
        }
    }

    /// That a stream or a chat window is open, which ends when `who` is not let in any more, or the server stops.
    pub fn stay(&self, who: &Who, stopping: &CancellationToken) -> Stay {
        self.0.inside.enter(who.clone(), stopping)
    }

    pub(super) fn show_out(&self, shown: Shown) {
        if let Some(digest) = shown.0 {
            self.0.known.forget(digest);
        }
        self.0.inside.end(shown);
    }

    pub(super) fn used(&self) -> MutexGuard<'_, HashSet<TokenId>> {
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
