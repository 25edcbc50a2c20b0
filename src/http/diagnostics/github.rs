//! How it stands with GitHub.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    actors::importer::ImporterHandle,
    domain::{
        activity::{millis, millis_opt},
        finding::Away,
        import::Progress,
    },
    github::{GitHub, Limit, Standing, Trouble},
    http::Webhooks,
};

/// How long something GitHub did not do is worth a look, when nothing was asked of it since.
const SHOWN_FOR: TimeDelta = TimeDelta::hours(1);

/// How it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GitHubStanding)]
pub(in crate::http) struct Shown {
    /// Where its pages are.
    #[schema(example = "https://github.com")]
    site: String,
    /// Whether this server has a token: without one only what is public is read, and nothing is written.
    has_token: bool,
    /// Whether its webhooks are taken: there is a secret for them.
    webhooks: bool,
    /// What it allows, by kind, as last seen.
    limits: Vec<Limit>,
    /// When it last answered as it should.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    last_answer_at: Option<DateTime<Utc>>,
    /// What last went wrong with it, if nothing went well since.
    #[schema(required)]
    trouble: Option<TroubleShown>,
    /// How far the import is, or how the last one ended.
    import: Progress,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GitHubTrouble)]
struct TroubleShown {
    /// When.
    #[serde(serialize_with = "millis")]
    at: DateTime<Utc>,
    /// In words.
    message: String,
}

impl Shown {
    /// How it stands with this one.
    pub(super) fn of(github: &GitHub, webhooks: &Webhooks, importer: &ImporterHandle) -> Self {
        let Standing {
            limits,
            last_answer_at,
            trouble,
        } = github.standing();
        Self {
            site: github.site().web(),
            has_token: github.has_token(),
            webhooks: webhooks.are_taken(),
            limits,
            last_answer_at,
            trouble: trouble.map(|(at, trouble)| TroubleShown {
                at,
                message: trouble.to_string(),
            }),
            import: importer.progress(),
        }
    }
}

/// What of it is worth a look.
pub(super) fn trouble(github: &GitHub, now: DateTime<Utc>) -> Option<Away> {
    let (since, trouble) = github.standing().trouble?;
    let is_worth_it = match &trouble {
        Trouble::Limited { until, .. } => *until > now,
        _ => now - since < SHOWN_FOR,
    };
    is_worth_it.then(|| Away {
        name: "GitHub".to_owned(),
        since,
        reason: trouble.to_string(),
        advice: None,
    })
}
