//! `pm config`: the settings as the server would have them, and where each comes from. No secret is shown.

use std::io::{self, Write};

use anstyle::Style;
use clap::Subcommand;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::output;
use crate::{
    app,
    config::{Expects, Looked, Origin, Problem, Setting, Settings, SettingsInvalid},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Characters of a value that others stand beside; a longer one takes what it needs.
const COLUMN_MAX: usize = 44;

/// Settings that depend on more than what was chosen, so that they are worth a look always.
const ALWAYS: [&str; 2] = ["data.dir", "database.url"];

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Show those that are not the default, and where data are kept (what happens without a command).
    Show {
        /// Every setting.
        #[arg(long)]
        all: bool,
        /// As JSON, for programs; always every setting.
        #[arg(long)]
        json: bool,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self::Show {
            all: false,
            json: false,
        }
    }
}

pub(super) fn run(Config::Show { all, json }: Config) -> anyhow::Result<()> {
    let looked = Settings::look();
    if json {
        output::line(format_args!("{:#}", as_json(&looked)))?;
    } else {
        output::styled(|out| write(out, &looked, all))?;
    }
    match looked.problems.is_empty() {
        true => Ok(()),
        false => Err(SettingsInvalid {
            problems: looked.problems,
        }
        .into()),
    }
}

fn write(out: &mut impl Write, looked: &Looked, all: bool) -> io::Result<()> {
    let is_shown = |one: &&Setting| {
        let is_chosen = !one.origin.is_default() || ALWAYS.contains(&one.key.name);
        all || is_chosen || refused(one, looked).is_some()
    };
    let shown: Vec<_> = looked.every.iter().filter(is_shown).collect();
    let lines: Vec<(&str, String, String)> = shown
        .iter()
        .map(|one| (one.key.name, value(one, looked), from(one, looked)))
        .collect();
    let width = |of: fn(&(&str, String, String)) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let names = width(|(name, ..)| name.len());
    let values = width(|(_, value, _)| value.chars().count()).min(COLUMN_MAX);
    for (name, value, from) in &lines {
        writeln!(
            out,
            "{BOLD}{name:names$}{BOLD:#}  {value:values$}  {DIM}{from}{DIM:#}"
        )?;
    }
    if !all {
        let rest = looked.every.len() - shown.len();
        writeln!(
            out,
            "\nThe other {rest} are the default; `pm config show --all` shows them, and config/default.toml describes every one."
        )?;
    }
    Ok(())
}

fn as_json(looked: &Looked) -> Value {
    let every = looked.every.iter().map(|one| {
        let is_secret = one.key.is_secret();
        let mut line = json!({
            "name": one.key.name,
            "value": value(one, looked),
            "from": from(one, looked),
            "is_default": one.origin.is_default(),
            "is_right": refused(one, looked).is_none(),
            "is_secret": is_secret,
            "variable": one.key.variable(),
        });
        if !is_secret {
            line["default"] = json!(one.default);
        }
        line
    });
    let problems = looked.problems.iter().map(ToString::to_string);
    json!({
        "settings": every.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
    })
}

/// Where a setting stands that has a value it cannot have.
fn refused(one: &Setting, looked: &Looked) -> Option<String> {
    looked.problems.iter().find_map(|problem| match problem {
        Problem::Value { key, at, .. } if *key == one.key.name => Some(at.to_string()),
        Problem::SecretFile { key, variable, .. } if *key == one.key.name => Some(variable.clone()),
        Problem::Twice { key, name } if *key == one.key.name => Some(name.clone()),
        _ => None,
    })
}

/// A value as it may be shown.
fn value(one: &Setting, looked: &Looked) -> String {
    if refused(one, looked).is_some() {
        return "(wrong, see below)".to_owned();
    }
    let given = one.value.expose_secret();
    match (one.key.name, &one.key.expects) {
        ("database.url", _) => match looked.is_known(&["data.dir"]) || !given.is_empty() {
            true => app::database(&looked.settings).shown(),
            false => "not known without a data folder".to_owned(),
        },
        ("acp.env", _) => names(looked.settings.acp.env.expose_secret()),
        (_, Expects::Secret | Expects::Token | Expects::Database | Expects::Headers) => {
            secret(given)
        }
        _ => match given {
            "" => "(none)".to_owned(),
            value => value.to_owned(),
        },
    }
}

fn secret(value: &str) -> String {
    match value.chars().count() {
        0 => "(none)".to_owned(),
        1 => "(set, 1 character)".to_owned(),
        count => format!("(set, {count} characters)"),
    }
}

/// Which variables an environment has, without their values.
fn names(text: &str) -> String {
    if text.trim().is_empty() {
        return "(none)".to_owned();
    }
    let words = shell_words::split(text).unwrap_or_default();
    let names: Option<Vec<&str>> = words
        .iter()
        .map(|word| {
            // A secret alone has no `=`, or some at its end.
            let (name, value) = word.split_once('=')?;
            (is_name(name) && !value.trim_matches('=').is_empty()).then_some(name)
        })
        .collect();
    match names.filter(|names| !names.is_empty()) {
        Some(names) => format!("(set: {})", names.join(", ")),
        None => secret(text),
    }
}

/// Whether a variable can be called that.
fn is_name(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.starts_with(|first: char| first.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(is_sign)
}

/// Where a value comes from.
fn from(one: &Setting, looked: &Looked) -> String {
    if let Some(place) = refused(one, looked) {
        return place;
    }
    match &one.origin {
        origin if origin.is_default() => match (one.key.name, one.value.expose_secret()) {
            ("data.dir", _) => "default, from XDG_DATA_HOME or HOME".to_owned(),
            ("database.url", "") => "default, in the data folder".to_owned(),
            _ => "default".to_owned(),
        },
        Origin::SecretFile { variable, path } => format!("{variable}={path}"),
        origin => origin.to_string(),
    }
}
