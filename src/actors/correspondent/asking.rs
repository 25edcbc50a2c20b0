//! Whether who said something may, and telling the conversation.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    Parts,
    schedule::{after, again},
};
use crate::{
    clock,
    domain::github::{Came, Pending, mention::Mention},
    failpoint::FailPoint,
};

/// What was said this long ago and was not told to anybody is not told any more: who said it has gone on without.
const TOLD_WITHIN: TimeDelta = TimeDelta::days(1);

impl Parts {
    /// Asks GitHub whether who said it may write to the repository, for what they say is done there; and tells the conversation.
    pub(super) async fn ask(&self, pending: &Pending) -> Came {
        FailPoint::MentionTaken.cross();
        let Mention {
            repository, author, ..
        } = &pending.mention;
        if clock::now() - pending.since > TOLD_WITHIN {
            return Came::GivenUp {
                why: "for a day it could not be told to anybody here; say it again if you still want it"
                    .to_owned(),
            };
        }
        if !self.github.has_token() {
            return Came::Refused {
                why: format!(
                    "this server has no token for GitHub, so it cannot find out whether {author} may write to {repository}, nor \
                     answer there. Whoever runs it sets GITHUB_ACCESS_TOKEN"
                ),
            };
        }
        match self.github.may_write(repository, author).await {
            Ok(true) => self.post(pending).await,
            Ok(false) => Came::Refused {
                why: format!(
                    "only who may write to {repository} is listened to, and {author} may not"
                ),
            },
            Err(trouble) => after(pending, &trouble, clock::now()),
        }
    }

    /// Tells the conversation, once: told again, it is the same message.
    async fn post(&self, pending: &Pending) -> Came {
        let Mention { author, text, .. } = &pending.mention;
        let by: Arc<str> = format!("{author} on GitHub").into();
        let key = format!("github:{}", pending.delivery);
        let sessions = self.sessions.signed(Some(by));
        let posted = sessions
            .post(pending.project, text.clone(), Some(key), false)
            .await;
        match posted {
            Ok(posted) if posted.message.withdrawn => Came::Over,
            Ok(posted) => {
                FailPoint::MentionPosted.cross();
                Came::Posted(posted.message.id)
            }
            // A moment later it can be stored, perhaps.
            Err(error) => again(pending, error.to_string(), clock::now(), None),
        }
    }
}
