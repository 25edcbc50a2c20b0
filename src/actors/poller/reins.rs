//! How the executor guides a poller that is at work.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What the executor guides a poller by.
#[derive(Clone, Default)]
pub(in crate::actors) struct Reins {
    /// Told when somebody may have stored what concerns it.
    pub(in crate::actors) look: Arc<Notify>,
    /// Fires when another server follows the execution: nothing is ended then, and nothing told.
    pub(in crate::actors) let_go: CancellationToken,
}
