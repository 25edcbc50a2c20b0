//! What a model is told: who it is, what was said, which tools there are and what they answered.

use genai::chat::{ChatMessage, ChatRequest, ContentPart, MessageContent, ToolCall, ToolResponse};
use serde_json::{Value, json};

use super::{Answer, Called, tools};
use crate::{
    agent::{Said, offer::Offer},
    domain::message::Role,
};

/// In the words of `prompts/pm.md`.
const PROMPT: &str = include_str!("../../../prompts/pm.md");

/// About how many characters a token has.
const TOKEN_CHARS: usize = 4;

/// Characters of a value in the prompt at most: a project's description may be pages long.
const VALUE_CHARS_MAX: usize = 2_000;

/// Characters of what a tool answers at most, so that no log or output takes the conversation's place.
const ANSWERED_CHARS_MAX: usize = 16_000;

/// What the prompt says of the project.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is about.
    pub description: &'a str,
    /// Where its repository is.
    pub repository: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// The command that runs.
    pub running: &'a str,
    /// How many commands wait.
    pub waiting: usize,
}

/// A dialogue with a model.
#[derive(Debug, Clone)]
pub struct Dialogue {
    system: String,
    messages: Vec<ChatMessage>,
}

impl Dialogue {
    /// One that has come to `message`. Of what was said `before`, oldest first, as much of the newest as fits into
    /// `budget` tokens.
    pub fn new(about: &About<'_>, before: &[Said<'_>], message: &str, budget: usize) -> Self {
        let mut left = budget.saturating_mul(TOKEN_CHARS);
        left = left.saturating_sub(message.chars().count());
        let mut kept = Vec::new();
        for said in before.iter().rev() {
            let length = said.text.chars().count();
            if length > left {
                // A yes is a yes to it: of the last words the end is kept, where the question stands.
                if kept.is_empty() && left > 0 {
                    kept.push((said.role, ending(said.text, left)));
                }
                break;
            }
            left -= length;
            kept.push((said.role, said.text.to_owned()));
        }
        kept.reverse();
        kept.push((Role::User, message.to_owned()));
        Self {
            system: prompt(about),
            messages: alternating(kept),
        }
    }

    /// What the model wanted done, and what came of each.
    pub fn carried_out(&mut self, answer: &Answer, results: Vec<String>) {
        let calls = answer
            .calls
            .iter()
            .map(|call| ContentPart::ToolCall(call.into()));
        // Some services refuse a text that is empty.
        let text = (!answer.text.trim().is_empty()).then(|| ContentPart::Text(answer.text.clone()));
        let parts: Vec<ContentPart> = text.into_iter().chain(calls).collect();
        self.messages
            .push(ChatMessage::assistant(MessageContent::from_parts(parts)));
        for (call, result) in answer.calls.iter().zip(results) {
            let result: String = result.chars().take(ANSWERED_CHARS_MAX).collect();
            let response = ToolResponse::new(call.id.clone(), result).with_fn_name(&call.name);
            self.messages.push(ChatMessage::from(response));
        }
    }

    pub(super) fn request(&self) -> ChatRequest {
        ChatRequest::new(self.messages.clone())
            .with_system(&self.system)
            .with_tools(tools::all())
    }
}

/// The least that can be asked.
pub(super) fn trial() -> ChatRequest {
    ChatRequest::new(vec![ChatMessage::user("Say: yes")])
}

impl From<&Called> for ToolCall {
    fn from(call: &Called) -> Self {
        Self {
            call_id: call.id.clone(),
            fn_name: call.name.clone(),
            // Whatever came instead of an object is told in the result; here both services want one.
            fn_arguments: match &call.arguments {
                Some(arguments @ Value::Object(_)) => arguments.clone(),
                _ => json!({}),
            },
            thought_signatures: None,
        }
    }
}

/// The prompt with its places filled in, each once: what people write may look like a place as well.
fn prompt(about: &About<'_>) -> String {
    let mut prompt = String::new();
    let mut rest = PROMPT;
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, after) = after.split_once("}}").unwrap_or((after, ""));
        prompt.push_str(before);
        prompt.push_str(&value(about, place));
        rest = after;
    }
    prompt + rest
}

/// What stands in a place: on one line and in quotes, because it is data; a question as it is, because a yes is understood
/// by its words.
fn value(about: &About<'_>, place: &str) -> String {
    let asks = |offer: Offer| offer.question().to_owned();
    let value = match place {
        "ask to look" => return asks(Offer::Look),
        "ask to check" => return asks(Offer::Check),
        "ask to plan" => return asks(Offer::Plan),
        "ask to plan and build" => return asks(Offer::PlanAndBuild),
        "ask to build" => return asks(Offer::Build),
        "ask to write the vision" => return asks(Offer::Vision),
        "name" => about.name,
        "description" => about.description,
        "repository" => about.repository,
        "status" => about.status,
        "running" => about.running,
        "waiting" => return about.waiting.to_string(),
        _ => "",
    };
    let value: String = value.chars().take(VALUE_CHARS_MAX).collect();
    Value::from(value).to_string()
}

/// In turns, as services want it: what one said in a row is one message, and a person begins.
fn alternating(said: Vec<(Role, String)>) -> Vec<ChatMessage> {
    let mut turns: Vec<(Role, String)> = Vec::new();
    for (role, text) in said {
        let role = match role {
            Role::User => Role::User,
            Role::Assistant | Role::System => Role::Assistant,
        };
        match turns.last_mut() {
            Some((last, words)) if *last == role => {
                words.push_str("\n\n");
                words.push_str(&text);
            }
            None if role == Role::Assistant => {
                turns.push((Role::User, "(Earlier messages are left out.)".to_owned()));
                turns.push((role, text));
            }
            _ => turns.push((role, text)),
        }
    }
    let message = |(role, text)| match role {
        Role::User => ChatMessage::user(text),
        Role::Assistant | Role::System => ChatMessage::assistant(text),
    };
    turns.into_iter().map(message).collect()
}

fn ending(text: &str, chars: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(chars)).collect()
}
