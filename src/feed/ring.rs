//! The ring: what was published last in a project, ready to send.

use std::{
    collections::{VecDeque, vec_deque::Iter},
    iter::Skip,
};

use super::{Chunk, Frame, Read};
use crate::domain::activity::Verbosity;

/// Activities a ring holds at most: ten seconds of a very busy project. Who is further behind reads the log.
const RING_FRAMES_MAX: usize = 1_024;

/// Bytes a ring holds at most, however few activities that is, so that a thousand watched projects with long outputs
/// stay within a gigabyte.
const RING_BYTES_MAX: usize = 1 << 20;

/// The newest activities of a project, without gaps.
#[derive(Default)]
pub(super) struct Ring {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// What was made for the last stream that asked: most streams of a project are at the same place and want the same, and it is
    /// put together once for them.
    last: Option<Asked>,
}

/// What a stream asked for, and got.
struct Asked {
    after: i64,
    verbosity: Verbosity,
    chunk: Chunk,
}

impl Ring {
    pub(super) fn push(&mut self, frames: Vec<Frame>) {
        self.last = None;
        for frame in frames {
            let expected = self.frames.back().map(|last| last.seq() + 1);
            if expected.is_some_and(|expected| frame.seq() < expected) {
                // Published again after a crash of the writer; the ring has it.
                continue;
            }
            if expected.is_some_and(|expected| frame.seq() > expected) {
                // Something between was never published here: only the log has all of it.
                self.clear();
            }
            self.bytes += frame.bytes();
            self.frames.push_back(frame);
        }
        while self.frames.len() > RING_FRAMES_MAX || self.bytes > RING_BYTES_MAX {
            let Some(oldest) = self.frames.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
    }

    pub(super) fn clear(&mut self) {
        self.last = None;
        self.frames.clear();
        self.bytes = 0;
    }

    /// Everything after a cursor.
    pub(super) fn after(&mut self, cursor: i64) -> Read<Vec<Frame>> {
        self.from(cursor, |frames| frames.cloned().collect())
    }

    /// What comes after a cursor, as one chunk of about so many bytes at most.
    pub(super) fn chunk(&mut self, after: i64, verbosity: Verbosity, bytes: usize) -> Read<Chunk> {
        if let Some(last) = &self.last
            && (last.after, last.verbosity) == (after, verbosity)
        {
            return Read::New(last.chunk.clone());
        }
        let read = self.from(after, |frames| Chunk::of(frames, verbosity, bytes));
        if let Read::New(chunk) = &read {
            self.last = Some(Asked {
                after,
                verbosity,
                chunk: chunk.clone(),
            });
        }
        read
    }

    fn from<T>(&self, cursor: i64, take: impl FnOnce(Skip<Iter<'_, Frame>>) -> T) -> Read<T> {
        let (Some(first), Some(last)) = (self.frames.front(), self.frames.back()) else {
            return Read::Behind;
        };
        if cursor >= last.seq() {
            return Read::UpToDate;
        }
        if cursor + 1 < first.seq() {
            return Read::Behind;
        }
        let from = usize::try_from(cursor + 1 - first.seq()).unwrap_or(usize::MAX);
        Read::New(take(self.frames.iter().skip(from)))
    }
}
