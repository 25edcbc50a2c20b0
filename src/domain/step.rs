//! Steps: what a backend did or said during an execution, typed.

use serde::{Deserialize, Serialize};

use super::text::{kept, storable};

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextFormat {
    /// Markdown, written for people.
    Markdown,
    /// Output of a program, as it came.
    Output,
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
    /// The step with texts that can be stored.
    pub fn storable(self) -> Self {
        match self {
            Self::Tool {
                tool,
                summary,
                input,
            } => Self::Tool {
                tool: storable(tool),
                summary: storable(summary),
                input: storable(input),
            },
            Self::ToolResult {
                tool,
                summary,
                output,
                cut_bytes,
                ok,
                duration_ms,
            } => {
                let (output, cut) = kept(output);
                Self::ToolResult {
                    tool,
                    summary: storable(summary),
                    output,
                    cut_bytes: cut_bytes + cut,
                    ok,
                    duration_ms,
                }
            }
            Self::FileChange {
                tool,
                summary,
                path,
            } => Self::FileChange {
                tool: storable(tool),
                summary: storable(summary),
                path: storable(path),
            },
            Self::Plan {
                tool,
                summary,
                items,
                input,
            } => Self::Plan {
                tool,
                summary: storable(summary),
                items: items
                    .into_iter()
                    .map(|item| PlanItem {
                        text: storable(item.text),
                        ..item
                    })
                    .collect(),
                input: storable(input),
            },
            Self::Text { text, format } => Self::Text {
                text: storable(text),
                format,
            },
            Self::Status { text } => Self::Status {
                text: storable(text),
            },
        }
    }
}
