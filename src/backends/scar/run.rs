//! One command in SCAR, from the wait for its turn to its end.
//!
//! The order of things is what makes it safe: the place is stored before a message is posted, so that whoever follows the
//! command after a crash knows where its messages begin; and a message is posted only while SCAR does nothing else in this
//! conversation, so that whether SCAR has it can always be seen.

use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::{
    Options,
    follow::Following,
    halt::Halt,
    link::{Busy, Link, PostError},
    outage::Outage,
    place::Place,
    quote::{command_line, repository_command, repository_name},
    verdict::{Verdict, repository_answer},
};
use crate::{
    backends::{Job, Steps},
    delay::pause,
    domain::execution::{Notice, NoticeStatus, Outcome},
};

/// Looks at whether SCAR has a message whose acknowledgement got lost. Two, because a message may arrive after the
/// connection it came on was given up.
const LOOKS: u32 = 2;

/// A command that is run.
pub(super) struct Run<'a> {
    pub(super) options: &'a Options,
    pub(super) link: &'a Link,
    pub(super) job: &'a Job,
    pub(super) steps: Steps,
    pub(super) place: Option<Place>,
    /// How many of the conversation's messages were taken in or passed over.
    pub(super) seen: usize,
    /// What the part that runs now said: the change of repository, or the command.
    pub(super) verdict: Verdict,
}

/// Runs `job` to its end, or to the point where it is given up.
pub(super) async fn run(
    options: &Options,
    link: &Link,
    job: &Job,
    steps: Steps,
    cancel: CancellationToken,
) -> Outcome {
    let place = job.resume.as_ref().and_then(|resume| resume.place.clone());
    let place: Option<Place> = place.and_then(|place| {
        serde_json::from_value(place)
            .inspect_err(|error| tracing::error!(%error, execution.id = %job.execution, "where a command stands in SCAR could not be read"))
            .ok()
    });
    let stored = job.resume.as_ref().map_or(0, |resume| resume.steps);
    let mut run = Run {
        options,
        link,
        job,
        steps,
        seen: place.as_ref().map_or(0, |place| place.base + stored),
        place,
        verdict: Verdict::default(),
    };
    let used = (Utc::now() - job.started_at).to_std().unwrap_or_default();
    let left = options.timeout.saturating_sub(used);
    let ended = tokio::select! {
        biased;
        ended = run.work() => ended,
        () = cancel.cancelled() => Err(Halt::Cancelled),
        () = pause(left) => Err(Halt::TimedOut),
    };
    match ended {
        Ok(outcome) => outcome,
        Err(halt) => run.halted(halt).await,
    }
}

