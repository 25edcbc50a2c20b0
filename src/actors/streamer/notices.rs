//! What a stream says of the parts behind it: that one went away, that it is back, and that there is no going on.

use serde_json::json;
use tokio::sync::watch;

use super::{Line, Over, event};
use crate::{
    backends::Trouble,
    db::{ReadError, reason},
};

impl Line {
    /// Says that the database is away, or is back, once each. `failure` is what a read just met with.
    pub(super) async fn tell_database(&mut self, failure: Option<&ReadError>) -> Result<(), Over> {
        let writer = self
            .degraded
            .borrow_and_update()
            .as_ref()
            .map(|degraded| degraded.reason.clone());
        let reason = failure.map(ToString::to_string).or(writer);
        let (status, message) = match (&reason, self.told_away) {
            (Some(_), false) => (
                "degraded",
                "The database is not answering. What happens is kept, and shown as soon as it is stored.",
            ),
            (None, true) => ("recovered", "The database answers again."),
            _ => return Ok(()),
        };
        self.told_away = reason.is_some();
        let data =
            json!({ "part": "database", "status": status, "message": message, "reason": reason });
        self.send(event("system", &data)).await
    }

    /// Says that the log cannot be read, however often it is tried: the stream's last word.
    pub(super) async fn tell_unreadable(&self, failure: &ReadError) -> Result<(), Over> {
        let message = "What happened in this project cannot be read from the database, so it cannot be shown. What is \
                       stored was left as it is; the server's log says what is wrong with it.";
        let data = json!({
            "code": "DATABASE_ERROR", "message": message, "reason": reason(failure),
        });
        self.send(event("error", &data)).await
    }

    /// Says that the project was deleted: the stream's last word as well. Opened again, it is not found.
    pub(super) async fn tell_deleted(&self) -> Result<(), Over> {
        let data = json!({ "code": "PROJECT_DELETED", "message": "This project was deleted." });
        self.send(event("error", &data)).await?;
        Err(Over)
    }

    /// Says that what commands run in is away, or is back, once each.
    pub(super) async fn tell_backend(&mut self) -> Result<(), Over> {
        let Some((part, away)) = &mut self.away else {
            return Ok(());
        };
        let (part, trouble) = (*part, away.borrow_and_update().clone());
        let (status, message) = match (&trouble, self.told_backend_away) {
            (Some(_), false) => (
                "degraded",
                "SCAR, where commands run, is not answering. It is tried again and again.",
            ),
            (None, true) => ("recovered", "SCAR answers again."),
            _ => return Ok(()),
        };
        self.told_backend_away = trouble.is_some();
        let reason = trouble.map(|trouble| trouble.reason);
        let data = json!({ "part": part, "status": status, "message": message, "reason": reason });
        self.send(event("system", &data)).await
    }
}

/// Waits until what commands run in goes away or comes back; for ever where that does not happen.
pub(super) async fn changed(away: &mut Option<(&'static str, watch::Receiver<Option<Trouble>>)>) {
    if let Some((_, away)) = away
        && away.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
