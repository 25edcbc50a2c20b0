//! Uses of tools that go on: what is known of each, and what of it was told.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    time::Instant,
};

use agent_client_protocol::v1::schema::{
    ContentBlock, ToolCall, ToolCallContent, ToolCallId, ToolCallStatus, ToolCallUpdate, ToolKind,
};

use crate::{
    backends::acp::{
        diff::diff,
        words::{inside, one_line},
    },
    domain::step::{Call, Location, Step},
};

/// Uses of tools that are remembered. An agent has a few open at once; one that is never ended is forgotten.
const CALLS_MAX: usize = 256;

/// Bytes of an answer shown. The rest is counted.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// The uses of tools that go on.
pub(super) struct Calls {
    root: PathBuf,
    open: VecDeque<Open>,
}

/// One of them.
struct Open {
    call: ToolCall,
    since: Instant,
    is_announced: bool,
    /// What it was announced with: a description, and no answer.
    described: Vec<ToolCallContent>,
}

impl Calls {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            open: VecDeque::new(),
        }
    }

    /// Takes what is told of one; what there is to tell then.
    pub(super) fn take(&mut self, update: ToolCallUpdate) -> Vec<Step> {
        let id = update.tool_call_id.clone();
        let mut steps = Vec::new();
        let at = match self
            .open
            .iter()
            .position(|open| open.call.tool_call_id == id)
        {
            Some(at) => at,
            None => {
                // What comes next tells that the one before is under way.
                steps = self.announce_all();
                if self.open.len() == CALLS_MAX {
                    self.open.pop_front();
                }
                self.open.push_back(Open {
                    call: ToolCall::new(id, ""),
                    since: Instant::now(),
                    is_announced: false,
                    described: Vec::new(),
                });
                self.open.len() - 1
            }
        };
        let root = &self.root;
        let open = &mut self.open[at];
        open.call.update(update.fields);
        if is_known_enough(&open.call) {
            steps.extend(open.announce(root));
        }
        if has_ended(&open.call) {
            steps.extend(open.announce(root));
            steps.extend(open.finish(root));
            self.open.remove(at);
        }
        steps
    }

    /// Tells of all that were not told of yet.
    pub(super) fn announce_all(&mut self) -> Vec<Step> {
        let root = &self.root;
        let open = self.open.iter_mut();
        open.filter_map(|open| open.announce(root)).collect()
    }

    /// All that is known of one.
    pub(super) fn known(&self, id: &ToolCallId) -> ToolCall {
        let open = self.open.iter().find(|open| open.call.tool_call_id == *id);
        open.map_or_else(
            || ToolCall::new(id.clone(), "Use a tool"),
            |open| open.call.clone(),
        )
    }

    /// Tells of those that were never told to have ended.
    pub(super) fn leave(&mut self) -> Vec<Step> {
        self.announce_all()
    }
}

fn has_ended(call: &ToolCall) -> bool {
    matches!(
        call.status,
        ToolCallStatus::Completed | ToolCallStatus::Failed
    )
}

/// Whether it can be said what is done: an agent that thinks aloud names the tool first and what it is used on later.
fn is_known_enough(call: &ToolCall) -> bool {
    let has_input = match &call.raw_input {
        Some(serde_json::Value::Object(fields)) => !fields.is_empty(),
        Some(serde_json::Value::Null) | None => false,
        Some(_) => true,
    };
    let is_begun = call.status != ToolCallStatus::Pending;
    !call.title.is_empty() && (is_begun || has_input || !call.locations.is_empty())
}

impl Open {
    fn announce(&mut self, root: &Path) -> Option<Step> {
        if self.is_announced {
            return None;
        }
        self.is_announced = true;
        let call = &self.call;
        if !has_ended(call) {
            self.described.clone_from(&call.content);
        }
        Some(Step::Tool {
            tool: tool(call),
            summary: summary(call, root),
            input: input(call, root),
            call: Call {
                id: Some(call.tool_call_id.to_string()),
                kind: Some(kind_word(call.kind).to_owned()),
                locations: call
                    .locations
                    .iter()
                    .map(|place| Location {
                        path: inside(&place.path, root),
                        line: place.line,
                    })
                    .collect(),
            },
        })
    }

