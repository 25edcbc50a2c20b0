//! Following what SCAR says until it has nothing more to say.

use super::{
    circuit::Away, halt::Halt, link::Busy, list::Message, outage::Outage, pace::Pace, parse,
    place::First, run::Run,
};
use crate::{
    backends::silence::{Silence, in_short},
    delay::pause,
    domain::{execution::NoticeStatus, step::Step},
};

/// What one part of a command says, from the message at `begins` on.
pub(super) struct Following<'r, 'a> {
    run: &'r mut Run<'a>,
    begins: usize,
    /// Messages judged so far: after a restart these are fewer than were taken in.
    judged: usize,
    pace: Pace,
    silence: Silence,
    last_done: Option<String>,
    told_queued: bool,
}

/// What a look at SCAR brought.
struct Look {
    busy: Busy,
    /// How long SCAR's answer was.
    bytes: usize,
    ended: bool,
}

/// Why a look at the list brought nothing.
enum Failed {
    Away(Away),
    Halt(Halt),
}

impl From<Away> for Failed {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl From<Halt> for Failed {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl<'r, 'a> Following<'r, 'a> {
    pub(super) fn new(run: &'r mut Run<'a>, begins: usize) -> Self {
        let options = run.options;
        Self {
            pace: Pace::new(options.poll_shortest, options.poll_longest),
            silence: Silence::new(options.stall),
            last_done: None,
            told_queued: false,
            judged: begins,
            begins,
            run,
        }
    }

    /// Takes in every message until SCAR is idle and its list was read once more after that.
    pub(super) async fn until_idle(mut self) -> Result<(), Halt> {
        loop {
            let before = self.run.seen;
            let look = self.look().await?;
            if look.ended {
                return Ok(());
            }
            self.tell(look.busy).await?;
            let news = self.run.seen > before;
            pause(self.pace.after(news, look.bytes)).await;
        }
    }

    /// Takes in what is there now. Whether that is all there will be.
    pub(super) async fn once(mut self) -> Result<bool, Halt> {
        Ok(self.look().await?.ended)
    }

    async fn look(&mut self) -> Result<Look, Halt> {
        let (link, conversation) = (self.run.link, self.run.place().conversation.clone());
        // In this order: when SCAR is idle, the list that is read after it has everything.
        let id = conversation.as_str();
        let busy = self.run.ask(move || link.busy(id)).await?;
        let before = self.run.seen;
        let bytes = self.read(&conversation).await?;
        // While SCAR is away, or has not begun, nothing it does could be heard.
        let was_away = std::mem::take(&mut self.run.was_away);
        if self.run.seen > before || was_away || busy == Busy::Queued {
            self.silence.broken();
        }
        let ended = self.has_ended(busy);
        Ok(Look { busy, bytes, ended })
    }

    fn has_ended(&self, busy: Busy) -> bool {
        match busy {
            Busy::Idle => true,
            Busy::Active | Busy::Queued => false,
            // The change of repository has one answer. For a command there is nothing to go by but a long silence.
            Busy::Unsaid => {
                let is_answer = self.run.place().command.is_none() && self.run.seen > self.begins;
                is_answer || self.silence.length() >= self.run.options.quiet
            }
        }
    }

    /// Says what a person who looks at a pane without news wants to know.
    async fn tell(&mut self, busy: Busy) -> Result<(), Halt> {
        if busy == Busy::Queued && !self.told_queued {
            self.told_queued = true;
            let words = "SCAR works on as many conversations as it takes at a time. This one is in its queue and begins when one of the others has ended.";
            self.run.notice(NoticeStatus::Waiting, words).await?;
        }
        let Some(silent) = self.silence.worth_telling() else {
            return Ok(());
        };
        let last = match &self.last_done {
            Some(last) => format!(", last: {last}"),
            None => String::new(),
        };
        let words = format!("Silent for {}{last}", in_short(silent));
        self.run.notice(NoticeStatus::Stalled, words).await
    }

    /// Reads the list until SCAR gives it whole. How many bytes it had.
    async fn read(&mut self, conversation: &str) -> Result<usize, Halt> {
        let mut outage = Outage::new(self.run.link.delays());
        loop {
            if let Some(trouble) = self.run.link.circuit().trouble() {
                self.run.failed(&mut outage, trouble.reason).await?;
                continue;
            }
            match self.read_once(conversation).await {
                Ok(bytes) => {
                    self.run.answered(&outage).await?;
                    return Ok(bytes);
                }
                Err(Failed::Halt(halt)) => return Err(halt),
                Err(Failed::Away(away)) => self.run.failed(&mut outage, away.0).await?,
            }
        }
    }

    async fn read_once(&mut self, conversation: &str) -> Result<usize, Failed> {
        let skip = self.judged.min(self.run.seen);
        let mut reading = self.run.link.messages(conversation, skip).await?;
        while let Some(messages) = reading.next().await? {
            for (index, message) in messages {
                if index == 0 {
                    self.check_first(&message)?;
                }
                if index >= skip {
                    self.take(index, &message).await?;
                }
            }
        }
        let (length, bytes) = reading.finish()?;
        if length < self.run.seen {
            return Err(Halt::Restarted.into());
        }
        self.run.met = true;
        Ok(bytes)
    }

    /// A list that begins with another message is that of another run of SCAR.
    fn check_first(&mut self, message: &Message) -> Result<(), Halt> {
        let first = First::from(message);
        let Some(place) = &mut self.run.place else {
            return Ok(());
        };
        if *place.first.get_or_insert_with(|| first.clone()) == first {
            Ok(())
        } else {
            Err(Halt::Restarted)
        }
    }

    /// Judges a message, and takes it in if it is new.
    async fn take(&mut self, index: usize, message: &Message) -> Result<(), Halt> {
        if index >= self.judged {
            self.run.verdict.take(&message.text);
            self.judged = index + 1;
        }
        let step = parse::step(&message.text, &self.run.place().repository);
        if let Step::Tool { summary, .. } | Step::FileChange { summary, .. } = &step {
            self.last_done = Some(summary.clone());
        }
        if index >= self.run.seen {
            self.run.steps.send(step).await.map_err(Halt::from)?;
            self.run.seen = index + 1;
        }
        Ok(())
    }
}
