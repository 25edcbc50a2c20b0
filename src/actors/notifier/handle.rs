//! What others hold of the notifier.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::time::timeout;

use super::{Known, Notifier, Parts};
use crate::{
    actors::supervisor::{Policy, Spec, Supervisor},
    clock,
    domain::{
        id::ActivityId,
        notification::{Failure, Trouble, test},
    },
    metrics::Registry,
    webhook::{Receiver, Refusal},
};

/// How long a test may take, whatever the settings allow: somebody looks at the page and waits.
const TEST_WITHIN: Duration = Duration::from_secs(10);

/// Nobody sends it anything.
const MAILBOX: usize = 1;

/// What others hold of the notifier.
#[derive(Clone)]
pub struct NotifierHandle {
    receiver: Receiver,
    server: String,
    known: Arc<Known>,
}

impl NotifierHandle {
    /// Starts the notifier under `supervisor`.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, parts: Parts) -> Self {
        let known = Arc::new(Known::default());
        let (receiver, server) = (parts.receiver.clone(), parts.server.clone());
        let spec = Spec {
            name: "notifier".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "nobody is notified any more until the server is started again; what there is to tell is kept"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        let kept = Arc::clone(&known);
        // Nobody speaks to it: it lives as long as the server.
        drop(supervisor.start(spec, arbiter, move |_| Notifier {
            bell: parts.writer.status().notable(),
            parts,
            known: kept,
            under_way: BTreeSet::new(),
            looks: false,
            again: false,
            alarm: None,
        }));
        Self {
            receiver,
            server,
            known,
        }
    }

    /// Sends something now that tells of nothing, to see whether it arrives.
    ///
    /// # Errors
    /// [`Failure`], when it does not.
    pub async fn test(&self) -> Result<(), Failure> {
        let (id, now) = (ActivityId::new(), clock::now());
        let body = test(now, &self.server);
        let id = id.to_string();
        let sent = timeout(TEST_WITHIN, self.receiver.send(&id, now, &body)).await;
        match sent {
            Ok(Ok(())) => {
                *self.known.tested() = Some(clock::now());
                Ok(())
            }
            Ok(Err(Refusal { failure, .. })) => Err(failure),
            Err(_) => {
                let why = format!("it did not answer within {TEST_WITHIN:?}");
                Err(Failure::unanswered(Trouble::TimedOut, why))
            }
        }
    }

    /// When such a test last arrived.
    pub fn tested_at(&self) -> Option<DateTime<Utc>> {
        *self.known.tested()
    }

    /// Where the receiver is: scheme and host.
    pub fn target(&self) -> &str {
        self.receiver.target()
    }

    /// How many wait to be delivered by this server, as it was when it last looked.
    pub fn waiting(&self) -> u64 {
        self.known.waiting.load(Ordering::Relaxed)
    }

    /// Enters what it counts.
    pub fn register(&self, registry: &mut Registry) {
        self.known.counted.register(registry);
    }
}
