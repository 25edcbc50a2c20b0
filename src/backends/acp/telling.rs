//! From what an agent tells of its work to steps.
//!
//! Its protocol sends pieces: chunks of a text, and a use of a tool that is told of several times, each time with a little
//! more. The log keeps what happened, once, so a text is a step when it is whole, and a use of a tool is a step when it is
//! known what is done.

mod calls;

use std::path::PathBuf;

use agent_client_protocol::v1::schema::{
    ContentBlock, ContentChunk, Plan, PlanEntryStatus, SessionUpdate, ToolCall, ToolCallUpdate,
    UsageUpdate,
};

use self::calls::Calls;
pub(super) use self::calls::{input, summary};
use super::{wire::Told, words::one_line};
use crate::{
    backends::{NobodyListens, Steps},
    domain::{
        id::BlockId,
        step::{Cost, PlanItem, PlanState, Step, TextFormat, Usage},
    },
};

/// Bytes of one text at most: some hundred pages. What comes after is counted.
const BLOCK_BYTES_MAX: usize = 256 << 10;

/// Bytes kept of what the agent said last. It is the answer to the command and is shown in the chat; all of it stands in
/// the log as well.
const OUTPUT_BYTES_MAX: usize = 64 << 10;

/// What follows an answer that was cut.
const CUT: &str = "\n\n(Cut here; the rest is in the activity pane.)";

/// How much more of its memory an agent has to have filled for that to be worth a step of its own: a tenth.
const USAGE_STEP: u64 = 10;

/// What was told so far, as far as it matters for what comes.
pub(super) struct Telling {
    steps: Steps,
    block: Option<Block>,
    calls: Calls,
    /// What was said since a tool was used last.
    said: String,
    usage: Option<Usage>,
    told_usage: Option<Usage>,
    plan: Option<Plan>,
}

/// A text that is being written.
struct Block {
    id: BlockId,
    is_thought: bool,
    message: Option<String>,
    text: String,
    cut: usize,
}

impl Telling {
    /// Nothing was told yet by an agent that works in `root`.
    pub(super) fn new(steps: Steps, root: PathBuf) -> Self {
        Self {
            steps,
            block: None,
            calls: Calls::new(root),
            said: String::new(),
            usage: None,
            told_usage: None,
            plan: None,
        }
    }

    /// Takes what is told next.
    pub(super) async fn take(&mut self, told: Told) -> Result<(), NobodyListens> {
        match told {
            Told::Update(update) => self.update(*update).await,
            Told::Unknown { what, raw } => self.raw(what, raw).await,
            // Not of its work.
            Told::Asked(..) | Told::Silent(_) | Told::Begins => Ok(()),
        }
    }

    async fn update(&mut self, update: SessionUpdate) -> Result<(), NobodyListens> {
        match update {
            SessionUpdate::AgentMessageChunk(chunk) => self.chunk(chunk, false).await,
            SessionUpdate::AgentThoughtChunk(chunk) => self.chunk(chunk, true).await,
            SessionUpdate::ToolCall(call) => self.call(call.into()).await,
            SessionUpdate::ToolCallUpdate(update) => self.call(update).await,
            SessionUpdate::Plan(plan) => self.planned(plan).await,
            SessionUpdate::UsageUpdate(usage) => self.used(&usage).await,
            // What the person said; the log has it.
            SessionUpdate::UserMessageChunk(_) => Ok(()),
            // Their names are enough: with all that is said of them it is the longest thing an agent tells.
            SessionUpdate::AvailableCommandsUpdate(update) => {
                let commands = update.available_commands.into_iter();
                let names: Vec<String> = commands.map(|command| command.name).collect();
                self.raw("available_commands_update".to_owned(), names.join(", "))
                    .await
            }
            other => {
                let raw = serde_json::to_value(&other).unwrap_or_default();
                let what = raw.get("sessionUpdate").and_then(|what| what.as_str());
                let what = what.unwrap_or("something new").to_owned();
                self.raw(what, raw.to_string()).await
            }
        }
    }

    /// Nothing more is told.
    pub(super) async fn end(&mut self) -> Result<(), NobodyListens> {
        self.close().await?;
        for step in self.calls.leave() {
            self.steps.send(step).await?;
        }
        if self.usage != self.told_usage {
            self.tell_usage().await?;
        }
        Ok(())
    }

    /// What the agent said last.
    pub(super) fn output(&self) -> String {
        let end = self.said.floor_char_boundary(OUTPUT_BYTES_MAX);
        let cut = if end < self.said.len() { CUT } else { "" };
        format!("{}{cut}", self.said[..end].trim())
    }

    /// What is known of a use of a tool that permission is asked for. It is about to be shown to a person, so what came
    /// before is, too.
    pub(super) async fn asked(
        &mut self,
        update: ToolCallUpdate,
    ) -> Result<ToolCall, NobodyListens> {
        let id = update.tool_call_id.clone();
        self.call(update).await?;
        for step in self.calls.announce_all() {
            self.steps.send(step).await?;
        }
        Ok(self.calls.known(&id))
    }

