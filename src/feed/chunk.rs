//! Several events in one piece, for one write.

use bytes::{Bytes, BytesMut};

use super::Frame;
use crate::domain::activity::Verbosity;

/// Events as they are sent, and how far they lead.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The events; none when the verbosity hides all there was.
    pub bytes: Bytes,
    /// How many they are.
    pub events: usize,
    /// How many activities were looked at for it, hidden ones too.
    pub activities: usize,
    /// The `seq` of the last of those.
    pub last: i64,
    /// Whether there was nothing after them.
    pub is_all: bool,
}

impl Chunk {
    /// Puts together what of these is shown, until there are `most` bytes or more: one event at least. Nothing of nothing is
    /// an empty chunk that leads nowhere.
    pub fn of<'a>(
        frames: impl Iterator<Item = &'a Frame>,
        verbosity: Verbosity,
        most: usize,
    ) -> Self {
        let mut chunk = Self {
            bytes: Bytes::new(),
            events: 0,
            activities: 0,
            last: 0,
            is_all: true,
        };
        let mut joined = BytesMut::new();
        for frame in frames {
            if chunk.bytes.len().max(joined.len()) >= most {
                chunk.is_all = false;
                break;
            }
            chunk.activities += 1;
            chunk.last = frame.seq();
            if frame.verbosity() > verbosity {
                continue;
            }
            chunk.events += 1;
            match chunk.events {
                // The usual case: one event, shared with everybody, is not copied.
                1 => chunk.bytes = frame.event.clone(),
                2 => {
                    joined.extend_from_slice(&chunk.bytes);
                    joined.extend_from_slice(&frame.event);
                }
                _ => joined.extend_from_slice(&frame.event),
            }
        }
        if chunk.events > 1 {
            chunk.bytes = joined.freeze();
        }
        chunk
    }
}
