//! Why a notification was not delivered, what that likely comes from, and what somebody can do about it.

use crate::domain::text::shortened;

/// Bytes that are kept of what went wrong, in words: one sentence.
const WHY_BYTES_MAX: usize = 300;

/// What was in the way.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum Trouble {
    /// The receiver answered, and did not take it.
    Answered,
    /// It did not answer in time.
    TimedOut,
    /// Nobody knows where its name leads.
    NameUnknown,
    /// No encrypted connection could be made.
    Tls,
    /// No connection could be made, or it broke.
    NoConnection,
    /// Another version of the server stored it, and this one does not understand what.
    AnotherVersion,
}

/// Why a notification was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was in the way.
    pub trouble: Trouble,
    /// The status of HTTP it was answered with, if it was.
    pub status: Option<u16>,
    /// In words, without the address and without the key.
    pub why: String,
}

impl Failure {
    /// It was answered so, and that is no yes.
    pub fn answered(status: u16) -> Self {
        Self {
            trouble: Trouble::Answered,
            status: Some(status),
            why: format!("it answered {status}"),
        }
    }

    /// There was no answer.
    pub fn unanswered(trouble: Trouble, why: impl Into<String>) -> Self {
        Self {
            trouble,
            status: None,
            why: shortened(why.into(), WHY_BYTES_MAX),
        }
    }

    /// Whether the receiver said that there is nobody any more.
    pub fn is_final(&self) -> bool {
        self.status == Some(410)
    }

    /// What it likely comes from.
    pub fn cause(&self) -> &'static str {
        match (self.trouble, self.status) {
            (Trouble::Answered, Some(404 | 405)) => {
                "The address leads to a place where nothing takes notifications: a part of it is wrong, or what was there is \
                 gone."
            }
            (Trouble::Answered, Some(410)) => {
                "The receiver says that it does not want them any more: what was there was removed."
            }
            (Trouble::Answered, Some(401 | 403)) => {
                "The receiver refuses them: it has another secret, the clocks differ by minutes, or the address was revoked."
            }
            (Trouble::Answered, Some(300..400)) => {
                "The address is redirected, and a redirection is not followed: it could lead anywhere."
            }
            (Trouble::Answered, Some(400..500)) => {
                "The receiver does not take what it is sent, or too much of it at once."
            }
            (Trouble::Answered, _) => "The receiver, or a proxy in front of it, has a fault.",
            (Trouble::TimedOut, _) => {
                "The receiver is busy, or works before it answers, or a firewall on the way lets nothing through."
            }
            (Trouble::NameUnknown, _) => {
                "The name in the address is wrong, or this machine cannot look up names."
            }
            (Trouble::Tls, _) => {
                "The receiver's certificate is not trusted here or has run out, or it does not speak TLS at that port."
            }
            (Trouble::AnotherVersion, _) => {
                "Another version of this server stored it, and this one does not understand what."
            }
            (Trouble::NoConnection, _) => {
                "The receiver does not run, the port is wrong, or a firewall on the way refuses."
            }
        }
    }

    /// What somebody can do about it.
    pub fn next_step(&self) -> &'static str {
        match (self.trouble, self.status) {
            (Trouble::Answered, Some(404 | 405 | 410 | 300..400)) => {
                "Set PM__NOTIFICATIONS__URL to the address the receiver names, and restart the server. What waits is sent there."
            }
            (Trouble::Answered, Some(401 | 403)) => {
                "Compare PM__NOTIFICATIONS__SECRET with the receiver's secret and both machines' clocks, restart the server, and \
                 send a test from its page."
            }
            (Trouble::Answered, Some(400..500)) => {
                "Look into the receiver's log for why it refuses. They are tried again by themselves."
            }
            (Trouble::Answered | Trouble::TimedOut | Trouble::NoConnection, _) => {
                "Look how the receiver fares, and whether this machine reaches it. They are tried again by themselves; a test \
                 from the server's page tries at once."
            }
            (Trouble::NameUnknown, _) => {
                "Look at the name in PM__NOTIFICATIONS__URL and at this machine's DNS. They are tried again by themselves."
            }
            (Trouble::AnotherVersion, _) => {
                "Send a test from the server's page to see whether others arrive. What was given up is not sent again; it is in \
                 the project's activity."
            }
            (Trouble::Tls, _) => {
                "Renew the receiver's certificate, or look whether the address should begin with http://. They are tried again \
                 by themselves."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{Failure, Trouble};

    #[test]
    fn each_trouble_has_a_cause_and_a_next_step_in_sentences() {
        let answered = [301, 400, 401, 404, 410, 429, 500, 503].map(Failure::answered);
        let others = Trouble::iter().map(|trouble| Failure::unanswered(trouble, "no"));
        for failure in answered.into_iter().chain(others) {
            for words in [failure.cause(), failure.next_step()] {
                assert!(words.len() > 20 && words.ends_with('.'), "{failure:?}");
            }
        }
        assert!(Failure::answered(410).is_final() && !Failure::answered(404).is_final());
    }

    #[test]
    fn what_was_answered_says_where_to_look() {
        let step = |status| Failure::answered(status).next_step();
        assert!(step(404).contains("PM__NOTIFICATIONS__URL"));
        assert!(step(403).contains("PM__NOTIFICATIONS__SECRET"));
    }
}
