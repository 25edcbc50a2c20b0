//! A child's post: what its policy says about each exit, and the one place that announces its end.
//!
//! The end is announced by dropping the post. It is dropped wherever a child can end: after the last life, and
//! when the thread goes away with the child, its start or its restart still waiting on it. So no end goes
//! unnoticed, and none is announced twice.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::register::{RecordId, Register, State};
use super::{Escalation, GiveUp, Policy};

/// How a life ended.
pub(super) enum Exit {
    /// `ctx.stop()`, `ctx.terminate()`, the end of a stream, or the last address dropped.
    Stopped {
        /// Whether anyone still holds an address.
        connected: bool,
    },
    /// A panic, with its message.
    Panicked(String),
}

/// Why a child has no further life. A post without one, when dropped, has lost its thread.
enum Fate {
    Left,
    Crashed,
    GivenUp(String),
}

pub(super) struct Post {
    register: Arc<Register>,
    id: RecordId,
    name: String,
    policy: Policy,
    budget: Budget,
    fate: Option<Fate>,
    /// Whether whoever polls it may drop it, and that is its orderly end.
    is_attached: bool,
}

impl Post {
    pub(super) fn new(
        register: Arc<Register>,
        id: RecordId,
        name: String,
        policy: Policy,
        budget: Budget,
    ) -> Self {
        Self {
            register,
            id,
            name,
            policy,
            budget,
            fate: None,
            is_attached: false,
        }
    }

    /// The child lives in somebody else's task, and ends in order with that.
    pub(super) fn attached(mut self) -> Self {
        self.is_attached = true;
        self
    }

    /// After a life: how long to wait before the next one, or none if there is none.
    pub(super) fn after(&mut self, exit: Exit) -> Option<Duration> {
        let why = match (exit, &self.policy) {
            (Exit::Panicked(message), _) => format!("panicked: {message}"),
            (Exit::Stopped { connected: true }, Policy::Permanent) => "stopped itself".to_owned(),
            (Exit::Stopped { .. }, _) => {
                self.fate = Some(Fate::Left);
                return None;
            }
        };
        if matches!(self.policy, Policy::Temporary) {
            self.register.ended_badly(self.id, State::Ended, &why);
            tracing::error!(actor.name = %self.name, why, "an actor failed and is not restarted");
            self.fate = Some(Fate::Crashed);
            return None;
        }
        let Some(delay) = self.budget.spend(Instant::now()) else {
            let why = format!("{why} ({})", self.budget.in_words());
            self.give_up(why);
            return None;
        };
        let restarts = self.register.waits_for_restart(self.id, &why);
        let delay_ms = delay.as_secs_f64() * 1_000.0;
        tracing::error!(actor.name = %self.name, restarts, why, delay_ms, "an actor failed and will be restarted");
        Some(delay)
    }

    /// The next life has begun.
    pub(super) fn restarted(&self) {
        self.register.restarted(self.id);
    }

    /// There never was a life: the closure that makes the actor panicked, and it can be called only once.
    pub(super) fn never_lived(&mut self, message: &str) {
        self.give_up(format!("panicked while it was made: {message}"));
    }

    /// The actor's or its futures' `Drop` panicked. The child has ended by then, so this is only told.
    pub(super) fn panicked_when_dropped(&self, message: &str) {
        tracing::error!(actor.name = %self.name, why = message, "an actor panicked while it was dropped");
    }

    fn give_up(&mut self, why: String) {
        let state = match self.policy {
            Policy::SetAside { .. } => State::SetAside,
            Policy::Permanent | Policy::Temporary => State::Ended,
        };
        let restarts = self.register.ended_badly(self.id, state, &why);
        tracing::error!(actor.name = %self.name, restarts, why, "an actor failed and is given up");
        self.fate = Some(Fate::GivenUp(why));
    }

    fn announce(&mut self, why: String) {
        let child = self.name.clone();
        match std::mem::replace(&mut self.policy, Policy::Temporary) {
            Policy::Permanent => self.register.escalate(Escalation { child, why }),
            Policy::SetAside { on_give_up } => {
                // A foreign closure, possibly called while a thread is being taken down.
                let told = catch_unwind(AssertUnwindSafe(|| on_give_up(GiveUp { child, why })));
                if let Err(payload) = told {
                    let why = message_of(payload);
                    tracing::error!(actor.name = %self.name, why, "telling that an actor was given up panicked");
                }
            }
            Policy::Temporary => {}
        }
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        if self.fate.is_none() {
            if self.register.is_standing_down() {
                self.fate = Some(Fate::Left);
            } else if !self.is_attached {
                self.give_up("its thread has ended".to_owned());
            } else if std::thread::panicking() {
                self.give_up("what it was attached to panicked".to_owned());
            } else {
                self.fate = Some(Fate::Left);
            }
        }
        match self.fate.take() {
            Some(Fate::Left) => self.register.left(self.id),
            Some(Fate::GivenUp(why)) => self.announce(why),
            Some(Fate::Crashed) | None => {}
        }
    }
}

/// The text of a panic.
pub(super) fn message_of(payload: Box<dyn Any + Send>) -> String {
    let message = match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        (None, None) => "a value that is not text".to_owned(),
    };
    // `panic_any` takes any value, also one that panics when dropped; what that throws is let go of unseen.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    message
}
