//! What the project manager says, and what else is stored with it.

use sea_orm::DatabaseConnection;

use super::{
    store::message_in,
    turn::{Conversation, TurnError},
};
use crate::{
    actors::{
        patience::read_patiently,
        writer::{AppendError, WriterHandle},
    },
    db::{ReadError, topic},
    domain::{
        change::{Change, Reported},
        id::{MessageId, ProjectId},
        message::{MessageText, Role},
    },
};

impl Conversation {
    /// Says it, unless it was said before with the same key.
    pub(super) async fn say(&self, key: String, words: String) -> Result<(), TurnError> {
        self.say_as(MessageId::new(), key, words).await
    }

    pub(super) async fn say_as(
        &self,
        id: MessageId,
        key: String,
        words: String,
    ) -> Result<(), TurnError> {
        let message = self.message_by(Role::Assistant, id, key, &words).await?;
        self.append_once(message).await
    }

    /// Says something of the server itself, once for each key.
    pub(super) async fn note(&self, key: String, words: &str) -> Result<(), TurnError> {
        let (id, role) = (MessageId::new(), Role::System);
        let message = self.message_by(role, id, key, words).await?;
        self.append_once(message).await
    }

    async fn append_once(&self, message: Change) -> Result<(), TurnError> {
        match self.append(message).await {
            Ok(()) | Err(AppendError::Duplicate) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What the project manager says, to be stored.
    pub(super) async fn message(&self, key: String, words: &str) -> Result<Change, ReadError> {
        let (id, role) = (MessageId::new(), Role::Assistant);
        self.message_by(role, id, key, words).await
    }

    async fn message_by(
        &self,
        role: Role,
        id: MessageId,
        key: String,
        words: &str,
    ) -> Result<Change, ReadError> {
        let text = MessageText::cut(words);
        let project = self.project;
        let query = async |db: &DatabaseConnection| topic::active(db, project).await;
        let active = read_patiently(&self.parts.reader, "the active topic", query).await?;
        let new = message_in(active, id, role, text, Some(key));
        Ok(Change::MessagePosted(new))
    }

    pub(super) async fn append(&self, change: Change) -> Result<(), AppendError> {
        self.append_all(vec![change]).await
    }

    /// All of them, or none.
    pub(super) async fn append_all(&self, changes: Vec<Change>) -> Result<(), AppendError> {
        let changes = changes.into_iter();
        let changes = changes.map(|change| Reported::now(self.project, change));
        self.parts
            .writer
            .append(changes.collect())
            .await
            .map(|_| ())
    }
}

/// Says in the project that its session was set aside.
pub(in crate::actors) async fn say_set_aside(
    writer: WriterHandle,
    project: ProjectId,
    why: String,
) {
    let message = format!(
        "The project manager of this project failed too often ({why}) and was set aside. Your messages are kept; write again to start it anew."
    );
    let notice = Change::Noticed {
        message,
        status: "set_aside",
    };
    if let Err(error) = writer.append(vec![Reported::now(project, notice)]).await {
        tracing::error!(error = &error as &dyn std::error::Error, project.id = %project, "it could not be said that a session was set aside");
    }
}
