//! `canaries`: the last change each server wrote to see that what it writes arrives. One row a server, and nothing refers to it.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{
    LogReader, ReadError, Reader,
    activity::{Page, Replay},
    apply::Logged,
};
use crate::domain::{
    activity::{Activity, Verbosity},
    canary,
    change::{Change, Reported},
    id::{ActivityId, ProjectId, ServerId},
};

/// After how long the row of a server that is gone may go: servers that are there write far more often, unless they were told
/// to only when they are asked, and then they write it anew.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);

/// A row of `canaries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "canaries")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub server: Uuid,
    pub seq: i64,
    pub activity_id: Uuid,
    pub written_at: DateTimeUtc,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Writes what canaries sang among these changes, and what that is in their log.
pub(super) async fn write(
    txn: &DatabaseTransaction,
    changes: &[&Reported],
) -> Result<Vec<Logged>, DbErr> {
    let mut logged = Vec::new();
    for reported in changes {
        let Change::CanarySang { server, seq } = reported.change else {
            continue;
        };
        if seq == 1 {
            forget_the_gone(txn, reported.at).await?;
        }
        let row = ActiveModel {
            server: Set(server.0),
            seq: Set(seq),
            activity_id: Set(reported.id.0),
            written_at: Set(reported.at),
        };
        let again = OnConflict::column(Column::Server)
            .update_columns([Column::Seq, Column::ActivityId, Column::WrittenAt])
            .to_owned();
        Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(txn)
            .await?;
        let activity = activity(server, seq, reported.id, reported.at);
        logged.extend(activity.map(|activity| Logged {
            project: canary::LOG,
            activity,
        }));
    }
    Ok(logged)
}

/// What servers left that are gone. Once in a server's life: several that did it at once could wait for each other.
async fn forget_the_gone(txn: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::WrittenAt.lt(now - KEPT_FOR))
        .exec(txn)
        .await?;
    Ok(())
}

/// The activity as it is in the log.
fn activity(server: ServerId, seq: i64, id: ActivityId, at: DateTime<Utc>) -> Option<Activity> {
    let entry = Change::CanarySang { server, seq }.entry()?;
    Some(Activity {
        id,
        seq,
        timestamp: at,
        entry,
    })
}

/// The last activity of a server's canary; none before the first.
///
/// # Errors
/// Those of the database.
pub async fn last(db: &impl ConnectionTrait, server: ServerId) -> Result<Option<Activity>, DbErr> {
    let row = Entity::find_by_id(server.0).one(db).await?;
    Ok(row.and_then(|row| activity(server, row.seq, ActivityId(row.activity_id), row.written_at)))
}

/// The log of a server's canary, for the streams that are opened to test them.
pub struct CanaryLog {
    /// Where it is read.
    pub reader: Reader,
    /// Whose it is.
    pub server: ServerId,
}

impl CanaryLog {
    async fn after(&self, after: i64) -> Result<Vec<Activity>, ReadError> {
        let server = self.server;
        let last = self.reader.read(async move |db| last(db, server).await);
        let last = last.await?.into_iter();
        Ok(last.filter(|last| last.seq > after).collect())
    }
}

impl LogReader for CanaryLog {
    fn head(&self, _: ProjectId) -> BoxFuture<'_, Result<Option<i64>, ReadError>> {
        Box::pin(async move {
            let last = self.after(0).await?.pop();
            // A log without a change is there as well.
            Ok(Some(last.map_or(0, |last| last.seq)))
        })
    }

    fn replay(
        &self,
        _: ProjectId,
        after: i64,
        _: Verbosity,
        _: usize,
    ) -> BoxFuture<'_, Result<Replay, ReadError>> {
        Box::pin(async move {
            Ok(Replay {
                activities: self.after(after).await?,
                is_all: true,
                trimmed: 0,
            })
        })
    }

    fn page(&self, _: ProjectId, page: Page) -> BoxFuture<'_, Result<Vec<Activity>, ReadError>> {
        Box::pin(self.after(page.after.unwrap_or(0)))
    }
}
