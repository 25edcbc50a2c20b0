//! What is new of a pull request, from what was known of it and what is so now.

use super::{PullRequest, PullState, Verdict};

/// What happened to a pull request, each told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum News {
    /// Somebody opened it.
    #[strum(serialize = "pull_request_opened")]
    Opened,
    /// What it changes is in.
    #[strum(serialize = "pull_request_merged")]
    Merged,
    /// It was closed, and what it changes is not in.
    #[strum(serialize = "pull_request_closed")]
    Closed,
    /// It was closed, and is open again.
    #[strum(serialize = "pull_request_reopened")]
    Reopened,
    /// All of its checks ended well enough.
    ChecksPassed,
    /// At least one of them did not.
    ChecksFailed,
}

/// What was known of it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Where it stood.
    pub state: PullState,
    /// What its checks said.
    pub checks: Verdict,
}

impl News {
    /// The status its activity has.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What is new, in the order in which it is told. `is_own` says whether a command of the project told of it: of others
    /// that were over before anything was known of them, only the end is told.
    pub fn of(before: Option<Before>, now: &PullRequest, is_own: bool) -> Vec<Self> {
        let mut news = Vec::new();
        let is_over = now.state != PullState::Open;
        if before.is_none() && (is_own || !is_over) {
            news.push(Self::Opened);
        }
        let state = before.map_or(PullState::Open, |before| before.state);
        if state == PullState::Closed && now.state == PullState::Open {
            news.push(Self::Reopened);
        }
        let checked = before.map_or(Verdict::None, |before| before.checks);
        let is_told_of_checks = before.is_some() || is_own || !is_over;
        if checked != now.checks.state && is_told_of_checks {
            match now.checks.state {
                Verdict::Passed => news.push(Self::ChecksPassed),
                Verdict::Failed => news.push(Self::ChecksFailed),
                Verdict::None | Verdict::Pending => {}
            }
        }
        match (state, now.state) {
            (PullState::Open | PullState::Closed, PullState::Merged) => news.push(Self::Merged),
            (PullState::Open, PullState::Closed) => news.push(Self::Closed),
            // What was merged stays merged, whatever a server of GitHub's that is behind says.
            _ => {}
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::github::Checks;

    fn pull(state: PullState, checks: Verdict) -> PullRequest {
        PullRequest {
            number: 7,
            title: "Add prices".to_owned(),
            url: "https://github.com/acme/shop/pull/7".to_owned(),
            branch: "prices".to_owned(),
            author: "alice".to_owned(),
            state,
            draft: false,
            checks: Checks {
                state: checks,
                ..Checks::none()
            },
            checks_unread: false,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_change_is_news_once_and_no_change_is_none() {
        use News::*;
        use PullState as State;
        let since = |was: Option<(State, Verdict)>, state, checks| {
            let before = was.map(|(state, checks)| Before { state, checks });
            News::of(before, &pull(state, checks), true)
        };
        let open = Some((State::Open, Verdict::Pending));
        assert_eq!(since(None, State::Open, Verdict::Pending), [Opened]);
        assert_eq!(
            since(None, State::Merged, Verdict::Passed),
            [Opened, ChecksPassed, Merged]
        );
        assert_eq!(since(open, State::Open, Verdict::Pending), []);
        assert_eq!(since(open, State::Open, Verdict::Failed), [ChecksFailed]);
        assert_eq!(
            since(open, State::Merged, Verdict::Passed),
            [ChecksPassed, Merged]
        );
        let failed = Some((State::Open, Verdict::Failed));
        assert_eq!(since(failed, State::Open, Verdict::Failed), []);
        assert_eq!(since(failed, State::Open, Verdict::None), []);
        assert_eq!(since(failed, State::Closed, Verdict::Failed), [Closed]);
        let closed = Some((State::Closed, Verdict::Failed));
        assert_eq!(since(closed, State::Closed, Verdict::Failed), []);
        assert_eq!(since(closed, State::Open, Verdict::Failed), [Reopened]);
        assert_eq!(since(closed, State::Merged, Verdict::Failed), [Merged]);
        let merged = Some((State::Merged, Verdict::Passed));
        assert_eq!(since(merged, State::Closed, Verdict::Passed), []);
        assert_eq!(since(merged, State::Open, Verdict::Passed), []);
    }

    #[test]
    fn of_one_that_nobody_here_knew_only_what_it_came_to_is_told() {
        let first = |state| News::of(None, &pull(state, Verdict::Passed), false);
        assert_eq!(first(PullState::Open), [News::Opened, News::ChecksPassed]);
        assert_eq!(first(PullState::Merged), [News::Merged]);
        assert_eq!(first(PullState::Closed), [News::Closed]);
    }
}
