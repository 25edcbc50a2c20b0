//! Which activities a request asks for.

use chrono::{DateTime, Datelike as _, SubsecRound as _, Utc};
use serde::Deserialize;
use strum::VariantNames;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::verbosity;
use crate::{
    db::activity::{Filter, Page},
    domain::{
        activity::{Kind, Source, Verbosity},
        execution::{Command, RecordedName},
        id::ExecutionId,
        search::SearchText,
    },
    http::{
        error::{ApiError, InField as _},
        extract::place,
    },
};

/// Characters in a status and in a phase's name at most: words of ours, and a line of a person's.
const STATUS_CHARS_MAX: usize = 40;
const PHASE_CHARS_MAX: usize = 200;

/// The years a time may be in: those that are written with four digits, by which SQLite compares them.
const YEARS: std::ops::RangeInclusive<i32> = 0..=9_999;

/// The query of whatever shows a part of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Only what comes after this `seq`.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Only what comes before this `seq`.
    #[param(minimum = 0)]
    before: Option<i64>,
    /// How much: 3, everything, unless asked otherwise.
    #[param(value_type = Option<Verbosity>)]
    verbosity: Option<i16>,
    /// Only from these.
    #[param(value_type = Option<Vec<Source>>, style = Form, explode = false, min_items = 1)]
    source: Option<String>,
    /// Only of these sorts.
    #[param(value_type = Option<Vec<Kind>>, style = Form, explode = false, min_items = 1)]
    kind: Option<String>,
    /// Only with one of these statuses, such as `FAILED` or `stalled`.
    #[param(value_type = Option<Vec<StatusWord>>, style = Form, explode = false, min_items = 1)]
    status: Option<String>,
    /// Only of these commands.
    #[param(value_type = Option<Vec<RecordedName>>, style = Form, explode = false, min_items = 1)]
    command: Option<String>,
    /// Only of the phase of this name, such as `Plan Feature`.
    #[param(min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$")]
    phase: Option<String>,
    /// Only of this execution.
    execution_id: Option<ExecutionId>,
    /// Only from this time on.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Only up to this time.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Only what has this text in it, in letters of either case.
    #[param(min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$")]
    q: Option<String>,
    /// Whether only what went wrong.
    errors: Option<bool>,
}

/// A status, for the API's document: a word.
pub(in crate::http) struct StatusWord;

impl PartialSchema for StatusWord {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(STATUS_CHARS_MAX))
            .pattern(Some("^[A-Za-z_]+$"))
            .into()
    }
}

impl ToSchema for StatusWord {}

impl Asked {
    /// The part of the log, with room for so many.
    pub(super) fn page(&self, limit: u64) -> Result<Page, ApiError> {
        Ok(Page {
            after: place("after", self.after)?,
            before: place("before", self.before)?,
            verbosity: verbosity(self.verbosity)?.unwrap_or(Verbosity::Full),
            limit,
        })
    }

    /// What is wanted of it.
    pub(super) fn filter(&self) -> Result<Filter, ApiError> {
        let text = self.q.as_deref().map(SearchText::parse).transpose();
        Ok(Filter {
            sources: several("source", self.source.as_deref(), one_of::<Source>)?,
            kinds: several("kind", self.kind.as_deref(), one_of::<Kind>)?,
            statuses: several("status", self.status.as_deref(), status)?,
            commands: several("command", self.command.as_deref(), |name| {
                Command::parse_recorded(name).map_err(|error| error.to_string())
            })?,
            phase: self.phase.as_deref().map(phase).transpose()?,
            execution: self.execution_id,
            from: time("from", self.from.as_deref())?,
            to: time("to", self.to.as_deref())?,
            text: text.in_field("q")?,
            errors_only: self.errors.unwrap_or_default(),
        })
    }
}

/// Values with commas between them.
fn several<T>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, ApiError> {
    let values = text.into_iter().flat_map(|text| text.split(','));
    values
        .map(|value| parse(value.trim()).map_err(|why| ApiError::invalid(field, why)))
        .collect()
}

fn one_of<T: std::str::FromStr + VariantNames>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word:?} is none of {}", T::VARIANTS.join(", ")))
}

fn status(word: &str) -> Result<String, String> {
    let is_word = |text: &str| {
        text.chars()
            .all(|one| one.is_ascii_alphabetic() || one == '_')
    };
    match (1..=STATUS_CHARS_MAX).contains(&word.len()) && is_word(word) {
        true => Ok(word.to_owned()),
        false => Err(format!(
            "{word:?} is no status: a word such as FAILED or stalled is accepted"
        )),
    }
}

fn phase(name: &str) -> Result<String, ApiError> {
    let length = name.chars().count();
    match (1..=PHASE_CHARS_MAX).contains(&length) && !name.contains('\0') {
        true => Ok(name.to_owned()),
        false => Err(ApiError::invalid(
            "phase",
            format!("the name of a phase, 1 to {PHASE_CHARS_MAX} characters, is accepted"),
        )),
    }
}

/// A time, as exact as the log keeps it.
fn time(field: &str, text: Option<&str>) -> Result<Option<DateTime<Utc>>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc().trunc_subsecs(6));
    match time {
        Ok(time) if YEARS.contains(&time.year()) => Ok(Some(time)),
        _ => Err(ApiError::invalid(
            field,
            format!(
                "{text:?} is no time such as 2026-01-31T09:30:00Z (a + in it has to be sent as %2B)"
            ),
        )),
    }
}
