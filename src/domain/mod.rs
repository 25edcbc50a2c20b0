//! Pure values and rules: no actix, no tokio, no database, no network.
//!
//! The vocabulary, the same word in code, JSON, tables, log fields and the WebUI:
//!
//! | word | meaning |
//! | --- | --- |
//! | project | a piece of software being built: a name, a folder, a conversation, a log |
//! | workspace | the folder with the git checkout in which a project's commands run |
//! | topic | a stretch of a project's conversation; a reset starts a new one |
//! | message | what a person, the project manager or the system said in a topic |
//! | command | one of the four things a coding agent can be asked to do |
//! | phase | one of the five stretches of a project's workflow, from an idea to checked work |
//! | gate | a question at the end of a phase that only a person may answer |
//! | vision document | what is to be built, for whom and why |
//! | execution | one run of a command, from queued to exactly one terminal status |
//! | step | one thing a backend did or said during an execution |
//! | outcome | how an execution ended |
//! | change | something that happened, in the past tense; the unit the writer stores |
//! | activity | a change as the log keeps it: with its `seq`, its time and its words |
//! | notification | what somebody outside is told of a change, by webhook |
//! | delivery | a notification on its way: tried until the receiver has it, or for long enough |
//! | token | what a person or a program shows to be let in; its scope says how far that reaches |
//! | sign-in | a browser that showed a token, and is known by its cookie from then on |
//! | `seq` | an activity's place in its project's log: 1, 2, 3, without gaps, in commit order |

pub mod access;
pub mod activity;
pub mod canary;
pub mod change;
pub mod execution;
pub mod fence;
pub mod finding;
pub mod github;
pub mod id;
pub mod import;
pub mod message;
pub mod network;
pub mod notification;
pub mod project;
pub mod redaction;
pub mod search;
pub mod step;
mod text;
pub mod vision;
pub mod workflow;

/// Why a text a person gave was not accepted. The words are shown to them as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// Trims `text` and checks that 1 to `longest` characters are left. `what` names it in the refusal.
pub(crate) fn bounded(what: &str, text: &str, longest: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid(format!("{what} must not be empty")));
    }
    if text.contains('\0') {
        // PostgreSQL cannot store it in a text column, and no person types it.
        return Err(Invalid(format!("{what} must not contain a NUL character")));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(Invalid(format!(
            "{what} is {length} characters long; at most {longest} are accepted"
        )));
    }
    Ok(text.to_owned())
}
