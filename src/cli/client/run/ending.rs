//! What came of it: in words, as JSON, and as an exit code.

use std::process::ExitCode;

use super::Watch;
use crate::cli::client::{
    failure::{FAILED, Failure, STOPPED},
    screen::{ASKS, BAD, FAINT, GOOD, styled},
    steps::capped,
    text::{duration, one_line, plain},
    wire::{Execution, Project},
};

/// Lines of why it failed that are shown at most: it is some sentences.
const ERROR_LINES_MAX: usize = 40;

/// Paragraphs of what it has to say at the end: a headline, and a sentence. What comes behind them was seen as steps.
const PARAGRAPHS: usize = 2;

/// The exit code of a program whose reader is gone: 128 and the number of SIGPIPE.
const NOBODY_READS: u8 = 141;

/// Tells how it ended.
pub(super) async fn tell(watch: &Watch<'_>) -> Result<ExitCode, Failure> {
    let screen = &watch.api.screen;
    let (execution, raw) = watch.api.execution(&watch.execution.id).await?;
    let code = match execution.status.as_str() {
        "COMPLETED" => ExitCode::SUCCESS,
        "CANCELLED" => ExitCode::from(STOPPED),
        _ => ExitCode::from(FAILED),
    };
    match watch.asked.shown.json {
        true => screen.json(&raw)?,
        false => screen.lines(account(watch, &execution))?,
    }
    Ok(code)
}

fn account(watch: &Watch<'_>, execution: &Execution) -> Vec<String> {
    let command = execution.command();
    let took = match execution.duration_ms {
        Some(millis) => format!(" after {}", duration(millis)),
        None => " before it began".to_owned(),
    };
    let mut lines = vec![String::new()];
    match execution.status.as_str() {
        "COMPLETED" => {
            let output = execution.output.as_deref().unwrap_or_default();
            if output.trim() != watch.last_said.trim() {
                lines.extend(lead(output));
            }
            lines.push(styled(GOOD, &format!("{command} completed{took}.")));
        }
        "CANCELLED" => lines.push(styled(ASKS, &format!("{command} was stopped{took}."))),
        _ => {
            let code = execution.error_code.as_deref().map(one_line);
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            lines.push(styled(BAD, &format!("{command} failed{took}{code}.")));
            let error = execution.error.as_deref().unwrap_or_default();
            lines.extend(capped(error, ERROR_LINES_MAX));
            let next = next_step(execution.error_code.as_deref(), watch.project);
            lines.extend(next.map(|next| styled(FAINT, &next)));
        }
    }
    if let Some(branch) = &execution.branch_name {
        lines.push(styled(FAINT, &format!("Its branch: {}", one_line(branch))));
    }
    lines
}

/// The beginning of what it has to say.
fn lead(output: &str) -> Vec<String> {
    let output = plain(output);
    let paragraphs = output.split("\n\n").map(str::trim);
    let lead = paragraphs.filter(|text| !text.is_empty()).take(PARAGRAPHS);
    let lead: Vec<&str> = lead.map(|text| text.trim_start_matches("# ")).collect();
    capped(&lead.join("\n").replace("## ", ""), ERROR_LINES_MAX)
}

/// What to do on the command line: what to do otherwise the error says.
fn next_step(code: Option<&str>, project: &Project) -> Option<String> {
    let project = quoted(project);
    match code? {
        "checks_failed" => Some(format!(
            "All that was printed: pm tail {project} --last 1000 --verbosity 3 --no-follow"
        )),
        "scar_unavailable" | "scar_restarted" | "interrupted" | "timed_out" => Some(format!(
            "To run it again, give the same order once more; what was run before: pm executions {project}"
        )),
        _ => None,
    }
}

/// Tells why it is watched no longer, and whether it goes on; the exit code.
pub(super) fn lost(watch: &Watch<'_>, failure: &Failure) -> ExitCode {
    if failure.is_closed_pipe() {
        return ExitCode::from(NOBODY_READS);
    }
    // What is said of it is not to stand behind the line that said what was being done.
    let _ = watch.api.screen.done();
    let code = failure.told();
    let is_gone = failure.is_unknown() || matches!(failure, Failure::NotDone(_));
    if !is_gone {
        watch.goes_on("");
    }
    code
}

/// The command line that shows what happens from here on.
pub(super) fn watch_with(project: &Project, cursor: i64) -> String {
    format!("pm tail {} --after {cursor}", quoted(project))
}

/// A project as a shell takes it: by its name where that is one word, else by its id.
fn quoted(project: &Project) -> &str {
    let is_word = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    let is_plain = project.name.chars().all(is_word) && !project.name.starts_with('-');
    match is_plain && !project.name.is_empty() {
        true => &project.name,
        false => &project.id,
    }
}
