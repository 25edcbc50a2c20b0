//! What a stream says of the parts behind it: that one went away, that it is back, and that there is no going on.

use serde_json::json;
use tokio::sync::watch;

use super::{Line, Over, event};
use crate::{
    actors::{listener::Hearing, writer::Degraded},
    backends::Trouble,
    db::{ReadError, reason},
};

impl Line {
    /// Says what is new of the parts behind it.
    pub(super) async fn tell_notices(&mut self) -> Result<(), Over> {
        self.tell_database(None).await?;
        self.tell_backend().await?;
        self.tell_hearing().await
    }

    /// Says that the database is away, or is back, once each. `failure` is what a read just met with.
    pub(super) async fn tell_database(&mut self, failure: Option<&ReadError>) -> Result<(), Over> {
        let writer = self
            .notices
            .degraded
            .borrow_and_update()
            .as_ref()
            .map(|degraded| degraded.reason.clone());
        let reason = failure.map(ToString::to_string).or(writer);
        let (status, message) = match (&reason, self.notices.told_away) {
            (Some(_), false) => (
                "degraded",
                "The database is not answering. What happens is kept, and shown as soon as it is stored.",
            ),
            (None, true) => ("recovered", "The database answers again."),
            _ => return Ok(()),
        };
        self.notices.told_away = reason.is_some();
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

    /// Says that word of what other servers write comes late, or at once again, once each.
    async fn tell_hearing(&mut self) -> Result<(), Over> {
        let Some(hearing) = &mut self.notices.hearing else {
            return Ok(());
        };
        let reason = hearing.borrow_and_update().clone();
        let (status, message) = match (&reason, self.notices.told_deaf) {
            (Some(_), false) => (
                "degraded",
                "What another server does is seen here a little later: its word does not come in, so it is looked for every \
                 two seconds.",
            ),
            (None, true) => (
                "recovered",
                "What other servers do is seen here at once again.",
            ),
            _ => return Ok(()),
        };
        self.notices.told_deaf = reason.is_some();
        let data =
            json!({ "part": "servers", "status": status, "message": message, "reason": reason });
        self.send(event("system", &data)).await
    }

    /// Says that what commands run in is away, or is back, once each.
    async fn tell_backend(&mut self) -> Result<(), Over> {
        let Some((part, away)) = &mut self.notices.away else {
            return Ok(());
        };
        let (part, trouble) = (*part, away.borrow_and_update().clone());
        let (status, message) = match (&trouble, self.notices.told_backend_away) {
            (Some(_), false) => (
                "degraded",
                "SCAR, where commands run, is not answering. It is tried again and again.",
            ),
            (None, true) => ("recovered", "SCAR answers again."),
            _ => return Ok(()),
        };
        self.notices.told_backend_away = trouble.is_some();
        let reason = trouble.map(|trouble| trouble.reason);
        let data = json!({ "part": part, "status": status, "message": message, "reason": reason });
        self.send(event("system", &data)).await
    }
}

/// What a stream is to say of the parts behind it, and what it has said.
pub(super) struct Notices {
    degraded: watch::Receiver<Option<Degraded>>,
    /// The name of what the project's commands run in, and whether it is away, if it can be.
    away: Option<(&'static str, watch::Receiver<Option<Trouble>>)>,
    hearing: Option<Hearing>,
    told_away: bool,
    told_backend_away: bool,
    told_deaf: bool,
}

impl Notices {
    pub(super) fn new(
        degraded: watch::Receiver<Option<Degraded>>,
        away: Option<(&'static str, watch::Receiver<Option<Trouble>>)>,
        hearing: Option<Hearing>,
    ) -> Self {
        Self {
            degraded,
            away,
            hearing,
            told_away: false,
            told_backend_away: false,
            told_deaf: false,
        }
    }

    /// Whether a client was told of something that may be over now.
    pub(super) fn is_any_told(&self) -> bool {
        self.told_away || self.told_backend_away || self.told_deaf
    }

    /// Waits until a part goes away or comes back that was told to be otherwise.
    pub(super) fn changed(&self) -> impl Future<Output = ()> + use<> {
        let mut degraded = self.degraded.clone();
        let mut away = self.away.as_ref().map(|(_, away)| away.clone());
        let mut hearing = self.hearing.clone();
        async move {
            tokio::select! {
                () = change(Some(&mut degraded)) => {}
                () = change(away.as_mut()) => {}
                () = change(hearing.as_mut()) => {}
            }
        }
    }
}

/// Waits for a change; for ever where there is none to come.
async fn change<T>(away: Option<&mut watch::Receiver<T>>) {
    if let Some(away) = away
        && away.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
