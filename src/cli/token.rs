//! `pm token`: who may use the server. Each works on the database of the settings, also while a server runs on it, which
//! notices within seconds.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::Subcommand;
use sea_orm::DatabaseConnection;
use serde_json::json;

use super::{output, settings};
use crate::{
    app,
    auth::secret::Pair,
    clock,
    db::{
        self, Database, Version,
        token::{self, NewToken, Token},
    },
    domain::{
        access::{Scope, TokenName},
        id::TokenId,
    },
};

/// Days a token may be good at most: ten years. Who wants longer wants no end.
const EXPIRES_DAYS_MAX: i64 = 3_650;

#[derive(Debug, Subcommand)]
pub(super) enum Tokens {
    /// Make a token. It is printed once and kept nowhere.
    Create {
        /// What it is called: who has it, or which program.
        name: String,
        /// What it may do: read, write (also work) or admin (everything).
        #[arg(long, default_value_t = Scope::Write)]
        scope: Scope,
        /// For how many days it is good. Without it until it is revoked.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=EXPIRES_DAYS_MAX))]
        expires_days: Option<i64>,
    },
    /// List all tokens, the newest first.
    List {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token. What was opened with it ends within seconds.
    Revoke {
        /// Its name, or its id.
        #[arg(value_name = "NAME|ID")]
        which: String,
    },
}

pub(super) fn run(what: Tokens) -> anyhow::Result<()> {
    let database = app::database(&settings()?);
    actix_rt::System::new().block_on(async {
        if !matches!(what, Tokens::Create { .. }) {
            database.ensure_exists()?;
        }
        let connection = open(&database).await?;
        let done = match what {
            Tokens::Create {
                name,
                scope,
                expires_days,
            } => create(&connection, &name, scope, expires_days).await,
            Tokens::List { json } => list(&connection, json).await,
            Tokens::Revoke { which } => revoke(&connection, &which).await,
        };
        let closed = connection.close().await;
        done?;
        closed.context("cannot close the database")
    })
}

/// Opens the database, and makes its tables where there are none: the first token comes before the first start.
async fn open(database: &Database) -> anyhow::Result<DatabaseConnection> {
    let is_new = database.ensure_exists().is_err();
    let connection = if is_new {
        // While it is made, no server may make it.
        let lock = app::lock::take(database)?;
        let connection = database.open_for_writing().await?;
        database.migrate(&connection).await?;
        drop(lock);
        return Ok(connection);
    } else {
        database.open_for_writing().await?
    };
    let version = db::version(&connection).await;
    match version.map_err(|error| database.not_migrated(error))? {
        Version::Same | Version::Newer => Ok(connection),
        Version::Older(_) => {
            let lock = app::lock::take(database)?;
            database.migrate(&connection).await?;
            drop(lock);
            Ok(connection)
        }
    }
}

async fn create(
    db: &DatabaseConnection,
    name: &str,
    scope: Scope,
    expires_days: Option<i64>,
) -> anyhow::Result<()> {
    let name = TokenName::parse(name)?;
    let there = token::all(db).await?;
    let is_taken = |token: &&Token| token.name == name.as_str() && token.revoked_at.is_none();
    if let Some(taken) = there.iter().find(is_taken) {
        bail!(
            "there is a token called {} already (its id is {}); revoke that one first, or choose another name",
            taken.name,
            taken.id
        );
    }
    let id = TokenId::new();
    let pair = Pair::new(id.0).context("the system has no random numbers")?;
    let created_at = clock::now();
    let expires_at = expires_days.map(|days| created_at + TimeDelta::days(days));
    let new = NewToken {
        id,
        name: name.clone(),
        hash: pair.hash()?,
        scope,
        created_at,
        expires_at,
    };
    let stored = token::insert(db, new).await;
    stored.context("cannot store the token")?;
    let until = expires_at.map_or("until it is revoked".to_owned(), |end| {
        format!("until {}", shown(end))
    });
    eprintln!(
        "The token {:?} may {}, {until}. This is it; it is shown once and kept nowhere:",
        name.as_str(),
        reach(scope)
    );
    // Not as the others are printed: whoever does not read this one has lost it.
    writeln!(std::io::stdout(), "{}", pair.as_token()).with_context(|| {
        format!("the token was made and cannot be shown; `pm token revoke {id}` takes it back")
    })
}

fn reach(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "look at everything and change nothing (read)",
        Scope::Write => "look and work (write)",
        Scope::Admin => "do everything (admin)",
    }
}

async fn list(db: &DatabaseConnection, as_json: bool) -> anyhow::Result<()> {
    let all = token::all(db).await?;
    let now = clock::now();
    if as_json {
        let all: Vec<_> = all
            .iter()
            .map(|token| {
                json!({
                    "id": token.id, "name": token.name, "scope": token.scope, "state": state(token, now),
                    "created_at": precise(token.created_at), "last_used_at": token.last_used_at.map(precise),
                    "expires_at": token.expires_at.map(precise), "revoked_at": token.revoked_at.map(precise),
                })
            })
            .collect();
        return Ok(output::line(serde_json::to_string_pretty(&all)?)?);
    }
    if all.is_empty() {
        return Ok(output::line(
            "There is no token. `pm token create NAME` makes one.",
        )?);
    }
    let mut lines = vec![format!(
        "{:36}  {:20}  {:5}  {:7}  {:16}  {:16}  name",
        "id", "last used", "scope", "state", "made", "good until"
    )];
    for token in all {
        let or = |at: Option<DateTime<Utc>>, none: &str| at.map_or(none.to_owned(), shown);
        lines.push(format!(
            "{}  {:20}  {:5}  {:7}  {:16}  {:16}  {}",
            token.id,
            or(token.last_used_at, "never"),
            token.scope.to_string(),
            state(&token, now),
            shown(token.created_at),
            or(token.expires_at, "no end"),
            token.name,
        ));
    }
    Ok(output::line(lines.join("\n"))?)
}

fn state(token: &Token, now: DateTime<Utc>) -> &'static str {
    match token.revoked_at {
        Some(_) => "revoked",
        None if token.is_good(now) => "good",
        None => "expired",
    }
}

async fn revoke(db: &DatabaseConnection, which: &str) -> anyhow::Result<()> {
    let all = token::all(db).await?;
    let id: Option<TokenId> = which.parse().ok();
    let mut meant = all.iter().filter(|token| match id {
        Some(id) => token.id == id,
        None => token.name == which.trim(),
    });
    // Of several with the same name at most one is not revoked, and that is the one that is meant.
    let Some(token) = meant
        .clone()
        .find(|token| token.revoked_at.is_none())
        .or_else(|| meant.next())
    else {
        bail!("there is no token {which:?}; `pm token list` lists them");
    };
    let done = token::revoke(db, token.id, clock::now()).await;
    match done.context("cannot revoke the token")? {
        true => output::line(format_args!(
            "The token {} is revoked. What was opened with it ends within seconds.",
            token.name
        ))?,
        false => output::line(format_args!("The token {} was revoked before.", token.name))?,
    }
    if !token::any(db).await? {
        output::line(
            "That was the last one. Unless PM__AUTH__TOKEN is set, a server that only this machine reaches asks nobody who \
             they are from now on, and any other refuses to start.",
        )?;
    }
    Ok(())
}

/// To the minute, for people.
fn shown(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

fn precise(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
