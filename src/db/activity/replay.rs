//! Reading a log on from a place, as much of it as takes about so many bytes: a reader who is behind takes the same room
//! whether the project's steps are words or whole files.

use std::ops::Range;

use futures_util::TryStreamExt as _;
use sea_orm::{
    DatabaseConnection, DbErr, QueryOrder as _, QuerySelect as _, Select, entity::prelude::*,
};

use super::{Column, Entity, Filter, Model, first, in_project};
use crate::domain::{
    activity::{Activity, Verbosity},
    id::ProjectId,
};

/// Rows read at once at most, for a client that is behind: as many short ones as are sent in one write.
const REPLAY_ROWS_MAX: u64 = 500;

/// Part of a log, as much as is sent at once.
#[derive(Debug)]
pub struct Replay {
    /// Ascending by `seq`, without what the verbosity hides.
    pub activities: Vec<Activity>,
    /// Whether the log has no more than this.
    pub is_all: bool,
    /// The last `seq` that was trimmed by then, 0 where nothing was.
    pub trimmed: i64,
}

/// What a project's log has after a `seq`: about `bytes` of it, and at least one activity.
///
/// # Errors
/// Those of the database.
pub async fn replay(
    db: &DatabaseConnection,
    project: ProjectId,
    after: i64,
    verbosity: Verbosity,
    bytes: usize,
) -> Result<Replay, DbErr> {
    let after = in_project(project, verbosity).filter(Column::Seq.gt(after));
    let (activities, is_all) = take(db, after, bytes).await?;
    // Asked last: what was trimmed before the rows were read is known now.
    let trimmed = first(db, project).await?.map_or(0, |first| first - 1);
    Ok(Replay {
        activities,
        is_all,
        trimmed,
    })
}

/// What a filter lets through of these places of a log, ascending by `seq`: about `bytes` of it; and whether that is all.
pub(super) async fn piece(
    db: &DatabaseConnection,
    project: ProjectId,
    places: Range<i64>,
    verbosity: Verbosity,
    filter: &Filter,
    bytes: usize,
) -> Result<(Vec<Activity>, bool), DbErr> {
    let query = in_project(project, verbosity)
        .filter(Column::Seq.gte(places.start))
        .filter(Column::Seq.lt(places.end))
        .filter(filter.condition(db.get_database_backend()));
    take(db, query, bytes).await
}

async fn take(
    db: &DatabaseConnection,
    query: Select<Entity>,
    bytes: usize,
) -> Result<(Vec<Activity>, bool), DbErr> {
    let query = query.order_by_asc(Column::Seq).limit(REPLAY_ROWS_MAX);
    let (mut activities, mut taken) = (Vec::new(), 0);
    let mut rows = query.stream(db).await?;
    let is_all = loop {
        if taken >= bytes {
            break false;
        }
        let Some(row) = rows.try_next().await? else {
            break u64::try_from(activities.len()).is_ok_and(|read| read < REPLAY_ROWS_MAX);
        };
        taken += size(&row);
        activities.push(row.try_into()?);
    };
    Ok((activities, is_all))
}

/// About how many bytes a row takes.
fn size(row: &Model) -> usize {
    /// What its short columns take together.
    const SHORT: usize = 200;
    let detail = row.detail.as_ref().map_or(0, String::len);
    SHORT + row.message.len() + detail + row.data.as_ref().map_or(0, weight)
}

fn weight(data: &Json) -> usize {
    match data {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(weight).sum(),
        Json::Object(keys) => keys
            .iter()
            .map(|(key, item)| key.len() + weight(item))
            .sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 8,
    }
}
