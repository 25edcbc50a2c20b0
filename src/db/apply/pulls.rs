//! What is known of pull requests.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::ApplyError;
use crate::{
    db::pull::{self, Place},
    domain::{github::PullChange, id::ProjectId},
};

/// Stores it. What comes after something else was stored is refused: whoever found it out compares anew.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    project: ProjectId,
    change: &PullChange,
    at: DateTime<Utc>,
) -> Result<(), ApplyError> {
    // No table holds a larger one, and so there is none of it.
    let known = |number: u64| i64::try_from(number).map_err(|_| ApplyError::PullPast(number));
    let (is_kept, number) = match change {
        PullChange::Linked {
            execution,
            phase,
            repository,
            number,
            url,
            ..
        } => {
            let place = Place {
                project,
                repository,
                number: known(*number)?,
                url,
            };
            return Ok(pull::link(txn, place, *execution, *phase, at).await?);
        }
        PullChange::Hinted {
            repository,
            number,
            url,
        } => {
            let place = Place {
                project,
                repository,
                number: known(*number)?,
                url,
            };
            return Ok(pull::hint(txn, place, at).await?);
        }
        PullChange::Told { .. } => return Ok(()),
        PullChange::Seen {
            pull: seen,
            revision,
            next_look_at,
        } => (
            pull::keep(txn, project, seen, *revision, *next_look_at, at).await?,
            seen.number,
        ),
        PullChange::NotSeen {
            number,
            revision,
            trouble,
            next_look_at,
        } => {
            let place = known(*number)?;
            let kept = pull::keep_trouble(txn, project, place, *revision, trouble, *next_look_at);
            (kept.await?, *number)
        }
        PullChange::Dropped { number, revision } => (
            pull::drop_one(txn, project, known(*number)?, *revision).await?,
            *number,
        ),
    };
    is_kept.then_some(()).ok_or(ApplyError::PullPast(number))
}
