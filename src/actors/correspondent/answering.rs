//! Saying on GitHub what the project manager says.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseConnection;

use super::{
    Parts,
    schedule::{after, again},
};
use crate::{
    actors::patience::read_patiently,
    clock,
    db::message,
    domain::github::{
        Came, Pending,
        answer::{comment, mark},
        mention::Mention,
    },
    failpoint::FailPoint,
    github::{COMMENT_CHARS_MAX, Trouble},
};

/// What nobody has answered for so long is not waited for any more: no command runs for a week.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::days(7);

/// How far GitHub's clock and this one may be apart: comments are looked through from so much before what they answer.
const APART: TimeDelta = TimeDelta::hours(1);

/// That nothing more is waited for, if it is so long ago.
pub(super) fn too_late(pending: &Pending, now: DateTime<Utc>) -> Option<Came> {
    (now - pending.since > ANSWERED_WITHIN).then(|| Came::GivenUp {
        why: "what it led to has not ended for a week; how it ends is in this project alone"
            .to_owned(),
    })
}

/// How long GitHub may work on a request whose answer was lost: it gives up one itself after ten seconds.
const SETTLES_WITHIN: TimeDelta = TimeDelta::seconds(10);

impl Parts {
    /// Says the message with this key, unless it is there.
    pub(super) async fn say(&self, pending: &Pending, key: String) -> Came {
        let project = pending.project;
        let query = async |db: &DatabaseConnection| message::by_key(db, project, &key).await;
        let found = read_patiently(&self.reader, "an answer for GitHub", query).await;
        let message = match found {
            Ok(Some(message)) => message,
            // It was there a moment ago: the project is being deleted.
            Ok(None) => return Came::Over,
            Err(error) => {
                return again(pending, error.to_string(), clock::now(), None);
            }
        };
        let Mention {
            repository, issue, ..
        } = &pending.mention;
        // Also the first time: whether it is, a server that was killed has told nobody.
        let since = pending.since - APART;
        let there = self
            .github
            .commented(repository, *issue, since, &mark(message.id))
            .await;
        let written = match there {
            Ok(Some(url)) => Ok(url),
            Ok(None) => {
                let words = comment(message.id, &message.content, COMMENT_CHARS_MAX);
                match self.github.comment(repository, *issue, &words).await {
                    // It may be written all the same, a little later.
                    Err(trouble @ (Trouble::Away(_) | Trouble::TimedOut(_))) => {
                        let now = clock::now();
                        let settled = Some(now + SETTLES_WITHIN);
                        return again(pending, trouble.to_string(), now, settled);
                    }
                    written => written,
                }
            }
            Err(trouble) => Err(trouble),
        };
        match written {
            Ok(url) => {
                FailPoint::MentionAnswered.cross();
                Came::Answered { key, url }
            }
            Err(trouble) => after(pending, &trouble, clock::now()),
        }
    }
}
