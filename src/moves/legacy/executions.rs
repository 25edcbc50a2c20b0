//! Executions.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::{Left, settle::Branch, source::Row, story::Story, workflow::Phases};
use crate::domain::{
    change::Change,
    execution::{Command, ErrorCode, ExecutionStatus, NewExecution, Order, Outcome},
    id::{ExecutionId, PhaseId},
    workflow::InPhase,
};

/// Where the predecessor ran its commands.
const BACKEND: &str = "scar";

/// What a person reads of a command that ran when its project was brought over, or had not begun.
const INTERRUPTED: &str =
    "The project was brought over while this ran, so how it ended is not known here.";
const NOT_BEGUN: &str =
    "The project was brought over before this had begun. Order it again if you still want it.";

/// What a person reads of a failure of which nothing was kept.
const NO_REASON: &str = "The record of it gives no reason.";

/// An execution as it was found.
struct Found {
    new: NewExecution,
    queued_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    ended_at: DateTime<Utc>,
    outcome: Outcome,
}

/// Adds the executions; the branches they worked on, and how many there are. What had not ended ends `now`.
pub(super) fn executions(
    rows: &[Row],
    phases: &Phases,
    now: DateTime<Utc>,
    story: &mut Story,
    left: &mut Left,
) -> (Vec<Branch>, u64) {
    let (mut branches, mut taken) = (Vec::new(), 0);
    for row in rows {
        let found = match found(row, phases, now, story) {
            Ok(found) => found,
            Err(why) => {
                left.row("execution", row, &why);
                continue;
            }
        };
        taken += 1;
        let (id, command) = (found.new.id, found.new.order.command);
        let phase = found.new.phase.map(|phase| phase.name);
        branches.extend(row.filled("branch_name").map(|name| Branch {
            execution: id,
            name,
        }));
        story.add_in(found.queued_at, Change::ExecutionQueued(found.new), phase);
        if let Some(at) = found.started_at {
            let started = Change::ExecutionStarted {
                execution: id,
                command,
                backend: BACKEND,
            };
            story.add_in(at, started, phase);
        }
        let ran = found
            .started_at
            .map(|at| (found.ended_at - at).num_milliseconds());
        let finished = Change::ExecutionFinished {
            execution: id,
            command,
            outcome: found.outcome,
            duration_ms: ran,
        };
        story.add_in(found.ended_at, finished, phase);
    }
    (branches, taken)
}

fn found(row: &Row, phases: &Phases, now: DateTime<Utc>, story: &Story) -> Result<Found, String> {
    let id = row.uuid("id").ok_or("it has no id")?;
    let command = row.text("command_type").unwrap_or_default();
    let capitals = command.trim().to_uppercase().replace(['-', ' '], "_");
    let command = Command::parse_recorded(&capitals)
        .map_err(|_| format!("its command_type is {command:?}, which is not known"))?;
    let status = status(row)?;
    let (started, completed) = (row.time("started_at"), row.time("completed_at"));
    let queued_at = row.time("created_at").or(started).or(completed);
    let queued_at = queued_at.unwrap_or(story.begins()).max(story.begins());
    let started_at = match status {
        ExecutionStatus::Queued => None,
        _ => started.map(|at| at.max(queued_at)),
    };
    let began = started_at.unwrap_or(queued_at);
    let ended_at = match status.is_terminal() {
        true => completed.unwrap_or(began).max(began),
        false => now.max(began),
    };
    let phase = row.uuid("phase_id").and_then(|id| {
        let name = *phases.get(&id)?;
        let id = PhaseId(id);
        Some(InPhase { id, name })
    });
    Ok(Found {
        new: NewExecution {
            id: ExecutionId(id),
            order: Order {
                command,
                args: row.json("command_args").map(words).unwrap_or_default(),
            },
            then: Vec::new(),
            message: None,
            phase,
            key: None,
            attempt: 1,
        },
        queued_at,
        started_at,
        ended_at,
        outcome: outcome(status, row).storable(),
    })
}

/// Other words for the same were used for what waits and what was stopped.
fn status(row: &Row) -> Result<ExecutionStatus, String> {
    let word = row.text("status").unwrap_or_default();
    match word.trim().to_uppercase().as_str() {
        "PENDING" => Ok(ExecutionStatus::Queued),
        "CANCELED" => Ok(ExecutionStatus::Cancelled),
        _ => row.word("status"),
    }
}

fn outcome(status: ExecutionStatus, row: &Row) -> Outcome {
    let output = row.text("output").unwrap_or_default();
    let failed = |code, error: String, output| Outcome::Failed {
        code,
        error,
        output,
    };
    match status {
        ExecutionStatus::Completed => Outcome::Completed { output },
        ExecutionStatus::Cancelled => Outcome::Cancelled,
        ExecutionStatus::Failed => {
            let error = row.filled("error").unwrap_or(NO_REASON.to_owned());
            failed(ErrorCode::AgentError, error, output)
        }
        ExecutionStatus::Running => failed(ErrorCode::Interrupted, INTERRUPTED.to_owned(), output),
        ExecutionStatus::Queued => failed(ErrorCode::Interrupted, NOT_BEGUN.to_owned(), output),
    }
}

/// Arguments as they were written: a text, or a list of them.
fn words(args: &Json) -> String {
    match args {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Json::Object(members) if members.is_empty() => String::new(),
        other => other.to_string(),
    }
}
