//! Storing a group: one transaction, and what to make of its failure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use tokio::time::timeout;

use super::{
    AppendError, Claim, WriterStatus,
    earlier::Earlier,
    ledger::{Connection, Failure, Ledger, Transaction},
    trace::Trace,
};
use crate::{
    db::apply::{Logged, Retention},
    domain::{change::Reported, id::ActivityId},
    failpoint::FailPoint,
};

/// What became of one append.
pub(super) type Answer = Result<Vec<Logged>, AppendError>;

/// One append of a group.
pub(super) struct Pending {
    pub(super) changes: Arc<[Reported]>,
    /// Whether an earlier attempt may have stored it.
    pub(super) maybe_stored: bool,
    /// Taken when it is stored. None when nobody waits for it any more: then it is only looked up.
    pub(super) claim: Option<Claim>,
}

/// A group and what storing it needs.
pub(super) struct Store {
    pub(super) group: Vec<Pending>,
    pub(super) ledger: Arc<dyn Ledger>,
    /// Opened when there is none.
    pub(super) connection: Option<Box<dyn Connection>>,
    pub(super) status: WriterStatus,
}

/// What became of a group.
pub(super) struct Stored {
    /// An answer to each of its appends, or why none of them was stored.
    pub(super) outcome: Result<Vec<Answer>, Failure>,
    /// The connection, if it can still be used.
    pub(super) connection: Option<Box<dyn Connection>>,
}

impl Store {
    /// Tries once to store the group, all of it or nothing.
    pub(super) async fn store(mut self) -> Stored {
        let mut outcome = self.attempt().await;
        match (&outcome, self.group.as_slice()) {
            // The database cannot do the least of things; it does not matter how it says so.
            (Err(Failure::Refused(refused)), []) => {
                outcome = Err(Failure::away(refused.to_string()));
            }
            // Looked up once more: it may be refused because meanwhile it was stored after all.
            (Err(Failure::Refused(_)), [only]) if only.maybe_stored => {
                outcome = self.attempt().await;
            }
            _ => {}
        }
        Stored {
            outcome,
            connection: self.connection,
        }
    }

    async fn attempt(&mut self) -> Result<Vec<Answer>, Failure> {
        let limit = self.ledger.patience();
        let late = || Failure::away(format!("the database did not answer within {limit:?}"));
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => timeout(limit, self.ledger.connect())
                .await
                .unwrap_or_else(|_| Err(late()))?,
        };
        // A peer in a black hole never answers, and its slot in the pool never comes back: the pool is given up.
        let retention = self.ledger.retention();
        let attempt = attempt(&*connection, &self.group, &self.status, retention);
        let result = timeout(limit, attempt)
            .await
            .unwrap_or_else(|_| Err(late().at_the_commit()));
        match result {
            Err(Failure::Away(_)) => connection.discard(),
            Ok(_) | Err(Failure::Refused(_)) => self.connection = Some(connection),
        }
        result
    }
}

async fn attempt(
    connection: &dyn Connection,
    group: &[Pending],
    status: &WriterStatus,
    retention: Retention,
) -> Result<Vec<Answer>, Failure> {
    let earlier = Earlier::look_up(connection, group).await?;
    let missing: Vec<&Pending> = group
        .iter()
        .filter(|pending| !earlier.has(pending))
        .collect();
    // Without a group, an empty transaction finds out whether a database that was away can be written again.
    let (stored_now, logged) = match missing.is_empty() && !group.is_empty() {
        true => (BTreeSet::new(), Vec::new()),
        false => transaction(connection, &missing, status, retention).await?,
    };
    let stored: Vec<bool> = group
        .iter()
        .map(|pending| {
            let mut changes = pending.changes.iter();
            earlier.has(pending) || changes.all(|reported| stored_now.contains(&reported.id))
        })
        .collect();
    // Ids grow with time, so these are nearly in order.
    let mut by_id: BTreeMap<ActivityId, Logged> = earlier
        .into_logged()
        .chain(logged)
        .map(|logged| (logged.activity.id, logged))
        .collect();
    let answer = |(pending, stored): (&Pending, bool)| {
        if !stored {
            return Err(AppendError::Unavailable);
        }
        let logged = |reported: &Reported| by_id.remove(&reported.id);
        Ok(pending.changes.iter().filter_map(logged).collect())
    };
    Ok(group.iter().zip(stored).map(answer).collect())
}

/// One transaction with all of these that somebody waits for. Which changes it stored, and the activities they led to.
async fn transaction(
    connection: &dyn Connection,
    missing: &[&Pending],
    status: &WriterStatus,
    retention: Retention,
) -> Result<(BTreeSet<ActivityId>, Vec<Logged>), Failure> {
    let begun = Instant::now();
    let txn = connection.begin().await?;
    // Only now: getting here may have taken as long as somebody else held the lock, and people have gone meanwhile.
    let taken = Taken::of(missing);
    let changes = taken.changes();
    let trace = Trace::begin(&changes, begun);
    match commit(txn, taken, &changes, retention).await {
        Ok(logged) => {
            status.committed(changes.len(), begun.elapsed());
            trace.stored();
            let ids = changes.iter().map(|reported| reported.id).collect();
            Ok((ids, logged))
        }
        Err(failure) => {
            match &failure {
                Failure::Refused(refused) => trace.not_stored(&refused.to_string()),
                Failure::Away(away) if away.unsure => trace.broken_off(&away.reason),
                Failure::Away(away) => trace.not_stored(&away.reason),
            }
            Err(failure)
        }
    }
}

/// Applies the changes and commits, or rolls back.
async fn commit(
    mut txn: Box<dyn Transaction>,
    taken: Taken<'_>,
    changes: &[&Reported],
    retention: Retention,
) -> Result<Vec<Logged>, Failure> {
    FailPoint::BeforeInserts.pass().await?;
    let logged = match txn.apply(changes, retention).await {
        Ok(logged) => logged,
        Err(failure) => {
            txn.rollback().await;
            return Err(failure);
        }
    };
    FailPoint::AfterInserts.pass().await?;
    taken.doubt();
    FailPoint::BeforeCommit.pass().await?;
    txn.commit().await.map_err(Failure::at_the_commit)?;
    let lost = FailPoint::CommitUnknown.pass().await;
    lost.map_err(|on_purpose| Failure::from(on_purpose).at_the_commit())?;
    Ok(logged)
}

/// Appends that are being stored. Dropped before the commit, in whichever way, it puts their claims back.
struct Taken<'a>(Vec<&'a Pending>);

impl<'a> Taken<'a> {
    fn of(missing: &[&'a Pending]) -> Self {
        let taken = |pending: &&Pending| pending.claim.as_ref().is_some_and(Claim::take);
        Self(missing.iter().copied().filter(taken).collect())
    }

    fn changes(&self) -> Vec<&'a Reported> {
        self.0
            .iter()
            .flat_map(|pending| pending.changes.iter())
            .collect()
    }

    /// From now on they may be stored, whatever the answer is.
    fn doubt(self) {
        self.claims().for_each(Claim::doubt);
    }

    fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.0.iter().filter_map(|pending| pending.claim.as_ref())
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.claims().for_each(Claim::put_back);
    }
}
