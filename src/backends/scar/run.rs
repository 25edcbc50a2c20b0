//! One command in SCAR, from the wait for its turn to its end.
//!
//! The order of things is what makes it safe: the place is stored before a message is posted, so that whoever follows the
//! command after a crash knows where its messages begin; and a message is posted only while SCAR does nothing else in this
//! conversation, so that whether SCAR has it can always be seen.

use chrono::Utc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Options,
    follow::Following,
    halt::Halt,
    link::{Busy, Link},
    place::Place,
    quote::{command_line, repository_command, repository_name},
    send::Sent,
    verdict::{Verdict, repository_answer},
};
use crate::{
    backends::{Job, Steps},
    clock,
    delay::pause,
    domain::execution::{ErrorCode, Notice, NoticeStatus, Outcome},
};

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
    /// Whether SCAR was seen to know the conversation since this was begun or taken up again.
    pub(super) met: bool,
    /// Whether SCAR was away since somebody last asked.
    pub(super) was_away: bool,
    /// Whether a message is on its way to SCAR.
    pub(super) posting: watch::Sender<bool>,
}

/// Runs `job` to its end, or to the point where it is given up.
pub(super) async fn run(
    options: &Options,
    link: &Link,
    job: &Job,
    steps: Steps,
    cancel: CancellationToken,
) -> Outcome {
    let resume = job.resume.clone().unwrap_or_default();
    let place: Option<Place> = match resume.place.map(serde_json::from_value).transpose() {
        Ok(place) => place,
        Err(error) => {
            let why = format!(
                "where this stood in SCAR could not be read back ({error}), so it was not taken up again. Look there before you run it again"
            );
            return Outcome::failed(ErrorCode::Interrupted, why);
        }
    };
    let mut run = Run {
        options,
        link,
        job,
        steps,
        seen: place.as_ref().map_or(0, |place| place.base + resume.steps),
        place,
        verdict: Verdict::default(),
        met: false,
        was_away: false,
        posting: watch::Sender::new(false),
    };
    match run.until_stopped(&cancel).await {
        Ok(outcome) => outcome,
        Err(halt) => run.halted(halt).await,
    }
}

impl Run<'_> {
    /// Works until it is done, a person asks for the end, or it took too long.
    async fn until_stopped(&mut self, cancel: &CancellationToken) -> Result<Outcome, Halt> {
        let used = (clock::now() - self.job.started_at)
            .to_std()
            .unwrap_or_default();
        let left = self.options.timeout.saturating_sub(used);
        let mut posting = self.posting.subscribe();
        let work = self.work();
        tokio::pin!(work);
        let halt = tokio::select! {
            biased;
            ended = &mut work => return ended,
            () = cancel.cancelled() => Halt::Cancelled,
            () = pause(left) => Halt::TimedOut,
        };
        // A message on its way is not cut off: whether SCAR has it must be seen when the next command asks.
        tokio::select! {
            biased;
            ended = &mut work => ended,
            _ = posting.wait_for(|posting| !posting) => Err(halt),
        }
    }

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
        let text = repository_command(&self.place().repository);
        let mut resumed = self.job.resume.is_some();
        while self.seen == self.place().base {
            if self.send(&text, self.seen, resumed).await? == Sent::Taken {
                break;
            }
            // SCAR was restarted before this command had a part in it.
            self.take_place().await?;
            resumed = false;
        }
        self.verdict = Verdict::default();
        let base = self.place().base;
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
            let text = command_line(&self.job.order);
            if self.send(&text, begins, resumed).await? == Sent::Forgotten {
                return Err(Halt::Restarted);
            }
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
            (clock::now() - at).to_std().unwrap_or_default() >= self.options.quiet
        };
        Ok(last.is_none_or(quiet))
    }

    /// Stores where this stands.
    async fn keep(&mut self, place: Place) -> Result<(), Halt> {
        let stored =
            serde_json::to_value(&place).map_err(|error| Halt::Broken(error.to_string()))?;
        self.place = Some(place);
        Ok(self.steps.keep(stored, None).await?)
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
    async fn halted(&mut self, halt: Halt) -> Outcome {
        let halt = match halt {
            Halt::Restarted if self.job.resume.is_some() && !self.met => Halt::Lost,
            Halt::TimedOut => match self.last_look().await {
                Some(outcome) => return outcome,
                None => Halt::TimedOut,
            },
            other => other,
        };
        let goes_on = matches!(halt, Halt::Cancelled | Halt::TimedOut | Halt::Away(_));
        let sent = self.place.as_ref().and_then(|place| place.command);
        if goes_on && sent.is_some() {
            // Whether it is heard or not: the command is over for this server.
            let _ = self.notice(NoticeStatus::Detached, "SCAR cannot be told to stop: it may still be working on this. What it still says is not shown, and the next command waits until it has ended.").await;
        }
        halt.outcome(self.link.address(), self.options, self.verdict.output())
    }

    /// What has become of a command whose time is up: while this server was not there, SCAR may have finished it long ago.
    async fn last_look(&mut self) -> Option<Outcome> {
        let begins = self.place.as_ref().filter(|place| place.taken)?.command?;
        self.verdict = Verdict::default();
        let within = self.options.request_timeout;
        let look = Following::new(self, begins).once();
        let ended = tokio::time::timeout(within, look).await;
        matches!(ended, Ok(Ok(true))).then(|| self.verdict.outcome())
    }
}
