//! Asking SCAR until it answers, and saying so while it does not.

use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{circuit::Away, halt::Halt, link::Link, place::First, run::Run};
use crate::{
    backends::silence::in_short,
    delay::{Delays, pause},
    domain::execution::NoticeStatus,
};

/// Failures in a row after which the person is told. One or two are over before anybody could read about them.
const TOLD_AFTER: u32 = 3;

/// A request that fails again and again.
pub(super) struct Outage {
    since: Option<Instant>,
    failures: u32,
    told: bool,
    delays: Delays,
}

impl Outage {
    pub(super) fn new(delays: Delays) -> Self {
        Self {
            since: None,
            failures: 0,
            told: false,
            delays,
        }
    }
}

impl Run<'_> {
    /// Asks until there is an answer, or until SCAR was away for too long.
    pub(super) async fn ask<T, Asked>(&mut self, question: impl Fn() -> Asked) -> Result<T, Halt>
    where
        Asked: Future<Output = Result<T, Away>>,
    {
        let mut outage = Outage::new(self.link.delays());
        loop {
            if let Some(trouble) = self.link.circuit().trouble() {
                self.failed(&mut outage, trouble.reason).await?;
                continue;
            }
            match question().await {
                Ok(answer) => {
                    self.answered(&outage).await?;
                    return Ok(answer);
                }
                Err(away) => self.failed(&mut outage, away.0).await?,
            }
        }
    }

    /// How many messages a conversation has, and its first.
    pub(super) async fn length(
        &mut self,
        conversation: &str,
    ) -> Result<(usize, Option<First>), Halt> {
        let link = self.link;
        self.ask(move || length(link, conversation)).await
    }

    /// When a conversation's last message was sent.
    pub(super) async fn last_message_at(
        &mut self,
        conversation: &str,
    ) -> Result<Option<DateTime<Utc>>, Halt> {
        let link = self.link;
        self.ask(move || last_message_at(link, conversation)).await
    }

    /// Deals with a failure: says so if it is worth a word, and waits for the next try.
    pub(super) async fn failed(&mut self, outage: &mut Outage, reason: String) -> Result<(), Halt> {
        let since = *outage.since.get_or_insert_with(Instant::now);
        outage.failures += 1;
        self.was_away = true;
        let is_away = self.link.circuit().trouble().is_some();
        if !outage.told && (is_away || outage.failures >= TOLD_AFTER) {
            outage.told = true;
            let (address, patience) = (self.link.address(), in_short(self.options.give_up));
            let words = format!(
                "SCAR at {address} does not answer: {reason}. Trying again for up to {patience}."
            );
            self.notice(NoticeStatus::Degraded, words).await?;
        }
        let left = self.options.give_up.saturating_sub(since.elapsed());
        let pauses = async {
            pause(outage.delays.next_delay()).await;
            // Whoever was not told yet comes back here at once when the circuit has opened meanwhile, and is told.
            if outage.told {
                self.link.circuit().closed().await;
            }
        };
        tokio::select! {
            () = pauses => Ok(()),
            () = pause(left) => Err(Halt::Away(reason)),
        }
    }

    /// Deals with the end of an outage, if there was one.
    pub(super) async fn answered(&mut self, outage: &Outage) -> Result<(), Halt> {
        if outage.told {
            self.notice(NoticeStatus::Recovered, "SCAR answers again.")
                .await?;
        }
        Ok(())
    }
}

async fn length(link: &Link, conversation: &str) -> Result<(usize, Option<First>), Away> {
    let mut reading = link.messages(conversation, usize::MAX).await?;
    let mut first = None;
    while let Some(messages) = reading.next().await? {
        first = first.or(messages.first().map(|(_, message)| First::from(message)));
    }
    Ok((reading.finish()?.0, first))
}

async fn last_message_at(link: &Link, conversation: &str) -> Result<Option<DateTime<Utc>>, Away> {
    let mut reading = link.messages(conversation, 0).await?;
    let mut last = None;
    while let Some(messages) = reading.next().await? {
        let newest = messages
            .last()
            .map(|(_, message)| message.timestamp.clone());
        last = newest.or(last);
    }
    reading.finish()?;
    Ok(last.and_then(|at| at.parse().ok()))
}
