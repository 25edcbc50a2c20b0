//! What came of it: in words, as JSON, and as an exit code.

use std::process::ExitCode;

use super::{End, Watch};
use crate::cli::client::{
    api::{Answer, Api},
    failure::{FAILED, Failure, NOBODY_READS, STOPPED},
    screen::{ASKS, BAD, FAINT, GOOD, styled},
    steps::capped,
    text::{duration, one_line, plain, word},
    wire::{Activity, Execution, Project},
};

/// Lines of why it failed that are shown at most: it is some sentences.
const ERROR_LINES_MAX: usize = 40;

/// Paragraphs of what it has to say at the end: a headline, and a sentence. What comes behind them was seen as steps.
const PARAGRAPHS: usize = 2;

/// Tells how it ended; the exit code.
pub(super) async fn tell(watch: &Watch<'_>, end: End) -> ExitCode {
    match told(watch, end).await {
        Ok(code) => code,
        Err(failure) if failure.is_closed_pipe() => ExitCode::from(NOBODY_READS),
        Err(failure) => failure.told(),
    }
}

async fn told(watch: &Watch<'_>, end: End) -> Result<ExitCode, Failure> {
    let screen = &watch.api.screen;
    screen.done()?;
    let (execution, raw) = match end {
        End::Known(execution, raw) => (*execution, Some(raw)),
        End::Seen(activity) => all_of(watch, &activity).await,
    };
    let code = match execution.status.as_str() {
        "COMPLETED" => ExitCode::SUCCESS,
        "CANCELLED" => ExitCode::from(STOPPED),
        _ => ExitCode::from(FAILED),
    };
    match (watch.asked.shown.json, raw) {
        (true, Some(raw)) => screen.json(&raw)?,
        // What is known was shown with the activity that told it.
        (true, None) => {}
        (false, _) => screen.lines(account(watch, &execution))?,
    }
    Ok(code)
}

/// All there is to say of a command whose end was seen. Where the server does not say more, or somebody does not want to wait
/// for that, it is what was seen.
async fn all_of(watch: &Watch<'_>, end: &Activity) -> (Execution, Option<String>) {
    let seen = watch.execution.after(end);
    let status = word(&seen.status);
    let parting = format!("{} has ended: {status}.", seen.command());
    watch.interrupts.parting(parting);
    let why = tokio::select! {
        biased;
        () = watch.interrupts.first(), if !watch.is_stopping => "it was not waited for.".to_owned(),
        asked = watch.api.execution(&seen.id) => match asked {
            Ok((execution, raw)) => return (execution, Some(raw)),
            Err(failure) => failure.in_short(),
        },
    };
    watch.api.screen.word(&format!(
        "That it ended was seen ({status}); what else the server has of it is not known: {why}"
    ));
    (seen, None)
}

/// Takes what came of asking the server to stop the command; whether it is asked.
pub(super) fn is_asked(api: &Api, outcome: Result<Answer, Failure>, was_sent: bool) -> bool {
    match outcome {
        Ok(_) => true,
        Err(failure) if failure.may_pass() => {
            if was_sent {
                let why = failure.in_short();
                api.screen.word(&format!(
                    "{why} The server is asked to stop the command as soon as it can be."
                ));
            }
            false
        }
        Err(failure) => {
            let why = failure.in_short();
            let word = format!("It was not stopped, and its end is waited for: {why}");
            api.screen.word(&word);
            false
        }
    }
}

/// What is said of a command to who does not watch it any longer.
pub(super) fn parting(project: &Project, cursor: i64, is_stop_sent: bool) -> String {
    let watch = watch_with(project, cursor);
    match is_stop_sent {
        true => format!(
            "The server was asked to stop the command; this shows what comes of it: {watch}"
        ),
        false => {
            format!("The command goes on at the server; this shows what comes of it: {watch}")
        }
    }
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
        watch.goes_on("Nobody reads what is shown. ");
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
pub(super) fn quoted(project: &Project) -> &str {
    let is_word = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    let is_plain = project.name.chars().all(is_word) && !project.name.starts_with('-');
    match is_plain && !project.name.is_empty() {
        true => &project.name,
        false => &project.id,
    }
}
