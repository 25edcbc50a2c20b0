//! How it stands with what was said on GitHub. Every question is answered from an index.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, PaginatorTrait as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};

use super::{Column, Entity};
use crate::{clock, domain::github::MentionState};

/// How it stands with what was said on GitHub, on all servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MentionsStanding {
    /// How much is not answered yet.
    pub waiting: u64,
    /// How much could not be answered, of the last weeks.
    pub given_up: u64,
    /// When something was last heard of GitHub that is kept.
    pub last_event_at: Option<DateTime<Utc>>,
    /// The last attempt that failed.
    pub last_failure: Option<LastFailure>,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
    /// Whether it is tried again; else it was given up, or went well after that.
    pub is_open: bool,
    /// Whether it was given up.
    pub is_given_up: bool,
}

/// How it stands.
///
/// # Errors
/// Those of the database.
pub async fn standing(db: &impl ConnectionTrait) -> Result<MentionsStanding, DbErr> {
    let of = |states: &[MentionState]| {
        let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
        Entity::find().filter(Column::State.is_in(states))
    };
    let open = [MentionState::Waiting, MentionState::Posted];
    let waiting = of(&open).count(db).await?;
    let given_up = of(&[MentionState::GivenUp]).count(db).await?;
    // What is said to have been later was stored before the clock was set back.
    let now = clock::now();
    let last: Option<DateTime<Utc>> = Entity::find()
        .select_only()
        .column(Column::ReceivedAt)
        .filter(Column::ReceivedAt.lte(now))
        .order_by_desc(Column::ReceivedAt)
        .into_tuple()
        .one(db)
        .await?;
    let failed = Entity::find()
        .filter(Column::FailedAt.lte(now))
        .order_by_desc(Column::FailedAt)
        .one(db)
        .await?;
    Ok(MentionsStanding {
        waiting,
        given_up,
        last_event_at: last,
        last_failure: failed.and_then(|row| {
            Some(LastFailure {
                at: row.failed_at?,
                why: row.error?,
                is_open: row.next_at.is_some() && row.attempts > 0,
                is_given_up: row.state == MentionState::GivenUp.as_str(),
            })
        }),
    })
}
