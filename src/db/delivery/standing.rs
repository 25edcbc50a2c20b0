//! How all deliveries stand. It is asked just when the receiver is away and many wait, so every question is answered from an
//! index, and none of them reads all that wait.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, QueryOrder as _, QuerySelect as _, Statement, entity::prelude::*,
};

use super::{Column, Entity, Model};
use crate::{
    clock,
    domain::{
        id::{ActivityId, ProjectId},
        notification::{COUNTED_MAX, Failure, Recent, Standing, State, Trouble},
    },
};

/// Deliveries that are shown.
const RECENT: u64 = 20;

/// How long it may take to ask all this.
const ASKED_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// How all deliveries stand.
///
/// # Errors
/// Those of the database.
pub async fn standing(db: &impl ConnectionTrait) -> Result<Standing, DbErr> {
    // What is asked after something is as new at least: whoever reads that one failed finds the failure.
    let (waiting, given_up) = counts(db).await?;
    let recent = Entity::find()
        .order_by_desc(Column::Id)
        .limit(RECENT)
        .all(db)
        .await?;
    // What is said to have been later was stored before the clock was set back, and says nothing of today; but for what is
    // stored while this is being asked.
    let now = clock::now() + ASKED_WITHIN;
    let oldest: Option<DateTime<Utc>> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::State.eq(State::Waiting.as_str()))
        .order_by_asc(Column::CreatedAt)
        .into_tuple()
        .one(db)
        .await?;
    let delivered: Option<DateTime<Utc>> = Entity::find()
        .select_only()
        .column(Column::EndedAt)
        .filter(Column::State.eq(State::Delivered.as_str()))
        .filter(Column::EndedAt.lte(now))
        .order_by_desc(Column::EndedAt)
        .into_tuple()
        .one(db)
        .await?;
    let failed = Entity::find()
        .select_only()
        .columns([
            Column::FailedAt,
            Column::Failure,
            Column::Status,
            Column::Error,
        ])
        .filter(Column::FailedAt.lte(now))
        .order_by_desc(Column::FailedAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(Standing {
        waiting,
        oldest_waiting_at: oldest,
        last_delivered_at: delivered,
        last_failure: failed.and_then(failure),
        given_up,
        recent: recent.into_iter().map(shown).collect(),
    })
}

/// How many wait and how many were given up, at one moment; as far as that is counted.
async fn counts(db: &impl ConnectionTrait) -> Result<(u64, u64), DbErr> {
    let most = COUNTED_MAX + 1;
    let of = |state: State| {
        let state = state.as_str();
        format!(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE state = '{state}' LIMIT {most}) AS bounded) AS {state}"
        )
    };
    let (waiting, given_up) = (State::Waiting, State::GivenUp);
    let sql = format!("SELECT {}, {}", of(waiting), of(given_up));
    let asked = Statement::from_string(db.get_database_backend(), sql);
    let Some(row) = db.query_one_raw(asked).await? else {
        return Ok((0, 0));
    };
    let count = |state: State| -> Result<u64, DbErr> {
        let count: i64 = row.try_get("", state.as_str())?;
        Ok(u64::try_from(count).unwrap_or_default())
    };
    Ok((count(waiting)?, count(given_up)?))
}

/// When an attempt failed, how, with which status, and in words.
type Failed = (
    Option<DateTime<Utc>>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

fn failure((at, trouble, status, error): Failed) -> Option<(DateTime<Utc>, Failure)> {
    let trouble = trouble?.parse().unwrap_or(Trouble::AnotherVersion);
    let failure = Failure {
        trouble,
        status: status.and_then(|status| status.try_into().ok()),
        why: error.unwrap_or_default(),
    };
    Some((at?, failure))
}

/// As it stands: words that this version does not know are shown to people all the same.
fn shown(row: Model) -> Recent {
    Recent {
        id: ActivityId(row.id),
        kind: row.kind,
        project_id: ProjectId(row.project_id),
        seq: row.seq,
        state: row.state,
        attempts: row.attempts,
        next_at: row.next_at,
        last_error: row.error,
    }
}
