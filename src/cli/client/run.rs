//! `pm run`: a command, its steps while it runs, and what came of it as an exit code.
//!
//! The command runs at the server: this program orders it, and watches. So it goes on when this one is gone, and whoever wants
//! it ended has to ask the server, which is what Ctrl-C does first.

mod asking;
mod ending;
mod interrupts;
mod order;

use std::{process::ExitCode, time::Duration};

use clap::Args;
use tokio::time::{Instant, interval};

use self::{
    asking::{Asking, Question},
    interrupts::Interrupts,
    order::{Before, Ordered},
};
use super::{
    Where,
    api::{Answer, Api},
    events::{Feed, Told},
    failure::Failure,
    find,
    screen::{FAINT, NAME, styled},
    tail::{Shower, Shown},
    text::{duration, one_line},
    wire::{Activity, Execution, Project},
};

/// How long the server may be away unless asked otherwise: a restart takes seconds, and an update of it a minute.
const AWAY_SECONDS: u64 = 120;

/// How often the line with what is being done now is written anew.
const TICK: Duration = Duration::from_secs(1);

/// What is said at the first Ctrl-C.
const STOPPING: &str = "The server is asked to stop the command, and its end is waited for.";

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 it completed, 1 it failed, 2 what was asked for cannot be, 3 it was stopped, 4 the server is not reached or \
refuses, 130 after a second Ctrl-C, 141 nobody reads what is shown, 143 after SIGTERM.

Ctrl-C asks the server to stop the command and waits for its end; a second one leaves it alone.

Examples:
  pm run shop validate
  pm run shop plan-feature-github \"a discount code at the checkout\"
  pm run shop prime --json | jq -r .message")]
pub(in crate::cli) struct Run {
    /// In which project: its name, its id, or the beginning of its id.
    project: String,
    /// What to run.
    #[arg(value_enum, ignore_case = true)]
    command: Ordered,
    /// What to run it with, in words: for plan-feature-github what is to be planned.
    args: Vec<String>,
    #[command(flatten)]
    shown: Shown,
    /// Order it and end: `pm tail` shows what comes of it.
    #[arg(long)]
    no_wait: bool,
    /// For how many seconds the server may be away before it is waited for no longer.
    #[arg(long, value_name = "N", default_value_t = AWAY_SECONDS)]
    give_up_after: u64,
    #[command(flatten)]
    pub(super) at: Where,
}

/// A command that was ordered, and who watches it.
struct Watch<'a> {
    api: &'a Api,
    asked: &'a Run,
    project: &'a Project,
    execution: Execution,
    feed: Feed<'a>,
    shower: Shower<'a>,
    interrupts: Interrupts,
    now: Now,
    /// The last text it said.
    last_said: String,
    /// Has it stopped.
    stop: Asking<'a>,
    /// Whether that was asked for, as far as one can know.
    is_stop_sent: bool,
    /// Whether somebody pressed Ctrl-C.
    is_stopping: bool,
    /// Looks whether it has ended.
    look: Asking<'a>,
    /// Whether its end may be among what the feed does not have any more.
    is_end_missed: bool,
    /// What is known of its end.
    known: Option<Known>,
}

/// What is being done now.
struct Now {
    command: String,
    ordered: Instant,
    what: String,
}

impl Now {
    /// Says it, and for how long this goes on.
    fn tell(&self, api: &Api) -> Result<(), Failure> {
        let millis = i64::try_from(self.ordered.elapsed().as_millis()).unwrap_or(i64::MAX);
        // In whole seconds: it is written anew every second.
        let passed = duration(millis / 1_000 * 1_000);
        let Self { command, what, .. } = self;
        api.screen.now(&format!("{command}, {passed}: {what}"))
    }
}

/// How its end came to be known.
enum End {
    /// The feed told of it.
    Seen(Box<Activity>),
    /// The server was asked: as a type, and as it came.
    Known(Box<Execution>, String),
}

/// An execution that has ended, while the feed has not told of that.
struct Known {
    execution: Execution,
    raw: String,
    /// Up to where the feed had told.
    cursor: i64,
}

/// What is heard next.
enum Heard {
    Feed(Result<Told, Failure>),
    Look(Result<Answer, Failure>),
}

pub(super) async fn run(api: &Api, asked: &Run) -> Result<ExitCode, Failure> {
    let project = find::project(api, &asked.project).await?;
    // From here on Ctrl-C is for the command, also while it is being ordered.
    let interrupts = Interrupts::listen().await?;
    let before = order::before(api, &project).await?;
    let (execution, raw) = order::placed(api, asked, &project, &interrupts).await?;
    let away_max = Some(Duration::from_secs(asked.give_up_after));
    let verbosity = asked.shown.verbosity;
    let path = format!("/api/executions/{}", execution.id);
    let mut watch = Watch {
        api,
        asked,
        project: &project,
        feed: Feed::new(api, &project.id, verbosity, before.head, away_max),
        shower: Shower::new(api, &asked.shown),
        interrupts,
        now: Now {
            command: execution.command(),
            ordered: Instant::now(),
            what: "waits for its turn".to_owned(),
        },
        last_said: String::new(),
        stop: Asking::new(api, Question::Post(format!("{path}/cancel"))),
        is_stop_sent: false,
        is_stopping: false,
        look: Asking::new(api, Question::Get(path)),
        is_end_missed: false,
        known: None,
        execution,
    };
    if let Err(failure) = watch.tell_order(&before, &raw) {
        return Ok(ending::lost(&watch, &failure));
    }
    if asked.no_wait && !watch.interrupts.came() {
        return Ok(ExitCode::SUCCESS);
    }
    let end = watch.until_over().await;
    Ok(match end {
        Ok(end) => ending::tell(&watch, end).await,
        Err(failure) => ending::lost(&watch, &failure),
    })
}

