//! What a coding agent writes just now: shown in streams as it grows, and never stored.
//!
//! Beside the log, as [`live`](super::live) is: one bounded place in a project, which holds all of one text that was written
//! so far, until the step it becomes is about to be stored. Who is slow misses only the steps between, and who writes waits
//! for nobody.

use std::sync::Arc;

use super::{
    Channel, Feed, Tone, Watcher, lock,
    unfinished::{More, Unfinished},
};
use crate::domain::{
    id::{BlockId, ExecutionId, ProjectId},
    redaction::Secrets,
};

/// Bytes of a text that are shown while it is written: some pages. What is longer is seen when it is done.
const BYTES_MAX: usize = 64 << 10;

/// A text that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    execution: ExecutionId,
    block: BlockId,
    /// How often it was begun again.
    beginning: u32,
    /// What is shown of it.
    text: String,
}

/// What is new of a text that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// In which execution.
    pub execution: ExecutionId,
    /// Which text.
    pub block: BlockId,
    /// How it goes on.
    pub text: String,
    /// Whether that is all there is of it.
    pub is_all: bool,
}

/// How much somebody was shown, and of which text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen(Option<(BlockId, u32, usize)>);

/// Where an execution's coding agent writes; until this is dropped.
pub struct Growing {
    /// Held, so that who begins to watch in the middle sees what there is.
    channel: Arc<Channel>,
    execution: ExecutionId,
    secrets: Secrets,
    text: Option<(BlockId, Unfinished)>,
}

impl Feed {
    /// A place to show what an execution's coding agent writes, without these secrets. A project runs one at a time.
    pub fn grow(&self, project: ProjectId, execution: ExecutionId, secrets: Secrets) -> Growing {
        Growing {
            channel: self.channel(project),
            execution,
            secrets,
            text: None,
        }
    }
}

impl Growing {
    /// A text goes on so; any other is over.
    pub fn more(&mut self, block: BlockId, more: &str) {
        let text = match &mut self.text {
            Some((same, text)) if *same == block => text,
            place => {
                let begun = (block, Unfinished::new(&self.secrets, BYTES_MAX));
                &mut place.insert(begun).1
            }
        };
        let Some(more) = text.more(more) else {
            return;
        };
        let execution = self.execution;
        let mut growing = lock(&self.channel.growing);
        let same = growing.take().filter(|text| text.block == block);
        let begun = same.unwrap_or_else(|| Text {
            execution,
            block,
            beginning: 0,
            text: String::new(),
        });
        *growing = Some(match more {
            More::On(more) => Text {
                text: begun.text + &more,
                ..begun
            },
            More::Anew(all) => Text {
                text: all,
                beginning: begun.beginning + 1,
                ..begun
            },
        });
        drop(growing);
        self.channel.bell.ring(Tone::Grown);
    }

    /// A text is done. Said before its step is stored: nobody is shown how a text goes on of which they have seen all.
    pub fn done(&self, block: BlockId) {
        self.clear(|text| text.block == block);
    }

    /// Nobody is to be told anything of that.
    fn clear(&self, is_over: impl Fn(&Text) -> bool) {
        lock(&self.channel.growing).take_if(|text| is_over(text));
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        self.clear(|text| text.execution == self.execution);
    }
}

impl Watcher {
    /// How what is being written goes on after what was `seen`. Only that is copied, however much there is.
    pub fn delta(&mut self, seen: &mut Seen) -> Option<Delta> {
        self.ear.hear(Tone::Grown);
        let growing = lock(&self.channel.growing);
        let text = growing.as_ref()?;
        let from = match seen.0 {
            Some((block, beginning, bytes))
                if (block, beginning) == (text.block, text.beginning) =>
            {
                bytes
            }
            _ => 0,
        };
        seen.0 = Some((text.block, text.beginning, text.text.len()));
        let new = text.text.get(from..).filter(|new| !new.is_empty())?;
        Some(Delta {
            execution: text.execution,
            block: text.block,
            text: new.to_owned(),
            is_all: from == 0,
        })
    }
}
