//! `pm doctor`: why the server does not start, or does not do its work, and what to do about it.
//!
//! It looks at what the server itself does at its start, with the server's own functions where they change nothing, and
//! changes nothing. What does not depend on each other is looked at side by side, each within a time of its own, so that the
//! whole is over within [`DATABASE_WITHIN`] and a moment.
//!
//! - `report` is what a check finds, `text` how it is told
//! - every other file is a check

mod access;
mod agent;
mod database;
mod folders;
mod github;
mod model;
mod port;
mod report;
mod scar;
mod settings;
mod text;
mod time;

use std::{path::Path, process::ExitCode, time::Duration};

use secrecy::ExposeSecret as _;

use self::report::{Check, Fix, Status};
use super::output;
use crate::{
    app::{self, lock::Holder},
    config::{Looked, Settings},
};

/// How long the database may take: a connection is waited for twice.
const DATABASE_WITHIN: Duration = Duration::from_secs(8);

/// How long SCAR may take over three small questions.
const SCAR_WITHIN: Duration = Duration::from_secs(6);

/// How long a look at files may take. Longer takes a disk that is not there any more.
const FILES_WITHIN: Duration = Duration::from_secs(2);

/// How long GitHub may take over one small question.
const GITHUB_WITHIN: Duration = Duration::from_secs(6);

/// How long all else may take; what asks the network has a shorter limit of its own.
const OTHERS_WITHIN: Duration = Duration::from_secs(8);

/// Why something is not looked at whose settings cannot be read.
const UNKNOWN: &str = "not looked at: settings that it depends on are wrong, see above";

/// Why a file is not looked at that cannot be kept where it should be.
const NO_DATA: &str = "not looked at: it cannot be kept where it should be, see above";

