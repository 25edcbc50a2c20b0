//! What was said on GitHub and is not answered yet, and what there is to say to it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait, DbErr, QueryOrder as _, QuerySelect as _, Select, entity::prelude::*,
};

use super::{Column, Entity, Model};
use crate::{
    db::{Among, execution, message},
    domain::{
        github::{MentionState, Pending, RepositoryName, mention::Mention},
        id::{ActivityId, MessageId, ProjectId},
        message::{MessageText, reply_key, report_key},
    },
};

/// What is not answered yet, but for those that are under way.
#[derive(Debug, Default)]
pub struct Open {
    /// Nobody knows yet whether who said it may, in the order in which it is to be asked.
    pub waiting: Vec<Pending>,
    /// Said in a conversation, and what there is to say to each now.
    pub posted: Vec<(Pending, Saying)>,
    /// Those among them that this version cannot read, and why.
    pub unreadable: Vec<(ActivityId, ProjectId, String)>,
}

/// What there is to say to something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// Nothing: what is to be said does not exist yet.
    Later,
    /// The message with this key.
    Message(String),
    /// Nothing any more.
    Over,
}

/// Reads what is not answered yet: so many of each at most.
///
/// # Errors
/// Those of the database.
pub async fn open(
    db: &impl ConnectionTrait,
    among: Among,
    under_way: &[ActivityId],
    limits: (u64, u64),
) -> Result<Open, DbErr> {
    let mut open = Open::default();
    let waiting = of_state(MentionState::Waiting, among, under_way);
    for row in waiting.limit(limits.0).all(db).await? {
        open.take(row);
    }
    let posted = of_state(MentionState::Posted, among, under_way);
    let mut to_say = Open::default();
    for row in posted.limit(limits.1).all(db).await? {
        to_say.take(row);
    }
    open.unreadable.append(&mut to_say.unreadable);
    let sayings = saying(db, &to_say.waiting).await?;
    open.posted = to_say.waiting.into_iter().zip(sayings).collect();
    Ok(open)
}

impl Open {
    fn take(&mut self, row: Model) {
        let (id, project) = (ActivityId(row.id), ProjectId(row.project_id));
        match read(row) {
            Ok(pending) => self.waiting.push(pending),
            Err(error) => self.unreadable.push((id, project, error.to_string())),
        }
    }
}

fn of_state(state: MentionState, among: Among, under_way: &[ActivityId]) -> Select<Entity> {
    Entity::find()
        .filter(Column::State.eq(state.as_str()))
        .filter(among.condition(Column::ProjectId))
        .filter(Column::Id.is_not_in(under_way.iter().map(|id| id.0)))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::Id)
}

fn read(row: Model) -> Result<Pending, DbErr> {
    let missing =
        |what: &str| DbErr::Type(format!("github_events has no {what} where one is needed"));
    let repository = row.repository.as_deref().and_then(RepositoryName::parse);
    let issue = row.issue.and_then(|issue| u64::try_from(issue).ok());
    let text = row.content.as_deref().map(MessageText::parse);
    let text = text.and_then(Result::ok);
    let said = serde_json::from_value(row.said);
    Ok(Pending {
        id: ActivityId(row.id),
        project: ProjectId(row.project_id),
        delivery: row.delivery,
        mention: Mention {
            repository: repository.ok_or_else(|| missing("repository"))?,
            issue: issue.ok_or_else(|| missing("issue"))?,
            author: row.author.ok_or_else(|| missing("author"))?,
            text: text.ok_or_else(|| missing("content"))?,
            url: row.url.ok_or_else(|| missing("url"))?,
        },
        message: row.message_id.map(MessageId),
        said: said.map_err(|error| DbErr::Json(error.to_string()))?,
        since: row.received_at,
        attempts: row.attempts,
        next_at: row.next_at.ok_or_else(|| missing("next_at"))?,
    })
}

/// What there is to say to each of these now: the reply first, and then the reports of the commands that were ordered, as they
/// are stored.
///
/// # Errors
/// Those of the database.
pub async fn saying(db: &impl ConnectionTrait, pending: &[Pending]) -> Result<Vec<Saying>, DbErr> {
    let messages: Vec<MessageId> = pending.iter().filter_map(|one| one.message).collect();
    if messages.is_empty() {
        return Ok(pending.iter().map(|_| Saying::Over).collect());
    }
    // Before what they have to say is read: what follows one is queued with its end.
    let mut ordered: BTreeMap<MessageId, Vec<String>> = BTreeMap::new();
    for (message, execution) in execution::ordered_by(db, &messages).await? {
        let reports = ordered.entry(message).or_default();
        reports.push(report_key(execution));
    }
    let projects: BTreeSet<ProjectId> = pending.iter().map(|one| one.project).collect();
    let projects: Vec<ProjectId> = projects.into_iter().collect();
    let replies = messages.iter().map(|id| reply_key(*id));
    let keys: Vec<String> = replies.chain(ordered.values().flatten().cloned()).collect();
    let stored = message::keys_used(db, &projects, &keys).await?;
    let of_one = |one: &Pending| {
        let Some(message) = one.message else {
            return Saying::Over;
        };
        let reply = reply_key(message);
        let ordered = ordered.get(&message).map_or(&[][..], Vec::as_slice);
        if !one.said.contains(&reply) {
            return match stored.contains(&reply) {
                true => Saying::Message(reply),
                false => Saying::Later,
            };
        }
        match ordered.iter().find(|key| !one.said.contains(key)) {
            Some(key) if stored.contains(key) => Saying::Message(key.clone()),
            Some(_) => Saying::Later,
            None => Saying::Over,
        }
    };
    Ok(pending.iter().map(of_one).collect())
}
