//! Who is inside: streams and chat windows, each of which ends when what its client showed is not good any more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio_util::sync::CancellationToken;

use super::who::{Shown, Who};

/// All who are inside, each once, however much they have open.
#[derive(Clone, Default)]
pub(super) struct Inside(Arc<Mutex<HashMap<Shown, Together>>>);

/// All that was let in with the same.
struct Together {
    who: Who,
    /// Gone with the last of it.
    ends: Weak<CancellationToken>,
}

/// A stream or a chat window that is open. It is over when this is dropped.
pub struct Stay {
    ends: Arc<CancellationToken>,
}

impl Inside {
    fn all(&self) -> MutexGuard<'_, HashMap<Shown, Together>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, who: Who, stopping: &CancellationToken) -> Stay {
        let mut all = self.all();
        let there = all.get(&who.shown);
        let ends = there
            .and_then(|there| there.ends.upgrade())
            .unwrap_or_else(|| Arc::new(stopping.child_token()));
        let together = Together {
            ends: Arc::downgrade(&ends),
            who,
        };
        all.insert(together.who.shown, together);
        Stay { ends }
    }

    /// Who is inside, each once.
    pub(super) fn who(&self) -> Vec<Who> {
        let mut all = self.all();
        all.retain(|_, together| together.ends.strong_count() > 0);
        all.values().map(|together| together.who.clone()).collect()
    }

    /// Ends everything that was let in with this.
    pub(super) fn end(&self, gone: Shown) {
        // Who is let in with it afterwards has nothing to do with what ends now.
        let together = self.all().remove(&gone);
        if let Some(ends) = together.and_then(|together| together.ends.upgrade()) {
            ends.cancel();
        }
    }
}

impl Stay {
    /// What is cancelled when it is to end, or the server does.
    pub fn ends(&self) -> CancellationToken {
        CancellationToken::clone(&self.ends)
    }
}
