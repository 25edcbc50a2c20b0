//! Who is first: the one who asked gives up, or the writer stores it.
//!
//! Whoever waited too long is told that nothing was stored and nothing will be. So once they are told, it must not be
//! stored; and while it is being stored, they must not be told so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Shared by an append and who waits for it.
#[derive(Debug, Clone)]
pub struct Claim(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told of each change. One of these an append: a `tokio::sync::watch` has eight, each with a lock of its own.
    changed: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It waits for its turn.
    Open,
    /// It is being stored.
    Taken,
    /// It may have been stored. Until that is known nobody may be told that it was not.
    InDoubt,
    /// Nobody waits for it any more. For ever.
    GivenUp,
}

impl Claim {
    pub(super) fn open() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State::Open),
            changed: Notify::new(),
        }))
    }

    /// Gives it up as soon as it is not being stored.
    pub(super) async fn given_up(&self) {
        self.wait_until(|claim| claim.go(State::Open, State::GivenUp) == State::GivenUp)
            .await;
    }

    /// Returns when it is being stored, or was given up.
    pub(super) async fn taken(&self) {
        self.wait_until(|claim| *claim.state() != State::Open).await;
    }

    pub(super) fn is_given_up(&self) -> bool {
        *self.state() == State::GivenUp
    }

    /// It is being stored. False when nobody waits for it any more: then it must not be.
    pub(super) fn take(&self) -> bool {
        self.go(State::Open, State::Taken) != State::GivenUp
    }

    /// It may be stored from now on, whatever the answer is.
    pub(super) fn doubt(&self) {
        self.go(State::Taken, State::InDoubt);
    }

    /// It was not stored after all, and waits again; unless it may have been stored before.
    pub(super) fn put_back(&self) {
        self.go(State::Taken, State::Open);
    }

    /// Goes to state `to` if it is in state `from`. Its state afterwards.
    fn go(&self, from: State, to: State) -> State {
        let mut state = self.state();
        let goes = *state == from;
        if goes {
            *state = to;
        }
        let now = *state;
        drop(state);
        if goes {
            self.0.changed.notify_waiters();
        }
        now
    }

    async fn wait_until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            // Before the look: what changes after it has woken this.
            let changed = self.0.changed.notified();
            if is_so(self) {
                return;
            }
            changed.await;
        }
    }

    /// Held for a moment, never across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::Claim;

    #[test]
    fn what_was_given_up_is_never_stored() {
        let claim = Claim::open();
        assert_eq!(claim.given_up().now_or_never(), Some(()));
        assert!(!claim.take() && claim.is_given_up());
        claim.put_back();
        assert!(!claim.take());
    }

    #[test]
    fn what_is_being_stored_is_given_up_only_when_it_was_put_back() {
        let claim = Claim::open();
        assert!(claim.take() && claim.take());
        let mut given_up = Box::pin(claim.given_up());
        assert_eq!((&mut given_up).now_or_never(), None);
        claim.put_back();
        assert_eq!((&mut given_up).now_or_never(), Some(()));
        assert!(!claim.take());
    }

    #[test]
    fn what_may_have_been_stored_is_not_given_up_because_storing_it_again_failed() {
        let claim = Claim::open();
        assert!(claim.take());
        claim.doubt();
        assert!(claim.take());
        claim.put_back();
        assert_eq!(claim.given_up().now_or_never(), None);
        assert!(claim.take());
    }
}
