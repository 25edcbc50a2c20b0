//! A list of messages on its way from SCAR.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::Response;

use super::{
    answer::in_words,
    circuit::Away,
    link::Link,
    list::{ListReader, Message},
};

/// Bytes of a list of messages: ten times what 100,000 usual messages take.
const LIST_BYTES_MAX: usize = 1 << 30;

/// How many times as long as SCAR may be silent a whole answer may take: a long list over a slow line takes its time, and
/// an answer that never ends does not hold a command up for ever.
const WHOLE_ANSWER: u32 = 30;

/// How long an answer may take. Only the time counts in which it is waited for: a database that takes a step slowly is
/// not SCAR's silence.
pub(super) struct Patience {
    silence: Duration,
    left: Duration,
}

impl Patience {
    pub(super) fn new(silence: Duration) -> Self {
        Self {
            silence,
            left: silence * WHOLE_ANSWER,
        }
    }

    /// The next piece of an answer; nothing when there are no more.
    pub(super) async fn piece(&mut self, response: &mut Response) -> Result<Option<Bytes>, Away> {
        let waits = Instant::now();
        let limit = self.silence.min(self.left);
        let piece = tokio::time::timeout(limit, response.chunk()).await;
        self.left = self.left.saturating_sub(waits.elapsed());
        match piece {
            Ok(piece) => piece.map_err(|error| Away(in_words(&error))),
            Err(_) => Err(Away::too_slow()),
        }
    }
}

/// A list of messages on its way.
pub(super) struct Reading<'a> {
    link: &'a Link,
    response: Response,
    patience: Patience,
    list: ListReader,
    bytes: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(link: &'a Link, response: Response, skip: usize) -> Self {
        Self {
            link,
            response,
            patience: link.patience(),
            list: ListReader::new(skip),
            bytes: 0,
        }
    }

    /// The messages in the next piece, maybe none; nothing when there are no more pieces.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<(usize, Message)>>, Away> {
        let next = self.next_unnoted().await;
        self.link.circuit().note(next)
    }

    /// The same without the circuit's knowledge.
    pub(super) async fn next_unnoted(&mut self) -> Result<Option<Vec<(usize, Message)>>, Away> {
        let Some(piece) = self.patience.piece(&mut self.response).await? else {
            return Ok(None);
        };
        self.bytes += piece.len();
        if self.bytes > LIST_BYTES_MAX {
            return Err(Away("its list of messages was far too long".to_owned()));
        }
        let mut taken = Vec::new();
        let read = self.list.push(&piece, &mut taken);
        read.map_err(|error| Away(error.to_string()))?;
        Ok(Some(taken))
    }

    /// How many messages there are, and how many bytes they took.
    pub(super) fn finish(self) -> Result<(usize, usize), Away> {
        let Self {
            link, list, bytes, ..
        } = self;
        let length = list.finish().map_err(|error| Away(error.to_string()));
        link.circuit().note(length).map(|length| (length, bytes))
    }
}
