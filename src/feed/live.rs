//! What is being written just now: shown to chat windows as it grows, and never stored.
//!
//! Beside the log, not in it: it has no `seq`, may be lost, and is over when the message it becomes is stored. There is one
//! place for it in a project, which holds all that was written so far. So it is bounded, whoever is slow misses only
//! the steps between, and who writes waits for nobody.

use std::sync::Arc;

use super::{
    Channel, Feed, Tone, lock,
    unfinished::{More, Unfinished},
};
use crate::domain::{
    id::{MessageId, ProjectId},
    message::MESSAGE_CHARS_MAX,
    redaction::Secrets,
};

/// Bytes of it that are shown at most: what a message may have.
const BYTES_MAX: usize = MESSAGE_CHARS_MAX * 4;

/// A message that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id it will have.
    pub id: MessageId,
    /// How often it was begun again.
    pub beginning: u32,
    /// What is shown of it.
    pub text: String,
}

/// Somebody writes; until this is dropped.
pub struct Writing {
    /// Held, so that who begins to watch in the middle sees what there is.
    channel: Arc<Channel>,
    text: Unfinished,
}

impl Feed {
    /// Shows that a message is being written, without these secrets. A project has one such at a time.
    pub fn write(&self, project: ProjectId, id: MessageId, secrets: &Secrets) -> Writing {
        let channel = self.channel(project);
        *lock(&channel.live) = Some(Draft {
            id,
            beginning: 0,
            text: String::new(),
        });
        channel.bell.ring(Tone::Drafted);
        let text = Unfinished::new(secrets, BYTES_MAX);
        Writing { channel, text }
    }
}

impl Writing {
    /// It goes on so.
    pub fn more(&mut self, text: &str) {
        let Some(more) = self.text.more(text) else {
            return;
        };
        if let Some(draft) = &mut *lock(&self.channel.live) {
            match more {
                More::On(more) => draft.text.push_str(&more),
                More::Anew(all) => {
                    draft.text = all;
                    draft.beginning += 1;
                }
            }
        }
        self.channel.bell.ring(Tone::Drafted);
    }

    /// What there is of it.
    pub fn written(&self) -> String {
        self.text.written().to_owned()
    }

    /// It begins again.
    pub fn again(&mut self) {
        self.text.again();
        match &mut *lock(&self.channel.live) {
            Some(draft) if !draft.text.is_empty() => {
                draft.text.clear();
                draft.beginning += 1;
            }
            _ => return,
        }
        self.channel.bell.ring(Tone::Drafted);
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        *lock(&self.channel.live) = None;
        self.channel.bell.ring(Tone::Drafted);
    }
}
