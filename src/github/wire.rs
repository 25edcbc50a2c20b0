//! One request to GitHub, and what came of it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use octocrab::Octocrab;
use reqwest::{
    Client, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::OnceCell, time::Instant};
use url::Url;

use super::{
    GitHubError, Options, Site, Trouble,
    answer::{self, Answer, ReadError},
    cache::{Cache, Kept},
    limits::Limits,
};
use crate::{metrics::RequestFigures, names::Names};

/// What GitHub is told it talks to; it takes no request without.
const USER_AGENT: &str = concat!("project-manager/", env!("CARGO_PKG_VERSION"));

/// The version of the interface that this is written for.
const VERSION: (&str, &str) = ("x-github-api-version", "2022-11-28");

/// Redirects that are followed: a repository that was renamed takes one.
const REDIRECTS_MAX: usize = 3;

/// How looks at the checks of a commit are called.
pub(super) const CHECKS: &str = "checks";

/// How a request is called in figures, and what is asked for in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// `issues`.
    pub(super) kind: &'static str,
    /// Which of GitHub's limits it counts for.
    pub(super) resource: &'static str,
    /// "repository acme/shop".
    pub(super) what: &'a str,
}

/// One page of a list, or all of something that is no list.
pub(super) struct Page<T> {
    pub(super) value: T,
    /// Where the next page is.
    pub(super) next: Option<Url>,
}

/// The wire, shared by everybody who asks.
pub(super) struct Wire {
    octocrab: OnceCell<Octocrab>,
    api: Url,
    /// May be empty.
    token: SecretString,
    timeout: Duration,
    fresh: Duration,
    cache: Cache,
    pub(super) limits: Limits,
    pub(super) counted: RequestFigures,
}

impl Wire {
    pub(super) fn new(options: &Options, site: &Site) -> Result<Self, GitHubError> {
        let api = site.api().clone();
        let token = options.token.expose_secret();
        if HeaderValue::from_str(token).is_err() {
            return Err(GitHubError::Token);
        }
        Ok(Self {
            octocrab: OnceCell::new(),
            api,
            token: options.token.clone(),
            timeout: options.timeout,
            fresh: options.cache,
            cache: Cache::default(),
            limits: Limits::default(),
            counted: RequestFigures::of("github"),
        })
    }

    /// What speaks to GitHub. Made when it is first needed: reading all certificates that are trusted takes a while, and many a
    /// server has no project of GitHub's.
    async fn octocrab(&self) -> Result<&Octocrab, ReadError> {
        self.octocrab.get_or_try_init(async || self.connect()).await
    }

    fn connect(&self) -> Result<Octocrab, ReadError> {
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .no_gzip()
            .redirect(within(&self.api))
            .dns_resolver(Arc::new(Names::default()))
            .user_agent(USER_AGENT)
            .build()?;
        let builder = Octocrab::builder()
            .base_uri(self.api.as_str())?
            .add_header(HeaderName::from_static(VERSION.0), VERSION.1.to_owned());
        let builder = match self.token.expose_secret() {
            "" => builder,
            token => builder.personal_token(token),
        };
        Ok(builder.build_with_reqwest(http)?)
    }

    /// The address of a part of the interface: its path, without a slash in front, and its query.
    pub(super) fn address(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut address = self.api.clone();
        address.set_path(&format!("{}{path}", self.api.path()));
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        address
    }

