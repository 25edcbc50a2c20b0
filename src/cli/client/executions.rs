//! `pm executions`: what was run, the newest first.

use std::cmp::Reverse;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::{
    Where,
    api::Api,
    failure::Failure,
    find::{self, cut, short_id},
    screen::{ASKS, BAD, FAINT, GOOD, NAME, USUAL},
    table::{Cell, Table, cell},
    text::{ago, duration, one_line, shortened, word},
    wire::{Execution, Project},
};

/// Executions that are shown unless asked otherwise: a screen full.
const LIMIT: u16 = 20;

/// Executions that can be asked for at most: what the API gives at once.
const LIMIT_MAX: i64 = 1_000;

/// Characters of a command's arguments that are shown at most: they may be a page.
const ARGS_CHARS_MAX: usize = 40;

#[derive(Debug, Args)]
pub(in crate::cli) struct Executions {
    /// Of this project: its name, its id, or the beginning of its id. Without it, of all projects.
    project: Option<String>,
    /// Only those that stand so.
    #[arg(long, value_enum, ignore_case = true)]
    status: Option<Status>,
    /// How many at most.
    #[arg(long, short = 'n', value_name = "N", default_value_t = LIMIT, value_parser = clap::value_parser!(u16).range(1..=LIMIT_MAX))]
    limit: u16,
    /// As JSON, for programs: executions as the API shows them.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) at: Where,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// An execution, as it came and as it is shown, and whose it is.
struct Found {
    project: String,
    execution: Execution,
    raw: Value,
}

pub(super) async fn run(api: &Api, asked: &Executions) -> Result<(), Failure> {
    let projects = match &asked.project {
        Some(wanted) => vec![find::project(api, wanted).await?],
        None => api.projects().await?,
    };
    let found = newest(api, projects, asked).await?;
    if asked.json {
        let raw: Vec<&Value> = found.iter().map(|one| &one.raw).collect();
        return api.screen.json(&serde_json::json!(raw).to_string());
    }
    if found.is_empty() {
        return api.screen.line("Nothing was run.");
    }
    let short = short_id(found.iter().map(|one| one.execution.id.as_str()));
    let now = crate::clock::now();
    let mut table = Table::new([
        "project", "command", "status", "took", "ordered", "try", "id",
    ]);
    for Found {
        project, execution, ..
    } in &found
    {
        let args = shortened(&one_line(&execution.command_args), ARGS_CHARS_MAX);
        let command = format!("{} {args}", execution.command());
        let took = execution.duration_ms.map(duration);
        table.row([
            cell(project, NAME),
            cell(&command, USUAL),
            status(execution),
            cell(took.as_deref().unwrap_or("-"), USUAL),
            cell(&ago(execution.queued_at, now), USUAL),
            cell(&execution.attempt.to_string(), FAINT),
            cell(cut(&execution.id, short), FAINT),
        ]);
    }
    table.show(&api.screen)
}

fn status(execution: &Execution) -> Cell {
    let style = match execution.status.as_str() {
        "COMPLETED" => GOOD,
        "FAILED" => BAD,
        "CANCELLED" => ASKS,
        _ => USUAL,
    };
    let words = match &execution.error_code {
        Some(code) => format!("{} ({code})", word(&execution.status)),
        None => word(&execution.status),
    };
    cell(&words, style)
}

/// The newest of these projects. A project in which nothing happened since the oldest of as many as are wanted was ordered has
/// none of them: so of a thousand projects few are asked.
async fn newest(
    api: &Api,
    mut projects: Vec<Project>,
    asked: &Executions,
) -> Result<Vec<Found>, Failure> {
    let limit = usize::from(asked.limit);
    let status = asked
        .status
        .and_then(|status| status.to_possible_value())
        .map(|status| format!("&status={}", status.get_name().to_uppercase()))
        .unwrap_or_default();
    projects.sort_by_key(|project| Reverse(project.updated_at));
    let mut found: Vec<Found> = Vec::new();
    for project in projects {
        let is_full = found.len() == limit;
        if is_full
            && let Some(oldest) = found.last()
            && project.updated_at < oldest.execution.queued_at
        {
            break;
        }
        let path = format!(
            "/api/projects/{}/executions?limit={limit}{status}",
            project.id
        );
        let raw: Vec<Value> = match api.read(&path).await {
            Ok(raw) => raw,
            // Deleted since the projects were listed.
            Err(failure) if failure.is_unknown() => continue,
            Err(failure) => return Err(failure),
        };
        for raw in raw {
            let execution = api.understood(&raw.to_string())?;
            let project = project.name.clone();
            found.push(Found {
                project,
                execution,
                raw,
            });
        }
        found.sort_by_key(|one| Reverse(one.execution.queued_at));
        found.truncate(limit);
    }
    Ok(found)
}