impl Watch<'_> {
    /// Tells what was ordered.
    fn tell_order(&self, before: &Before, raw: &str) -> Result<(), Failure> {
        self.interrupts.parting(self.parting(before.head));
        let screen = &self.api.screen;
        match (self.asked.shown.json, self.asked.no_wait) {
            (true, true) => screen.json(raw),
            (true, false) => Ok(()),
            (false, is_all) => {
                screen.line(&order::told(self.project, &self.execution, before))?;
                let watch = ending::watch_with(self.project, before.head);
                match is_all {
                    true => screen.line(&format!("Watch it with: {watch}")),
                    false => Ok(()),
                }
            }
        }
    }

    /// Shows its steps until it has ended.
    async fn until_over(&mut self) -> Result<End, Failure> {
        let mut ticks = interval(TICK);
        loop {
            let cursor = self.feed.cursor();
            self.interrupts.parting(self.parting(cursor));
            let heard = {
                // Waited for to its end, whatever else happens meanwhile.
                let next = self.feed.next();
                tokio::pin!(next);
                loop {
                    tokio::select! {
                        biased;
                        () = self.interrupts.first(), if !self.is_stopping => {
                            self.is_stopping = true;
                            self.is_stop_sent = true;
                            self.stop.start();
                            self.api.screen.word(STOPPING);
                            "is being stopped".clone_into(&mut self.now.what);
                        }
                        outcome = self.stop.outcome() => {
                            self.is_stop_sent = ending::is_asked(self.api, outcome, self.is_stop_sent);
                        }
                        outcome = self.look.outcome() => break Heard::Look(outcome),
                        told = &mut next => break Heard::Feed(told),
                        _ = ticks.tick() => self.now.tell(self.api)?,
                    }
                    let (project, is_sent) = (self.project, self.is_stop_sent);
                    self.interrupts
                        .parting(ending::parting(project, cursor, is_sent));
                }
            };
            let end = match heard {
                Heard::Feed(told) => self.hear(told)?,
                Heard::Look(outcome) => self.looked(outcome)?,
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// Takes what the feed tells; its end, if that is known with it.
    fn hear(&mut self, told: Result<Told, Failure>) -> Result<Option<End>, Failure> {
        match told {
            Ok(Told::Activity(activity, raw)) => {
                if self.take(&activity, &raw)? {
                    return Ok(Some(End::Seen(activity)));
                }
            }
            Ok(Told::Word(word)) => self.api.screen.word(&word),
            Ok(Told::Gap(word)) => {
                self.api.screen.word(&word);
                self.is_end_missed = true;
                self.look.start();
            }
            Ok(Told::Again) => {
                let cursor = self.feed.cursor();
                match &mut self.known {
                    // It ended, and the stream that was opened since does not tell of it.
                    Some(known) if known.cursor == cursor => return Ok(self.known_end()),
                    Some(known) => known.cursor = cursor,
                    None => self.look.start(),
                }
            }
            Err(failure) => return self.known_end().map(Some).ok_or(failure),
        }
        Ok(None)
    }

    /// Takes what the server says of the command; its end, if there is nothing more to be shown before it.
    fn looked(&mut self, outcome: Result<Answer, Failure>) -> Result<Option<End>, Failure> {
        let answer = match outcome {
            Ok(answer) => answer,
            // It is asked again.
            Err(failure) if failure.may_pass() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let execution: Execution = self.api.understood(&answer.text)?;
        let is_over = execution.is_over();
        if is_over {
            let cursor = self.feed.cursor();
            self.known = Some(Known {
                execution,
                raw: answer.text,
                cursor,
            });
        }
        // What happened before may still be told, unless it is what is missing.
        let is_missed = std::mem::take(&mut self.is_end_missed);
        Ok((is_over && is_missed).then(|| self.known_end()).flatten())
    }

    fn known_end(&mut self) -> Option<End> {
        let known = self.known.take()?;
        Some(End::Known(Box::new(known.execution), known.raw))
    }

    /// Shows an activity, if it is of this command; whether it is its end.
    fn take(&mut self, activity: &Activity, raw: &str) -> Result<bool, Failure> {
        if activity.execution_id.as_ref() != Some(&self.execution.id) {
            return Ok(false);
        }
        let is_end = activity.end().is_some();
        // That it is queued was told already, and behind what; how it ended is told below, with all that is to be said of it.
        let is_queued = activity.status.as_deref() == Some("QUEUED");
        let is_deed = ["tool", "status", "file_change", "system"].contains(&activity.kind.as_str());
        if is_deed && !is_queued {
            let first = activity.message.lines().next().unwrap_or_default();
            self.now.what = one_line(first);
            self.now.tell(self.api)?;
        }
        if activity.kind == "text" {
            self.last_said.clone_from(&activity.message);
        }
        if self.asked.shown.json || !(is_queued || is_end) {
            self.shower.show(activity, raw)?;
        }
        Ok(is_end)
    }

    /// What is said of it to who leaves.
    fn parting(&self, cursor: i64) -> String {
        ending::parting(self.project, cursor, self.is_stop_sent)
    }

    /// Says that it goes on without anybody watching.
    fn goes_on(&self, why: &str) {
        let parting = self.parting(self.feed.cursor());
        self.api.screen.word(&format!("{why}{parting}"));
    }
}

/// `validate in Shop`
fn title(project: &Project, execution: &Execution) -> String {
    let name = styled(NAME, &one_line(&project.name));
    let id = styled(FAINT, &one_line(&execution.id));
    format!("{} in {name}  {id}", styled(NAME, &execution.command()))
}
