//! What is wrong with a server, from what is known of it: each with its likely cause and the next step.
//!
//! Values in, findings out: a function for each kind of bad state, and no other place that decides what one is.

mod facts;
mod github;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

pub use self::facts::{Away, Facts, Part, Running, Unanswered, Undelivered, Watching};
use super::{id::ProjectId, notification::COUNTED_MAX};

/// An execution that runs this long without a step is worth a look: longer than a coding agent is silent while it
/// retries its model.
pub const STUCK_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Activities a stream may be behind before it is worth a look: some seconds of a very busy project.
pub const LAG_MAX: i64 = 256;

/// Appends that may wait: half of what the writer lets wait before it refuses.
pub const QUEUE_MAX: usize = 512;

/// How long a question to the database may take: every one is expected to take milliseconds.
pub const READ_MAX: Duration = Duration::from_secs(1);

/// Free bytes of the disk with the data below which it is worth a look: what a busy server writes in some days.
pub const DISK_MIN: u64 = 1 << 30;

/// How long a restart of a part of the program is worth a look after it happened.
pub const RESTART_SHOWN_FOR: TimeDelta = TimeDelta::minutes(15);

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// What sort of thing it is, for programs.
    pub kind: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub what: String,
    /// What it likely comes from.
    pub cause: String,
    /// What to do next.
    pub next_step: String,
    /// The project it is about, if it is about one.
    #[schema(required)]
    pub project_id: Option<ProjectId>,
}

/// How bad something is. The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something does not work now.
    Broken,
    /// Something may not work soon, or not well.
    Warning,
}

/// Everything that is wrong, the worst first.
pub fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = [
        database_away(facts),
        database_unreadable(facts),
        canary_stuck(facts),
        lease_lost(facts),
        canary_gone(facts),
        database_slow(facts),
        disk_low(facts),
        writer_behind(facts),
        model_away(facts),
        github_trouble(facts),
        notifications_failing(facts),
        github::mentions_failing(facts),
    ]
    .into_iter()
    .flatten()
    .chain(backends_away(facts))
    .chain(parts_failed(facts))
    .chain(executions_stuck(facts))
    .chain(streams_lag(facts))
    .collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn broken(kind: &'static str, what: String, cause: &str, next_step: &str) -> Finding {
    Finding {
        kind,
        severity: Severity::Broken,
        what,
        cause: cause.to_owned(),
        next_step: next_step.to_owned(),
        project_id: None,
    }
}

fn warning(kind: &'static str, what: String, cause: &str, next_step: &str) -> Finding {
    Finding {
        severity: Severity::Warning,
        ..broken(kind, what, cause, next_step)
    }
}

fn database_away(facts: &Facts) -> Option<Finding> {
    let away = facts.unwritten.as_ref()?;
    let what = format!(
        "Nothing can be stored since {}: {}.",
        time(away.since),
        bare(&away.reason)
    );
    Some(broken(
        "database_away",
        what,
        "The database does not run or is not reached, its disk is full, it may not be written, or another program keeps it \
         locked.",
        "Mend what it says. Until then what happens is kept here, and it is stored by itself when the database is back: do \
         not restart the server.",
    ))
}

fn database_unreadable(facts: &Facts) -> Option<Finding> {
    let why = facts.unread.as_ref()?;
    Some(broken(
        "database_unreadable",
        format!("The database cannot be read: {}.", bare(why)),
        "It does not run or is not reached, all of its connections are in use, or its tables are of another version.",
        "Look whether it runs and takes connections from this machine. `pm migrate status` says whether the tables are of \
         this version.",
    ))
}

/// With the database away that is said already, and it is why; and where nobody tests it nothing was found.
fn canary_stuck(facts: &Facts) -> Option<Finding> {
    let stuck = facts.canary.as_ref()?.stuck.as_ref()?;
    if facts.unwritten.is_some() || facts.unread.is_some() || facts.canary_is_gone {
        return None;
    }
    let (stage, means) = (stuck.stage, stuck.stage.means());
    Some(broken(
        "canary_stuck",
        format!(
            "What is written does not arrive: it does not pass the stage “{}” ({}).",
            stage.as_str(),
            bare(&stuck.why)
        ),
        &format!("{}.", capital(means)),
        stage.next_step(),
    ))
}

fn lease_lost(facts: &Facts) -> Option<Finding> {
    facts.lease_is_lost.then(|| {
        broken(
            "lease_lost",
            "This server is not certain that it works for its projects, so it begins nothing.".to_owned(),
            "It cannot renew its lease: it has no connection to the database for that, or no answer comes on it in time.",
            "Look at the connection to the database and at how busy both machines are. Other servers take over what this \
             one does; it begins anew by itself.",
        )
    })
}

fn canary_gone(facts: &Facts) -> Option<Finding> {
    facts.canary_is_gone.then(|| {
        warning(
            "canary_gone",
            "Whether what is written arrives is not tested any more.".to_owned(),
            "The part of the program that tests it failed too often.",
            "Keep the server's log, which says why, and restart the server.",
        )
    })
}

fn database_slow(facts: &Facts) -> Option<Finding> {
    let took = facts.read_took.filter(|took| *took > READ_MAX)?;
    Some(warning(
        "database_slow",
        format!(
            "The database took {} ms for a question that usually takes one.",
            took.as_millis()
        ),
        "Its machine or its disk is busy, or it is far away.",
        "Look what else runs on that machine, and how busy its disk is.",
    ))
}