/// Looks, and tells what it found.
pub(super) fn run(as_json: bool) -> ExitCode {
    match look(as_json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("pm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn look(as_json: bool) -> anyhow::Result<bool> {
    let looked = Settings::look();
    let guard = super::own_program()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (checks, runs_at) = runtime.block_on(Box::pin(examine(&looked, &guard)));
    // A disk or a name server that does not answer keeps a thread; nobody waits for it.
    runtime.shutdown_background();
    let summary = summary(&checks, runs_at.as_deref());
    if as_json {
        output::line(format_args!("{:#}", text::json(&checks, &summary)))?;
    } else {
        output::styled(|out| text::write(out, &checks, &summary))?;
    }
    Ok(!checks.iter().any(|check| check.status == Status::Broken))
}

/// All checks, in the order in which what they find is to be mended.
async fn examine(looked: &Looked, guard: &Path) -> (Vec<Check>, Option<String>) {
    let settings = &looked.settings;
    let mut checks = settings::check(looked);
    let has_data = looked.is_known(&["data.dir"]);
    let has_database = looked.is_known(&["data.dir", "database.url"]);
    // Asked before anything here has the file open.
    let holder = match has_database {
        true => holder(settings).await,
        false => None,
    };
    let others = async {
        let agent = commands(looked, guard);
        tokio::join!(agent::git(settings), agent, model(looked), github(looked))
    };
    let (data, database, port, scar, others) = tokio::join!(
        data(settings, has_data),
        Box::pin(database(settings, has_database)),
        port(settings, looked, holder),
        Box::pin(scar(settings, looked)),
        Box::pin(tokio::time::timeout(OTHERS_WITHIN, others)),
    );
    let is_kept = !data.iter().any(|check| check.status == Status::Broken);
    checks.extend(data);
    let database = match is_kept {
        true => database,
        // Its own words would be of what follows from it.
        false => database::Seen::skipped(NO_DATA),
    };
    checks.extend(database.checks);
    checks.extend(
        match looked.is_known(&["api.host", "api.public_url", "auth.token"]) {
            true => access::check(settings, database.has_token),
            false => vec![skipped("access")],
        },
    );
    checks.extend(port.checks);
    checks.extend(
        match others {
            Ok((git, agent, model, github)) => [Some(git), Some(agent), model, github],
            Err(_) => [Some(late("commands", OTHERS_WITHIN)), None, None, None],
        }
        .into_iter()
        .flatten(),
    );
    checks.extend(scar.checks);
    checks.extend(time::check(&[
        ("the database", database.ahead),
        ("SCAR", scar.ahead),
    ]));
    (checks, port.runs_at)
}

async fn holder(settings: &Settings) -> Option<Holder> {
    let file = app::database(settings).sqlite_file()?;
    let holder = tokio::task::spawn_blocking(move || {
        // What keeps it from being opened is told where the folder is looked at.
        file.is_file()
            .then(|| app::lock::holder(&file).ok().flatten())
    });
    let within = tokio::time::timeout(FILES_WITHIN, holder).await;
    within.ok()?.ok()??
}

async fn data(settings: &Settings, is_known: bool) -> Vec<Check> {
    if !is_known {
        return vec![skipped("data")];
    }
    let settings = settings.clone();
    let checks = tokio::task::spawn_blocking(move || folders::check(&settings));
    match tokio::time::timeout(FILES_WITHIN, checks).await {
        Ok(Ok(checks)) => checks,
        Ok(Err(_)) | Err(_) => vec![late("data", FILES_WITHIN)],
    }
}

async fn database(settings: &Settings, is_known: bool) -> database::Seen {
    if !is_known {
        return database::Seen::skipped(UNKNOWN);
    }
    let seen = tokio::time::timeout(DATABASE_WITHIN, database::look(settings)).await;
    seen.unwrap_or_else(|_| database::Seen::late(DATABASE_WITHIN))
}

async fn port(settings: &Settings, looked: &Looked, holder: Option<Holder>) -> port::Seen {
    if !looked.is_known(&["api.host", "api.port"]) {
        return port::Seen {
            checks: vec![skipped("port")],
            runs_at: None,
        };
    }
    port::look(settings, holder).await
}

async fn commands(looked: &Looked, guard: &Path) -> Check {
    match looked.is_known(&["acp.command", "acp.env", "scar.base_url"]) {
        true => agent::check(&looked.settings, guard).await,
        false => skipped("commands"),
    }
}

async fn model(looked: &Looked) -> Option<Check> {
    let settings = &looked.settings;
    if looked.problems.is_empty() {
        return model::check(settings).await;
    }
    // What is wrong may be where its service is, and a key is shown to no other.
    let is_meant =
        !settings.llm.api_key.expose_secret().is_empty() || !settings.llm.endpoint.is_empty();
    is_meant.then(|| {
        Check::skipped(
            "model",
            "not asked: nothing is sent to it while settings are wrong",
        )
    })
}

async fn github(looked: &Looked) -> Option<Check> {
    // What is wrong may be where it is, and a token is shown to no other.
    match looked.problems.is_empty() {
        true => {
            let mut settings = looked.settings.clone();
            settings.github.timeout = settings.github.timeout.min(GITHUB_WITHIN);
            github::check(&settings).await
        }
        false => None,
    }
}

async fn scar(settings: &Settings, looked: &Looked) -> scar::Seen {
    if !looked.is_known(&["scar.base_url"]) {
        return scar::Seen {
            checks: vec![skipped("scar")],
            ahead: None,
        };
    }
    let seen = tokio::time::timeout(SCAR_WITHIN, scar::look(settings)).await;
    seen.unwrap_or_else(|_| scar::late(settings, SCAR_WITHIN))
}

/// That something depends on a setting that is not known.
fn skipped(name: &'static str) -> Check {
    Check::skipped(name, UNKNOWN)
}

/// That a look took too long.
fn late(name: &'static str, limit: Duration) -> Check {
    Check::broken(name, format!("a look at it took longer than {limit:?}"))
        .because("a disk or a network that does not answer")
        .fix(Fix::to("look again").run("pm doctor"))
}

fn summary(checks: &[Check], runs_at: Option<&str>) -> String {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let things = |count: usize| match count {
        1 => "1 thing is".to_owned(),
        count => format!("{count} things are"),
    };
    match (count(Status::Broken), count(Status::Warning), runs_at) {
        (0, 0, None) => "All is well: start it with `pm serve`.".to_owned(),
        (0, 0, Some(url)) => format!("All is well, and it runs already: open {url}"),
        (0, warnings, None) => format!(
            "Nothing is broken, and {} worth a look; start it with `pm serve`.",
            things(warnings)
        ),
        (0, warnings, Some(url)) => format!(
            "Nothing is broken, and {} worth a look; it runs already: open {url}",
            things(warnings)
        ),
        (broken, _, _) => format!(
            "{} broken; mend {} from the top, and run `pm doctor` again.",
            things(broken),
            if broken == 1 { "it" } else { "them" }
        ),
    }
}
