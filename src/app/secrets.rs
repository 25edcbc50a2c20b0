//! The server's own secrets, which must not come up in what is stored.

use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret as _;

use crate::{
    config::Settings,
    domain::redaction::{Secrets, of_variables},
    traces::headers,
};

/// Bytes of an address's path from which on it may be a secret: a shorter one is words.
const PATH_BYTES_MIN: usize = 16;

/// What is cut out of all that is stored.
pub(super) fn secrets(settings: &Settings) -> Secrets {
    let given = settings.secrets().iter();
    Secrets::new(given.flat_map(|(key, value)| values(key, value.expose_secret())))
}

/// What is secret in a secret setting.
fn values(key: &str, given: &str) -> Vec<String> {
    match key {
        "database.url" => password(given),
        "acp.env" => {
            let variables = shell_words::split(given).unwrap_or_default();
            let variables = variables.iter().filter_map(|one| one.split_once('='));
            of_variables(variables)
        }
        // Before the key there may be a word, such as `Bearer`.
        "traces.headers" => headers(given)
            .values()
            .filter_map(|value| value.split_whitespace().last().map(ToOwned::to_owned))
            .collect(),
        "notifications.url" => [given.trim().to_owned()]
            .into_iter()
            .chain(path(given))
            .collect(),
        _ => vec![given.trim().to_owned()],
    }
}

/// What stands behind the host of an address: services for chats keep a secret in it.
fn path(url: &str) -> Option<String> {
    let (_, rest) = url.trim().split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    Some(path.to_owned()).filter(|path| path.len() >= PATH_BYTES_MIN)
}

/// The password in an address, as it stands there and as it is meant.
fn password(url: &str) -> Vec<String> {
    let user = url
        .split_once("://")
        .and_then(|(_, rest)| rest.rsplit_once('@'));
    let Some((_, password)) = user.and_then(|(user, _)| user.split_once(':')) else {
        return Vec::new();
    };
    let meant = percent_decode_str(password).decode_utf8_lossy();
    vec![password.to_owned(), meant.into_owned()]
}
