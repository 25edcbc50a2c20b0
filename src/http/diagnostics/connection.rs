//! Whether what is written arrives: what the canary found, and whether a project's own ring has what its table has.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::{
    actors::canary::CanaryHandle,
    domain::{canary::Shown, id::ProjectId},
    feed::Feed,
};

/// How long the ring may be behind the table: what another server stored is looked for every two seconds.
const RING_WITHIN: Duration = Duration::from_secs(3);

/// `connection_test`
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ConnectionTest {
    #[serde(flatten)]
    canary: Shown,
    ring: Ring,
}

/// A project's own ring, held against its table.
#[derive(Debug, Serialize, ToSchema)]
struct Ring {
    /// `passed`, `failed`, `unwatched` (nobody watches, so there is none), `unknown` (the table cannot be read).
    status: &'static str,
    /// The last `seq` that was shown; null where nothing was since somebody watches.
    #[schema(required)]
    known: Option<i64>,
    /// The last one of the table; null when it cannot be read.
    #[schema(required)]
    head: Option<i64>,
}

/// Tests both at once.
pub(super) async fn test(
    canary: &CanaryHandle,
    feed: &Feed,
    project: ProjectId,
    head: Option<i64>,
) -> ConnectionTest {
    let (flight, ring) = tokio::join!(canary.sing(), ring(feed, project, head));
    ConnectionTest {
        canary: flight.as_ref().into(),
        ring,
    }
}

async fn ring(feed: &Feed, project: ProjectId, head: Option<i64>) -> Ring {
    let status = match (head, feed.known(project)) {
        (None, _) => "unknown",
        (_, None) => "unwatched",
        (Some(head), Some(_)) => match timeout(RING_WITHIN, feed.reached(project, head)).await {
            Ok(()) => "passed",
            Err(_) => "failed",
        },
    };
    Ring {
        status,
        known: feed.known(project).filter(|known| *known > 0),
        head,
    }
}

impl ConnectionTest {
    /// What is wrong, in words.
    pub(super) fn problem(&self) -> Option<String> {
        if let Some(problem) = self.canary.problem() {
            return Some(problem);
        }
        let (known, head) = (self.ring.known?, self.ring.head?);
        (self.ring.status == "failed").then(|| {
            format!(
                "{known} is the newest step that was shown and {head} the newest that is stored: reload the page, and \
                 restart the server if it comes again"
            )
        })
    }
}
