//! Looking through a log for what a filter lets through, piece by piece: however long the log and however rare what is
//! looked for, no single read takes so long that the database would be taken for away. For a text only those places are
//! looked at where the index says that it may be (`places.rs`); what is found is the same without it.

use std::{collections::VecDeque, ops::Range};

use sea_orm::{DatabaseConnection, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column, Filter, Page, in_project, page, places::Places, replay::piece};
use crate::{
    db::{ReadError, Reader},
    domain::{
        activity::{Activity, Verbosity},
        id::ProjectId,
    },
};

/// A page of what a filter lets through of a log that is `head` long; otherwise as [`page`].
///
/// # Errors
/// [`ReadError`].
pub async fn search(
    reader: &Reader,
    project: ProjectId,
    wanted: Page,
    filter: &Filter,
    head: i64,
) -> Result<Vec<Activity>, ReadError> {
    if filter.is_all() {
        return reader
            .read(async |db| page(db, project, wanted).await)
            .await;
    }
    let is_forward = wanted.after.is_some();
    let mut places = Places::of(reader, project, wanted, filter, head).await?;
    let mut found = Vec::new();
    let mut limit = wanted.limit;
    while limit > 0 && !places.is_done() {
        let read = async |db: &_| {
            let (pieces, left) = places.next(db).await?;
            let mut part = Vec::new();
            for piece in pieces {
                let limit = limit.saturating_sub(length(&part));
                part.extend(part_of(db, project, piece, limit, wanted, filter).await?);
            }
            Ok((part, left))
        };
        let (part, left) = reader.read(read).await?;
        limit = limit.saturating_sub(length(&part));
        found.extend(part);
        places.leave(left);
    }
    if !is_forward {
        found.reverse();
    }
    Ok(found)
}

fn length(activities: &[Activity]) -> u64 {
    u64::try_from(activities.len()).unwrap_or(u64::MAX)
}

/// So many of the activities at these places, the first that a page meets.
async fn part_of(
    db: &DatabaseConnection,
    project: ProjectId,
    places: Range<i64>,
    limit: u64,
    wanted: Page,
    filter: &Filter,
) -> Result<Vec<Activity>, DbErr> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let query = in_project(project, wanted.verbosity)
        .filter(Column::Seq.gte(places.start))
        .filter(Column::Seq.lt(places.end))
        .filter(filter.condition(db.get_database_backend()))
        .limit(limit);
    let rows = match wanted.after {
        Some(_) => query.order_by_asc(Column::Seq).all(db).await?,
        None => query.order_by_desc(Column::Seq).all(db).await?,
    };
    rows.into_iter().map(Activity::try_from).collect()
}

/// Somebody who goes through all that a filter lets through, from the oldest on. What is appended after it set out is not
/// part of it.
pub struct Walk {
    reader: Reader,
    project: ProjectId,
    verbosity: Verbosity,
    filter: Filter,
    places: Places,
    /// Where to look before there is more to find out.
    next: VecDeque<Range<i64>>,
}

impl Walk {
    /// Sets out to go through a page of a log that is `head` long, whatever the page's limit.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn through(
        reader: Reader,
        project: ProjectId,
        wanted: Page,
        filter: Filter,
        head: i64,
    ) -> Result<Self, ReadError> {
        let places = Places::of(&reader, project, wanted, &filter, head).await?;
        Ok(Self {
            reader,
            project,
            verbosity: wanted.verbosity,
            filter,
            places: places.forward(),
            next: VecDeque::new(),
        })
    }

    /// The next activities, about `bytes` of them and perhaps none; `None` at the end.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn next(&mut self, bytes: usize) -> Result<Option<Vec<Activity>>, ReadError> {
        if self.next.is_empty() {
            if self.places.is_done() {
                return Ok(None);
            }
            let places = &self.places;
            let (next, left) = self.reader.read(async |db| places.next(db).await).await?;
            self.next = next.into();
            self.places.leave(left);
        }
        let Some(places) = self.next.pop_front() else {
            return Ok(Some(Vec::new()));
        };
        let (project, verbosity, filter) = (self.project, self.verbosity, &self.filter);
        let read =
            async |db: &_| piece(db, project, places.clone(), verbosity, filter, bytes).await;
        let (activities, is_all) = self.reader.read(read).await?;
        if let Some(last) = activities.last().filter(|_| !is_all) {
            self.next.push_front(last.seq + 1..places.end);
        }
        Ok(Some(activities))
    }
}
