//! The server's own secrets, which must not come up in what is stored.

use secrecy::ExposeSecret as _;

use crate::{config::Settings, domain::secrets::Secrets};

/// What is cut out of all that is stored.
pub(super) fn secrets(settings: &Settings) -> Secrets {
    let given = settings.secrets().iter();
    Secrets::new(given.flat_map(|given| values(given.expose_secret())))
}

/// What is secret in a secret setting: the password in an address, each value in a list of variables, else all of it.
fn values(given: &str) -> Vec<String> {
    if let Some((_, rest)) = given.split_once("://") {
        let user = rest.rsplit_once('@').map(|(user, _)| user);
        let password = user.and_then(|user| user.split_once(':'));
        return password
            .map(|(_, password)| password.to_owned())
            .into_iter()
            .collect();
    }
    let variables = shell_words::split(given).unwrap_or_default();
    let variables = variables
        .iter()
        .filter_map(|variable| variable.split_once('='))
        .map(|(_, value)| value.to_owned());
    variables.chain([given.trim().to_owned()]).collect()
}
