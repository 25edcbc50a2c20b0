//! Whether GitHub takes the token, where there is one. Without GitHub the server does its work all the same, and shows no issues.

use secrecy::ExposeSecret as _;

use super::report::{Check, Fix};
use crate::{app, config::Settings, github::Trouble};

const NAME: &str = "github";

/// Where most people's GitHub is; without a token nothing is wrong with it that anybody here could mend.
const USUAL: &str = "https://api.github.com";

pub(super) async fn check(settings: &Settings) -> Option<Check> {
    let address = settings.github.api_url.as_str();
    let has_token = !settings.github.token.expose_secret().is_empty();
    if !has_token && address == USUAL {
        return None;
    }
    let github = match app::github(settings) {
        Ok(github) => github,
        Err(error) => {
            let fix = Fix::to("take the usual address").set("PM__GITHUB__API_URL", USUAL);
            return Some(Check::broken(NAME, crate::db::reason(error.as_ref())).fix(fix));
        }
    };
    let trouble = match github.try_out().await {
        Ok(left) => {
            let takes = match has_token {
                true => " and takes the token",
                false => "",
            };
            let left = left.map(|left| format!("; {left} more requests are taken in this hour"));
            let found = format!("{address} answers{takes}{}", left.unwrap_or_default());
            return Some(Check::ok(NAME, found));
        }
        Err(trouble) => trouble,
    };
    let check = Check::warning(NAME, trouble.to_string());
    Some(match trouble {
        Trouble::TokenRefused | Trouble::NotAllowed(_) => check
            .because("the token is mistyped, has expired, or was revoked")
            .fix(
                Fix::to("go on without it: what is public is read all the same")
                    .set("GITHUB_ACCESS_TOKEN", ""),
            )
            .fix(Fix::to("give it a valid one").set("GITHUB_ACCESS_TOKEN", "the-valid-token")),
        _ => check
            .because("GitHub or the way to it is broken, or PM__GITHUB__API_URL is not where its interface is")
            .fix(Fix::to("see whether it answers").run(format!("curl -sS {}", shell_words::quote(address))))
            .fix(Fix::to("take the usual address").set("PM__GITHUB__API_URL", USUAL)),
    })
}
