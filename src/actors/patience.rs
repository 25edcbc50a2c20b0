//! What must succeed in the end: reading what an actor cannot go on without, however long the database is away, and
//! telling a fact, however full the mailbox. And what need not: a person's wait.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};

use super::{reply::Answer, supervisor::Unsent, writer::AppendError};
use crate::{
    db::{ReadError, Reader},
    delay::Delays,
};

/// The first and the longest wait between two tries: back within two seconds of the database.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(2);

/// Reads with `query` until the database answers. `what` is for the log.
///
/// # Errors
/// [`ReadError::Failed`] with an error that would come again however often it is tried.
pub(super) async fn read_patiently<T>(
    reader: &Reader,
    what: &'static str,
    query: impl AsyncFn(&DatabaseConnection) -> Result<T, DbErr>,
) -> Result<T, ReadError> {
    let mut delays = Delays::new(RETRY_FIRST, RETRY_LONGEST);
    let mut failed_before = false;
    loop {
        match reader.read(&query).await {
            // Once is not worth a word: the next try has another pool. And a thread that ends has this fail once.
            Err(error) if error.is_away() && !failed_before => {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, what, "the database could not be read; trying again");
            }
            Err(error) if error.is_away() => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, what, "the database could not be read; trying again");
            }
            decided => return decided,
        }
        failed_before = true;
        delays.wait().await;
    }
}

/// The first and the longest wait for room in a mailbox.
const ROOM_FIRST: Duration = Duration::from_millis(5);
const ROOM_LONGEST: Duration = Duration::from_millis(500);

/// Tells with `tell` until it is not refused for want of room.
pub(super) async fn tell_patiently(mut tell: impl FnMut() -> Result<(), Unsent>) {
    let mut delays = Delays::new(ROOM_FIRST, ROOM_LONGEST);
    while tell() == Err(Unsent::Full) {
        delays.wait().await;
    }
}

/// How long a person waits for an answer, whatever stands in its way. Longer than the writer lets them wait and a statement
/// takes that is given up, so that its words, which are more exact, come first; shorter than a browser's patience.
const PERSON_WAITS: Duration = Duration::from_secs(20);

/// What comes of something, for a person; [`AppendError::Unknown`] when it takes too long.
pub(super) async fn person_waits<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, E>
where
    E: From<AppendError>,
{
    let done = tokio::time::timeout(PERSON_WAITS, work).await;
    done.unwrap_or_else(|_| Err(AppendError::Unknown.into()))
}

/// What a person is answered; [`AppendError::Unknown`] when that takes too long. Whoever finds the question later finds it
/// abandoned, and passes over it.
pub(super) async fn in_time<T, E>(answer: Answer<Result<T, E>>) -> Result<T, E>
where
    E: From<AppendError>,
{
    match tokio::time::timeout(PERSON_WAITS, answer).await {
        Ok(answer) => answer.map_err(AppendError::from)?,
        Err(_) => Err(AppendError::Unknown.into()),
    }
}
