//! The places of a log at which a search has to look: those where the index says that something may be, and all that the
//! index has not taken in.

use std::{iter::once, ops::Range};

use sea_orm::{ConnectionTrait, DbErr};

use super::{Filter, Page, first};
use crate::{
    db::{ReadError, Reader, block},
    domain::{id::ProjectId, search::Words},
};

/// Places of a log that one read looks at, at most: of texts as long as are stored still some seconds' work.
const PIECE: i64 = 5_000;

/// Parts of a log that the index is asked for at once: together they have fewer places than one read looks at.
const CANDIDATES_MAX: usize = (PIECE / block::PLACES_MAX) as usize;

/// What is left to look at of a log, from its beginning on or from its end back.
pub(super) struct Places {
    project: ProjectId,
    is_forward: bool,
    left: Range<i64>,
    /// What to ask the index for, and the first place it does not know.
    index: Option<(Words, i64)>,
}

impl Places {
    /// All places of a page of a log that is `head` long at which may be what the filter lets through.
    pub(super) async fn of(
        reader: &Reader,
        project: ProjectId,
        wanted: Page,
        filter: &Filter,
        head: i64,
    ) -> Result<Self, ReadError> {
        // The index first: what is trimmed in between is gone from both.
        let ends = async |db: &_| {
            let indexed = block::indexed(db, project).await?;
            Ok((indexed, first(db, project).await?))
        };
        let (indexed, first) = reader.read(ends).await?;
        let first = first.unwrap_or(head + 1);
        let from = wanted.after.map_or(first, |after| after.saturating_add(1));
        let to = wanted.before.unwrap_or(head + 1);
        let words = filter.text.as_ref().and_then(|text| text.words());
        Ok(Self {
            project,
            is_forward: wanted.after.is_some(),
            left: from.max(first)..to.min(head + 1),
            index: words.map(|words| (words, indexed + 1)),
        })
    }

    /// The same from the oldest on, whichever way the page goes.
    pub(super) fn forward(self) -> Self {
        Self {
            is_forward: true,
            ..self
        }
    }

    /// Goes on with what is left.
    pub(super) fn leave(&mut self, left: Range<i64>) {
        self.left = left;
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// Where to look next, as much as one read can, and what is left then.
    pub(super) async fn next(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<(Vec<Range<i64>>, Range<i64>), DbErr> {
        let Range { start, end } = self.left;
        let known = self.index.as_ref().map_or(0, |(_, known)| *known);
        match &self.index {
            Some((words, _)) if self.is_forward && start < known => {
                let (found, reached) = self.ask(db, words, start..end.min(known)).await?;
                Ok((found, reached..end))
            }
            Some((words, _)) if !self.is_forward && end <= known => {
                let (found, reached) = self.ask(db, words, start..end).await?;
                Ok((found, start..reached))
            }
            _ if self.is_forward => {
                let reached = end.min(start + PIECE);
                Ok((once(start..reached).collect(), reached..end))
            }
            _ => {
                let reached = start.max(end - PIECE).max(known);
                Ok((once(reached..end).collect(), start..reached))
            }
        }
    }

    /// Where among these places the index has what is wanted, and how far it was asked.
    async fn ask(
        &self,
        db: &impl ConnectionTrait,
        words: &Words,
        places: Range<i64>,
    ) -> Result<(Vec<Range<i64>>, i64), DbErr> {
        let Range { start, end } = places;
        let found = block::candidates(
            db,
            self.project,
            words,
            places,
            self.is_forward,
            CANDIDATES_MAX,
        );
        let found = found.await?;
        let reached = match (found.last(), self.is_forward) {
            (Some(last), true) if found.len() == CANDIDATES_MAX => last.end,
            (Some(last), false) if found.len() == CANDIDATES_MAX => last.start,
            (_, true) => end,
            (_, false) => start,
        };
        Ok((joined(found), reached))
    }
}

/// Those that touch as one: what is everywhere is looked for at once.
fn joined(ranges: Vec<Range<i64>>) -> Vec<Range<i64>> {
    let mut joined: Vec<Range<i64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            Some(last) if last.start == range.end => last.start = range.start,
            _ => joined.push(range),
        }
    }
    joined
}
