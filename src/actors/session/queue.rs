//! Messages that wait until nothing is queued or runs any more.
//!
//! They wait in the table: a restart, of this program too, finds them there. Whether one still waits is decided by the
//! transaction that gives it its turn, changes it or takes it back, so that only one of these happens.

use sea_orm::DatabaseConnection;

use super::turn::{Conversation, TurnError};
use crate::{
    actors::{patience::read_patiently, writer::AppendError},
    db::{
        execution,
        message::{self, Message},
        topic,
    },
    domain::{change::Change, id::MessageId},
};

/// Messages that may be queued in one project: as many as commands may. A person who queued this many has lost track.
pub(super) const QUEUE_MAX: u64 = 20;

impl Conversation {
    /// Gives the message that has waited longest its turn, if nothing is queued or runs; as it is then.
    pub(super) async fn take_queued(&self) -> Result<Option<Message>, TurnError> {
        let project = self.project;
        let query = async |db: &DatabaseConnection| {
            if execution::is_busy(db, project).await? {
                return Ok(None);
            }
            let first = message::first_queued(db, project).await?;
            Ok(first.zip(topic::active(db, project).await?))
        };
        loop {
            let read = read_patiently(&self.parts.reader, "queued messages", query).await?;
            let Some((first, topic)) = read else {
                return Ok(None);
            };
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

    /// A message as it is in its turn: before that it may have been changed.
    async fn read_taken(&self, id: MessageId) -> Result<Option<Message>, TurnError> {
        let query = async |db: &DatabaseConnection| message::find(db, id).await;
        let read = read_patiently(&self.parts.reader, "a message that was queued", query).await?;
        Ok(read
            .map(|(_, message)| message)
            .filter(|message| !message.queued))
    }
}