fn disk_low(facts: &Facts) -> Option<Finding> {
    let free = facts.disk_free.filter(|free| *free < DISK_MIN)?;
    Some(warning(
        "disk_low",
        format!("{} MB are left on the disk with the data.", free >> 20),
        "Logs of projects, copies that coding agents work in, or something else on that disk has grown.",
        "Make room before it is full, for then nothing can be stored. `feed.retention` limits the logs, and finished copies \
         of projects can be removed under Changes.",
    ))
}

fn writer_behind(facts: &Facts) -> Option<Finding> {
    (facts.queue > QUEUE_MAX).then(|| {
        warning(
            "writer_behind",
            format!("{} changes wait to be stored.", facts.queue),
            "More happens than the database stores, or it has just come back.",
            "If it does not go down by itself, look how busy the database and its disk are.",
        )
    })
}

fn model_away(facts: &Facts) -> Option<Finding> {
    let away = facts.model.as_ref()?;
    Some(warning(
        "model_away",
        format!(
            "The language model {} does not answer since {}: {}.",
            away.name,
            time(away.since),
            bare(&away.reason)
        ),
        "Its service is away, or does not take the key, the name or the address of the settings.",
        away.advice
            .as_deref()
            .unwrap_or("Until then the project manager answers by its own rules."),
    ))
}

fn github_trouble(facts: &Facts) -> Option<Finding> {
    let away = facts.github.as_ref()?;
    let what = format!(
        "Since {} GitHub does not do what it is asked: {}.",
        time(away.since),
        bare(&away.reason)
    );
    Some(warning(
        "github_trouble",
        what,
        "GitHub or the way to it is broken, its limit is used up, or this server's token is not taken.",
        "Nothing of the projects is lost: issues and pull requests are shown again when it answers. pm doctor looks at the token.",
    ))
}

/// How many, as far as deliveries are counted.
fn counted(number: u64) -> String {
    match number > COUNTED_MAX {
        true => format!("more than {COUNTED_MAX}"),
        false => number.to_string(),
    }
}

fn notifications_failing(facts: &Facts) -> Option<Finding> {
    let Undelivered {
        target,
        at,
        failure,
        waiting,
        given_up,
    } = facts.undelivered.as_ref()?;
    let mut what = format!(
        "Notifications to {target} do not arrive: at the last try, {}, {}. {} {}",
        time(*at),
        bare(&failure.why),
        counted(*waiting),
        if *waiting == 1 { "waits" } else { "wait" },
    );
    what += &match given_up {
        0 => ".".to_owned(),
        1 => ", and 1 was given up.".to_owned(),
        some => format!(", and {} were given up.", counted(*some)),
    };
    Some(warning(
        "notifications_failing",
        what,
        failure.cause(),
        failure.next_step(),
    ))
}

fn backends_away(facts: &Facts) -> impl Iterator<Item = Finding> {
    facts.backends.iter().map(|away| {
        broken(
            "backend_away",
            format!(
                "{} does not answer since {}: {}.",
                away.name,
                time(away.since),
                bare(&away.reason)
            ),
            "It does not run, or not at the address or with the command line of the settings.",
            "Start it, or correct the settings and restart the server. Commands wait for it meanwhile, and what runs there is \
             followed again by itself.",
        )
    })
}

fn parts_failed(facts: &Facts) -> impl Iterator<Item = Finding> {
    let is_worth_a_look = |part: &&Part| {
        let is_recent = facts.now - part.at < RESTART_SHOWN_FOR;
        is_recent || !part.runs && part.is_missed
    };
    facts.parts.iter().filter(is_worth_a_look).map(|part| {
        let what = match part.runs {
            true => format!(
                "The part “{}” failed and was restarted, {} times since the start: it {}.",
                part.name,
                part.restarts,
                bare(&part.why)
            ),
            false => format!(
                "The part “{}” does not run: it {}.",
                part.name,
                bare(&part.why)
            ),
        };
        warning(
            "part_failed",
            what,
            "A fault of this program. What it was at is taken up again from what is stored.",
            "If it comes again, keep the server's log from that time and report it.",
        )
    })
}

fn executions_stuck(facts: &Facts) -> impl Iterator<Item = Finding> {
    let stuck = facts.running.iter();
    let stuck = stuck.filter(|running| is_stuck(running.last_word, facts.now));
    stuck.map(|running| Finding {
        project_id: Some(running.project),
        ..warning(
            "execution_stuck",
            format!(
                "“{}” in {} has said nothing since {}.",
                running.command,
                running.project_name,
                time(running.last_word)
            ),
            "A coding agent that waits for its model, a program that waits for somebody, or one that hangs.",
            "Look at its last step in the project's activity. Stop it there if it does not go on.",
        )
    })
}

fn streams_lag(facts: &Facts) -> impl Iterator<Item = Finding> {
    let lagging = facts.watching.iter().filter(|one| one.lag > LAG_MAX);
    lagging.map(|one| Finding {
        project_id: Some(one.project),
        ..warning(
            "stream_lags",
            format!("A page of a project is {} steps behind.", one.lag),
            "Its network or its machine is slow, or a proxy in between keeps back what it is sent.",
            "Nothing is lost: it catches up, or is given up and comes back. If all pages lag, see docs/deploy.md on proxies.",
        )
    })
}

/// Whether an execution that last said something then is worth a look.
pub fn is_stuck(last_word: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - last_word > STUCK_AFTER
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Somebody else's words without a full stop, for a sentence that has one.
fn bare(words: &str) -> &str {
    words.trim_end_matches(['.', ' '])
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests;
