//! How much of each log is kept.

use std::collections::BTreeMap;

use sea_orm::{DatabaseTransaction, DbErr, prelude::Uuid};

use super::Logged;
use crate::{db::activity, domain::id::ProjectId};

/// How much of each log is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Activities at least; 0 keeps all.
    pub activities: i64,
}

impl Retention {
    /// Whether a log that grows from one head to another is to be looked at: not each time, so that what trimming costs
    /// is spread over many appends.
    fn is_due(self, from: i64, to: i64) -> bool {
        let every = (self.activities / 10).clamp(1, TRIM_EVERY_MAX);
        self.activities > 0 && from / every != to / every
    }
}

/// Activities between two trims at most: fewer than one trim takes, so that trimming catches up.
const TRIM_EVERY_MAX: i64 = 1_000;

/// Trims the logs that have grown.
pub(super) async fn trim(
    txn: &DatabaseTransaction,
    logged: &[Logged],
    before: &BTreeMap<Uuid, i64>,
    retention: Retention,
) -> Result<(), DbErr> {
    // The last of each project is its head.
    let heads: BTreeMap<Uuid, i64> = logged
        .iter()
        .map(|logged| (logged.project.0, logged.activity.seq))
        .collect();
    for (project, head) in heads {
        let from = before.get(&project).copied().unwrap_or_default();
        if retention.is_due(from, head) {
            activity::trim(txn, ProjectId(project), head, retention.activities).await?;
        }
    }
    Ok(())
}
