//! Waiting for conditions.

use std::{fmt::Debug, time::Duration};

/// How long a test waits for something that must happen before it fails. Only a failing test waits this long, so it is
/// generous: the machine may be busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The outcome of `future`, which must come; `what` says what was waited for.
pub async fn patiently<T>(what: impl Debug, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("waited {PATIENCE:?} in vain for: {what:?}"),
    }
}

/// Looks until `condition` yields something; `what` says what is waited for.
pub async fn wait_until<T>(what: impl Debug, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    patiently(what, async {
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where a test looks again and again"
            )]
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await
}
