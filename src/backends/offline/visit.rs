//! One look at one project's folder: where it is, who hears of the steps, and when to stop.

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Instant,
};

use super::workspace;
use crate::{
    backends::{
        Job, Steps,
        child::{Limits, StartError, Stop},
    },
    domain::{
        execution::{ErrorCode, Outcome},
        step::{Call, Step, TextFormat},
    },
};

/// Bytes of a tool's answer shown at most: some screens full. The rest is counted.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Why a piece of work ended before its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// From outside.
    Stopped(Stop),
    /// It cannot go on, and this is how the execution ends.
    Failed(Outcome),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

impl Halt {
    pub(super) fn failed(code: ErrorCode, error: impl Into<String>) -> Self {
        Self::Failed(Outcome::failed(code, error))
    }
}

/// What a tool answered, for the screen.
pub(super) struct Answer {
    pub(super) summary: String,
    pub(super) output: String,
    pub(super) ok: bool,
}

impl Answer {
    pub(super) fn good(summary: impl Into<String>, output: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            output: output.into(),
            ok: true,
        }
    }

    pub(super) fn bad(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            output: String::new(),
            ok: false,
        }
    }
}

/// A look at a project's folder.
pub(super) struct Visit<'a> {
    guard: &'a Path,
    /// The folder, with every link in its path resolved.
    pub(super) root: PathBuf,
    steps: &'a Steps,
    pub(super) limits: &'a Limits,
}

impl<'a> Visit<'a> {
    /// Makes sure that there is a git checkout to visit.
    pub(super) async fn begin(
        guard: &'a Path,
        job: &Job,
        steps: &'a Steps,
        limits: &'a Limits,
    ) -> Result<Self, Halt> {
        let root = workspace::folder(job.workspace.as_deref()).await?;
        let visit = Self {
            guard,
            root,
            steps,
            limits,
        };
        workspace::ensure_checkout(&visit).await?;
        Ok(visit)
    }

    /// The guard's program.
    pub(super) fn guard(&self) -> &Path {
        self.guard
    }

    /// Sends one step, waiting for its turn.
    pub(super) async fn step(&self, step: Step) -> Result<(), Stop> {
        // Nobody takes steps any more: what is done here is about to be dropped.
        self.limits
            .hold(self.steps.send(step))
            .await?
            .map_err(|_closed| Stop::Cancelled)
    }

    /// Sends a step although the work was stopped, for what was said before that.
    pub(super) async fn last_step(&self, step: Step) {
        if let Err(nobody) = self.steps.send(step).await {
            tracing::debug!(
                error = &nobody as &dyn std::error::Error,
                "the end of an output found nobody"
            );
        }
    }

    /// Says in plain words what comes next.
    pub(super) async fn status(&self, text: impl Into<String>) -> Result<(), Stop> {
        self.step(Step::Status {
            text: printable(&text.into()),
        })
        .await
    }

    /// Says something to the person, in Markdown.
    pub(super) async fn say(&self, text: String) -> Result<(), Stop> {
        self.step(Step::Text {
            text,
            format: TextFormat::Markdown,
            block: None,
        })
        .await
    }

    /// Uses a tool in front of everybody: shows that it is used, uses it, and shows what it answered.
    pub(super) async fn using<T>(
        &self,
        tool: &str,
        summary: String,
        input: String,
        work: impl Future<Output = Result<(T, Answer), Halt>>,
    ) -> Result<T, Halt> {
        self.step(Step::Tool {
            tool: tool.to_owned(),
            summary: printable(&summary),
            input: printable(&input),
            call: Call::default(),
        })
        .await?;
        let started = Instant::now();
        let (value, answer) = work.await?;
        let (output, cut_bytes) = shortened(&answer.output);
        self.step(Step::ToolResult {
            tool: tool.to_owned(),
            summary: printable(&answer.summary),
            output,
            cut_bytes,
            ok: answer.ok,
            duration_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            call: None,
        })
        .await?;
        Ok(value)
    }

    /// The guard starts in the project's folder: if that is gone by now, it is the folder that is the matter.
    pub(super) fn cannot_start(&self, error: &StartError) -> Halt {
        if self.root.is_dir() {
            Halt::failed(
                ErrorCode::AgentError,
                format!(
                    "{error}. Is the server's own program still where it was started from? Start it again."
                ),
            )
        } else {
            workspace::missing(&self.root)
        }
    }
}

/// Cuts at [`ANSWER_BYTES_MAX`] and says by how much; and takes out what no database and no screen can hold.
fn shortened(output: &str) -> (String, u64) {
    let end = output.floor_char_boundary(ANSWER_BYTES_MAX);
    (
        printable(&output[..end]),
        u64::try_from(output.len() - end).unwrap_or(u64::MAX),
    )
}

/// Without control characters, line breaks and tabs excepted. PostgreSQL refuses a text with a NUL in it.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
