//! What was heard of GitHub and is kept, and what becomes of what somebody said to the project manager there.

use chrono::{DateTime, Utc};

use super::mention::Mention;
use crate::domain::id::{ActivityId, MessageId, ProjectId};

/// A delivery of a webhook that was taken. Kept, so that it is not taken twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Under which id GitHub sent it.
    pub delivery: String,
    /// What it tells, however often and under whatever id.
    pub subject: String,
    /// What somebody said with it to the project manager.
    pub mention: Option<Mention>,
}

/// Where something stands that was said to the project manager on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum MentionState {
    /// Nothing was said: the delivery is only kept.
    Noted,
    /// It is to be asked whether who said it may.
    Waiting,
    /// It is said in the project's conversation, and is to be answered.
    Posted,
    /// All of the answer is on GitHub.
    Answered,
    /// Who said it may not.
    Refused,
    /// It could not be answered.
    GivenUp,
}

impl MentionState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Something that was said to the project manager on GitHub and is worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Which.
    pub id: ActivityId,
    /// In which project.
    pub project: ProjectId,
    /// Under which id GitHub sent it.
    pub delivery: String,
    /// What was said, by whom, where.
    pub mention: Mention,
    /// The message it became.
    pub message: Option<MessageId>,
    /// The keys of those messages that are on GitHub.
    pub said: Vec<String>,
    /// Since when it is known.
    pub since: DateTime<Utc>,
    /// How often what is to be done next was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: DateTime<Utc>,
}

/// What became of such a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub id: ActivityId,
    /// On which issue it was said.
    pub issue: u64,
    /// Who said it.
    pub author: String,
    /// Where people see it.
    pub url: String,
    /// What became of it.
    pub came: Came,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It is said in the project's conversation.
    Posted(MessageId),
    /// A message of the project manager is on GitHub.
    Answered {
        /// The message's key.
        key: String,
        /// Where people see it.
        url: String,
    },
    /// There is nothing more to say.
    Over,
    /// It has to be tried again.
    Failed {
        /// How often it was by now.
        attempts: i64,
        /// Why.
        why: String,
        /// When it is tried again.
        next_at: DateTime<Utc>,
    },
    /// Who said it may not.
    Refused {
        /// Why nothing is done.
        why: String,
    },
    /// It is not tried again.
    GivenUp {
        /// Why.
        why: String,
    },
}

impl Pending {
    /// What became of it.
    pub fn moved(&self, came: Came) -> Moved {
        let Mention {
            issue, author, url, ..
        } = &self.mention;
        Moved {
            id: self.id,
            issue: *issue,
            author: author.clone(),
            url: url.clone(),
            came,
        }
    }
}
