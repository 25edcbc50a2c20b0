//! What a project's last command was, and what it did: read from the record and the log.

use super::turn::{Conversation, TurnError};
use crate::{
    agent::{self, LastCommand, STEPS_TOLD},
    db::{
        ReadError,
        activity::{self, Filter},
        execution::{self, Execution},
        message::Message,
        project,
    },
    domain::activity::{Activity, Kind, Verbosity},
};

/// Executions looked at to find the last one before a message: those that were ordered since are fewer.
const LOOKED_BACK: u64 = 50;

/// Steps that are read to count them. Beyond, the number is told as it is then.
const STEPS_READ: u64 = 10_000;

impl Conversation {
    /// The command that was ordered last when `message` was said; the same one when this turn is taken again.
    pub(super) async fn last_before(
        &self,
        message: &Message,
    ) -> Result<Option<Execution>, ReadError> {
        let (project, page) = (
            self.project,
            execution::Page {
                limit: LOOKED_BACK,
                status: None,
                command: None,
            },
        );
        let list = self
            .parts
            .reader
            .read(async |db| execution::list(db, project, page).await)
            .await?;
        let earlier = |execution: &Execution| execution.queued_at < message.timestamp;
        Ok(list.into_iter().find(earlier))
    }

    /// Tells what the last command did.
    pub(super) async fn account(&self, message: &Message) -> Result<String, TurnError> {
        let Some(last) = self.last_before(message).await? else {
            return Ok(agent::account(None, &[], 0, None));
        };
        let (id, reader) = (self.project, &self.parts.reader);
        let head = reader
            .read(async |db| project::head(db, id).await)
            .await?
            .unwrap_or_default();
        let wanted = activity::Page {
            after: None,
            before: None,
            verbosity: Verbosity::Full,
            limit: STEPS_READ,
        };
        let filter = Filter {
            execution: Some(last.id),
            kinds: vec![Kind::Tool, Kind::FileChange],
            ..Filter::default()
        };
        let steps = activity::search(reader, id, wanted, &filter, head).await?;
        let told: Vec<String> = steps[steps.len().saturating_sub(STEPS_TOLD)..]
            .iter()
            .map(first_line)
            .collect();
        let command = LastCommand {
            order: &last.order,
            status: last.status,
        };
        Ok(agent::account(
            Some(&command),
            &told,
            steps.len(),
            last.error.as_deref(),
        ))
    }
}

fn first_line(step: &Activity) -> String {
    step.entry
        .message
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
