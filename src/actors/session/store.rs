//! Storing what is said.

use chrono::TimeDelta;
use sea_orm::{DatabaseConnection, DbErr};

use super::{Parts, PostError, Posted, TURNS_MAX, left::count_unanswered, queue::QUEUE_MAX};
use crate::{
    actors::writer::AppendError,
    agent, clock,
    db::{
        ReadError, Reader, execution,
        message::{self, Message},
        topic,
    },
    domain::{
        change::{Change, NewMessage, Reported},
        id::{MessageId, ProjectId, TopicId},
        message::{MessageText, Role},
    },
};

/// After so long without a word one begins anew: a yes then is no yes to what was asked before.
const TOPIC_SILENCE: TimeDelta = TimeDelta::hours(1);

/// What a person says.
pub(super) struct Said {
    pub(super) text: MessageText,
    pub(super) key: Option<String>,
    /// Whether it waits until nothing is queued or runs.
    pub(super) queued: bool,
    /// Whether it is stored only if few wait for their answers.
    pub(super) counted: bool,
}

/// Stores what a person said; or finds it, when it was stored before with the same key.
pub(super) async fn store(
    parts: Parts,
    project: ProjectId,
    said: Said,
) -> Result<Posted, PostError> {
    let Said {
        text,
        key,
        queued,
        counted,
    } = said;
    // As it is stored, so that who said it is told what they will read.
    let text = text.without(parts.writer.secrets());
    let id = MessageId::new();
    let query = async |db: &DatabaseConnection| {
        let waiting = match queued {
            true => message::count_queued(db, project).await?,
            false => 0,
        };
        let goes_on = !agent::leaves_topic(text.as_str()) && !is_long_silent(db, project).await?;
        let active = match goes_on || queued {
            true => topic::active(db, project).await?,
            // Active until now; the new one ends it.
            false => None,
        };
        let unanswered = match counted {
            true => count_unanswered(db, project).await?,
            false => 0,
        };
        Ok((active, waiting, unanswered))
    };
    let (active, waiting, unanswered) = parts.reader.read(query).await.map_err(unread)?;
    if waiting >= QUEUE_MAX {
        return stored_before(&parts.reader, project, key.as_deref())
            .await?
            .ok_or(PostError::QueueFull);
    }
    if unanswered >= TURNS_MAX {
        return stored_before(&parts.reader, project, key.as_deref())
            .await?
            .ok_or(AppendError::Overloaded.into());
    }
    let new = NewMessage {
        queued,
        ..message_in(active, id, Role::User, text, key.clone())
    };
    let posted = Change::MessagePosted(new.clone());
    match parts
        .writer
        .append_now(vec![Reported::now(project, posted)])
        .await
    {
        Ok(logged) => {
            let message = Message {
                id,
                role: new.role,
                content: new.text.as_str().to_owned(),
                timestamp: logged
                    .first()
                    .map_or_else(clock::now, |logged| logged.activity.timestamp),
                topic_id: new.topic,
                client_id: new.key,
                queued,
                withdrawn: false,
            };
            Ok(Posted {
                message,
                fresh: true,
            })
        }
        Err(AppendError::Duplicate) => stored_before(&parts.reader, project, key.as_deref())
            .await?
            .ok_or_else(|| AppendError::Duplicate.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a project's conversation has rested for so long that what is said next is a new one. A command that is under
/// way is a reason to wait in silence.
async fn is_long_silent(db: &DatabaseConnection, project: ProjectId) -> Result<bool, DbErr> {
    let Some(last) = message::last_at(db, project).await? else {
        return Ok(false);
    };
    Ok(clock::now() - last >= TOPIC_SILENCE && !execution::is_busy(db, project).await?)
}

/// What was stored with this key.
async fn stored_before(
    reader: &Reader,
    project: ProjectId,
    key: Option<&str>,
) -> Result<Option<Posted>, PostError> {
    let Some(key) = key else { return Ok(None) };
    let query = async |db: &DatabaseConnection| message::by_key(db, project, key).await;
    let found = reader.read(query).await.map_err(unread)?;
    Ok(found.map(|message| Posted {
        message,
        fresh: false,
    }))
}

/// A message in the `active` topic, or in a new one where there is none.
pub(super) fn message_in(
    active: Option<TopicId>,
    id: MessageId,
    role: Role,
    text: MessageText,
    key: Option<String>,
) -> NewMessage {
    NewMessage {
        id,
        topic: active.unwrap_or_else(TopicId::new),
        opens_topic: active.is_none(),
        role,
        text,
        queued: false,
        key,
    }
}

fn unread(error: ReadError) -> PostError {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "a conversation could not be read"
    );
    PostError::Unread
}