    fn finish(&self, root: &Path) -> Vec<Step> {
        let call = &self.call;
        let id = Some(call.tool_call_id.to_string());
        let ok = call.status == ToolCallStatus::Completed;
        let mut steps = Vec::new();
        if ok {
            steps.extend(changes(call, root));
        }
        let answer = self.answer().replace(&format!("{}/", root.display()), "");
        let end = answer.floor_char_boundary(ANSWER_BYTES_MAX);
        let cut_bytes = (answer.len() - end) as u64;
        steps.push(Step::ToolResult {
            tool: tool(call),
            summary: result_summary(&answer, ok),
            output: answer[..end].to_owned(),
            cut_bytes,
            ok,
            duration_ms: i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX),
            call: id,
        });
        steps
    }

    /// What the tool answered: in words where there are some, else as it came.
    fn answer(&self) -> String {
        let call = &self.call;
        let told = call
            .content
            .iter()
            .filter(|content| !self.described.contains(content));
        let texts: Vec<&str> = told
            .filter_map(|content| match content {
                ToolCallContent::Content(content) => match &content.content {
                    ContentBlock::Text(text) => Some(without_fence(&text.text)),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        if !texts.is_empty() {
            return texts.join("\n");
        }
        match &call.raw_output {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(raw) if !raw.is_null() => serde_json::to_string_pretty(raw).unwrap_or_default(),
            _ => String::new(),
        }
    }
}

/// The files a use of a tool changed.
fn changes<'a>(call: &'a ToolCall, root: &'a Path) -> impl Iterator<Item = Step> + 'a {
    call.content.iter().filter_map(move |content| {
        let ToolCallContent::Diff(changed) = content else {
            return None;
        };
        let path = inside(&changed.path, root);
        let is_new = changed.old_text.is_none();
        Some(Step::FileChange {
            tool: if is_new { "Write" } else { "Edit" }.to_owned(),
            summary: format!("{} {path}", if is_new { "Wrote" } else { "Edited" }),
            diff: Some(diff(changed.old_text.as_deref(), &changed.new_text)),
            path,
            call: Some(call.tool_call_id.to_string()),
        })
    })
}

/// This program's name of a tool, by which the page knows what belongs together.
fn tool(call: &ToolCall) -> String {
    match call.kind {
        ToolKind::Read => "Read",
        ToolKind::Edit => "Edit",
        ToolKind::Delete => "Delete",
        ToolKind::Move => "Move",
        ToolKind::Search => "Search",
        ToolKind::Execute => "Bash",
        ToolKind::Think => "Think",
        ToolKind::Fetch => "Fetch",
        _ => call.name.as_deref().unwrap_or("Tool"),
    }
    .to_owned()
}

/// The protocol's word for a sort of work.
fn kind_word(kind: ToolKind) -> &'static str {
    match kind {
        ToolKind::Read => "read",
        ToolKind::Edit => "edit",
        ToolKind::Delete => "delete",
        ToolKind::Move => "move",
        ToolKind::Search => "search",
        ToolKind::Execute => "execute",
        ToolKind::Think => "think",
        ToolKind::Fetch => "fetch",
        ToolKind::SwitchMode => "switch_mode",
        _ => "other",
    }
}

/// What is done, in a line. Agents write their titles for people; a command line stands there bare, in backticks.
pub(in crate::backends::acp) fn summary(call: &ToolCall, root: &Path) -> String {
    let title = call.title.replace(&format!("{}/", root.display()), "");
    let title = title.trim();
    let bare = title.trim_matches('`');
    let line = one_line(bare);
    match call.kind {
        _ if line.is_empty() => format!("Used {}", tool(call)),
        ToolKind::Execute if !starts_with_a_verb(bare, &["Run", "Ran"]) => format!("Run {line}"),
        ToolKind::Read if bare.len() < title.len() => format!("Read {line}"),
        _ => line,
    }
}

fn starts_with_a_verb(title: &str, verbs: &[&str]) -> bool {
    let first = title.split_whitespace().next();
    first.is_some_and(|first| verbs.contains(&first))
}

/// The raw input: the command line alone where it is one.
pub(in crate::backends::acp) fn input(call: &ToolCall, root: &Path) -> String {
    let raw = call.raw_input.as_ref();
    let command = raw
        .and_then(|raw| raw.get("command"))
        .and_then(|command| command.as_str());
    match (command, raw) {
        (Some(command), _) => command.to_owned(),
        (None, Some(raw)) if !raw.is_null() => serde_json::to_string_pretty(raw)
            .unwrap_or_default()
            .replace(&format!("{}/", root.display()), ""),
        _ => call.title.replace(&format!("{}/", root.display()), ""),
    }
}

/// Output that an agent put between fences, as it came.
fn without_fence(text: &str) -> &str {
    let trimmed = text.trim();
    let Some(fenced) = trimmed
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
    else {
        return text;
    };
    match fenced.split_once('\n') {
        Some((language, body)) if !language.contains(' ') && !body.contains("```") => {
            body.trim_end()
        }
        _ => text,
    }
}

fn result_summary(answer: &str, ok: bool) -> String {
    let lines = answer.lines().count();
    match (ok, lines) {
        (false, 0) => "failed".to_owned(),
        (false, _) => one_line(answer),
        (true, 0) => "done".to_owned(),
        (true, 1) => one_line(answer),
        (true, _) => format!("{lines} lines"),
    }
}
