//! What the index of the search is made of: a log, part by part.

use sea_orm::{DatabaseConnection, DbErr};

use super::{Filter, filter::texts, first, replay::piece};
use crate::{
    db::{block, project},
    domain::{activity::Verbosity, change::Block, id::ProjectId, search::Words},
};

/// Bytes of a log in one part, about: the texts of one activity may have a quarter of it each.
const BLOCK_BYTES: usize = 1 << 20;

/// The next part of a log that the index is to take in; none where there is not a whole one.
///
/// # Errors
/// Those of the database.
pub async fn next_block(
    db: &DatabaseConnection,
    project: ProjectId,
) -> Result<Option<Block>, DbErr> {
    let head = project::head(db, project).await?.unwrap_or_default();
    let indexed = block::indexed(db, project).await?;
    let Some(first) = first(db, project).await? else {
        return Ok(None);
    };
    let first = first.max(indexed + 1);
    let places = first..first + block::PLACES_MAX;
    if places.end > head + 1 {
        return Ok(None);
    }
    let last = places.end - 1;
    let all = Filter::default();
    let read = piece(db, project, places, Verbosity::Full, &all, BLOCK_BYTES);
    let (activities, is_all) = read.await?;
    let mut words = Words::default();
    for text in activities.iter().flat_map(|one| texts(&one.entry)) {
        words.add(text);
    }
    let cut_off = activities.last().filter(|_| !is_all);
    Ok(Some(Block {
        first,
        last: cut_off.map_or(last, |read| read.seq),
        words,
    }))
}
