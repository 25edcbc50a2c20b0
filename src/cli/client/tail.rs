//! `pm tail`: what happens in a project, for as long as one looks.

use std::process::ExitCode;

use clap::Args;

use super::{
    Where,
    api::Api,
    events::{Feed, Told},
    failure::Failure,
    find,
    steps::Steps,
    wire::{Activity, Page},
};

/// Activities that are shown at the beginning unless asked otherwise: a screen full.
const LAST: u16 = 20;

/// Activities that can be asked for at once: what the API gives.
const LAST_MAX: i64 = 1_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct Tail {
    /// Which project: its name, its id, or the beginning of its id.
    project: String,
    /// How many of the last activities to begin with.
    #[arg(long, short = 'n', value_name = "N", default_value_t = LAST, value_parser = clap::value_parser!(u16).range(0..=LAST_MAX), conflicts_with = "after")]
    last: u16,
    /// Begin behind this activity: the number `pm projects` shows, or the `seq` that was seen last.
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    #[command(flatten)]
    shown: Shown,
    /// Show what there is and end.
    #[arg(long)]
    no_follow: bool,
    #[command(flatten)]
    pub(super) at: Where,
}

/// How activities are shown.
#[derive(Debug, Args)]
pub(super) struct Shown {
    /// How much: 1 is status, messages and questions, 2 also each step, 3 also what tools answered and agents think.
    #[arg(long, value_name = "1|2|3", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(super) verbosity: u8,
    /// As JSON, for programs: an activity a line, as the API shows it.
    #[arg(long)]
    pub(super) json: bool,
}

/// Follows until Ctrl-C, which is the usual end of it.
pub(super) async fn run(api: &Api, asked: &Tail) -> Result<ExitCode, Failure> {
    let project = find::project(api, &asked.project).await?;
    let mut shower = Shower::new(api, &asked.shown);
    let cursor = begin(api, &project.id, asked, &mut shower).await?;
    if asked.no_follow {
        return Ok(ExitCode::SUCCESS);
    }
    let mut feed = Feed::new(api, &project.id, asked.shown.verbosity, cursor, None);
    let follow = async {
        loop {
            match feed.next().await? {
                Told::Activity(activity, raw) => shower.show(&activity, &raw)?,
                Told::Word(word) | Told::Gap(word) => api.screen.word(&word),
                Told::Again => {}
            }
        }
    };
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => Ok(ExitCode::SUCCESS),
        ended = follow => ended,
    }
}

/// Shows what was there before; the `seq` up to which that is. Read from the log and not from the stream, whose first connection
/// may break: then the last few would be others than before.
async fn begin(
    api: &Api,
    project: &str,
    asked: &Tail,
    shower: &mut Shower<'_>,
) -> Result<i64, Failure> {
    let verbosity = asked.shown.verbosity;
    let log = format!("/api/projects/{project}/activity?verbosity={verbosity}");
    let Some(mut after) = asked.after else {
        // None at all cannot be asked for.
        let path = format!("{log}&limit={}", asked.last.max(1));
        let page: Page = api.read(&path).await?;
        if asked.last > 0 {
            shower.page(&page)?;
        }
        return Ok(page.head);
    };
    if !asked.no_follow {
        return Ok(after);
    }
    loop {
        let page: Page = api
            .read(&format!("{log}&after={after}&limit={LAST_MAX}"))
            .await?;
        shower.page(&page)?;
        match page.next {
            Some(next) => after = next,
            None => return Ok(after),
        }
    }
}

/// Shows activities, to people or to programs.
pub(super) struct Shower<'a> {
    api: &'a Api,
    as_json: bool,
    steps: Steps<'a>,
}

impl<'a> Shower<'a> {
    pub(super) fn new(api: &'a Api, shown: &Shown) -> Self {
        Self {
            api,
            as_json: shown.json,
            steps: Steps::new(&api.server.base),
        }
    }

    pub(super) fn show(&mut self, activity: &Activity, raw: &str) -> Result<(), Failure> {
        let screen = &self.api.screen;
        match self.as_json {
            true => screen.json(raw),
            false => screen.lines(self.steps.lines(activity)),
        }
    }

    fn page(&mut self, page: &Page) -> Result<(), Failure> {
        for raw in &page.items {
            let text = raw.to_string();
            let activity: Activity = self.api.understood(&text)?;
            self.show(&activity, &text)?;
        }
        Ok(())
    }
}
