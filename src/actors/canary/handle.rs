//! What others hold of the canary.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use super::{Canary, Known, MAILBOX, Parts, Sing, WITHIN};
use crate::{
    actors::supervisor::{Child, Policy, Spec, Supervisor},
    clock,
    domain::canary::Flight,
    metrics::Registry,
};

/// How much longer than the canary's own limit is waited for its answer: its thread may be busy.
const GRACE: Duration = Duration::from_secs(1);

/// What others hold of the canary.
#[derive(Clone)]
pub struct CanaryHandle {
    child: Child<Canary>,
    known: Arc<Known>,
}

impl CanaryHandle {
    /// Starts the canary under `supervisor`.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, parts: Parts) -> Self {
        let known = Arc::new(Known::default());
        let spec = Spec {
            name: "canary".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "whether what is written arrives is not tested any more until the server is started again"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        let child = supervisor.start(spec, arbiter, {
            let known = Arc::clone(&known);
            move |_| Canary {
                parts,
                known,
                waiting: Vec::new(),
                sings: false,
            }
        });
        Self { child, known }
    }

    /// Whether what is written arrives: as it is now, or was found a moment ago.
    pub async fn sing(&self) -> Arc<Flight> {
        if let Some(fresh) = self.known.fresh() {
            return fresh;
        }
        let answer = match self.child.ask(|reply| Sing { reply }) {
            Ok(answer) => timeout(WITHIN + GRACE, answer).await,
            Err(refused) => return grounded(refused),
        };
        match answer {
            Ok(Ok(flight)) => flight,
            Ok(Err(crashed)) => grounded(crashed),
            Err(_) => grounded("the part of the program that tests it gave no answer in time"),
        }
    }

    /// What was found last, however long ago; none before the first.
    pub fn last(&self) -> Option<Arc<Flight>> {
        let last = self.known.last();
        last.as_ref().map(|(_, flight)| Arc::clone(flight))
    }

    /// Enters what it counts.
    pub fn register(&self, registry: &mut Registry) {
        self.known.counted.register(registry);
    }

    /// Whether it can still be asked.
    pub fn is_there(&self) -> bool {
        self.child.is_connected()
    }
}

fn grounded(why: impl ToString) -> Arc<Flight> {
    Arc::new(Flight::grounded(clock::now(), why.to_string()))
}
