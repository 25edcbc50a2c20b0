//! Whether the database can be opened, and what its tables are to this program. Nothing in it is changed.

mod postgres;
mod sqlite;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};

use super::{
    folders,
    report::{Check, Fix, word},
};
use crate::{
    app, clock,
    config::Settings,
    db::{self, ConnectError, Database, Sight, Version, token},
};

const NAME: &str = "database";

/// How long to wait for a connection at most, so that a database that is away is told soon. One that cannot be had is asked
/// for twice, the second time for the reason.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(3);

/// What was seen of the database.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) checks: Vec<Check>,
    /// Whether it has a token that was not revoked; not known where it could not be read.
    pub(super) has_token: Option<bool>,
    /// By how much its clock is ahead of this machine's, where it has one of its own.
    pub(super) ahead: Option<TimeDelta>,
}

impl Seen {
    /// Only this.
    fn only(check: Check) -> Self {
        Self {
            checks: vec![check],
            ..Self::default()
        }
    }

    /// That it took too long.
    pub(super) fn late(limit: Duration) -> Self {
        let found = format!("the database did not answer within {limit:?}");
        let check = Check::broken(NAME, found).because("it is busy, locked or out of reach");
        Self::only(check.fix(Fix::to("look again").run("pm doctor")))
    }

    /// That something else is to be mended first.
    pub(super) fn skipped(why: &str) -> Self {
        Self::only(Check::skipped(NAME, why))
    }
}

/// Looks at the database of these settings.
pub(super) async fn look(settings: &Settings) -> Seen {
    let mut database = app::database(settings);
    database.acquire_timeout = database.acquire_timeout.min(ACQUIRE_WITHIN);
    let refused = |error| Seen::only(refused(&error, &database, settings));
    let connection = match Box::pin(database.look()).await {
        Ok(Sight::Open(connection)) => connection,
        Ok(Sight::Nothing) => {
            let found = format!("{} will be made at the first start", database.shown());
            return Seen {
                has_token: Some(false),
                ..Seen::only(Check::ok(NAME, found))
            };
        }
        Ok(Sight::Unclosed(file)) => {
            let found = format!(
                "{} was not closed when it was last used; the next start brings it in order, and only then its tables can be looked at",
                file.display()
            );
            return Seen::only(Check::ok(NAME, found));
        }
        Err(error) => return refused(error),
    };
    let seen = Box::pin(examine(&connection, &database, settings)).await;
    // It is given up with the process at the latest, and nothing was written on it.
    let _ = connection.close().await;
    seen.unwrap_or_else(|error| refused(database.not_migrated(error)))
}

async fn examine(
    connection: &DatabaseConnection,
    database: &Database,
    settings: &Settings,
) -> Result<Seen, DbErr> {
    let version = db::version(connection).await?;
    let mut seen = Seen {
        has_token: match &version {
            // What is older may have no table for it yet, as at the start.
            Version::Older(_) => Some(token::any(connection).await.unwrap_or(false)),
            Version::Same | Version::Newer => token::any(connection).await.ok(),
        },
        ..Seen::default()
    };
    let check = match version {
        Version::Same => {
            let found = format!("{}, its tables are of this version", database.shown());
            Check::ok(NAME, found)
        }
        Version::Newer => newer(connection, database, settings).await?,
        Version::Older(first) => older(connection, database, settings, &first).await?,
    };
    seen.checks.push(check);
    if !database.is_sqlite() {
        seen.checks
            .extend(postgres::peculiar(connection, database).await?);
        seen.ahead = Some(ahead(connection).await?);
    }
    Ok(seen)
}

/// By how much the clock of PostgreSQL is ahead. The answer took a while to come, of which half is counted.
async fn ahead(connection: &DatabaseConnection) -> Result<TimeDelta, DbErr> {
    let asked = clock::now();
    let sql = Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp()");
    let row = connection.query_one_raw(sql).await?;
    let answered = clock::now();
    let there: Option<DateTime<Utc>> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    let here = asked + (answered - asked) / 2;
    Ok(there.map_or(TimeDelta::zero(), |there| there - here))
}

