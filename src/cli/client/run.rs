//! `pm run`: a command, its steps while it runs, and what came of it as an exit code.
//!
//! The command runs at the server: this program orders it, and watches. So it goes on when this one is gone, and whoever wants
//! it ended has to ask the server, which is what Ctrl-C does first.

mod ending;
mod order;

use std::{process::ExitCode, time::Duration};

use clap::Args;
use serde_json::json;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{Instant, interval},
};

use self::order::Ordered;
use super::{
    Where,
    api::Api,
    events::{Feed, Told},
    failure::{Failure, INTERRUPTED},
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

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 it completed, 1 it failed, 2 what was asked for cannot be, 3 it was stopped, 4 the server is not reached or \
refuses, 130 after a second Ctrl-C.

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
    interrupts: Signal,
    now: Now,
    /// The last text it said.
    last_said: String,
    /// Whether somebody pressed Ctrl-C.
    is_stopping: bool,
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

/// Why the waiting is over.
enum Over {
    Ended,
    Left,
}

pub(super) async fn run(api: &Api, asked: &Run) -> Result<ExitCode, Failure> {
    let project = find::project(api, &asked.project).await?;
    // From here on Ctrl-C is for the command, also while it is being ordered.
    let interrupts = signal(SignalKind::interrupt())
        .map_err(|error| Failure::NotDone(format!("cannot listen for Ctrl-C: {error}")))?;
    let before = order::before(api, &project).await?;
    let key = uuid::Uuid::now_v7().to_string();
    let path = format!("/api/projects/{}/executions", project.id);
    let body = json!({ "command": asked.command.name(), "args": asked.args.join(" ") });
    let answer = api.post(&path, &body, Some(&key)).await?;
    let execution: Execution = api.understood(&answer.text)?;
    if !asked.shown.json {
        api.screen
            .line(&order::told(&project, &execution, &before))?;
    }
    if asked.no_wait {
        match asked.shown.json {
            true => api.screen.json(&answer.text)?,
            false => api.screen.line(&format!(
                "Watch it with: {}",
                ending::watch_with(&project, before.head)
            ))?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let away_max = Some(Duration::from_secs(asked.give_up_after));
    let command = execution.command();
    let mut watch = Watch {
        api,
        asked,
        project: &project,
        execution,
        feed: Feed::new(
            api,
            &project.id,
            asked.shown.verbosity,
            before.head,
            away_max,
        ),
        shower: Shower::new(api, &asked.shown),
        interrupts,
        now: Now {
            command,
            ordered: Instant::now(),
            what: "waits for its turn".to_owned(),
        },
        last_said: String::new(),
        is_stopping: false,
    };
    match watch.until_over().await {
        Ok(Over::Ended) => {}
        Ok(Over::Left) => {
            watch.goes_on("It is left alone. ");
            return Ok(ExitCode::from(INTERRUPTED));
        }
        Err(failure) => return Ok(ending::lost(&watch, &failure)),
    }
    api.screen.done()?;
    ending::tell(&watch).await
}

impl Watch<'_> {
    /// Shows its steps until it has ended.
    async fn until_over(&mut self) -> Result<Over, Failure> {
        let mut ticks = interval(TICK);
        loop {
            let told = {
                // Waited for to its end, whatever else happens meanwhile.
                let next = self.feed.next();
                tokio::pin!(next);
                loop {
                    tokio::select! {
                        biased;
                        _ = self.interrupts.recv() => {
                            if self.is_stopping {
                                return Ok(Over::Left);
                            }
                            self.is_stopping = true;
                            break None;
                        }
                        told = &mut next => break Some(told?),
                        _ = ticks.tick() => self.now.tell(self.api)?,
                    }
                }
            };
            match told {
                None => {
                    if let Some(over) = self.stop().await? {
                        return Ok(over);
                    }
                }
                Some(Told::Activity(activity, raw)) => {
                    if self.take(&activity, &raw)? {
                        return Ok(Over::Ended);
                    }
                }
                Some(Told::Word(word)) => self.api.screen.word(&word),
                Some(Told::Gap(word)) => {
                    self.api.screen.word(&word);
                    // Its end may have been among what is missing.
                    let (execution, _) = self.api.execution(&self.execution.id).await?;
                    if execution.is_over() {
                        return Ok(Over::Ended);
                    }
                }
            }
        }
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

    /// Asks the server to stop it. Done beside all else, a second Ctrl-C leaves at once.
    async fn stop(&mut self) -> Result<Option<Over>, Failure> {
        self.api.screen.word(
            "The server is asked to stop the command, and its end is waited for. Ctrl-C once more leaves at once.",
        );
        "is being stopped".clone_into(&mut self.now.what);
        let path = format!("/api/executions/{}/cancel", self.execution.id);
        let body = json!({});
        tokio::select! {
            biased;
            _ = self.interrupts.recv() => Ok(Some(Over::Left)),
            asked = self.api.post(&path, &body, None) => asked.map(|_| None),
        }
    }

    /// Says that it goes on without anybody watching.
    fn goes_on(&self, why: &str) {
        let watch = ending::watch_with(self.project, self.feed.cursor());
        self.api.screen.word(&format!(
            "{why}The command goes on at the server; this shows what comes of it: {watch}"
        ));
    }
}

/// `validate in Shop`
fn title(project: &Project, execution: &Execution) -> String {
    let name = styled(NAME, &one_line(&project.name));
    let id = styled(FAINT, &one_line(&execution.id));
    format!("{} in {name}  {id}", styled(NAME, &execution.command()))
}
