//! Steps: what a backend did or said during an execution, typed.

use serde::{Deserialize, Serialize};

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextFormat {
    /// Markdown, written for people.
    Markdown,
    /// Output of a program, as it came.
    Output,
}

/// `text` without NUL, which PostgreSQL cannot keep in a text; in its place stands the picture of it.
pub(super) fn without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{2400}")
    } else {
        text
    }
}

/// One thing a coding agent wants to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What.
    pub text: String,
    /// How it stands.
    pub state: PlanState,
}

/// How one thing of a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanState {
    /// To be done.
    Open,
    /// Being done.
    Doing,
    /// Done.
    Done,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A tool is being used.
    Tool {
        /// The tool's name: `Read`, `Search`, `Run`.
        tool: String,
        /// One line in plain words: `Read README.md`.
        summary: String,
        /// The raw input: a path, a pattern, a command line.
        input: String,
    },
    /// What the tool answered.
    ToolResult {
        /// The tool's name.
        tool: String,
        /// One line in plain words: `84 lines`.
        summary: String,
        /// The raw answer, capped by the backend.
        output: String,
        /// How many bytes of the answer were cut off.
        cut_bytes: u64,
        /// Whether the tool did what it was asked for.
        ok: bool,
        /// How long it took.
        duration_ms: i64,
    },
    /// A file is being written or changed.
    FileChange {
        /// The tool's name: `Write`, `Edit`.
        tool: String,
        /// One line in plain words: `Edited src/cart.js`.
        summary: String,
        /// Which file, as the tool was told.
        path: String,
    },
    /// What is to be done, and how far it is.
    Plan {
        /// The tool's name: `Plan`.
        tool: String,
        /// One line in plain words.
        summary: String,
        /// What is known of the list.
        items: Vec<PlanItem>,
        /// The raw input.
        input: String,
    },
    /// Something said or printed.
    Text {
        /// The text.
        text: String,
        /// How to read it.
        format: TextFormat,
    },
    /// Where the execution stands, in plain words: `Looking for the tests`.
    Status {
        /// The words.
        text: String,
    },
}

impl Step {
    /// The step with texts every database can keep.
    pub fn storable(self) -> Self {
        match self {
            Self::Tool {
                tool,
                summary,
                input,
            } => Self::Tool {
                tool: without_nul(tool),
                summary: without_nul(summary),
                input: without_nul(input),
            },
            Self::ToolResult {
                tool,
                summary,
                output,
                cut_bytes,
                ok,
                duration_ms,
            } => Self::ToolResult {
                tool,
                summary: without_nul(summary),
                output: without_nul(output),
                cut_bytes,
                ok,
                duration_ms,
            },
            Self::FileChange {
                tool,
                summary,
                path,
            } => Self::FileChange {
                tool: without_nul(tool),
                summary: without_nul(summary),
                path: without_nul(path),
            },
            Self::Plan {
                tool,
                summary,
                items,
                input,
            } => Self::Plan {
                tool,
                summary: without_nul(summary),
                items: items
                    .into_iter()
                    .map(|item| PlanItem {
                        text: without_nul(item.text),
                        ..item
                    })
                    .collect(),
                input: without_nul(input),
            },
            Self::Text { text, format } => Self::Text {
                text: without_nul(text),
                format,
            },
            Self::Status { text } => Self::Status {
                text: without_nul(text),
            },
        }
    }
}
