//! What a project's last command was, and what it did: read from the record and the log.

use super::turn::{Conversation, TurnError};
use crate::{
    agent::{self, STEPS_TOLD},
    db::{
        ReadError,
        activity::{self, Filter},
        execution::{self, Execution},
        message::Message,
        project,
    },
    domain::activity::{Kind, Verbosity},
};

impl Conversation {
    /// The command that was ordered last when `message` was said; the same one when this turn is taken again.
    pub(super) async fn last_before(
        &self,
        message: &Message,
    ) -> Result<Option<Execution>, ReadError> {
        let (project, at) = (self.project, message.timestamp);
        self.parts
            .reader
            .read(async |db| execution::last_before(db, project, at).await)
            .await
    }

    /// Tells what a command did.
    pub(super) async fn account(&self, last: &Execution) -> Result<String, TurnError> {
        let (id, reader) = (self.project, &self.parts.reader);
        let head = reader.read(async |db| project::head(db, id).await).await?;
        let wanted = activity::Page {
            after: None,
            before: None,
            verbosity: Verbosity::Full,
            // One more, to know whether there are more.
            limit: STEPS_TOLD + 1,
        };
        let filter = Filter {
            execution: Some(last.id),
            kinds: vec![Kind::Tool, Kind::FileChange],
            ..Filter::default()
        };
        let steps = match head {
            Some(head) => activity::search(reader, id, wanted, &filter, head).await?,
            // The project was deleted meanwhile, and its log with it.
            None => Vec::new(),
        };
        let words: Vec<&str> = steps
            .iter()
            .map(|step| step.entry.message.as_str())
            .collect();
        Ok(agent::account(&last.into(), &words, last.error.as_deref()))
    }
}

impl<'a> From<&'a Execution> for agent::LastCommand<'a> {
    fn from(last: &'a Execution) -> Self {
        Self {
            order: &last.order,
            status: last.status,
        }
    }
}
