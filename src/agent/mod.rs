//! The project manager: what it makes of a message, and what it says.
//!
//! These are rules, always there and always the same: a message and its [`Situation`] in, a [`Decision`] out, without
//! I/O; a language model (`llm`) may find better words, within what they find. They discuss by default. Looking and checking change nothing and start at once when asked for; planning and
//! building start on an order ("plan a shop") or on a yes to an offer, never on a wish or a question.
//!
//! - `sentence` cuts a message into the person's own sentences, without what they only quote
//! - `phrases` lists the words people use; `looking` and `orders` find what they order, `object` what it is about and
//!   `negation` what is not to be done
//! - `offer` asks before something starts, and reads the question back from its own words
//! - `vision` asks for a vision document question by question; `workflow` is about its phases and gates
//! - `topics` tells when a message leaves what was talked about
//! - `authority` tells what a model may start on the strength of a message
//! - `rules` decides; `answers`, `report` and `account` are the words in the chat

mod account;
mod answers;
mod authority;
pub mod llm;
mod looking;
mod negation;
mod object;
mod offer;
mod orders;
#[rustfmt::skip]
mod phrases;
mod report;
mod rules;
mod sentence;
mod topics;
mod vision;
pub mod workflow;

use crate::domain::{
    execution::{Command, ExecutionStatus, Order},
    message::Role,
    vision::VisionDocument,
    workflow::Workflow,
};

pub use account::{STEPS_TOLD, account, nothing_yet};
pub use answers::{left_at_stop, stopped};
pub use authority::{harmless_in, says_go_on, says_status, wants_vision};
pub use report::{queued_reply, report, report_in_phase};
pub use rules::{decide, says_stop};
pub use topics::leaves_topic;

/// What the project manager needs to know to decide.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The message to answer.
    pub text: &'a str,
    /// The project's name.
    pub project_name: &'a str,
    /// Whether the project has a folder in which commands can run, or needs none.
    pub has_workspace: bool,
    /// The command that runs now.
    pub running: Option<Command>,
    /// How many executions wait.
    pub queued: usize,
    /// The project manager's last message in this topic: a yes is a yes to what it asked.
    pub previous_reply: Option<&'a str>,
    /// The command that was ordered last.
    pub last: Option<LastCommand<'a>>,
    /// What was said in this topic before, oldest first.
    pub said: &'a [Said<'a>],
    /// The project's workflow.
    pub workflow: Workflow,
    /// Whether it has a vision document.
    pub has_vision: bool,
}

/// Something that was said.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// By whom.
    pub role: Role,
    /// What.
    pub text: &'a str,
}

/// A command that was ordered, and how it stands.
#[derive(Debug, Clone, Copy)]
pub struct LastCommand<'a> {
    /// What was ordered.
    pub order: &'a Order,
    /// How it stands.
    pub status: ExecutionStatus,
}

impl Situation<'_> {
    fn is_busy(&self) -> bool {
        self.running.is_some() || self.queued > 0
    }
}

/// What to do about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Say this and nothing else.
    Reply(String),
    /// Ask this, in exactly these words: the answer is read back by them.
    Ask(String),
    /// Start the first order now and each other one when the one before it has completed.
    Run {
        /// At least one.
        orders: Vec<Order>,
        /// What to say when the first one starts at once.
        reply: String,
    },
    /// End what runs and drop what waits, if anything does.
    Stop {
        /// What to say about it.
        reply: String,
    },
    /// Order the last command once more. Only decided when it failed or was stopped.
    Retry {
        /// What to say when it starts at once.
        reply: String,
    },
    /// Tell what the last command did, from the log.
    Account,
    /// Keep this vision document, and ask whether it is what is wanted.
    SaveVision(VisionDocument),
    /// Do this with the workflow.
    Workflow(workflow::Wish),
    /// Start a new topic.
    NewTopic {
        /// What to say in it.
        reply: String,
    },
}
