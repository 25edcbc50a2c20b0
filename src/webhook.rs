//! The wire to whoever is told of what happens: one signed request, and what came of it.
//!
//! A request is made once here; when it is made again is for the notifier to decide (`actors/notifier.rs`). Nothing is
//! followed where a receiver redirects to, and what it answers is not read: the status says it all. No word of the address
//! but its scheme and host leaves this file, because services for chats keep a secret in the rest.

use std::{fmt, io, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    domain::{
        Invalid,
        notification::{Body, Failure, SigningKey, Trouble},
    },
    failpoint::FailPoint,
    names::{NameUnknown, Names},
};

/// What the receiver is told it talks to.
const USER_AGENT: &str = concat!("project-manager/", env!("CARGO_PKG_VERSION"));

/// Who is told, and how. What each is for is in `config/default.toml`, section `[notifications]`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Options {
    pub url: SecretString,
    pub secret: SecretString,
    pub timeout: Duration,
}

/// Nobody can be told with these settings.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address is none.
    #[error(
        "notifications.url (PM__NOTIFICATIONS__URL) is no address; give one such as https://hooks.example.com/…"
    )]
    Address,
    /// The key is none.
    #[error("notifications.secret (PM__NOTIFICATIONS__SECRET) cannot sign anything")]
    Secret(#[from] Invalid),
    /// What speaks HTTP could not be set up.
    #[error("what speaks HTTP to the receiver of notifications could not be set up")]
    Http(#[from] reqwest::Error),
}

/// A notification was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why not.
    pub failure: Failure,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// Whoever is told. Clones share it.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    http: Client,
    url: Url,
    key: SigningKey,
    timeout: Duration,
    target: String,
}

impl Receiver {
    /// The receiver of these settings. Nothing is asked yet.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub fn new(options: &Options) -> Result<Self, WebhookError> {
        // Refused when it was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = Url::parse(options.url.expose_secret()).map_err(|_| WebhookError::Address)?;
        let http = Client::builder()
            .no_gzip()
            // It could lead to an address that nobody has chosen, in the server's own network.
            .redirect(Policy::none())
            // There are few, and a connection that has rested may be closed by the time it is used.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(Names::default()))
            .user_agent(USER_AGENT)
            .build()?;
        Ok(Self(Arc::new(Inner {
            http,
            key: SigningKey::parse(options.secret.expose_secret())?,
            timeout: options.timeout,
            target: url.origin().ascii_serialization(),
            url,
        })))
    }

    /// Where it is: scheme and host, and no more.
    pub fn target(&self) -> &str {
        &self.0.target
    }

    /// Sends a notification. `id` is the same on every attempt; `now` is signed, so that an old request is not taken for a
    /// new one.
    ///
    /// # Errors
    /// [`Refusal`], for whatever is no yes.
    pub async fn send(&self, id: &str, now: DateTime<Utc>, body: &Body<'_>) -> Result<(), Refusal> {
        let inner = &self.0;
        if let Err(on_purpose) = FailPoint::NotificationRequest.pass().await {
            let why = on_purpose.to_string();
            return Err(Failure::unanswered(Trouble::NoConnection, why).into());
        }
        let body = serde_json::to_vec(body)
            .expect("a body has only string keys, and its maps are of texts");
        let seconds = now.timestamp();
        let request = inner
            .http
            .post(inner.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", inner.key.sign(id, seconds, &body))
            .body(body);
        // The answer's body is not read, so its head is all that is waited for.
        match tokio::time::timeout(inner.timeout, request.send()).await {
            Ok(Ok(response)) => verdict(&response, now),
            Ok(Err(error)) => Err(unanswered(&error).into()),
            Err(_) => {
                let why = format!("it did not answer within {:?}", inner.timeout);
                Err(Failure::unanswered(Trouble::TimedOut, why).into())
            }
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            retry_after: None,
        }
    }
}

impl fmt::Debug for Receiver {
    /// Without the address and the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}

fn verdict(response: &Response, now: DateTime<Utc>) -> Result<(), Refusal> {
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    Err(Refusal {
        failure: Failure::answered(status.as_u16()),
        retry_after: retry_after(response.headers(), now),
    })
}

/// What `Retry-After` asks for: seconds, or a time.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match asked.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let at = DateTime::parse_from_rfc2822(asked).ok()?;
            (at.to_utc() - now).to_std().ok()
        }
    }
}

/// What went wrong, from the outside in: reqwest's own words say only at which stage, and name the address.
fn unanswered(error: &reqwest::Error) -> Failure {
    let mut trouble = Trouble::NoConnection;
    let mut innermost: &dyn std::error::Error = error;
    loop {
        if innermost.is::<NameUnknown>() {
            trouble = Trouble::NameUnknown;
        }
        let within = innermost
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if within.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            trouble = Trouble::Tls;
        }
        let next = match within {
            Some(within) => Some(within as &dyn std::error::Error),
            None => innermost.source(),
        };
        match next {
            Some(source) => innermost = source,
            None => break,
        }
    }
    // "Connection refused (os error 111)": the number says nothing more.
    let words = innermost.to_string();
    let words = words
        .split_once(" (os error")
        .map_or(words.as_str(), |(words, _)| words);
    let why = match trouble {
        Trouble::NameUnknown => words.to_owned(),
        Trouble::Tls => format!("no encrypted connection ({words})"),
        _ if error.is_connect() => format!("no connection ({words})"),
        _ => format!("the connection broke ({words})"),
    };
    Failure::unanswered(trouble, why)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_receiver_may_ask_for_seconds_or_for_a_time() {
        let now: DateTime<Utc> = "2026-01-31T09:30:00Z".parse().expect("a time");
        for (asked, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sat, 31 Jan 2026 09:31:30 GMT", Some(90)),
            ("Sat, 31 Jan 2026 09:29:00 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            let value = HeaderValue::from_static(asked);
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value)]);
            let expected = expected.map(Duration::from_secs);
            assert_eq!(retry_after(&headers, now), expected, "{asked}");
        }
    }

    #[test]
    fn nothing_of_an_address_but_its_host_is_shown() {
        let receiver = Receiver::new(&Options {
            url: "https://hooks.example.com:8443/services/T0/B0/secret?key=1"
                .to_owned()
                .into(),
            secret: "0123456789abcdef0123456789abcdef".to_owned().into(),
            timeout: Duration::from_secs(1),
        })
        .expect("a receiver");
        assert_eq!(receiver.target(), "https://hooks.example.com:8443");
        assert!(!format!("{receiver:?}").contains("secret"));
    }
}
