//! Messages that wait until nothing is queued or runs any more.
//!
//! They wait in the table: a restart, of this program too, finds them there. Whether one still waits is decided by the
//! transaction that gives it its turn, changes it or takes it back, so that only one of these happens.

use sea_orm::DatabaseConnection;

use super::{
    report::unreported,
    turn::{Conversation, TurnError},
};
use crate::{
    actors::{patience::read_patiently, writer::AppendError},
    db::{
        Among,
        execution::{self, Execution},
        message::{self, Message},
        topic,
    },
    domain::{change::Change, id::MessageId},
};

/// Messages that may be queued in one project: as many as commands may. A person who queued this many has lost track.
pub(super) const QUEUE_MAX: u64 = 20;

impl Conversation {
    /// Gives the message that has waited longest its turn, if nothing is queued or runs; as it is then. What it waited for is
    /// reported before: word of that may still be on its way here, or be lost with a crash.
    pub(super) async fn take_queued(&self) -> Result<Option<Message>, TurnError> {
        let project = self.project;
        let query = async |db: &DatabaseConnection| {
            if execution::is_busy(db, project).await? {
                return Ok(None);
            }
            let Some(first) = message::first_queued(db, project).await? else {
                return Ok(None);
            };
            let ended = unreported(db, Among::One(project), QUEUE_MAX).await?;
            let active = topic::active(db, project).await?;
            Ok(active.map(|topic| (first, topic, ended)))
        };
        loop {
            let read = read_patiently(&self.parts.reader, "queued messages", query).await?;
            let Some((first, topic, ended)) = read else {
                return Ok(None);
            };
            self.report_all(&ended).await?;
            let message = first.id;
            match self.append(Change::MessageTaken { message, topic }).await {
                // Withdrawn at that very moment: the next one is the first.
                Err(AppendError::MessagePast) => {}
                // What has begun at that very moment tells of its end.
                Err(AppendError::ProjectBusy) => return Ok(None),
                Ok(()) | Err(AppendError::Unknown) => {
                    tracing::debug!(project.id = %project, message.id = %message, "a queued message has its turn");
                    return self.read_taken(message).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reports what has ended. Nothing waits for it: an end whose report cannot be stored keeps no message from its turn.
    async fn report_all(&self, ended: &[Execution]) -> Result<(), TurnError> {
        for execution in ended {
            match self.report(execution.id).await {
                Err(TurnError::Append(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, execution.id = %execution.id, "an end could not be reported before a queued message");
                }
                reported => reported?,
            }
        }
        Ok(())
    }

    /// A message as it is in its turn: before that it may have been changed.
    async fn read_taken(&self, id: MessageId) -> Result<Option<Message>, TurnError> {
        let query = async |db: &DatabaseConnection| message::find(db, id).await;
        let read = read_patiently(&self.parts.reader, "a message that was queued", query).await?;
        Ok(read
            .map(|(_, message)| message)
            .filter(|message| !message.queued))
    }
}