    /// Reads something. What was read a moment ago is not asked for again.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        asked: Asked<'_>,
        address: &Url,
    ) -> Result<Page<T>, Trouble> {
        let known = self.cache.find(address.as_str());
        if let Some(kept) = known.as_ref().filter(|kept| kept.is_fresh(self.fresh)) {
            return self.page(&kept.body, kept.next.as_deref());
        }
        let etag = known.as_ref().and_then(|kept| kept.etag.as_deref());
        let mut headers = HeaderMap::new();
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        let request = async {
            let octocrab = self.octocrab().await?;
            Ok(octocrab
                ._get_with_headers(address.as_str(), Some(headers))
                .await?)
        };
        let answer = self.ask(asked, request).await?;
        if let (StatusCode::NOT_MODIFIED, Some(mut kept)) = (answer.status, known) {
            // A page that has not changed may have one after it by now.
            if answer.next.is_some() {
                kept.next = answer.next;
            }
            let page = self.page(&kept.body, kept.next.as_deref())?;
            self.cache
                .keep(address.as_str(), Kept::now(kept.etag, kept.body, kept.next));
            return Ok(page);
        }
        let page = self.page(&answer.body, answer.next.as_deref())?;
        let kept = Kept::now(answer.etag, answer.body, answer.next);
        self.cache.keep(address.as_str(), kept);
        Ok(page)
    }

    /// Writes something.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        asked: Asked<'_>,
        address: &Url,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        let request = async {
            let octocrab = self.octocrab().await?;
            Ok(octocrab._post(address.as_str(), Some(body)).await?)
        };
        let answer = self.ask(asked, request).await?;
        Ok(self.page(&answer.body, None)?.value)
    }

    /// What was read at addresses that begin so is asked for again.
    pub(super) fn expire(&self, begins: &Url) {
        self.cache.expire(begins.as_str());
    }

    /// Makes a request and reads its answer.
    async fn ask(
        &self,
        asked: Asked<'_>,
        request: impl Future<Output = Result<answer::Response, ReadError>>,
    ) -> Result<Answer, Trouble> {
        if let Some(until) = self.limits.rests(asked.resource) {
            return Err(self.limited(until));
        }
        // Making it is none of GitHub's time.
        if let Err(error) = self.octocrab().await {
            return Err(answer::broken(&error));
        }
        let began = Instant::now();
        let answered = async { answer::read(request.await?).await };
        let answered = match tokio::time::timeout(self.timeout, answered).await {
            Ok(Ok(answer)) => self.verdict(asked, answer),
            Ok(Err(error)) => Err(answer::broken(&error)),
            Err(_) => Err(Trouble::TimedOut(self.timeout)),
        };
        let outcome = answered.as_ref().err().map_or("ok", Trouble::word);
        self.counted.answered(asked.kind, outcome, began.elapsed());
        match &answered {
            Ok(_) | Err(Trouble::NotThere(_) | Trouble::Gone(_) | Trouble::Refused(_)) => {
                self.limits.went_well();
            }
            // A token that may read pull requests need not be one that may read checks.
            Err(Trouble::NotAllowed(_)) if asked.kind == CHECKS => self.limits.went_well(),
            // The log has a line when it begins, and not one for each request meanwhile.
            Err(trouble) if self.limits.went_wrong(trouble) => {
                tracing::warn!(kind = asked.kind, what = asked.what, %trouble, "GitHub did not do what it was asked");
            }
            Err(trouble) => {
                tracing::debug!(kind = asked.kind, what = asked.what, %trouble, "GitHub did not do what it was asked again");
            }
        }
        answered
    }

    fn verdict(&self, asked: Asked<'_>, answer: Answer) -> Result<Answer, Trouble> {
        let is_fine = answer.status.is_success() || answer.status == StatusCode::NOT_MODIFIED;
        let until = self.limits.read(asked.resource, &answer.headers, !is_fine);
        if is_fine {
            return Ok(answer);
        }
        let words = answer.words();
        Err(match answer.status {
            StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => match until {
                Some(until) => self.limited(until),
                None if answer.status == StatusCode::TOO_MANY_REQUESTS
                    || words.contains("rate limit") =>
                {
                    self.limited(self.limits.rest(asked.resource))
                }
                None => Trouble::NotAllowed(words),
            },
            StatusCode::UNAUTHORIZED => Trouble::TokenRefused,
            StatusCode::NOT_FOUND => Trouble::NotThere(asked.what.to_owned()),
            StatusCode::GONE => Trouble::Gone(asked.what.to_owned()),
            status if status.is_server_error() => {
                Trouble::Away(format!("it answered {}", status.as_u16()))
            }
            status if status.is_client_error() => Trouble::Refused(words),
            status => Trouble::Nonsense(format!("it answered {}", status.as_u16())),
        })
    }

    fn limited(&self, until: chrono::DateTime<chrono::Utc>) -> Trouble {
        Trouble::Limited {
            until,
            has_token: !self.token.expose_secret().is_empty(),
        }
    }

    fn page<T: DeserializeOwned>(
        &self,
        body: &Bytes,
        next: Option<&str>,
    ) -> Result<Page<T>, Trouble> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json);
        let value = value.map_err(|error| {
            Trouble::Nonsense(format!("at {}: {}", error.path(), error.inner()))
        })?;
        // One that leads elsewhere is none: the token goes to no other address.
        let next = next.and_then(|next| Url::parse(next).ok());
        let next = next.filter(|next| next.origin() == self.api.origin());
        Ok(Page { value, next })
    }
}

/// Follows redirects within GitHub's own interface: no other address is told the token, or leads this server anywhere.
fn within(api: &Url) -> Policy {
    let origin = api.origin();
    Policy::custom(move |attempt| {
        let is_far = attempt.previous().len() > REDIRECTS_MAX;
        match attempt.url().origin() == origin && !is_far {
            true => attempt.follow(),
            false => attempt.stop(),
        }
    })
}
