//! What others hold of the correspondent.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{Correspondent, Parts};
use crate::{
    actors::supervisor::{Policy, Spec, Supervisor},
    db::{
        ReadError, Reader,
        github_event::{self, MentionsStanding},
    },
};

/// How long the database may take to say how it stands: somebody looks at the page and waits.
const ASKED_WITHIN: Duration = Duration::from_secs(2);

/// Nobody sends it anything.
const MAILBOX: usize = 1;

/// What others hold of the correspondent.
#[derive(Clone)]
pub struct CorrespondentHandle {
    bell: Arc<Notify>,
    reader: Reader,
}

impl CorrespondentHandle {
    /// Starts the correspondent under `supervisor`.
    pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, parts: Parts) -> Self {
        let spec = Spec {
            name: "correspondent".to_owned(),
            parent: "supervisor",
            policy: Policy::SetAside {
                on_give_up: Box::new(|given_up| {
                    tracing::error!(
                        why = given_up.why,
                        "nothing is answered on GitHub any more until the server is started again; what there is to answer is kept"
                    );
                }),
            },
            mailbox: MAILBOX,
        };
        let bell = parts.writer.status().mentions();
        let (rung, reader) = (Arc::clone(&bell), parts.reader.clone());
        // Nobody speaks to it: it lives as long as the server.
        drop(supervisor.start(spec, arbiter, move |_| Correspondent {
            parts,
            bell: rung,
            under_way: BTreeSet::new(),
            looks: false,
            again: false,
            alarm: None,
        }));
        Self { bell, reader }
    }

    /// Has it look: something may have been stored without a word to it.
    pub fn look(&self) {
        self.bell.notify_one();
    }

    /// How it stands with what was said on GitHub, on all servers.
    ///
    /// # Errors
    /// [`ReadError`], when the database cannot be asked.
    pub async fn standing(&self) -> Result<MentionsStanding, ReadError> {
        let query = async |db: &sea_orm::DatabaseConnection| github_event::standing(db).await;
        self.reader.read_within(ASKED_WITHIN, query).await
    }
}
