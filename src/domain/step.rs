//! Steps: what a backend did or said during an execution, typed.

use serde::{Deserialize, Serialize};

use super::{
    id::BlockId,
    text::{kept, storable},
};

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

/// What a coding agent tells of a use of a tool beside its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Its name of this use, which its result has too: several may go on at once.
    pub id: Option<String>,
    /// What sort of work it is, in the agent's words: `read`, `edit`, `execute`.
    pub kind: Option<String>,
    /// The places in files it is about.
    pub locations: Vec<Location>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The file, from the project's folder on where it is in there.
    pub path: String,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// How a file was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// In unified form, without the two lines that name the file.
    pub text: String,
    /// Lines that were added.
    pub added: u64,
    /// Lines that were removed.
    pub removed: u64,
}

/// What the coding agent's language model took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Tokens it holds in mind now.
    pub used: u64,
    /// Tokens it can hold in mind.
    pub size: u64,
    /// What it cost so far, where the agent tells.
    pub cost: Option<Cost>,
}

/// A sum of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// In millionths of the currency.
    pub millionths: u64,
    /// `USD`, or another unit such as `credits`.
    pub currency: String,
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
        /// What else the coding agent tells of it.
        call: Call,
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
        /// The [`Call::id`] it answers.
        call: Option<String>,
    },
    /// A file is being written or changed.
    FileChange {
        /// The tool's name: `Write`, `Edit`.
        tool: String,
        /// One line in plain words: `Edited src/cart.js`.
        summary: String,
        /// Which file, as the tool was told.
        path: String,
        /// How, where it is known.
        diff: Option<Diff>,
        /// The [`Call::id`] that did it.
        call: Option<String>,
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
        /// What was shown of it while it was being written.
        block: Option<BlockId>,
    },
    /// What the coding agent thinks to itself.
    Thinking {
        /// The text.
        text: String,
        /// What was shown of it while it was being written.
        block: Option<BlockId>,
    },
    /// What its language model took.
    Usage(Usage),
    /// Something the coding agent told that this program has no words for.
    Raw {
        /// The agent's name of it.
        what: String,
        /// All of it.
        raw: String,
    },
    /// Where the execution stands, in plain words: `Looking for the tests`.
    Status {
        /// The words.
        text: String,
    },
}

impl Step {
    /// The step with texts that can be stored.
    pub fn storable(mut self) -> Self {
        if let Self::ToolResult {
            output, cut_bytes, ..
        } = &mut self
        {
            let (start, cut) = kept(std::mem::take(output));
            *output = start;
            *cut_bytes += cut;
        }
        for text in self.texts() {
            *text = storable(std::mem::take(text));
        }
        self
    }

    /// Every text in it that comes from outside.
    pub(super) fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Tool {
                tool,
                summary,
                input,
                call,
            } => {
                let places = call.locations.iter_mut().map(|place| &mut place.path);
                [tool, summary, input]
                    .into_iter()
                    .chain(&mut call.id)
                    .chain(&mut call.kind)
                    .chain(places)
                    .collect()
            }
            Self::ToolResult {
                tool,
                summary,
                output,
                call,
                ..
            } => [tool, summary, output].into_iter().chain(call).collect(),
            Self::FileChange {
                tool,
                summary,
                path,
                diff,
                call,
            } => {
                let diff = diff.iter_mut().map(|diff| &mut diff.text);
                [tool, summary, path]
                    .into_iter()
                    .chain(diff)
                    .chain(call)
                    .collect()
            }
            Self::Plan {
                summary,
                items,
                input,
                ..
            } => {
                let items = items.iter_mut().map(|item| &mut item.text);
                [summary, input].into_iter().chain(items).collect()
            }
            Self::Text { text, .. } | Self::Thinking { text, .. } | Self::Status { text } => {
                vec![text]
            }
            Self::Usage(usage) => usage
                .cost
                .iter_mut()
                .map(|cost| &mut cost.currency)
                .collect(),
            Self::Raw { what, raw } => vec![what, raw],
        }
    }
}
