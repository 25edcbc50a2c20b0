//! Reading from the log, for who is further behind than the ring reaches back.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use super::{Line, Over};
use crate::{
    db::{LogReader, ReadError},
    delay::Delays,
};

/// The first and the longest wait between two tries to read the log.
const READ_RETRY_FIRST: Duration = Duration::from_millis(100);
const READ_RETRY_LONGEST: Duration = Duration::from_secs(2);

impl Line {
    /// Reads from the log, however long the database is away: the stream stays open, beats and says so. What would fail
    /// again however often it is tried ends the stream.
    pub(super) async fn read<T>(
        &mut self,
        head: i64,
        query: impl Fn(&dyn LogReader) -> BoxFuture<'_, Result<T, ReadError>>,
    ) -> Result<T, Over> {
        let mut delays = Delays::new(READ_RETRY_FIRST, READ_RETRY_LONGEST);
        let log = Arc::clone(&self.log);
        loop {
            match self.beating(head, query(&*log)).await? {
                Ok(read) => return Ok(read),
                Err(error) if error.is_away() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, project.id = %self.wanted.project, "a stream could not read the log; trying again");
                    self.tell_database(Some(&error)).await?;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, project.id = %self.wanted.project, "a stream cannot read the log and ends");
                    self.tell_unreadable(&error).await?;
                    return Err(Over);
                }
            }
            self.beating(head, delays.wait()).await?;
        }
    }

    /// Waits for `future`, beating meanwhile, for as long as there is somebody to beat for.
    async fn beating<T>(&self, head: i64, future: impl Future<Output = T>) -> Result<T, Over> {
        tokio::pin!(future);
        loop {
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Err(Over),
                () = self.outbox.beat_due() => self.beat(head).await?,
                done = &mut future => return Ok(done),
            }
        }
    }
}
