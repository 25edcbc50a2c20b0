//! Who reaches the server, and whether they would be asked who they are.

use super::report::{Check, Fix};
use crate::{app::entrance, config::Settings};

const NAME: &str = "access";

/// `has_token` is whether the database has a token, where that is known.
pub(super) fn check(settings: &Settings, has_token: Option<bool>) -> Vec<Check> {
    let mut checks = vec![who(settings, has_token)];
    checks.extend(proxied(settings));
    checks
}

fn who(settings: &Settings, has_token: Option<bool>) -> Check {
    let api = &settings.api;
    let Some(opened) = entrance::opened_by(settings) else {
        return Check::ok(
            NAME,
            match (api.is_exposed(), has_token) {
                (true, _) => "others reach it, and are asked for a token",
                (false, Some(true)) => "only this machine reaches it, and is asked for a token",
                (false, _) => "only this machine reaches it, so nobody is asked who they are",
            },
        );
    };
    match has_token {
        Some(true) => Check::ok(NAME, "others reach it, and are asked for a token"),
        None => Check::skipped(
            NAME,
            format!(
                "{} is {}; whether there is a token is known when the database opens",
                opened.name, opened.value
            ),
        ),
        Some(false) => {
            let alone = Fix::to("let only this machine reach it");
            Check::broken(NAME, opened.to_string())
                .because("a server that others reach starts only if it can ask them who they are")
                .fix(
                    Fix::to("make a token, and sign in with what it prints")
                        .run("pm token create admin --scope admin"),
                )
                .fix(match api.host.is_loopback() {
                    true => alone.set("PM__API__PUBLIC_URL", ""),
                    false => alone.set("PM__API__HOST", "127.0.0.1"),
                })
        }
    }
}

/// What does not fit together behind a proxy.
fn proxied(settings: &Settings) -> Option<Check> {
    let api = &settings.api;
    if api.public_url.is_empty() {
        return None;
    }
    if api.host.is_loopback() && api.trusted_proxies.is_empty() {
        let found = format!(
            "browsers find it at {}, and no proxy is trusted: all who come through the proxy count as one, with one limit",
            api.public_url
        );
        return Some(
            Check::warning(NAME, found)
                .because("only what a trusted proxy says of its clients is believed")
                .fix(
                    Fix::to("trust the one on this machine")
                        .set("PM__API__TRUSTED_PROXIES", "127.0.0.1 ::1"),
                ),
        );
    }
    api.public_url.starts_with("http://").then(|| {
        let found = format!("browsers find it at {}, without encryption", api.public_url);
        let encrypted = api.public_url.replacen("http://", "https://", 1);
        Check::warning(NAME, found)
            .because("a token that is sent without encryption can be read on the way")
            .fix(
                Fix::to("put a proxy with a certificate before it (docs/deploy.md)")
                    .set("PM__API__PUBLIC_URL", encrypted),
            )
    })
}
