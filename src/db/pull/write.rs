//! What the writer does with the table.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, DatabaseTransaction, DbErr, ExprTrait as _, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{ActiveModel, Column, Entity};
use crate::{
    db::execution,
    domain::{
        github::{Checks, PullRequest, PullState, RepositoryName},
        id::{ExecutionId, PhaseId, ProjectId},
    },
};

/// Where a pull request is.
#[derive(Clone, Copy)]
pub(in crate::db) struct Place<'a> {
    pub(in crate::db) project: ProjectId,
    pub(in crate::db) repository: &'a RepositoryName,
    pub(in crate::db) number: i64,
    pub(in crate::db) url: &'a str,
}

/// Has a pull request be looked at, whether it is known or not.
pub(in crate::db) async fn hint(
    txn: &DatabaseTransaction,
    place: Place<'_>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    make(txn, place, at).await?;
    Entity::update_many()
        .col_expr(Column::NextLookAt, Some(at).into())
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::ProjectId.eq(place.project.0))
        .filter(Column::Number.eq(place.number))
        .exec(txn)
        .await?;
    Ok(())
}

/// A command told of a pull request, and perhaps of another one before.
pub(in crate::db) async fn link(
    txn: &DatabaseTransaction,
    place: Place<'_>,
    execution: ExecutionId,
    phase: Option<PhaseId>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    hint(txn, place, at).await?;
    let none: Option<Uuid> = None;
    let before = || {
        Condition::all()
            .add(Column::ProjectId.eq(place.project.0))
            .add(Column::ExecutionId.eq(execution.0))
            .add(Column::Number.ne(place.number))
    };
    // Of what was only an address nothing is left; what GitHub has said stays true.
    Entity::delete_many()
        .filter(before())
        .filter(Column::LookedAt.is_null())
        .exec(txn)
        .await?;
    Entity::update_many()
        .col_expr(Column::ExecutionId, none.into())
        .col_expr(Column::PhaseId, none.into())
        .filter(before())
        .exec(txn)
        .await?;
    Entity::update_many()
        .col_expr(Column::ExecutionId, Some(execution.0).into())
        .col_expr(Column::PhaseId, phase.map(|phase| phase.0).into())
        .filter(Column::ProjectId.eq(place.project.0))
        .filter(Column::Number.eq(place.number))
        .exec(txn)
        .await?;
    execution::link(txn, execution, place.number).await
}

/// Makes the row, unless it is there. One of the repository that the project had before is another pull request.
async fn make(txn: &DatabaseTransaction, place: Place<'_>, at: DateTime<Utc>) -> Result<(), DbErr> {
    let repository = place.repository.key();
    Entity::delete_many()
        .filter(Column::ProjectId.eq(place.project.0))
        .filter(Column::Number.eq(place.number))
        .filter(Column::Repository.ne(repository.as_str()))
        .exec(txn)
        .await?;
    let open: &'static str = PullState::Open.into();
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        project_id: Set(place.project.0),
        number: Set(place.number),
        repository: Set(repository),
        title: Set(None),
        url: Set(place.url.to_owned()),
        branch: Set(None),
        author: Set(None),
        state: Set(open.to_owned()),
        draft: Set(false),
        checks: Set(json(&Checks::none())?),
        execution_id: Set(None),
        phase_id: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
        looked_at: Set(None),
        next_look_at: Set(Some(at)),
        trouble: Set(None),
        failures: Set(0),
        // What is found out of one that was here before is not taken for it.
        revision: Set(at.timestamp_micros()),
    };
    let mut once = OnConflict::columns([Column::ProjectId, Column::Number]);
    Entity::insert(row)
        .on_conflict(once.do_nothing().to_owned())
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Keeps what GitHub says of one. False when something else was kept meanwhile.
pub(in crate::db) async fn keep(
    txn: &DatabaseTransaction,
    project: ProjectId,
    pull: &PullRequest,
    revision: i64,
    next_look_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Ok(number) = i64::try_from(pull.number) else {
        return Ok(false);
    };
    let (state, none): (&'static str, Option<String>) = (pull.state.into(), None);
    let updated = Entity::update_many()
        .col_expr(Column::Title, Some(pull.title.as_str()).into())
        .col_expr(Column::Url, pull.url.as_str().into())
        .col_expr(Column::Branch, Some(pull.branch.as_str()).into())
        .col_expr(Column::Author, Some(pull.author.as_str()).into())
        .col_expr(Column::State, state.into())
        .col_expr(Column::Draft, pull.draft.into())
        .col_expr(Column::Checks, json(&pull.checks)?.into())
        .col_expr(Column::CreatedAt, pull.created_at.into())
        .col_expr(Column::UpdatedAt, pull.updated_at.into())
        .col_expr(Column::LookedAt, Some(at).into())
        .col_expr(Column::NextLookAt, next_look_at.into())
        .col_expr(Column::Trouble, none.into())
        .col_expr(Column::Failures, 0.into())
        .col_expr(Column::Revision, (revision + 1).into())
        .filter(is_as_it_was(project, number, revision))
        .exec(txn)
        .await?;
    execution::keep_branch(txn, project, number, &pull.branch).await?;
    Ok(updated.rows_affected == 1)
}

/// Keeps why GitHub did not answer. False when something else was kept meanwhile.
pub(in crate::db) async fn keep_trouble(
    txn: &DatabaseTransaction,
    project: ProjectId,
    number: i64,
    revision: i64,
    trouble: &str,
    next_look_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::Trouble, Some(trouble).into())
        .col_expr(Column::NextLookAt, Some(next_look_at).into())
        .col_expr(Column::Failures, Expr::col(Column::Failures).add(1))
        .col_expr(Column::Revision, (revision + 1).into())
        .filter(is_as_it_was(project, number, revision))
        .exec(txn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Forgets all of a project: its repository is another one now, in which the same numbers are other pull requests.
pub(in crate::db) async fn forget(
    txn: &DatabaseTransaction,
    project: ProjectId,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ProjectId.eq(project.0))
        .exec(txn)
        .await?;
    execution::unlink(txn, project).await
}

/// Takes one away. False when something was kept of it meanwhile.
pub(in crate::db) async fn drop_one(
    txn: &DatabaseTransaction,
    project: ProjectId,
    number: i64,
    revision: i64,
) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(is_as_it_was(project, number, revision))
        .exec(txn)
        .await?;
    Ok(deleted.rows_affected == 1)
}

fn is_as_it_was(project: ProjectId, number: i64, revision: i64) -> Condition {
    Condition::all()
        .add(Column::ProjectId.eq(project.0))
        .add(Column::Number.eq(number))
        .add(Column::Revision.eq(revision))
}

fn json(checks: &Checks) -> Result<Json, DbErr> {
    serde_json::to_value(checks).map_err(|error| DbErr::Json(error.to_string()))
}
