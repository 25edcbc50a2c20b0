//! `search_blocks`: parts of logs whose words are known, and beside it `search_words`, the index of these words: FTS5 in
//! SQLite, a `tsvector` in PostgreSQL.
//!
//! It says where in a log something may be; whether it is there says the log (`activity/search.rs`). A word of it is not an
//! activity's but a part's, tens of activities: they share most of their words, so that the index takes a third of the room
//! and of the time. It is made of what is stored, when the writer has nothing else to do (`actors/indexer.rs`): made with
//! each activity, it would cost several times what storing the activity does.

use std::{
    cmp::{max, min},
    ops::Range,
};

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExprTrait as _, Order, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Statement,
    entity::prelude::*,
    sea_query::{Expr, Func},
};

use super::project;
use crate::domain::{change::Block, id::ProjectId, search::Words};

/// Places of a log in one part at most. Of a word that is in one activity of a hundred half of these parts have it, and of
/// one that is nowhere one in a dozen seems to: with fewer places the index is much larger for little more, with more it
/// hardly says anything.
pub const PLACES_MAX: i64 = 64;

/// What stands for every word, in a part that has too many.
const ANY_WORD: &str = "any";

/// A row of `search_blocks`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_blocks")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub project_id: Uuid,
    pub first_seq: i64,
    pub last_seq: i64,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A project and the parts of its log.
fn of(project: ProjectId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::ProjectId.eq(project.0))
}

/// Up to which `seq` a log is taken in, 0 where nothing is.
pub(super) async fn indexed(db: &impl ConnectionTrait, project: ProjectId) -> Result<i64, DbErr> {
    let last = of(project).order_by_desc(Column::FirstSeq).one(db).await?;
    Ok(last.map_or(0, |last| last.last_seq))
}

/// The projects whose log has a whole part that is not taken in, and how many activities are not.
///
/// # Errors
/// Those of the database.
pub async fn behind(db: &impl ConnectionTrait) -> Result<Vec<(ProjectId, i64)>, DbErr> {
    let indexed = Entity::find()
        .select_only()
        .column(Column::LastSeq)
        .filter(
            Expr::col((Entity, Column::ProjectId)).equals((project::Entity, project::Column::Id)),
        )
        .order_by_desc(Column::FirstSeq)
        .limit(1)
        .into_query();
    let indexed = Func::coalesce([Expr::SubQuery(None, Box::new(indexed.into())), 0.into()]);
    let missing = Expr::col((project::Entity, project::Column::HeadSeq)).sub(indexed);
    let behind: Vec<(Uuid, i64)> = project::there()
        .filter(missing.clone().gte(PLACES_MAX))
        .select_only()
        .column(project::Column::Id)
        .column_as(missing, "missing")
        .into_tuple()
        .all(db)
        .await?;
    let behind = behind.into_iter();
    Ok(behind
        .map(|(project, missing)| (ProjectId(project), missing))
        .collect())
}

/// Takes a part of a log into the index.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    project: ProjectId,
    block: &Block,
) -> Result<(), DbErr> {
    let row = Entity::insert(ActiveModel {
        id: NotSet,
        project_id: Set(project.0),
        first_seq: Set(block.first),
        last_seq: Set(block.last),
    });
    let id = row.exec(txn).await?.last_insert_id;
    let words = match block.words.is_full() {
        true => ANY_WORD.to_owned(),
        false => joined(block.words.iter(), " "),
    };
    let words = format!("{} {words}", word_of(project));
    let backend = txn.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "INSERT INTO search_words (rowid, words) VALUES (?, ?)",
        _ => {
            "INSERT INTO search_words (block, words) VALUES ($1, array_to_tsvector(string_to_array(trim($2), ' ')))"
        }
    };
    let values = [id.into(), words.into()];
    txn.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

/// Forgets the parts of a log that lie before this `seq`.
pub(super) async fn forget(
    txn: &DatabaseTransaction,
    project: ProjectId,
    before: i64,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::LastSeq.lt(before))
        .exec(txn)
        .await?;
    Ok(())
}

/// Those of these places of a log in which a text may be, as far as they are taken in; so many parts of it at most, from
/// the beginning on or from the end back.
pub(super) async fn candidates(
    db: &impl ConnectionTrait,
    project: ProjectId,
    words: &Words,
    places: Range<i64>,
    is_forward: bool,
    limit: usize,
) -> Result<Vec<Range<i64>>, DbErr> {
    let found = match db.get_database_backend() {
        DbBackend::Sqlite => Expr::cust_with_values(
            "\"search_blocks\".\"id\" IN (SELECT rowid FROM search_words WHERE search_words MATCH ?)",
            [wanted(project, words, " AND ", " OR ")],
        ),
        // Asked before everything else, and not of each part in turn: PostgreSQL knows too little of how many parts have
        // several words at once to choose between the two.
        _ => Expr::cust_with_values(
            "\"search_blocks\".\"id\" = ANY (ARRAY(SELECT block FROM search_words WHERE words @@ CAST($1 AS tsquery)))",
            [wanted(project, words, " & ", " | ")],
        ),
    };
    let order = match is_forward {
        true => Order::Asc,
        false => Order::Desc,
    };
    let found: Vec<(i64, i64)> = of(project)
        .select_only()
        .columns([Column::FirstSeq, Column::LastSeq])
        .filter(Column::FirstSeq.lt(places.end))
        .filter(Column::LastSeq.gte(places.start))
        .filter(found)
        .order_by(Column::FirstSeq, order)
        .limit(u64::try_from(limit).ok())
        .into_tuple()
        .all(db)
        .await?;
    let found = found.into_iter();
    Ok(found
        .map(|(first, last)| max(first, places.start)..min(last + 1, places.end))
        .collect())
}

/// What the index is asked for: parts of this project's log with all these words.
fn wanted(project: ProjectId, words: &Words, and: &str, or: &str) -> String {
    let words = joined(words.iter(), and);
    format!("{}{and}(({words}){or}{ANY_WORD})", word_of(project))
}

/// The word that all parts of a project's log have, so that another's are not looked at. No three characters are it.
fn word_of(project: ProjectId) -> String {
    format!("p{}", project.0.simple())
}

fn joined(words: impl Iterator<Item = String>, with: &str) -> String {
    words.collect::<Vec<_>>().join(with)
}