impl Run<'_> {
    async fn work(&mut self) -> Result<Outcome, Halt> {
        if self.place.is_none() {
            self.take_place().await?;
        }
        if self.place().command.is_none() {
            self.switch_repository().await?;
        }
        self.run_command().await
    }

    /// Waits for the turn and remembers where this command's messages begin.
    async fn take_place(&mut self) -> Result<(), Halt> {
        let conversation = format!("{}{}", self.options.conversation_prefix, self.job.project);
        self.wait_until_free(&conversation).await?;
        let (length, first) = self.length(&conversation).await?;
        self.seen = length;
        self.keep(Place {
            conversation,
            repository: repository_name(
                self.job.repository_url.as_deref(),
                self.job.workspace.as_deref(),
                &self.job.project_name,
            ),
            base: length,
            first,
            command: None,
            taken: false,
        })
        .await
    }

    /// Has SCAR work in the project's repository.
    async fn switch_repository(&mut self) -> Result<(), Halt> {
        let (base, resumed) = (self.place().base, self.job.resume.is_some());
        let text = repository_command(&self.place().repository);
        self.verdict = Verdict::default();
        if self.seen == base {
            self.send(&text, base, resumed).await?;
        }
        Following::new(self, base).until_idle().await?;
        if self.verdict.messages() == 0 {
            // SCAR took it and has nothing to say about it: only a restart loses an answer.
            return Err(Halt::Restarted);
        }
        repository_answer(self.verdict.last()).map_err(Halt::Rejected)
    }

    /// Has SCAR run the command.
    async fn run_command(&mut self) -> Result<Outcome, Halt> {
        let (begins, resumed) = match self.place().command {
            Some(begins) => (begins, true),
            None => (self.seen, false),
        };
        if !resumed {
            let place = self.place().clone();
            self.keep(Place {
                command: Some(begins),
                ..place
            })
            .await?;
        }
        if !self.place().taken && self.seen == begins {
            self.send(&command_line(&self.job.order), begins, resumed)
                .await?;
            let place = self.place().clone();
            self.keep(Place {
                taken: true,
                ..place
            })
            .await?;
        }
        self.verdict = Verdict::default();
        Following::new(self, begins).until_idle().await?;
        Ok(self.verdict.outcome())
    }

    /// Waits until SCAR does nothing in this conversation: what was stopped here may still go on there.
    async fn wait_until_free(&mut self, conversation: &str) -> Result<(), Halt> {
        let mut told = false;
        loop {
            let link = self.link;
            let free = match self.ask(move || link.busy(conversation)).await? {
                Busy::Idle => true,
                Busy::Active | Busy::Queued => false,
                Busy::Unsaid => self.was_quiet(conversation).await?,
            };
            if free {
                return Ok(());
            }
            if !told {
                told = true;
                self.notice(NoticeStatus::Waiting, "SCAR is still working on an earlier command of this project. This one begins when that has ended.").await?;
            }
            pause(self.options.poll_longest).await;
        }
    }

    /// Whether the conversation's last message is older than an old SCAR is quiet while it works.
    async fn was_quiet(&mut self, conversation: &str) -> Result<bool, Halt> {
        let last = self.last_message_at(conversation).await?;
        let quiet = |at: chrono::DateTime<Utc>| {
            (Utc::now() - at).to_std().unwrap_or_default() >= self.options.quiet
        };
        Ok(last.is_none_or(quiet))
    }

    /// Posts `text` so that SCAR has it once; the messages it leads to will have the indexes from `begins` on.
    async fn send(&mut self, text: &str, begins: usize, mut unsure: bool) -> Result<(), Halt> {
        let conversation = self.place().conversation.clone();
        let mut outage = Outage::new(self.link.delays());
        loop {
            if unsure && self.has_it(begins).await? {
                return Ok(());
            }
            if let Some(trouble) = self.link.trouble() {
                self.failed(&mut outage, trouble.reason).await?;
                continue;
            }
            match self.link.post(&conversation, text).await {
                Ok(()) => return self.answered(&outage).await,
                Err(PostError::Refused(words)) => return Err(Halt::Rejected(words)),
                Err(PostError::NotSent(away)) => self.failed(&mut outage, away.0).await?,
                Err(PostError::Unknown(away)) => {
                    unsure = true;
                    self.failed(&mut outage, away.0).await?;
                }
            }
        }
    }

    /// Whether SCAR has a message that may have reached it: it works on it, or has answered it.
    async fn has_it(&mut self, begins: usize) -> Result<bool, Halt> {
        let conversation = self.place().conversation.clone();
        for look in 0..LOOKS {
            if look > 0 {
                pause(self.options.poll_longest).await;
            }
            let link = self.link;
            let id = conversation.as_str();
            let busy = self.ask(move || link.busy(id)).await?;
            if matches!(busy, Busy::Active | Busy::Queued) {
                return Ok(true);
            }
            let (length, first) = self.length(&conversation).await?;
            let known = self.place().first.as_ref();
            if length < self.seen || (known.is_some() && known != first.as_ref()) {
                return Err(Halt::Restarted);
            }
            if length > begins {
                return Ok(true);
            }
            if busy == Busy::Unsaid && self.place().command.is_some() {
                return Err(Halt::Unsure);
            }
        }
        Ok(false)
    }

    /// Stores where this stands.
    async fn keep(&mut self, place: Place) -> Result<(), Halt> {
        let stored =
            serde_json::to_value(&place).map_err(|error| Halt::Broken(error.to_string()))?;
        self.place = Some(place);
        Ok(self.steps.keep(stored).await?)
    }

    /// Where this stands; only after [`take_place`](Self::take_place).
    pub(super) fn place(&self) -> &Place {
        self.place
            .as_ref()
            .expect("a command has a place once it has begun")
    }

    pub(super) async fn notice(
        &self,
        status: NoticeStatus,
        message: impl Into<String>,
    ) -> Result<(), Halt> {
        let message = message.into();
        Ok(self.steps.notice(Notice { status, message }).await?)
    }

    /// The end of a command that did not come to one by itself.
    async fn halted(&self, halt: Halt) -> Outcome {
        let sent = self
            .place
            .as_ref()
            .is_some_and(|place| place.command.is_some());
        if sent && matches!(halt, Halt::Cancelled | Halt::TimedOut) {
            // Whether it is heard or not: the command is over for this server.
            let _ = self.notice(NoticeStatus::Detached, "SCAR cannot be told to stop: it may still be working on this. What it still says is not shown, and the next command waits until it has ended.").await;
        }
        halt.outcome(self.link.address(), self.options, self.verdict.output())
    }
}

/// `42 s`, `3 min`.
pub(super) fn in_short(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
