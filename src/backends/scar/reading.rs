//! A list of messages on its way from SCAR.

use reqwest::Response;

use super::{
    answer::in_words,
    link::{Away, Link},
    list::{ListReader, Message},
};

/// Bytes of a list of messages: ten times what 100,000 usual messages take.
const LIST_BYTES_MAX: usize = 1 << 30;

/// A list of messages on its way.
pub(super) struct Reading<'a> {
    link: &'a Link,
    response: Response,
    list: ListReader,
    bytes: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(link: &'a Link, response: Response, skip: usize) -> Self {
        Self {
            link,
            response,
            list: ListReader::new(skip),
            bytes: 0,
        }
    }

    /// The messages in the next piece, maybe none; nothing when there are no more pieces.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<(usize, Message)>>, Away> {
        let piece = self.response.chunk().await;
        let piece = self
            .link
            .noted(piece.map_err(|error| Away(in_words(&error))))?;
        let Some(piece) = piece else {
            return Ok(None);
        };
        self.bytes += piece.len();
        let mut taken = Vec::new();
        let read = match self.bytes > LIST_BYTES_MAX {
            true => Err(Away("its list of messages was far too long".to_owned())),
            false => self
                .list
                .push(&piece, &mut taken)
                .map_err(|error| Away(error.to_string())),
        };
        self.link.noted(read)?;
        Ok(Some(taken))
    }

    /// How many messages there are, and how many bytes they took.
    pub(super) fn finish(self) -> Result<(usize, usize), Away> {
        let Self {
            link, list, bytes, ..
        } = self;
        let length = list.finish().map_err(|error| Away(error.to_string()));
        link.noted(length).map(|length| (length, bytes))
    }
}