    async fn chunk(&mut self, chunk: ContentChunk, is_thought: bool) -> Result<(), NobodyListens> {
        let text = text_of(chunk.content);
        let message = chunk.message_id.map(|id| id.to_string());
        let goes_on = self.block.as_ref().is_some_and(|block| {
            let is_same = message.is_none() || block.message.is_none() || block.message == message;
            block.is_thought == is_thought && is_same
        });
        if !goes_on {
            self.close().await?;
        }
        for step in self.calls.announce_all() {
            self.steps.send(step).await?;
        }
        let block = self.block.get_or_insert_with(|| Block {
            id: BlockId::new(),
            is_thought,
            message,
            text: String::new(),
            cut: 0,
        });
        let room = BLOCK_BYTES_MAX.saturating_sub(block.text.len());
        let end = text.floor_char_boundary(room);
        block.cut += text.len() - end;
        if end == 0 {
            return Ok(());
        }
        block.text.push_str(&text[..end]);
        self.steps.delta(block.id, text[..end].to_owned()).await
    }

    /// The text that was being written is whole.
    async fn close(&mut self) -> Result<(), NobodyListens> {
        let Some(block) = self.block.take() else {
            return Ok(());
        };
        let Block {
            id,
            is_thought,
            mut text,
            cut,
            ..
        } = block;
        if text.trim().is_empty() {
            return Ok(());
        }
        if cut > 0 {
            text.push_str(&format!(
                "\n\n… (cut here: {cut} more bytes were not stored)"
            ));
        }
        let block = Some(id);
        if is_thought {
            return self.steps.send(Step::Thinking { text, block }).await;
        }
        // One more byte than is shown tells that there was more.
        if self.said.len() <= OUTPUT_BYTES_MAX {
            if !self.said.is_empty() {
                self.said.push_str("\n\n");
            }
            self.said.push_str(&text);
        }
        let format = TextFormat::Markdown;
        self.steps
            .send(Step::Text {
                text,
                format,
                block,
            })
            .await
    }

    async fn call(&mut self, update: ToolCallUpdate) -> Result<(), NobodyListens> {
        self.close().await?;
        for step in self.calls.take(update) {
            if matches!(step, Step::Tool { .. }) {
                self.said.clear();
            }
            self.steps.send(step).await?;
        }
        Ok(())
    }

    async fn planned(&mut self, plan: Plan) -> Result<(), NobodyListens> {
        if self.plan.as_ref() == Some(&plan) {
            return Ok(());
        }
        self.close().await?;
        let step = plan_step(&plan);
        self.plan = Some(plan);
        self.steps.send(step).await
    }

    async fn used(&mut self, update: &UsageUpdate) -> Result<(), NobodyListens> {
        let usage = Usage {
            used: update.used,
            size: update.size,
            cost: update.cost.as_ref().map(|cost| Cost {
                // A sum of money that is no number, or a negative one, is none.
                millionths: (cost.amount * 1_000_000.0).round().max(0.0) as u64,
                currency: cost.currency.clone(),
            }),
        };
        let told = self.told_usage.as_ref().map_or(0, |told| told.used);
        let is_news = usage.used.abs_diff(told) > usage.size / USAGE_STEP;
        self.usage = Some(usage);
        if is_news {
            self.tell_usage().await?;
        }
        Ok(())
    }

    async fn tell_usage(&mut self) -> Result<(), NobodyListens> {
        let Some(usage) = self.usage.clone() else {
            return Ok(());
        };
        self.told_usage = Some(usage.clone());
        self.steps.send(Step::Usage(usage)).await
    }

    async fn raw(&mut self, what: String, raw: String) -> Result<(), NobodyListens> {
        self.close().await?;
        self.steps.send(Step::Raw { what, raw }).await
    }
}

/// What can be read of a piece of content.
fn text_of(content: ContentBlock) -> String {
    match content {
        ContentBlock::Text(text) => text.text,
        ContentBlock::ResourceLink(link) => format!("[{}]({})", link.name, link.uri),
        ContentBlock::Image(_) => "(a picture)".to_owned(),
        ContentBlock::Audio(_) => "(a sound)".to_owned(),
        _ => "(something that cannot be shown here)".to_owned(),
    }
}

fn plan_step(plan: &Plan) -> Step {
    let items: Vec<PlanItem> = plan
        .entries
        .iter()
        .map(|entry| PlanItem {
            text: entry.content.clone(),
            state: match entry.status {
                PlanEntryStatus::Completed => PlanState::Done,
                PlanEntryStatus::InProgress => PlanState::Doing,
                _ => PlanState::Open,
            },
        })
        .collect();
    let count = |state| items.iter().filter(|item| item.state == state).count();
    let now = items.iter().find(|item| item.state == PlanState::Doing);
    let summary = match now {
        Some(now) => format!("Plan: {}", one_line(&now.text)),
        None => format!("Plan: {} of {} done", count(PlanState::Done), items.len()),
    };
    Step::Plan {
        tool: "Plan".to_owned(),
        summary,
        items,
        input: serde_json::to_string(&plan.entries).unwrap_or_default(),
    }
}
