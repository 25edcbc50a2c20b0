//! What a stream shows of a text while it is written.

use serde_json::json;

use super::{Line, Over, event};
use crate::{domain::activity::Verbosity, feed::Watcher};

/// From which verbosity on a text is shown while it is written: the one from which on it is shown when it is done.
const VERBOSITY: Verbosity = Verbosity::Normal;

/// Waits until there is something to show: true when it is in the log.
pub(super) async fn news(watcher: &mut Watcher, verbosity: Verbosity) -> bool {
    if verbosity >= VERBOSITY {
        return watcher.woken_or_shown().await;
    }
    watcher.woken().await;
    true
}

impl Line {
    /// Sends how what is being written goes on. It has no id: it never moves a client's cursor, and is not sent again.
    pub(super) async fn tell_delta(&mut self, watcher: &mut Watcher) -> Result<(), Over> {
        if self.wanted.verbosity < VERBOSITY {
            return Ok(());
        }
        let Some(delta) = watcher.delta(&mut self.seen) else {
            return Ok(());
        };
        let mut data = json!({
            "execution_id": delta.execution, "block_id": delta.block, "text": delta.text,
        });
        if delta.is_all {
            // What a client was sent of it before, by another stream, does not count.
            data["restart"] = true.into();
        }
        self.send(event("delta", &data)).await?;
        watcher.sent();
        Ok(())
    }
}
