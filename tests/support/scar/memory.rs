//! What SCAR has in memory, and what it does with a message.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};

use super::{Run, Script, Shared, Step};

/// Conversations it works on at a time.
const AT_A_TIME: usize = 10;

#[derive(Default)]
pub(super) struct Memory {
    /// Counts restarts: what an earlier life began says nothing any more.
    pub(super) generation: u64,
    /// What was said in each conversation, as it stands on the wire.
    pub(super) lists: HashMap<String, Vec<String>>,
    pub(super) active: Vec<String>,
    /// Those that wait, with their messages. Entries without any linger, as SCAR's do.
    pub(super) queued: Vec<(String, VecDeque<String>)>,
    /// The repository each conversation was switched to. Survives a restart.
    pub(super) repositories: HashMap<String, String>,
    pub(super) scripts: HashMap<String, Script>,
    pub(super) posts: Vec<(String, String)>,
    pub(super) requests: HashMap<Step, usize>,
    pub(super) connections: usize,
}

impl Memory {
    pub(super) fn forget_everything(&mut self) {
        self.generation += 1;
        self.lists.clear();
        self.active.clear();
        self.queued.clear();
    }

    pub(super) fn say(&mut self, conversation: &str, text: &str) {
        let at = project_manager::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let message = json!({ "conversationId": conversation, "message": text, "timestamp": at, "direction": "sent" });
        let list = self.lists.entry(conversation.to_owned()).or_default();
        list.push(message.to_string());
    }

    pub(super) fn concurrency(&self) -> Value {
        let queued: Vec<Value> = self
            .queued
            .iter()
            .map(|(id, messages)| json!({ "conversationId": id, "queuedMessages": messages.len() }))
            .collect();
        let waiting: usize = self.queued.iter().map(|(_, messages)| messages.len()).sum();
        json!({
            "status": "ok", "active": self.active.len(), "queuedTotal": waiting, "queuedByConversation": queued,
            "maxConcurrent": AT_A_TIME, "activeConversationIds": self.active,
        })
    }

    fn queue(&mut self, conversation: &str, text: String) {
        if let Some((_, messages)) = self.queued.iter_mut().find(|(id, _)| id == conversation) {
            messages.push_back(text);
        } else {
            self.queued
                .push((conversation.to_owned(), VecDeque::from([text])));
        }
    }
}

/// Takes a posted message: works on it, or queues it.
pub(super) fn posted(shared: &Arc<Shared>, conversation: &str, text: &str) {
    let mut memory = shared.memory.lock().expect("no test panics here");
    memory
        .posts
        .push((conversation.to_owned(), text.to_owned()));
    let busy = memory.active.iter().any(|id| id == conversation);
    if busy || memory.active.len() >= AT_A_TIME {
        memory.queue(conversation, text.to_owned());
        return;
    }
    memory.active.push(conversation.to_owned());
    let generation = memory.generation;
    drop(memory);
    begin(shared, generation, conversation, text);
}

/// Goes on after a message was worked on: with the next of the conversation, else with another conversation.
pub(super) fn ended(shared: &Arc<Shared>, generation: u64, conversation: &str) {
    let mut memory = shared.memory.lock().expect("no test panics here");
    if memory.generation != generation {
        return;
    }
    let mine = memory.queued.iter_mut().find(|(id, _)| id == conversation);
    let mut next = mine
        .and_then(|(_, messages)| messages.pop_front())
        .map(|text| (conversation.to_owned(), text));
    if next.is_none() {
        memory.active.retain(|id| id != conversation);
        let active = memory.active.clone();
        let free = memory
            .queued
            .iter_mut()
            .find(|(id, messages)| !messages.is_empty() && !active.contains(id));
        next = free.and_then(|(id, messages)| Some((id.clone(), messages.pop_front()?)));
        if let Some((id, _)) = &next {
            memory.active.push(id.clone());
        }
    }
    drop(memory);
    if let Some((conversation, text)) = next {
        begin(shared, generation, &conversation, &text);
    }
}

/// Works on a message.
fn begin(shared: &Arc<Shared>, generation: u64, conversation: &str, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let script = {
        let mut memory = shared.memory.lock().expect("no test panics here");
        match words.as_slice() {
            ["/repo", name] if *name == "demo-shop" => {
                memory
                    .repositories
                    .insert(conversation.to_owned(), (*name).to_owned());
                said(&format!(
                    "Switched to: {name}\n✓ Loaded 18 commands\n\nReady to work!"
                ))
            }
            ["/repo", rest @ ..] => said(&format!(
                "Repository not found: {}\n\nUse /repos to see available repositories.",
                rest.join(" ")
            )),
            ["/command-invoke", ..] if !memory.repositories.contains_key(conversation) => said(
                "No codebase configured. Use /clone for a new repo or /repos to list your current repos you can switch to.",
            ),
            ["/command-invoke", name, ..] => match memory.scripts.get(*name) {
                Some(script) => script.clone(),
                None => {
                    let run = Run {
                        conversation: conversation.to_owned(),
                        command: text.to_owned(),
                        generation,
                        shared: Arc::clone(shared),
                    };
                    drop(memory);
                    // A test that is over takes no more.
                    let _ = shared.by_hand.try_send(run);
                    return;
                }
            },
            _ => said(&format!(
                "Unknown command: {}\n\nType /help for available commands or /templates for command templates.",
                words.first().unwrap_or(&"")
            )),
        }
    };
    play(
        Arc::clone(shared),
        generation,
        conversation.to_owned(),
        script,
    );
}

fn said(text: &str) -> Script {
    Script::every(Duration::ZERO, [text])
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pauses of a script are what it is about; its task ends with SCAR's thread"
)]
fn play(shared: Arc<Shared>, generation: u64, conversation: String, script: Script) {
    tokio::spawn(async move {
        for (before, text) in script.says {
            tokio::time::sleep(before).await;
            let mut memory = shared.memory.lock().expect("no test panics here");
            if memory.generation != generation {
                return;
            }
            memory.say(&conversation, &text);
        }
        tokio::time::sleep(script.then).await;
        ended(&shared, generation, &conversation);
    });
}
