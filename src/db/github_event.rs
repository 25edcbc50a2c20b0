//! `github_events`: what was heard of GitHub by webhook, so that nothing is taken twice; and what was said there to the project
//! manager, until it is answered.

mod open;
mod standing;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, DatabaseTransaction, DbErr, IntoActiveModel as _, QuerySelect as _,
    entity::prelude::*,
};
use serde_json::json;

pub use self::{
    open::{Open, Saying, open, saying},
    standing::{LastFailure, MentionsStanding, standing},
};
use crate::domain::{
    github::{Came, Heard, MentionState, Moved},
    id::{ActivityId, ProjectId},
};

/// How long it is known what was taken. GitHub sends a delivery again for three days; this is for who has kept one and sends it
/// later, and a busy repository has some ten thousand in this time.
const KEPT_FOR: TimeDelta = TimeDelta::days(365);

/// Rows that are taken away at once at most, so that nobody waits for it.
const TRIM_ROWS_MAX: u64 = 500;

/// A row of `github_events`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "github_events")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub delivery: String,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    pub received_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub repository: Option<String>,
    pub issue: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub author: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub content: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    pub message_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub said: Json,
    pub attempts: i64,
    pub next_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub failed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps that something was heard. What was heard before is refused by the database.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    id: ActivityId,
    project: ProjectId,
    heard: &Heard,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    forget_the_old(txn, at).await?;
    let mention = heard.mention.as_ref();
    let state = match mention {
        Some(_) => MentionState::Waiting,
        None => MentionState::Noted,
    };
    let issue = mention.map(|mention| i64::try_from(mention.issue));
    Entity::insert(ActiveModel {
        id: Set(id.0),
        project_id: Set(project.0),
        delivery: Set(heard.delivery.clone()),
        subject: Set(heard.subject.clone()),
        received_at: Set(at),
        state: Set(state.as_str().to_owned()),
        repository: Set(mention.map(|mention| mention.repository.to_string())),
        issue: Set(issue
            .transpose()
            .map_err(|error| DbErr::Type(error.to_string()))?),
        author: Set(mention.map(|mention| mention.author.clone())),
        content: Set(mention.map(|mention| mention.text.as_str().to_owned())),
        url: Set(mention.map(|mention| mention.url.clone())),
        message_id: Set(None),
        said: Set(json!([])),
        attempts: Set(0),
        next_at: Set(mention.map(|_| at)),
        ended_at: Set(None),
        failed_at: Set(None),
        error: Set(None),
    })
    .exec_without_returning(txn)
    .await?;
    Ok(())
}

/// Keeps what became of what somebody said. What is over stays so.
pub(super) async fn put(
    txn: &DatabaseTransaction,
    moved: &Moved,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let open = Entity::find_by_id(moved.id.0).filter(Column::NextAt.is_not_null());
    let Some(row) = open.one(txn).await? else {
        return Ok(());
    };
    let mut said: Vec<String> = serde_json::from_value(row.said.clone()).unwrap_or_default();
    let mut row = row.into_active_model();
    let end = |row: &mut ActiveModel, state: MentionState| {
        row.state = Set(state.as_str().to_owned());
        row.next_at = Set(None);
        row.ended_at = Set(Some(at));
    };
    match &moved.came {
        Came::Posted(message) => {
            row.state = Set(MentionState::Posted.as_str().to_owned());
            row.message_id = Set(Some(message.0));
            (row.attempts, row.next_at) = (Set(0), Set(Some(at)));
        }
        Came::Answered { key, .. } => {
            if !said.contains(key) {
                said.push(key.clone());
            }
            row.said = Set(json!(said));
            (row.attempts, row.next_at) = (Set(0), Set(Some(at)));
        }
        Came::Failed {
            attempts,
            why,
            next_at,
        } => {
            (row.attempts, row.next_at) = (Set(*attempts), Set(Some(*next_at)));
            (row.failed_at, row.error) = (Set(Some(at)), Set(Some(why.clone())));
        }
        Came::Over => end(&mut row, MentionState::Answered),
        Came::Refused { why } => {
            end(&mut row, MentionState::Refused);
            row.error = Set(Some(why.clone()));
        }
        Came::GivenUp { why } => {
            end(&mut row, MentionState::GivenUp);
            (row.failed_at, row.error) = (Set(Some(at)), Set(Some(why.clone())));
        }
    }
    Entity::update(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Takes away what was heard long ago; not what is still to be answered.
async fn forget_the_old(txn: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ReceivedAt.lt(now - KEPT_FOR))
        .filter(Column::NextAt.is_null())
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
