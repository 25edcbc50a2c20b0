//! Whether SCAR is there and answers as SCAR does.

use std::time::Duration;

use chrono::TimeDelta;

use super::report::{Check, Fix};
use crate::{app, clock, config::Settings};

const NAME: &str = "scar";

/// Where SCAR is on the machine it runs on, unless it was told otherwise.
const USUAL: &str = "http://localhost:3000";

/// How long it may be silent. It answers in milliseconds.
const SILENT_AT_MOST: Duration = Duration::from_secs(3);

/// What was seen of it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) checks: Vec<Check>,
    /// By how much its clock is ahead.
    pub(super) ahead: Option<TimeDelta>,
}

/// Looks whether every question is answered that a command asks. Without it no command runs, except where a project says
/// that its own run elsewhere: so it is broken when it is away.
pub(super) async fn look(settings: &Settings) -> Seen {
    let address = settings.scar.base_url.clone();
    if address.is_empty() {
        return Seen::default();
    }
    let mut settings = settings.clone();
    let timeout = &mut settings.scar.request_timeout;
    *timeout = (*timeout).min(SILENT_AT_MOST);
    let scar = match app::backends::scar(&settings) {
        Ok(Some(scar)) => scar,
        Ok(None) => return Seen::default(),
        Err(error) => return broken(&address, &crate::db::reason(error.as_ref())),
    };
    let asked = clock::now();
    match scar.examine().await {
        Err(why) => broken(&address, &why),
        Ok(examined) => {
            let found = format!("{address} answers as SCAR does");
            let found = examined
                .note
                .map_or(found.clone(), |note| format!("{found}. {note}"));
            Seen {
                checks: vec![Check::ok(NAME, found)],
                ahead: examined.time.map(|there| there - asked),
            }
        }
    }
}

/// That it took too long.
pub(super) fn late(settings: &Settings, limit: Duration) -> Seen {
    broken(
        &settings.scar.base_url,
        &format!("it did not answer within {limit:?}"),
    )
}

fn broken(address: &str, why: &str) -> Seen {
    let health = format!("{}/health", address.trim_end_matches('/'));
    let check = Check::broken(
        NAME,
        format!("no command runs, because SCAR at {address} does not answer as it should: {why}"),
    )
    .because("it is not running, or this is not its address")
    .fix(Fix::to("run commands without SCAR meanwhile").set("PM__SCAR__BASE_URL", ""))
    .fix(
        Fix::to("start SCAR, and see whether it answers")
            .run(format!("curl -sS {}", shell_words::quote(&health))),
    );
    let check = match address.trim_end_matches('/') == USUAL {
        true => check,
        false => check.fix(
            Fix::to("give its right address, which is this one where it runs on this machine")
                .set("PM__SCAR__BASE_URL", USUAL),
        ),
    };
    Seen {
        checks: vec![check],
        ahead: None,
    }
}
