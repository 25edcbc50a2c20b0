//! What a stream shows of a text while it is written.

use serde_json::json;

use super::{Line, Over, event};
use crate::{domain::activity::Verbosity, feed::Watcher};

/// Whether a text is shown while it is written: from the same verbosity on as when it is done.
pub(super) fn is_shown(verbosity: Verbosity) -> bool {
    verbosity >= Verbosity::Normal
}

impl Line {
    /// Sends how what is being written goes on. It has no id: it never moves a client's cursor, and is not sent again.
    pub(super) async fn tell_delta(&mut self, watcher: &mut Watcher) -> Result<(), Over> {
        if !is_shown(self.wanted.verbosity) {
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
