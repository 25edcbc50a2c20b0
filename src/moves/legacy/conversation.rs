//! Topics and messages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;

use super::{Left, settle::Topic, source::Row, story::Story};
use crate::domain::{
    change::{Change, NewMessage},
    id::{MessageId, TopicId},
    message::{MESSAGE_CHARS_MAX, MessageText, Role, imported_key, reply_key},
};

/// A message, and when it was said.
type Said = (DateTime<Utc>, NewMessage);

/// Adds topics and messages; the topics as they are to be in the end, and how many messages there are.
pub(super) fn conversation(
    topics: &[Row],
    messages: &[Row],
    story: &mut Story,
    left: &mut Left,
) -> (Vec<Topic>, u64) {
    let known: BTreeSet<Uuid> = topics.iter().filter_map(|row| row.uuid("id")).collect();
    let mut said = Vec::new();
    for row in messages {
        let topic = row.uuid("topic_id").filter(|topic| known.contains(topic));
        // What was said in no topic has one of its own, which has the project's id.
        let topic = TopicId(topic.unwrap_or(story.project().0));
        match message(row, topic, story, left) {
            Ok(message) => said.push(message),
            Err(why) => left.row("message", row, &why),
        }
    }
    said.sort_by_key(|(at, message)| (*at, message.id));
    let topics = all_topics(topics, &said, story, left);
    let first = topics.first().map(|topic| topic.id);
    // The first topic begins with its first message, without a word; where it has none, as all others do.
    let mut opening = said
        .iter()
        .position(|(_, message)| Some(message.topic) == first);
    for topic in topics.iter().skip(usize::from(opening.is_some())) {
        story.add(topic.started_at, Change::TopicStarted { topic: topic.id });
    }
    let keys = keys(said.iter().map(|(_, message)| message));
    let count = said.len() as u64;
    for (place, ((at, message), key)) in said.into_iter().zip(keys).enumerate() {
        let posted = NewMessage {
            opens_topic: opening.take_if(|opening| *opening == place).is_some(),
            key,
            ..message
        };
        story.add(at, Change::MessagePosted(posted));
    }
    (topics, count)
}

/// The topics in the order in which they began, also one for what was said in none.
fn all_topics(rows: &[Row], said: &[Said], story: &Story, left: &mut Left) -> Vec<Topic> {
    let first_in = |topic: TopicId| {
        let mut said = said.iter().filter(|(_, message)| message.topic == topic);
        said.next().map(|(at, _)| *at)
    };
    let mut topics: Vec<Topic> = Vec::new();
    for row in rows {
        let Some(id) = row.uuid("id").map(TopicId) else {
            left.row("topic", row, "it has no id");
            continue;
        };
        let started_at = row.time("started_at").or_else(|| row.time("created_at"));
        topics.push(Topic {
            id,
            title: row.filled("title"),
            is_active: row.text("is_active").is_none_or(|active| active == "true"),
            // Before what was said in it, whatever its row says.
            started_at: started_at
                .into_iter()
                .chain(first_in(id))
                .min()
                .unwrap_or(story.begins()),
            ended_at: row.time("ended_at"),
        });
    }
    let none = TopicId(story.project().0);
    if let Some(started_at) = first_in(none).filter(|_| topics.iter().all(|topic| topic.id != none))
    {
        topics.push(Topic {
            id: none,
            title: None,
            is_active: topics.is_empty(),
            started_at,
            ended_at: None,
        });
    }
    topics.sort_by_key(|topic| (topic.started_at, topic.id));
    // In our tables one is active at most: the one that began last.
    let last = topics.iter().rposition(|topic| topic.is_active);
    for (place, topic) in topics.iter_mut().enumerate() {
        topic.is_active = Some(place) == last;
    }
    topics
}

fn at(message: &Row) -> Option<DateTime<Utc>> {
    message
        .time("timestamp")
        .or_else(|| message.time("created_at"))
}

fn message(row: &Row, topic: TopicId, story: &Story, left: &mut Left) -> Result<Said, String> {
    let id = row.uuid("id").ok_or("it has no id")?;
    let role = row.text("role").unwrap_or_default();
    let role: Role = role
        .trim()
        .to_lowercase()
        .parse()
        .map_err(|_| format!("its role is {role:?}, which is not known"))?;
    let content = row.filled("content").ok_or("it is empty")?;
    if content.trim().chars().count() > MESSAGE_CHARS_MAX {
        left.row(
            "message",
            row,
            &format!("taken, but cut after {MESSAGE_CHARS_MAX} characters"),
        );
    }
    let message = NewMessage {
        id: MessageId(id),
        topic,
        opens_topic: false,
        role,
        text: MessageText::cut(&content),
        queued: false,
        key: None,
    };
    Ok((at(row).unwrap_or(story.begins()), message))
}

/// A key for each of these messages. What the project manager said first after a person counts as the reply; a person's
/// message without one is marked, so that no server takes it for one that waits.
fn keys<'a>(messages: impl Iterator<Item = &'a NewMessage>) -> Vec<Option<String>> {
    let mut keys: Vec<Option<String>> = Vec::new();
    let mut asked: BTreeMap<TopicId, (usize, MessageId)> = BTreeMap::new();
    for (place, message) in messages.enumerate() {
        let key = match message.role {
            Role::User => {
                asked.insert(message.topic, (place, message.id));
                Some(imported_key(message.id))
            }
            Role::Assistant => asked.remove(&message.topic).map(|(question, id)| {
                keys[question] = None;
                reply_key(id)
            }),
            Role::System => None,
        };
        keys.push(key);
    }
    keys
}