async fn newer(
    connection: &DatabaseConnection,
    database: &Database,
    settings: &Settings,
) -> Result<Check, DbErr> {
    let (unknown, knows_some) = db::unknown_changes(connection).await?;
    let changes = unknown.join(", ");
    let (found, cause) = match knows_some {
        true => (
            format!(
                "a newer version of this program has changed the tables of {}: {changes}",
                database.shown()
            ),
            format!(
                "this is version {}, and a later one was run with this database; that one still runs with it as it is",
                env!("CARGO_PKG_VERSION")
            ),
        ),
        false => (
            format!(
                "the tables of {} are another program's: {changes}",
                database.shown()
            ),
            "the setting names the database of something else".to_owned(),
        ),
    };
    let check = Check::broken(NAME, found).because(cause);
    let check = check.fixes(another(database, settings));
    Ok(match knows_some {
        true => check.fix(Fix::to(
            "install the newer version again, or restore a backup from before it (docs/backup.md)",
        )),
        false => check,
    })
}

async fn older(
    connection: &DatabaseConnection,
    database: &Database,
    settings: &Settings,
    first: &str,
) -> Result<Check, DbErr> {
    let tables = tables(connection).await?;
    if tables.is_empty() {
        let found = format!(
            "{} is empty; the first start makes its tables",
            database.shown()
        );
        return Ok(Check::ok(NAME, found));
    }
    let is_ours = |table: &String| table == "seaql_migrations";
    if tables.iter().any(is_ours) {
        let found = format!(
            "the tables of {} are of an older version, from before {first}; `pm serve` brings them up to date",
            database.shown()
        );
        let backup = match database.sqlite_file() {
            Some(file) => format!("pm backup {}", word(&folders::free_name(&file, "backup"))),
            None => format!(
                "pg_dump --format=custom --file=project-manager.dump {}",
                postgres::database_words(database)
            ),
        };
        let fix = Fix::to(
            "keep a copy, which an older program can be started with again, and bring them up to date",
        );
        return Ok(Check::warning(NAME, found)
            .because("this program is newer than the one that used it last")
            .fix(fix.run(backup).run("pm migrate up")));
    }
    let found = format!(
        "{} holds tables of another program: {}",
        database.shown(),
        tables.join(", ")
    );
    // The first of ours; where it is there already it cannot be made.
    let check = match tables.iter().any(|table| table == "projects") {
        true => Check::broken(NAME, found),
        false => Check::warning(
            NAME,
            format!("{found}; this program would make its own beside them"),
        ),
    };
    Ok(check
        .because("the setting names the database of something else")
        .fixes(another(database, settings)))
}

/// The names of the tables there are.
async fn tables(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1"
        }
        _ => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
        }
    };
    let rows = connection
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Starting with another database, an empty one, beside this one.
fn another(database: &Database, settings: &Settings) -> Option<Fix> {
    match database.sqlite_file() {
        Some(file) => Some(sqlite::beside(&file, settings)),
        None => Some(
            Fix::to("start with a database of its own meanwhile, a file in the data folder; this one stays as it is")
                .set("PM__DATABASE__URL", ""),
        ),
    }
}

/// What to say of a database that does not open.
fn refused(error: &ConnectError, database: &Database, settings: &Settings) -> Check {
    // The reason begins where the advice ends.
    let whole = db::reason(error);
    let advice = error.advice();
    let found = whole.replacen(&format!("; {advice}"), "", 1);
    let (cause, todo) = advice
        .split_once(": ")
        .unwrap_or(("what is said above", advice));
    let check = Check::broken(NAME, found).because(cause);
    let check = match database.sqlite_file() {
        Some(file) => check.fixes(sqlite::mended(&file, error, settings)),
        None => check.fixes(postgres::mended(database, error)),
    };
    match database.is_sqlite() && !check.fixes.is_empty() {
        true => check,
        false => check.fix(Fix::to(todo)),
    }
}
