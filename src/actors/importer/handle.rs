//! What others hold of the importer.

use std::sync::Arc;

use super::{Importer, Known, Parts};
use crate::{
    actors::supervisor::{Policy, Spec, Supervisor},
    clock,
    domain::import::{Progress, State, Wanted},
};

/// Nobody sends it anything.
const MAILBOX: usize = 1;

/// What others hold of the importer.
#[derive(Clone)]
pub struct ImporterHandle {
    known: Arc<Known>,
}

impl ImporterHandle {
    /// Starts the importer under `supervisor`. It does nothing yet.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, parts: Parts) -> Self {
        let known = Arc::new(Known::default());
        let spec = Spec {
            name: "importer".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "nothing is imported any more until the server is started again"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        let kept = Arc::clone(&known);
        // Nobody speaks to it: it lives as long as the server.
        drop(supervisor.start(spec, arbiter, move |_| Importer { parts, known: kept }));
        Self { known }
    }

    /// Begins to import; how far that is.
    ///
    /// # Errors
    /// How far another import is that is going on.
    pub fn import(&self, wanted: Wanted) -> Result<Progress, Progress> {
        let mut progress = self.known.progress();
        if progress.state == State::Running {
            return Err(progress.clone());
        }
        *progress = Progress {
            state: State::Running,
            started_at: Some(clock::now()),
            ..Progress::default()
        };
        *self.known.next() = Some(wanted);
        self.known.bell.notify_one();
        Ok(progress.clone())
    }

    /// How far it is, or how the last one ended.
    pub fn progress(&self) -> Progress {
        self.known.progress().clone()
    }
}
