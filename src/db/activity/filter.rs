//! Which activities somebody wants to see.

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, DbBackend, ExprTrait as _,
    entity::prelude::*,
    sea_query::{BinOper, Expr},
};

use super::Column;
use crate::domain::{
    activity::{Entry, Kind, Source},
    execution::Command,
    id::ExecutionId,
    search::SearchText,
};

/// The statuses of what went wrong: of a command, of a tool or of the server, and of a session that was set aside.
const ERROR_STATUSES: [&str; 3] = ["FAILED", "failed", "set_aside"];

/// Which activities: those that are as wanted in every respect. Nothing in a list is no wish.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// From one of these.
    pub sources: Vec<Source>,
    /// Of one of these kinds.
    pub kinds: Vec<Kind>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
    /// Of an execution of one of these commands.
    pub commands: Vec<Command>,
    /// Of the workflow phase with this name.
    pub phase: Option<String>,
    /// Of this execution.
    pub execution: Option<ExecutionId>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub to: Option<DateTime<Utc>>,
    /// With this in their words, in what is behind them, or in a text of their data: see `TEXT_KEYS`.
    pub text: Option<SearchText>,
    /// Only what went wrong.
    pub errors_only: bool,
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The same as a condition. What is cheap to see comes first.
    pub(super) fn condition(&self, backend: DbBackend) -> Condition {
        let words = |words: Vec<&'static str>| (!words.is_empty()).then_some(words);
        let sources = words(self.sources.iter().map(|&source| source.into()).collect());
        let kinds = words(self.kinds.iter().map(|&kind| kind.into()).collect());
        let commands = words(
            self.commands
                .iter()
                .map(|command| command.as_str())
                .collect(),
        );
        let statuses = Some(&self.statuses).filter(|statuses| !statuses.is_empty());
        let phase = self.phase.as_ref();
        Condition::all()
            .add_option(self.execution.map(|id| Column::ExecutionId.eq(id.0)))
            .add_option(self.from.map(|from| Column::Timestamp.gte(from)))
            .add_option(self.to.map(|to| Column::Timestamp.lt(to)))
            .add_option(sources.map(|sources| Column::Source.is_in(sources)))
            .add_option(kinds.map(|kinds| Column::Kind.is_in(kinds)))
            .add_option(commands.map(|commands| Column::Command.is_in(commands)))
            .add_option(statuses.map(|statuses| Column::Status.is_in(statuses)))
            .add_option(phase.map(|phase| Column::Phase.eq(phase)))
            .add_option(self.errors_only.then(is_error))
            .add_option(self.text.as_ref().map(|text| says(text, backend)))
    }
}

fn is_error() -> Condition {
    let error: &'static str = Kind::Error.into();
    Condition::any()
        .add(Column::Kind.eq(error))
        .add(Column::Status.is_in(ERROR_STATUSES))
}

/// Under which keys of its data, at any depth, an activity keeps text for people. What else is there are words for programs,
/// and nobody would see why they were found.
const TEXT_KEYS: [&str; 5] = ["text", "content", "path", "diff", "what"];

/// The texts of an activity that are looked through: its words, what is behind them, and those of its data.
pub(super) fn texts(entry: &Entry) -> Vec<&str> {
    let mut texts = vec![entry.message.as_str()];
    texts.extend(entry.detail.as_deref());
    if let Some(data) = &entry.data {
        add_texts(data, &mut texts);
    }
    texts
}

fn add_texts<'a>(data: &'a Json, texts: &mut Vec<&'a str>) {
    match data {
        Json::Object(keys) => {
            for (key, part) in keys {
                if TEXT_KEYS.contains(&key.as_str()) {
                    texts.extend(part.as_str());
                }
                add_texts(part, texts);
            }
        }
        Json::Array(parts) => parts.iter().for_each(|part| add_texts(part, texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Whether a text is in one of those of an activity. Both databases are asked for a pattern in which each letter is in both
/// cases: what they take for upper and lower case themselves depends on the database, and on the place it is in.
fn says(text: &SearchText, backend: DbBackend) -> Condition {
    let (operator, pattern) = match backend {
        DbBackend::Sqlite => ("GLOB", glob(text)),
        _ => ("~", regex(text)),
    };
    let in_column = |column: Column| {
        Expr::col((super::Entity, column)).binary(BinOper::Custom(operator), pattern.clone())
    };
    let in_data = match backend {
        DbBackend::Sqlite => format!(
            "EXISTS (SELECT 1 FROM json_tree(\"activities\".\"data\") AS part WHERE part.type = 'text' \
             AND part.key IN ('{}') AND part.atom GLOB ?)",
            TEXT_KEYS.join("', '")
        ),
        _ => format!(
            "EXISTS (SELECT 1 FROM ({}) AS parts WHERE jsonb_typeof(part) = 'string' AND part #>> '{{}}' ~ $1)",
            TEXT_KEYS
                .map(|key| format!(
                    "SELECT jsonb_path_query(\"activities\".\"data\", '$.**.{key}') AS part"
                ))
                .join(" UNION ALL ")
        ),
    };
    Condition::any()
        .add(in_column(Column::Message))
        .add(in_column(Column::Detail))
        .add(Expr::cust_with_values(in_data, [pattern]))
}

/// As a pattern of SQLite's `GLOB`: `*`, `?` and `[` mean something there, and mean themselves in brackets.
fn glob(text: &SearchText) -> String {
    let places = text.places().map(|cases| match cases.as_slice() {
        [only] if !"*?[".contains(*only) => only.to_string(),
        cases => bracketed(cases),
    });
    format!("*{}*", places.collect::<String>())
}

/// As a regular expression of PostgreSQL: every punctuation mark after a backslash means itself.
fn regex(text: &SearchText) -> String {
    let places = text.places().map(|cases| match cases.as_slice() {
        [only] if only.is_ascii_punctuation() => format!("\\{only}"),
        [only] => only.to_string(),
        cases => bracketed(cases),
    });
    places.collect()
}

fn bracketed(cases: &[char]) -> String {
    format!("[{}]", cases.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{SearchText, glob, regex};

    #[test]
    fn what_means_something_in_a_pattern_means_itself() {
        let text = SearchText::parse("a*?[]^%_\\$(1").expect("something to look for");
        assert_eq!(glob(&text), "*[aA][*][?][[]]^%_\\$(1*");
        assert_eq!(regex(&text), "[aA]\\*\\?\\[\\]\\^\\%\\_\\\\\\$\\(1");
    }
}
