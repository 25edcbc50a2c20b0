//! What GitHub allows in an hour, as it says with each answer; and what it last refused.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::Trouble;
use crate::{clock, metrics::GitHubFigures};

/// How long nothing is asked when GitHub says that it was too much, and not until when: what its documentation asks for.
const REST: TimeDelta = TimeDelta::minutes(1);

/// The longest time nothing is asked, whatever GitHub says: its hours have sixty minutes.
const REST_MAX: TimeDelta = TimeDelta::hours(1);

/// What is asked for without a name of its own.
const CORE: &str = "core";

/// Names of limits that are kept; GitHub has a dozen.
const NAMES_MAX: usize = 32;

/// What is allowed of one kind of request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = GitHubLimit)]
pub struct Limit {
    /// Which kind: `core` is nearly everything, `search` counts issues.
    #[schema(example = "core")]
    pub resource: String,
    /// Requests that are allowed in its time.
    #[schema(example = 5000)]
    pub limit: u64,
    /// Those that are left of them.
    #[schema(example = 4990)]
    pub remaining: u64,
    /// When they are given anew.
    #[serde(serialize_with = "crate::domain::activity::millis")]
    pub resets_at: DateTime<Utc>,
}

/// How it stands with GitHub, as last seen.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What is allowed, by kind.
    pub limits: Vec<Limit>,
    /// When it last answered as it should.
    pub last_answer_at: Option<DateTime<Utc>>,
    /// What last went wrong with GitHub itself, if nothing went well since then: an issue that is not there is nothing of it.
    pub trouble: Option<(DateTime<Utc>, Trouble)>,
}

/// Keeps it.
#[derive(Default)]
pub(super) struct Limits {
    state: Mutex<State>,
    pub(super) counted: GitHubFigures,
}

#[derive(Default)]
struct State {
    limits: BTreeMap<String, Limit>,
    /// Nothing of this kind is asked until then.
    rests: BTreeMap<String, DateTime<Utc>>,
    last_answer_at: Option<DateTime<Utc>>,
    trouble: Option<(DateTime<Utc>, Trouble)>,
}

impl Limits {
    /// Until when nothing of this kind is to be asked; none where something may be.
    pub(super) fn rests(&self, resource: &str) -> Option<DateTime<Utc>> {
        let until = *self.state().rests.get(resource)?;
        (until > clock::now()).then_some(until)
    }

    /// Takes note of what an answer's head says. `refused` says whether it is one that says no.
    pub(super) fn read(
        &self,
        asked: &str,
        headers: &HeaderMap,
        refused: bool,
    ) -> Option<DateTime<Utc>> {
        let now = clock::now();
        let limit = limit(headers);
        let resource = limit
            .as_ref()
            .map_or(asked, |limit| limit.resource.as_str());
        let until = match (&limit, retry_after(headers)) {
            (_, Some(wait)) if refused => Some(now + wait),
            (Some(limit), None) if limit.remaining == 0 => Some(limit.resets_at),
            _ => None,
        };
        let until = until.map(|until| until.clamp(now, now + REST_MAX));
        let mut state = self.state();
        if let Some(until) = until {
            let rest = state.rests.entry(resource.to_owned()).or_insert(until);
            *rest = until.max(*rest);
        }
        if let Some(limit) = limit
            && (state.limits.len() < NAMES_MAX || state.limits.contains_key(&limit.resource))
        {
            self.counted.left(&limit.resource, limit.remaining);
            state.limits.insert(limit.resource.clone(), limit);
        }
        until
    }

    /// When something may be asked again that was too much, where GitHub did not say when.
    pub(super) fn rest(&self, resource: &str) -> DateTime<Utc> {
        let until = clock::now() + REST;
        self.state().rests.insert(resource.to_owned(), until);
        until
    }

    /// It answered as it should.
    pub(super) fn went_well(&self) {
        let mut state = self.state();
        state.last_answer_at = Some(clock::now());
        state.trouble = None;
    }

    /// Something is wrong with GitHub, or with this server's token. Whether that is news.
    pub(super) fn went_wrong(&self, trouble: &Trouble) -> bool {
        let now = clock::now();
        let before = self.state().trouble.replace((now, trouble.clone()));
        before.is_none_or(|(_, before)| before.word() != trouble.word())
    }

    pub(super) fn standing(&self) -> Standing {
        let state = self.state();
        Standing {
            limits: state.limits.values().cloned().collect(),
            last_answer_at: state.last_answer_at,
            trouble: state.trouble.clone(),
        }
    }

    /// Held briefly and never across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer says of its limit.
fn limit(headers: &HeaderMap) -> Option<Limit> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let number = |name: &str| text(name)?.trim().parse::<u64>().ok();
    let seconds = i64::try_from(number("x-ratelimit-reset")?).ok()?;
    Some(Limit {
        resource: text("x-ratelimit-resource").unwrap_or(CORE).to_owned(),
        limit: number("x-ratelimit-limit")?,
        remaining: number("x-ratelimit-remaining")?,
        resets_at: DateTime::from_timestamp(seconds, 0)?,
    })
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse();
    seconds.ok().map(Duration::from_secs)
}
