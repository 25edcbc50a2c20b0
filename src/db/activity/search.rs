//! Looking through a log for what a filter lets through, piece by piece: however long the log and however rare what is
//! looked for, no single read takes so long that the database would be taken for away.

use sea_orm::{DatabaseConnection, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column, Filter, Page, first, in_project, page, replay::piece};
use crate::{
    db::{ReadError, Reader},
    domain::{
        activity::{Activity, Verbosity},
        id::ProjectId,
    },
};

/// Places of a log that one read looks at, at most: of texts as long as are stored still some seconds' work.
const PIECE: i64 = 5_000;

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
    // The places that are left to look at, and how many are still to be found.
    let (mut from, mut to) = ends(reader, project, wanted, head).await?;
    let mut limit = wanted.limit;
    let mut found = Vec::new();
    while limit > 0 && from < to {
        let piece = match is_forward {
            true => from..to.min(from + PIECE),
            false => from.max(to - PIECE)..to,
        };
        let part = Page {
            after: Some(piece.start - 1),
            before: Some(piece.end),
            limit,
            ..wanted
        };
        let read = async |db: &_| part_of(db, project, part, is_forward, filter).await;
        let part = reader.read(read).await?;
        limit = limit.saturating_sub(u64::try_from(part.len()).unwrap_or(u64::MAX));
        found.extend(part);
        match is_forward {
            true => from = piece.end,
            false => to = piece.start,
        }
    }
    if !is_forward {
        found.reverse();
    }
    Ok(found)
}

/// The first place of a page and the one after its last.
async fn ends(
    reader: &Reader,
    project: ProjectId,
    wanted: Page,
    head: i64,
) -> Result<(i64, i64), ReadError> {
    let first = reader
        .read(async |db| first(db, project).await)
        .await?
        .unwrap_or(head + 1);
    let from = wanted.after.map_or(first, |after| after.saturating_add(1));
    let to = wanted.before.unwrap_or(head + 1);
    Ok((from.max(first), to.min(head + 1)))
}

async fn part_of(
    db: &DatabaseConnection,
    project: ProjectId,
    part: Page,
    is_forward: bool,
    filter: &Filter,
) -> Result<Vec<Activity>, DbErr> {
    let query = in_project(project, part.verbosity)
        .filter(part.places())
        .filter(filter.condition(db.get_database_backend()))
        .limit(part.limit);
    let rows = match is_forward {
        true => query.order_by_asc(Column::Seq).all(db).await?,
        false => query.order_by_desc(Column::Seq).all(db).await?,
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
    /// The next place to look at, and the one after the last.
    from: i64,
    to: i64,
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
        let (from, to) = ends(&reader, project, wanted, head).await?;
        Ok(Self {
            reader,
            project,
            verbosity: wanted.verbosity,
            filter,
            from,
            to,
        })
    }

    /// The next activities, about `bytes` of them and perhaps none; `None` at the end.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn next(&mut self, bytes: usize) -> Result<Option<Vec<Activity>>, ReadError> {
        if self.from >= self.to {
            return Ok(None);
        }
        let places = self.from..self.to.min(self.from + PIECE);
        let (project, verbosity, filter) = (self.project, self.verbosity, &self.filter);
        let read =
            async |db: &_| piece(db, project, places.clone(), verbosity, filter, bytes).await;
        let (activities, is_all) = self.reader.read(read).await?;
        self.from = match activities.last() {
            Some(last) if !is_all => last.seq + 1,
            _ => places.end,
        };
        Ok(Some(activities))
    }
}
