//! How much one client may ask for. Over it the answer is 429, with when to try again.

mod bucket;
mod client;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    dev::ServiceRequest,
    http::{StatusCode, header::HeaderMap},
};

use self::bucket::Buckets;
pub(super) use self::client::Client;
use super::error::ApiError;
use crate::domain::network::Network;

/// Bytes of an address (path and query) at most: several times the longest filter there is. Many a proxy takes no more.
const URL_BYTES_MAX: usize = 8_192;

/// Bytes of a request's header at most, names and values together. A browser sends some hundred, and a few thousand where
/// other servers on this machine have left their cookies. (What is over 131,072 does not get as far as this.)
const HEADER_BYTES_MAX: usize = 32_768;

/// For how many seconds of pause what may be asked piles up.
const PILES_UP_SECONDS: u32 = 10;

/// How much more whoever sits at this machine may ask for while nobody is asked who they are; see `config/default.toml`.
const AT_THIS_MACHINE: u32 = 20;

/// How many more tries all addresses together have than each.
const TRIES_OF_ALL: u32 = 10;

/// The limits, as the settings have them.
#[derive(Debug, Clone)]
pub struct Limited {
    /// Requests a second of one client.
    pub requests_per_second: u32,
    /// Streams and chat windows of one client.
    pub streams: usize,
    /// Tokens that an address may try in a minute.
    pub tries_per_minute: u32,
    /// Whose word is taken for where a request came from.
    pub trusted_proxies: Vec<Network>,
}

/// What each client has asked for.
pub(super) struct Limits {
    trusted_proxies: Vec<Network>,
    requests: Buckets<Client>,
    at_this_machine: Buckets<Client>,
    tries: Buckets<Client>,
    tries_of_all: Buckets<()>,
    streams: usize,
    open: Arc<Mutex<HashMap<Client, usize>>>,
}

impl Limits {
    pub(super) fn new(limited: Limited) -> Self {
        let second = Duration::from_secs(1);
        let requests = |times: u32| {
            let per_second = limited.requests_per_second.saturating_mul(times).max(1);
            let at_once = per_second.saturating_mul(PILES_UP_SECONDS);
            Buckets::new(at_once, second / per_second)
        };
        let tries = limited.tries_per_minute.max(1);
        let minute = Duration::from_secs(60);
        Self {
            requests: requests(1),
            at_this_machine: requests(AT_THIS_MACHINE),
            tries: Buckets::new(tries, minute / tries),
            tries_of_all: Buckets::new(tries * TRIES_OF_ALL, minute / (tries * TRIES_OF_ALL)),
            trusted_proxies: limited.trusted_proxies,
            streams: limited.streams,
            open: Arc::default(),
        }
    }

    /// Where a request came from.
    pub(super) fn address(&self, request: &ServiceRequest) -> IpAddr {
        client::address(request, &self.trusted_proxies)
    }

    /// A request more, of somebody who is at this machine or not.
    pub(super) fn request(&self, client: Client, is_anyone: bool) -> Result<(), ApiError> {
        let buckets = match is_anyone {
            true => &self.at_this_machine,
            false => &self.requests,
        };
        buckets.take(client).map_err(|wait| {
            let words = "You ask for more than this server gives one client (setting limits.requests_per_second).";
            ApiError::too_many(wait, words)
        })
    }

    /// A try at a token. It counts unless it is put back.
    pub(super) fn try_token(&self, address: IpAddr) -> Result<(), ApiError> {
        let client = Client::at(address);
        let too_many = |wait| {
            let words = "Too many tokens were tried from where you are. Wait, then try again.";
            ApiError::too_many(wait, words)
        };
        self.tries.take(client).map_err(too_many)?;
        self.tries_of_all.take(()).map_err(|wait| {
            self.tries.put_back(client);
            too_many(wait)
        })
    }

    /// That a try was right.
    pub(super) fn was_right(&self, address: IpAddr) {
        self.tries.put_back(Client::at(address));
        self.tries_of_all.put_back(());
    }

    /// A stream or a chat window more.
    pub(super) fn open(&self, client: Client, is_anyone: bool) -> Result<Opened, ApiError> {
        let most = match is_anyone {
            true => self.streams.saturating_mul(AT_THIS_MACHINE as usize),
            false => self.streams,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client).or_default();
        if *count >= most {
            let words = "You have as many streams and chat windows open as one client may (setting limits.streams). Close some.";
            return Err(ApiError::too_many(FULL_RETRY, words));
        }
        *count += 1;
        Ok(Opened {
            client,
            all: Arc::clone(&self.open),
        })
    }
}

/// When to ask again for a stream where there is no more room: one of the others has to be closed first.
const FULL_RETRY: Duration = Duration::from_secs(10);

/// A stream or a chat window that counts until this is dropped.
pub(super) struct Opened {
    client: Client,
    all: Arc<Mutex<HashMap<Client, usize>>>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.client);
            }
        }
    }
}

/// Refuses what is longer than anything that is meant.
pub(super) fn ensure_size(request: &ServiceRequest) -> Result<(), ApiError> {
    let url = request.uri().path_and_query();
    let bytes = url.map_or(0, |url| url.as_str().len());
    if bytes > URL_BYTES_MAX {
        return Err(url_too_long(bytes));
    }
    let bytes = size(request.headers());
    if bytes > HEADER_BYTES_MAX {
        return Err(header_too_large(bytes));
    }
    Ok(())
}

/// 414: nothing here has so long an address.
pub(super) fn url_too_long(bytes: usize) -> ApiError {
    ApiError::new(
        StatusCode::URI_TOO_LONG,
        "The address is too long",
        format!("It has {bytes} bytes; this server takes {URL_BYTES_MAX}."),
    )
}

/// 431: cookies that have piled up, mostly.
pub(super) fn header_too_large(bytes: usize) -> ApiError {
    ApiError::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The header is too large",
        format!(
            "It has {bytes} bytes; this server takes {HEADER_BYTES_MAX}. In a browser, delete the cookies of this address."
        ),
    )
}

fn size(headers: &HeaderMap) -> usize {
    let sizes = headers.iter();
    sizes
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}
