//! Posting a message to SCAR so that it has it once.

use std::time::Instant;

use super::{
    halt::Halt,
    link::{Busy, PostError},
    outage::Outage,
    run::Run,
};
use crate::delay::pause;

/// What has become of a message that was to be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// SCAR has it.
    Taken,
    /// It was not posted: SCAR was restarted before it could be.
    Forgotten,
}

/// What SCAR knows of a message that may have reached it.
enum Found {
    /// It works on it, or has answered it.
    There,
    NotThere,
    /// It knows nothing any more.
    Restarted,
}

impl Run<'_> {
    /// Posts `text`; the messages it leads to will have the indexes from `begins` on. With `maybe_sent`, somebody may have
    /// posted it before.
    pub(super) async fn send(
        &mut self,
        text: &str,
        begins: usize,
        mut maybe_sent: bool,
    ) -> Result<Sent, Halt> {
        let conversation = self.place().conversation.clone();
        let mut outage = Outage::new(self.link.delays());
        // After any wait SCAR is looked at first: it may have the message, and it may have been restarted.
        let mut looks = maybe_sent;
        loop {
            if looks {
                let sent = match self.find(begins, maybe_sent).await? {
                    Found::There => Some(Sent::Taken),
                    Found::NotThere => None,
                    Found::Restarted if maybe_sent => return Err(Halt::Restarted),
                    Found::Restarted => Some(Sent::Forgotten),
                };
                if let Some(sent) = sent {
                    self.answered(&outage).await?;
                    return Ok(sent);
                }
            }
            looks = true;
            if let Some(trouble) = self.link.circuit().trouble() {
                self.failed(&mut outage, trouble.reason).await?;
                continue;
            }
            if !self.job.hold.is_certain() {
                // Another server may follow this command by now, and have posted it.
                self.job.hold.certain().await;
                continue;
            }
            self.posting.send_replace(true);
            let posted = self.link.post(&conversation, text).await;
            self.posting.send_replace(false);
            match posted {
                Ok(()) => {
                    self.answered(&outage).await?;
                    return Ok(Sent::Taken);
                }
                Err(PostError::Refused(words)) => return Err(Halt::Rejected(words)),
                Err(PostError::NotSent(away)) => self.failed(&mut outage, away.0).await?,
                Err(PostError::Unknown(away)) => {
                    maybe_sent = true;
                    self.failed(&mut outage, away.0).await?;
                }
            }
        }
    }

    /// Whether SCAR has a message. One that may have been sent is looked for as long as SCAR may take to answer a request:
    /// it may still be on its way when the connection it came on was given up.
    async fn find(&mut self, begins: usize, maybe_sent: bool) -> Result<Found, Halt> {
        let conversation = self.place().conversation.clone();
        let since = Instant::now();
        loop {
            let link = self.link;
            let id = conversation.as_str();
            let busy = self.ask(move || link.busy(id)).await?;
            let (length, first) = self.length(&conversation).await?;
            let known = self.place().first.as_ref();
            if length < self.seen || (known.is_some() && known != first.as_ref()) {
                return Ok(Found::Restarted);
            }
            self.met = true;
            let is_there = matches!(busy, Busy::Active | Busy::Queued) || length > begins;
            if maybe_sent && is_there {
                return Ok(Found::There);
            }
            if !maybe_sent || since.elapsed() >= self.options.request_timeout {
                // An old SCAR that works on it in silence looks the same as one that never had it.
                let unsure = maybe_sent && busy == Busy::Unsaid && self.place().command.is_some();
                return if unsure {
                    Err(Halt::Unsure)
                } else {
                    Ok(Found::NotThere)
                };
            }
            pause(self.options.poll_longest).await;
        }
    }
}
