//! `deliveries`: notifications on their way, and for some days those that are over. A row is stored with what it tells of, so
//! that none is lost; what came of each attempt the writer stores as a change of no project.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, PaginatorTrait as _,
    QueryOrder as _, QuerySelect as _, Select, entity::prelude::*, sea_query::OnConflict,
};

use super::{Among, apply::Logged, project, word};
use crate::domain::{
    change::Reported,
    id::{ActivityId, ProjectId},
    notification::{
        Came, Delivery, Failure, Kind, Recent, Standing, State, Tried, Trouble, Wanted, shortly,
    },
};

/// How long what is over is kept: long enough to look what became of it after a weekend.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// Rows that are taken away at once at most, so that nobody waits for it.
const TRIM_ROWS_MAX: u64 = 500;

/// Deliveries that are shown.
const RECENT: u64 = 20;

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
        .filter(Column::Id.eq(tried.id.0))
        // Of two servers that tried it, what the receiver has stays delivered.
        .filter(Column::State.ne(State::Delivered.as_str()));
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

/// The deliveries that are due next, or soonest will be, but for those `under_way`; so many at most.
///
/// # Errors
/// Those of the database.
pub async fn next(
    db: &impl ConnectionTrait,
    among: Among,
    under_way: &[ActivityId],
    limit: u64,
) -> Result<Vec<Delivery>, DbErr> {
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
    let mut deliveries = Vec::with_capacity(rows.len());
    for row in rows {
        let project = ProjectId(row.project_id);
        let (Some(next_at), Some(name)) = (row.next_at, names.get(&project)) else {
            continue;
        };
        let activity = serde_json::from_value(row.activity);
        deliveries.push(Delivery {
            id: ActivityId(row.id),
            kind: word("deliveries.kind", &row.kind)?,
            project,
            project_name: name.clone(),
            activity: activity.map_err(|error| DbErr::Json(error.to_string()))?,
            since: row.created_at,
            attempts: row.attempts,
            next_at,
        });
    }
    Ok(deliveries)
}

/// How many are to be delivered.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl ConnectionTrait, among: Among) -> Result<u64, DbErr> {
    let waiting = waiting().filter(among.condition(Column::ProjectId));
    waiting.count(db).await
}

/// How all deliveries stand.
///
/// # Errors
/// Those of the database.
pub async fn standing(db: &impl ConnectionTrait) -> Result<Standing, DbErr> {
    // First, and at once: what is asked after it is as new at least.
    let counts: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::State.count(), "count")
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let count = |state: State| {
        let found = counts.iter().find(|(its, _)| its == state.as_str());
        found.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or_default())
    };
    let oldest = waiting().order_by_asc(Column::CreatedAt).one(db).await?;
    let delivered = Entity::find()
        .filter(Column::EndedAt.is_not_null())
        .filter(Column::State.eq(State::Delivered.as_str()))
        .order_by_desc(Column::EndedAt)
        .one(db)
        .await?;
    let failed = Entity::find()
        .filter(Column::FailedAt.is_not_null())
        .order_by_desc(Column::FailedAt)
        .one(db)
        .await?;
    let recent = Entity::find()
        .order_by_desc(Column::Id)
        .limit(RECENT)
        .all(db)
        .await?;
    Ok(Standing {
        waiting: count(State::Waiting),
        oldest_waiting_at: oldest.map(|row| row.created_at),
        last_delivered_at: delivered.and_then(|row| row.ended_at),
        last_failure: failed.map(failure).transpose()?.flatten(),
        given_up: count(State::GivenUp),
        recent: recent.into_iter().map(shown).collect::<Result<_, _>>()?,
    })
}

fn failure(row: Model) -> Result<Option<(DateTime<Utc>, Failure)>, DbErr> {
    let (Some(at), Some(trouble)) = (row.failed_at, row.failure) else {
        return Ok(None);
    };
    let trouble: Trouble = word("deliveries.failure", &trouble)?;
    let failure = Failure {
        trouble,
        status: row.status.and_then(|status| status.try_into().ok()),
        why: row.error.unwrap_or_default(),
    };
    Ok(Some((at, failure)))
}

fn shown(row: Model) -> Result<Recent, DbErr> {
    let kind: Kind = word("deliveries.kind", &row.kind)?;
    Ok(Recent {
        id: ActivityId(row.id),
        kind,
        project_id: ProjectId(row.project_id),
        seq: row.seq,
        state: word("deliveries.state", &row.state)?,
        attempts: row.attempts,
        next_at: row.next_at,
        last_error: row.error,
    })
}
