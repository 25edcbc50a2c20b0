//! `validate`: run the project's own tests and checks, and tell what came out.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    duration_in_words,
    streaming::{Streamed, stream},
    test_command::{Choice, choose},
    visit::{Halt, Visit},
};
use crate::{
    backends::child::{CommandLine, Ended},
    domain::{
        execution::{ErrorCode, Outcome},
        step::{Call, Step},
    },
};

/// What to do when there is nothing to run.
const NONE_FOUND: &str = "There are no checks to run. I looked in its folder for a Cargo.toml, a \
                          package.json with a test script, tests for pytest, a go.mod and a Makefile with a recipe \
                          called test. Add one of them, or name the command that runs the checks as `offline.test_command` in the server's settings.";

/// Signals and what they mean to a person.
const SIGNALS: [(i32, &str); 5] = [
    (4, "it crashed"),
    (6, "it gave up by itself"),
    (9, "it was killed, perhaps for want of memory"),
    (11, "it crashed"),
    (15, "it was told to end"),
];

/// Runs the checks in front of everybody.
pub(super) async fn check(visit: &Visit<'_>, setting: Option<&[String]>) -> Result<Outcome, Halt> {
    visit.status("Looking for the project's own checks").await?;
    let Some(choice) = choose(visit, setting).await? else {
        return Err(Halt::failed(ErrorCode::ChecksFailed, NONE_FOUND));
    };
    let line = choice.line(&visit.root);
    visit
        .status(format!("Running `{line}`, because {}", choice.why))
        .await?;
    visit
        .step(Step::Tool {
            tool: "Bash".to_owned(),
            summary: format!("Run {line}"),
            input: line.to_string(),
            call: Call::default(),
        })
        .await?;
    let started = Instant::now();
    let streamed = stream(visit, &line).await?;
    let verdict = Verdict::of(&choice, &line, visit, streamed, started.elapsed());
    // When the time is up, so is the time for steps; the outcome says it all.
    if !matches!(
        &verdict.outcome,
        Outcome::Failed {
            code: ErrorCode::TimedOut,
            ..
        }
    ) {
        visit
            .step(Step::ToolResult {
                tool: "Bash".to_owned(),
                summary: verdict.summary,
                output: String::new(),
                cut_bytes: 0,
                ok: verdict.outcome.status()
                    == crate::domain::execution::ExecutionStatus::Completed,
                duration_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
                call: None,
            })
            .await?;
    }
    Ok(verdict.outcome)
}

/// What came out: one line for the tool, and the outcome.
struct Verdict {
    summary: String,
    outcome: Outcome,
}

impl Verdict {
    fn of(
        choice: &Choice,
        line: &CommandLine,
        visit: &Visit<'_>,
        streamed: Streamed,
        took: Duration,
    ) -> Self {
        let counts = streamed
            .tally
            .in_words()
            .map(|counts| format!(": {counts}"))
            .unwrap_or_default();
        let took = duration_in_words(took);
        let tail = last_lines(&streamed.tail);
        match streamed.ended {
            Ok(Ended::Exited(0)) => Self {
                summary: format!("Passed after {took}{counts}"),
                outcome: Outcome::Completed {
                    output: format!(
                        "## All checks passed\n\n`{line}` ended well after {took}{counts}.{tail}"
                    ),
                },
            },
            Ok(Ended::Exited(code)) => Self::failed(
                ErrorCode::ChecksFailed,
                format!("Did not pass: exit code {code}{counts}"),
                format!(
                    "The project's checks did not pass: `{line}` ended with exit code {code}{counts}.{}",
                    hint(code, &streamed.tail)
                ),
                tail,
            ),
            Ok(Ended::Signalled(signal)) => {
                let meaning = SIGNALS.iter().find(|(number, _)| *number == signal);
                let meaning = meaning
                    .map(|(_, words)| format!(": {words}"))
                    .unwrap_or_default();
                Self::failed(
                    ErrorCode::ChecksFailed,
                    format!("Ended by signal {signal}{meaning}"),
                    format!(
                        "The project's checks did not come to their end: `{line}` was ended by signal {signal}{meaning}."
                    ),
                    tail,
                )
            }
            Ok(Ended::Refused(errno)) => {
                let error = refused(choice, &visit.root, errno);
                Self::failed(
                    ErrorCode::ChecksFailed,
                    "Could not be started".to_owned(),
                    error,
                    String::new(),
                )
            }
            Ok(Ended::GuardLost) => Self::failed(
                ErrorCode::AgentError,
                "Ended from outside".to_owned(),
                format!(
                    "`{line}` was ended together with the process that guards it, from outside. Try again."
                ),
                tail,
            ),
            Err(_time_is_up) => Self::failed(
                ErrorCode::TimedOut,
                String::new(),
                format!(
                    "The project's checks took too long: `{line}` was ended after {took}. Raise \
                     `executor.time_limit_seconds` in the settings if it needs longer."
                ),
                tail,
            ),
        }
    }

    fn failed(code: ErrorCode, summary: String, error: String, output: String) -> Self {
        Self {
            summary,
            outcome: Outcome::Failed {
                code,
                error,
                output: output.trim_start().to_owned(),
            },
        }
    }
}

/// What to do about failures that are not the project's fault.
fn hint(code: i32, tail: &str) -> &'static str {
    if tail.contains("No module named pytest") {
        " Pytest is not installed on the server's machine: install it, or put the project's own Python into its folder \
         .venv."
    } else if code == 127 {
        " A program that it needs is not there: install what the project needs (for JavaScript, with `npm install`) and \
         try again."
    } else if code == 126 {
        " A program that it needs may not be executed: its own output says which."
    } else {
        ""
    }
}

/// Why the program could not even be started, and what to do.
fn refused(choice: &Choice, root: &Path, errno: i32) -> String {
    let program = &choice.program;
    let error = io::Error::from_raw_os_error(errno);
    let is_path = program.contains('/');
    let words = match error.kind() {
        io::ErrorKind::NotFound if is_path && root.join(program).exists() => {
            "the program that its first line names is not there. Install that, or correct the line"
                .to_owned()
        }
        io::ErrorKind::NotFound if is_path => "there is no such file. Correct the path".to_owned(),
        io::ErrorKind::NotFound => {
            "it is not installed on the server's machine, or not in its PATH. Install it".to_owned()
        }
        io::ErrorKind::PermissionDenied if root.join(program).is_dir() => {
            "it is a folder. Correct the path".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "it is not marked as executable, or the server's user may not run it. Run `chmod +x {program}`"
            )
        }
        _ => format!("{error}. See to that"),
    };
    format!(
        "The project's checks could not be run: `{program}` could not be started, because {words}, or name another \
         command with `offline.test_command` in the settings, and try again."
    )
}

/// The last lines as a block of code, with a fence longer than any in them.
fn last_lines(tail: &str) -> String {
    let tail = tail.trim_matches('\n');
    if tail.is_empty() {
        return String::new();
    }
    let longest = tail.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n\nIts last lines:\n\n{fence}text\n{tail}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::last_lines;

    #[test]
    fn a_fence_in_the_output_does_not_end_the_block() {
        assert_eq!(last_lines("\n"), "");
        assert_eq!(
            last_lines("a\n````\nb"),
            "\n\nIts last lines:\n\n`````text\na\n````\nb\n`````"
        );
    }
}
