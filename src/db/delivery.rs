//! `deliveries`: notifications on their way, and for some days those that are over. A row is stored with what it tells of, so
//! that none is lost; what came of each attempt the writer stores as a change of no project.

mod standing;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, PaginatorTrait as _,
    QueryOrder as _, QuerySelect as _, Select, entity::prelude::*, sea_query::OnConflict,
};

use super::{Among, apply::Logged, project, word};
use crate::domain::{
    change::Reported,
    id::{ActivityId, ProjectId},
    notification::{Came, Delivery, Kind, State, Tried, Wanted, shortly},
};

pub use self::standing::standing;

/// How long what is over is kept: long enough to look what became of it after a weekend.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// Rows that are taken away at once at most, so that nobody waits for it.
const TRIM_ROWS_MAX: u64 = 500;

/// A row of `deliveries`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub seq: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub activity: Json,
    pub created_at: DateTimeUtc,
    pub attempts: i64,
    pub next_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub ended_at: Option<DateTimeUtc>,
    pub failed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    pub status: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Stores what is to be told of these changes, with them.
///
/// # Errors
/// Those of the database.
pub(crate) async fn insert(
    txn: &DatabaseTransaction,
    wanted: &Wanted,
    changes: &[&Reported],
    logged: &[Logged],
) -> Result<(), DbErr> {
    if wanted.is_nothing() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for reported in changes {
        let Some(kind) = Kind::of(&reported.change).filter(|kind| wanted.has(*kind)) else {
            continue;
        };
        let is_its = |logged: &&Logged| logged.activity.id == reported.id;
        let Some(Logged { activity, .. }) = logged.iter().find(is_its) else {
            continue;
        };
        let told = serde_json::to_value(shortly(activity.clone()));
        rows.push(ActiveModel {
            id: Set(reported.id.0),
            project_id: Set(reported.project.0),
            seq: Set(activity.seq),
            kind: Set(kind.as_str().to_owned()),
            activity: Set(told.map_err(|error| DbErr::Json(error.to_string()))?),
            created_at: Set(reported.at),
            attempts: Set(0),
            next_at: Set(Some(reported.at)),
            state: Set(State::Waiting.as_str().to_owned()),
            ended_at: Set(None),
            failed_at: Set(None),
            failure: Set(None),
            status: Set(None),
            error: Set(None),
        });
    }
    if rows.is_empty() {
        return Ok(());
    }
    // What is copied from another database may be there already.
    Entity::insert_many(rows)
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Keeps what came of an attempt. Stored again it changes nothing; nor does it when the project is gone.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    tried: &Tried,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (state, next_at, failure) = match &tried.came {
        Came::Delivered => (State::Delivered, None, None),
        Came::Failed { failure, next_at } => (State::Waiting, Some(*next_at), Some(failure)),
        Came::GivenUp(failure) => (State::GivenUp, None, Some(failure)),
    };
    let mut update = Entity::update_many()
        .col_expr(Column::Attempts, tried.attempts.into())
        .col_expr(Column::NextAt, next_at.into())
        .col_expr(Column::State, state.as_str().into())
        .filter(Column::Id.eq(tried.id.0));
    // Of two servers that tried it, what the receiver has is delivered, whatever the other one says and whichever is first; and
    // what is over is not revived by one that comes late.
    update = match state {
        State::Delivered => update.filter(Column::State.ne(state.as_str())),
        State::Waiting | State::GivenUp => update.filter(Column::State.eq(State::Waiting.as_str())),
    };
    if next_at.is_none() {
        update = update.col_expr(Column::EndedAt, Some(at).into());
    }
    if let Some(failure) = failure {
        let trouble: &'static str = failure.trouble.into();
        update = update
            .col_expr(Column::FailedAt, Some(at).into())
            .col_expr(Column::Failure, Some(trouble).into())
            .col_expr(Column::Status, failure.status.map(i64::from).into())
            .col_expr(Column::Error, Some(failure.why.as_str()).into());
    }
    update.exec(txn).await?;
    match next_at {
        Some(_) => Ok(()),
        None => forget_the_old(txn, at).await,
    }
}

/// Takes away what has been over for long.
async fn forget_the_old(txn: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EndedAt.lt(now - KEPT_FOR))
        .limit(TRIM_ROWS_MAX)
        .into_tuple()
        .all(txn)
        .await?;
    if !old.is_empty() {
        Entity::delete_many()
            .filter(Column::Id.is_in(old))
            .exec(txn)
            .await?;
    }
    Ok(())
}

/// What is to be delivered.
fn waiting() -> Select<Entity> {
    Entity::find().filter(Column::NextAt.is_not_null())
}

/// What is due next.
#[derive(Debug, Default)]
pub struct Due {
    /// The deliveries that are due, or soonest will be, in this order.
    pub deliveries: Vec<Delivery>,
    /// Those among them that this version cannot read.
    pub unreadable: Vec<Unreadable>,
}

/// A delivery that this version cannot read: another one stored it.
#[derive(Debug)]
pub struct Unreadable {
    /// Which.
    pub id: ActivityId,
    /// How often it was tried.
    pub attempts: i64,
    /// What about it cannot be read.
    pub why: String,
}

/// The deliveries that are due next, or soonest will be, but for those `under_way`; so many at most. One that cannot be read
/// does not hide the others.
///
/// # Errors
/// Those of the database.
pub async fn next(
    db: &impl ConnectionTrait,
    among: Among,
    under_way: &[ActivityId],
    limit: u64,
) -> Result<Due, DbErr> {
    let rows = waiting()
        .filter(among.condition(Column::ProjectId))
        .filter(Column::Id.is_not_in(under_way.iter().map(|id| id.0)))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let projects: Vec<ProjectId> = rows.iter().map(|row| ProjectId(row.project_id)).collect();
    let names = match projects.is_empty() {
        true => Default::default(),
        false => project::names(db, &projects).await?,
    };
    let mut due = Due::default();
    for row in rows {
        let project = ProjectId(row.project_id);
        let (Some(next_at), Some(name)) = (row.next_at, names.get(&project)) else {
            continue;
        };
        let (id, attempts) = (ActivityId(row.id), row.attempts);
        match read(row, name, next_at) {
            Ok(delivery) => due.deliveries.push(delivery),
            Err(error) => due.unreadable.push(Unreadable {
                id,
                attempts,
                why: error.to_string(),
            }),
        }
    }
    Ok(due)
}

fn read(row: Model, project_name: &str, next_at: DateTime<Utc>) -> Result<Delivery, DbErr> {
    let activity = serde_json::from_value(row.activity);
    Ok(Delivery {
        id: ActivityId(row.id),
        kind: word("deliveries.kind", &row.kind)?,
        project: ProjectId(row.project_id),
        project_name: project_name.to_owned(),
        activity: activity.map_err(|error| DbErr::Json(error.to_string()))?,
        since: row.created_at,
        attempts: row.attempts,
        next_at,
    })
}

/// How many are to be delivered.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl ConnectionTrait, among: Among) -> Result<u64, DbErr> {
    let waiting = waiting().filter(among.condition(Column::ProjectId));
    waiting.count(db).await
}
