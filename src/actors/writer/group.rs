//! Storing a group: one transaction, and what to make of its failure.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use tokio::time::timeout;

use super::{
    AppendError, Claim, WriterStatus,
    earlier::Earlier,
    ledger::{Away, Connection, Failure, Ledger, Transaction},
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
    /// The answers to its first appends; to all of them, unless the database is away.
    pub(super) answers: Vec<Answer>,
    /// Why the rest could not be decided.
    pub(super) away: Option<Away>,
    /// The connection, if it can still be used.
    pub(super) connection: Option<Box<dyn Connection>>,
}

impl Store {
    /// Tries once to store each append, all of it or nothing: together, and if one is refused, one by one, so that it
    /// fails alone.
    pub(super) async fn store(mut self) -> Stored {
        let group = std::mem::take(&mut self.group);
        let mut answers = Vec::with_capacity(group.len());
        let away = match self.attempt(&group).await {
            Ok(all) => {
                answers = all;
                None
            }
            Err(Failure::Away(away)) => Some(away),
            // One that may have been stored is looked up once more: the attempt before may have succeeded in between.
            Err(Failure::Refused(refused)) if group.len() == 1 && !group[0].maybe_stored => {
                answers.push(Err(refused));
                None
            }
            Err(Failure::Refused(_)) => self.one_by_one(&group, &mut answers).await.err(),
        };
        Stored {
            answers,
            away,
            connection: self.connection,
        }
    }

    async fn one_by_one(
        &mut self,
        group: &[Pending],
        answers: &mut Vec<Answer>,
    ) -> Result<(), Away> {
        for pending in group {
            match self.attempt(std::slice::from_ref(pending)).await {
                Ok(only) => answers.extend(only),
                Err(Failure::Refused(refused)) => answers.push(Err(refused)),
                Err(Failure::Away(away)) => return Err(away),
            }
        }
        Ok(())
    }

    async fn attempt(&mut self, group: &[Pending]) -> Result<Vec<Answer>, Failure> {
        let limit = self.ledger.patience();
        let late = || Failure::away(format!("the database did not answer within {limit:?}"));
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => timeout(limit, self.ledger.connect())
                .await
                .unwrap_or_else(|_| Err(late()))?,
        };
        // A peer in a black hole never answers, and its slot in the pool never comes back: the pool is dropped.
        let result = timeout(
            limit,
            attempt(&*connection, group, &self.status, self.ledger.retention()),
        )
        .await
        .unwrap_or_else(|_| Err(late().at_the_commit()));
        if !matches!(result, Err(Failure::Away(_))) {
            self.connection = Some(connection);
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
        true => (HashSet::new(), Vec::new()),
        false => transaction(connection, &missing, status, retention).await?,
    };
    let stored: Vec<bool> = group
        .iter()
        .map(|pending| {
            let mut changes = pending.changes.iter();
            earlier.has(pending) || changes.all(|reported| stored_now.contains(&reported.id))
        })
        .collect();
    let mut by_id: HashMap<ActivityId, Logged> = earlier
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
) -> Result<(HashSet<ActivityId>, Vec<Logged>), Failure> {
    let begun = Instant::now();
    let txn = connection.begin().await?;
    // Only now: getting here may have taken as long as somebody else held the lock, and people have gone meanwhile.
    let taken = Taken::of(missing);
    let changes = taken.changes();
    let trace = Trace::begin(&changes, begun);
    match commit(txn, taken, &changes, retention).await {
        Ok(logged) => {
            status.committed(begun.elapsed());
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
    taken.keep();
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
    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for claim in self.0.iter().filter_map(|pending| pending.claim.as_ref()) {
            claim.put_back();
        }
    }
}
