//! `pm projects`: what there is, what runs, and what waits for a person.

mod import;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{
    Where,
    api::Api,
    failure::Failure,
    find::{cut, short_id},
    screen::{ASKS, FAINT, GOOD, NAME, USUAL},
    table::{Table, cell},
    text::{duration, word},
    wire::{Execution, Project},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Projects {
    #[command(subcommand)]
    what: Option<What>,
    /// As JSON, for programs: what the API answers.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make projects for repositories that are there already, on GitHub or in a file of SCAR's.
    ///
    /// Without anything said, what the server's settings say. A project whose repository another one has is left as it is. Exit
    /// code 1 says that some could not be imported, each with why.
    Import(import::Import),
}

impl Projects {
    pub(super) fn at(&self) -> &Where {
        match &self.what {
            Some(What::Import(asked)) => &asked.at,
            None => &self.at,
        }
    }
}

pub(super) async fn run(api: &Api, asked: &Projects) -> Result<ExitCode, Failure> {
    match &asked.what {
        Some(What::Import(asked)) => import::run(api, asked).await,
        None => list(api, asked).await.map(|()| ExitCode::SUCCESS),
    }
}

async fn list(api: &Api, asked: &Projects) -> Result<(), Failure> {
    let answer = api.get("/api/projects").await?;
    // Also what is handed on as it came: it may be no answer of such a server at all.
    let projects: Vec<Project> = api.understood(&answer.text)?;
    if asked.json {
        return api.screen.json(&answer.text);
    }
    if projects.is_empty() {
        let base = &api.server.base;
        return api.screen.line(&format!(
            "There is no project yet. Open {base} in a browser and make one."
        ));
    }
    let short = short_id(projects.iter().map(|project| project.id.as_str()));
    let mut table = Table::new(["name", "status", "runs", "needs you", "activity", "id"]);
    for project in &projects {
        let waits = match project.needs_attention {
            0 => cell("-", FAINT),
            gates => cell(&gates.to_string(), ASKS),
        };
        let runs = match &project.running {
            Some(execution) => cell(&running(execution), GOOD),
            None => cell("-", FAINT),
        };
        table.row([
            cell(&project.name, NAME),
            cell(&word(&project.status), USUAL),
            runs,
            waits,
            cell(&project.head.to_string(), USUAL),
            cell(cut(&project.id, short), FAINT),
        ]);
    }
    table.show(&api.screen)
}

/// `validate (12 s)`
pub(super) fn running(execution: &Execution) -> String {
    let command = execution.command();
    match execution.started_at {
        Some(since) => {
            let millis = (crate::clock::now() - since).num_milliseconds();
            format!("{command} ({})", duration(millis))
        }
        None => command,
    }
}
