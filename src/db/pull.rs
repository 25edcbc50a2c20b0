//! `pull_requests`: those of projects' repositories, as GitHub last said that they are.

mod due;
mod write;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryOrder as _, QuerySelect as _, entity::prelude::*};
use serde::Serialize;

pub use self::due::{due, find, of_branch};
pub(super) use self::write::{Place, drop_one, forget, hint, keep, keep_trouble, link};
use super::word;
use crate::domain::{
    activity::{millis, millis_opt},
    github::{Before, Checks, PullRequest, PullState, RepositoryName, Verdict},
    id::{ExecutionId, PhaseId, ProjectId},
};

/// A row of `pull_requests`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pull_requests")]
#[expect(missing_docs, reason = "the columns; the migration explains them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub number: i64,
    #[sea_orm(column_type = "Text")]
    pub repository: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub title: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub branch: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub author: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub draft: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub checks: Json,
    pub execution_id: Option<Uuid>,
    pub phase_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub looked_at: Option<DateTimeUtc>,
    pub next_look_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub trouble: Option<String>,
    pub failures: i32,
    pub revision: i64,
}

/// No joins are made.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A pull request as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = LinkedPullRequest)]
pub struct Pull {
    /// Its number in the repository.
    #[schema(example = 7)]
    pub number: u64,
    /// What it is about, as somebody wrote it; none until GitHub was asked.
    #[schema(required)]
    pub title: Option<String>,
    /// Where people see it.
    #[schema(example = "https://github.com/you/shop/pull/7")]
    pub url: String,
    /// The branch it brings; none until GitHub was asked.
    #[schema(required)]
    pub branch: Option<String>,
    /// Who opened it; none until GitHub was asked.
    #[schema(required)]
    pub author: Option<String>,
    /// Where it stands, as last seen.
    pub state: PullState,
    /// Whether it is not ready to be looked at.
    pub draft: bool,
    /// What its checks say, as last seen.
    pub checks: Checks,
    /// When it was opened.
    #[serde(serialize_with = "millis")]
    pub created_at: DateTime<Utc>,
    /// When something last happened to it.
    #[serde(serialize_with = "millis")]
    pub updated_at: DateTime<Utc>,
    /// The last command that told of it.
    #[schema(required)]
    pub execution_id: Option<ExecutionId>,
    /// That command's phase of the workflow.
    #[schema(required)]
    pub phase_id: Option<PhaseId>,
    /// When GitHub last answered.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub looked_at: Option<DateTime<Utc>>,
    /// Why GitHub did not answer the last time, and what to do about it.
    #[schema(required)]
    pub trouble: Option<String>,
    /// Whose it is.
    #[serde(skip)]
    pub project: ProjectId,
    /// In which repository.
    #[serde(skip)]
    pub repository: RepositoryName,
    /// When it is looked at next.
    #[serde(skip)]
    pub next_look_at: Option<DateTime<Utc>>,
    /// How often in a row GitHub did not answer.
    #[serde(skip)]
    pub failures: u32,
    /// One more with each change.
    #[serde(skip)]
    pub revision: i64,
}

/// A pull request in short, beside what led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = PullRequestInShort)]
pub struct InShort {
    /// Its number in the repository.
    #[schema(example = 7)]
    pub number: u64,
    /// Where people see it.
    #[schema(example = "https://github.com/you/shop/pull/7")]
    pub url: String,
    /// Where it stands, as last seen.
    pub state: PullState,
    /// What its checks say, as last seen.
    pub checks: Verdict,
}

impl Pull {
    /// What is known of it from GitHub; none until it was asked.
    pub fn before(&self) -> Option<Before> {
        self.looked_at.map(|_| Before {
            state: self.state,
            checks: self.checks.state,
        })
    }

    /// It in short.
    pub fn in_short(&self) -> InShort {
        InShort {
            number: self.number,
            url: self.url.clone(),
            state: self.state,
            checks: self.checks.state,
        }
    }

    /// It as GitHub last said that it is; none until it was asked.
    pub fn last_seen(&self) -> Option<PullRequest> {
        self.looked_at?;
        Some(PullRequest {
            number: self.number,
            title: self.title.clone()?,
            url: self.url.clone(),
            branch: self.branch.clone()?,
            author: self.author.clone()?,
            state: self.state,
            draft: self.draft,
            checks: self.checks.clone(),
            checks_unread: false,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }

    /// Whether anything but a hint is known of it.
    pub fn is_known(&self) -> bool {
        self.looked_at.is_some() || self.execution_id.is_some()
    }
}

/// A project's pull requests, the newest first; `limit` at most.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    project: ProjectId,
    limit: u64,
) -> Result<Vec<Pull>, DbErr> {
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .order_by_desc(Column::Number)
        .limit(limit)
        .all(db)
        .await?;
    Ok(readable(rows).filter(Pull::is_known).collect())
}

/// These pull requests of a project, by their numbers.
pub(super) async fn of_numbers(
    db: &impl ConnectionTrait,
    project: ProjectId,
    numbers: impl IntoIterator<Item = u64>,
) -> Result<BTreeMap<u64, InShort>, DbErr> {
    let numbers = numbers.into_iter();
    let numbers = numbers.filter_map(|number| i64::try_from(number).ok());
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::Number.is_in(numbers))
        .all(db)
        .await?;
    let pulls = readable(rows).map(|pull| (pull.number, pull.in_short()));
    Ok(pulls.collect())
}

/// The last pull request that each phase of a project's workflow led to.
pub(super) async fn of_phases(
    db: &impl ConnectionTrait,
    project: ProjectId,
) -> Result<BTreeMap<PhaseId, Pull>, DbErr> {
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project.0))
        .filter(Column::PhaseId.is_not_null())
        .order_by_asc(Column::Number)
        .all(db)
        .await?;
    let pulls = readable(rows).filter_map(|pull| Some((pull.phase_id?, pull)));
    Ok(pulls.collect())
}

/// What these rows say. One that cannot be read costs only itself, and the server's log says which.
fn readable(rows: Vec<Model>) -> impl Iterator<Item = Pull> {
    rows.into_iter().filter_map(|row| {
        let (number, project) = (row.number, row.project_id);
        match Pull::try_from(row) {
            Ok(pull) => Some(pull),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, number, project.id = %project, "the record of a pull request cannot be read and is left out");
                None
            }
        }
    })
}

impl TryFrom<Model> for Pull {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let odd = |what: &str| DbErr::Type(format!("pull_requests.{what} cannot be read"));
        let checks = serde_json::from_value(row.checks);
        Ok(Self {
            number: u64::try_from(row.number).map_err(|_| odd("number"))?,
            title: row.title,
            url: row.url,
            branch: row.branch,
            author: row.author,
            state: word("pull_requests.state", &row.state)?,
            draft: row.draft,
            checks: checks.map_err(|error| DbErr::Json(error.to_string()))?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            execution_id: row.execution_id.map(ExecutionId),
            phase_id: row.phase_id.map(PhaseId),
            looked_at: row.looked_at,
            trouble: row.trouble,
            project: ProjectId(row.project_id),
            repository: RepositoryName::parse(&row.repository).ok_or_else(|| odd("repository"))?,
            next_look_at: row.next_look_at,
            failures: u32::try_from(row.failures).unwrap_or_default(),
            revision: row.revision,
        })
    }
}
