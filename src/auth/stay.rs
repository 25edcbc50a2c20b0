//! Who is inside: streams and chat windows, each of which ends when what its client showed is not good any more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::who::{Shown, Who};

/// All who are inside.
#[derive(Clone, Default)]
pub(super) struct Inside(Arc<Mutex<Stays>>);

#[derive(Default)]
struct Stays {
    next: u64,
    all: HashMap<u64, (Who, CancellationToken)>,
}

/// A stream or a chat window that is open. It is over when this is dropped.
pub struct Stay {
    number: u64,
    inside: Inside,
    ends: CancellationToken,
}

impl Inside {
    fn stays(&self) -> MutexGuard<'_, Stays> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, who: Who, stopping: &CancellationToken) -> Stay {
        let ends = stopping.child_token();
        let mut stays = self.stays();
        let number = stays.next;
        stays.next += 1;
        stays.all.insert(number, (who, ends.clone()));
        drop(stays);
        Stay {
            number,
            inside: self.clone(),
            ends,
        }
    }

    /// Who is inside, each once.
    pub(super) fn who(&self) -> Vec<Who> {
        let stays = self.stays();
        let each: HashMap<Shown, Who> = stays
            .all
            .values()
            .map(|(who, _)| (who.shown, who.clone()))
            .collect();
        each.into_values().collect()
    }

    /// Ends everything that was let in with this.
    pub(super) fn end(&self, gone: Shown) {
        for (who, ends) in self.stays().all.values() {
            if who.shown == gone {
                ends.cancel();
            }
        }
    }
}

impl Stay {
    /// What is cancelled when it is to end, or the server does.
    pub fn ends(&self) -> CancellationToken {
        self.ends.clone()
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.inside.stays().all.remove(&self.number);
    }
}
