//! How a command ended in SCAR, judged by what it said. SCAR reports errors as ordinary messages; only the shapes it is
//! known to use count, and everything else is prose, however alarming it looks.

use crate::domain::execution::{ErrorCode, Outcome};

/// Bytes kept of what the agent said last. It is the answer to the command and is shown in the chat; all of it stands in
/// the log as well.
const OUTPUT_BYTES_MAX: usize = 64 << 10;

/// What follows an answer that was cut.
const CUT: &str = "\n\n(Cut here; the rest is in the activity pane.)";

/// What the answer to `/repo` begins with when it went well.
const SWITCHED: &str = "Switched to: ";

/// What SCAR ends a message about a failed run with, when it begins with `⚠️ Error: ` or `⚠️ AI error: `.
const TRY_RESET: &str = ". Try /reset if issue persists.";

/// SCAR's other messages about a failed run, whole.
const FAILURES: [&str; 6] = [
    "⚠️ AI rate limit reached. Please wait a moment and try again.",
    "⚠️ AI service authentication error. Please check configuration.",
    "⚠️ Request timed out. The AI service may be slow. Try again or use /reset.",
    "⚠️ Database connection issue. Please try again in a moment.",
    "⚠️ Session error. Use /reset to start a fresh session.",
    "⚠️ An unexpected error occurred. Try /reset to start a fresh session.",
];

/// How the messages begin with which SCAR's batch mode gives a run up.
const RUN_TIMED_OUT: &str = "❌ Task timed out after ";
const TOO_MANY_TOOLS: &str = "❌ Task exceeded maximum tool call limit";

/// What a command said so far, as far as it matters for its end. Of constant size.
#[derive(Debug, Default)]
pub struct Verdict {
    messages: usize,
    /// What was said since the last tool was used.
    said: Said,
    /// The message before the last one, if it was said and not done.
    before_last: Option<String>,
    last: String,
}

#[derive(Debug, Default)]
struct Said {
    text: String,
    cut: bool,
}

impl Verdict {
    /// Takes the next message of the command.
    pub fn take(&mut self, message: &str) {
        self.messages += 1;
        let was_prose = !self.last.is_empty() && !is_tool(&self.last);
        let before = std::mem::replace(&mut self.last, capped(message).to_owned());
        self.before_last = was_prose.then_some(before);
        if is_tool(message) {
            self.said = Said::default();
        } else if sign_of_failure(message).is_none() {
            self.said.add(message);
        }
    }

    /// How many messages were taken.
    pub fn messages(&self) -> usize {
        self.messages
    }

    /// The last message that was taken.
    pub fn last(&self) -> &str {
        &self.last
    }

    /// What the agent said since it last used a tool.
    pub fn output(&self) -> String {
        let cut = if self.said.cut { CUT } else { "" };
        format!("{}{cut}", self.said.text)
    }

    /// How the command ended, now that nothing follows.
    pub fn outcome(&self) -> Outcome {
        if self.messages == 1 && is_refusal(&self.last) {
            return Outcome::failed(ErrorCode::ScarRejected, self.last.clone());
        }
        match sign_of_failure(&self.last) {
            Some(code) => Outcome::Failed {
                code,
                // The agent's own words say more than SCAR's: "API Error: 529" and not "exited with code 1".
                error: match &self.before_last {
                    Some(own) => format!("{own}\n\n{}", self.last),
                    None => self.last.clone(),
                },
                output: String::new(),
            },
            None => Outcome::Completed {
                output: self.output(),
            },
        }
    }
}

impl Said {
    fn add(&mut self, text: &str) {
        if self.cut {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let room = OUTPUT_BYTES_MAX.saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room);
        self.text.push_str(&text[..end]);
        self.cut = end < text.len();
    }
}

/// Whether SCAR switched to the repository.
///
/// # Errors
/// SCAR's own words when it did not.
pub fn repository_answer(message: &str) -> Result<(), String> {
    if message.starts_with(SWITCHED) {
        Ok(())
    } else {
        Err(message.to_owned())
    }
}

fn capped(message: &str) -> &str {
    &message[..message.floor_char_boundary(OUTPUT_BYTES_MAX)]
}

fn is_tool(message: &str) -> bool {
    message.starts_with("🔧 ")
}

/// Whether SCAR refused a command without asking the agent.
fn is_refusal(message: &str) -> bool {
    let command_not_found = || {
        message
            .strip_prefix("Command '")
            .is_some_and(|rest| rest.ends_with("' not found. Use /commands to see available."))
    };
    message.starts_with("Unknown command: /")
        || command_not_found()
        || message.starts_with("Failed to read command file: ")
        || message == "Usage: /command-invoke <name> [args...]"
        || message.starts_with("No codebase configured. Use /clone ")
        || message == "Codebase not found."
}

/// What a message that ends a failed run means; none for every other message.
fn sign_of_failure(message: &str) -> Option<ErrorCode> {
    let with_text = ["⚠️ Error: ", "⚠️ AI error: "];
    let is_error = with_text.iter().any(|begin| message.starts_with(begin));
    if FAILURES.contains(&message) || (is_error && message.ends_with(TRY_RESET)) {
        Some(ErrorCode::AgentError)
    } else if message.starts_with(RUN_TIMED_OUT) {
        Some(ErrorCode::TimedOut)
    } else if message.starts_with(TOO_MANY_TOOLS) {
        Some(ErrorCode::AgentError)
    } else {
        None
    }
}
