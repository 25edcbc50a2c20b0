//! What a message of SCAR tells, as a typed step. One message is one step, so that a step's place among an execution's
//! steps is its message's place among SCAR's messages. Nothing of a message is lost: what is not understood stays text.

use serde::Deserialize;

use crate::domain::step::{Call, PlanItem, PlanState, Step, TextFormat};

/// What every tool message begins with.
const TOOL_SIGN: &str = "🔧 ";

/// What SCAR shows of a tool that it has no words of its own for is its input, cut, and then this.
const CUT: &str = "...";

/// Characters of a command or pattern in a summary at most: it is one line in a narrow pane, the whole stands below it.
const SUMMARY_CHARS_MAX: usize = 100;

/// SCAR's name of a tool, this program's, and what stands before its argument.
const TOOLS: [(&str, &str, &str); 4] = [
    ("BASH", "Bash", ""),
    ("READ", "Read", "Reading: "),
    ("GREP", "Search", "Searching: "),
    ("GLOB", "List", "Pattern: "),
];

/// The same for the tools that change files.
const EDITORS: [(&str, &str, &str); 2] = [
    ("WRITE", "Write", "Writing: "),
    ("EDIT", "Edit", "Editing: "),
];

/// SCAR's name of the tool that keeps a list of what is to be done, and this program's.
const PLANNER: (&str, &str) = ("TODOWRITE", "Plan");

/// The step `message` tells of. Paths in its summary are shown from the folder of `repository` on.
pub fn step(message: &str, repository: &str) -> Step {
    let tool = message
        .strip_prefix(TOOL_SIGN)
        .and_then(|rest| rest.split_once('\n'))
        .and_then(|(name, detail)| tool(name, detail, repository));
    tool.unwrap_or_else(|| Step::Text {
        text: message.to_owned(),
        format: TextFormat::Markdown,
        block: None,
    })
}

fn tool(name: &str, detail: &str, repository: &str) -> Option<Step> {
    if name == PLANNER.0 {
        return Some(plan(detail));
    }
    if let Some((_, ours, before)) = EDITORS.iter().find(|(theirs, ..)| *theirs == name) {
        let path = detail.strip_prefix(before)?;
        let verb = if *ours == "Write" { "Wrote" } else { "Edited" };
        return Some(Step::FileChange {
            tool: (*ours).to_owned(),
            summary: format!("{verb} {}", inside(path, repository)),
            path: path.to_owned(),
            diff: None,
            call: None,
        });
    }
    let Some((_, ours, before)) = TOOLS.iter().find(|(theirs, ..)| *theirs == name) else {
        // A name of ours, or an empty one, could not be told from a known tool afterwards.
        return is_unknown_tool(name).then(|| Step::Tool {
            tool: name.to_owned(),
            summary: format!("Used {name}"),
            input: detail.to_owned(),
            call: Call::default(),
        });
    };
    let argument = detail.strip_prefix(before)?;
    let summary = match *ours {
        "Read" => format!("Read {}", inside(argument, repository)),
        "Search" => format!("Search for {}", one_line(argument)),
        "List" => format!("List files like {}", one_line(argument)),
        _ => format!("Run {}", one_line(argument)),
    };
    Some(Step::Tool {
        tool: (*ours).to_owned(),
        summary,
        input: detail.to_owned(),
        call: Call::default(),
    })
}

fn is_unknown_tool(name: &str) -> bool {
    let ours = TOOLS.iter().chain(&EDITORS).map(|(_, ours, _)| *ours);
    !name.trim().is_empty() && !ours.chain([PLANNER.1]).any(|ours| ours == name)
}

/// A path as seen from the repository's folder.
fn inside(path: &str, repository: &str) -> String {
    let folder = format!("/{repository}/");
    let shown = match path.split_once(&folder) {
        Some((_, within)) if path.starts_with('/') && !within.is_empty() => within,
        _ => path,
    };
    one_line(shown)
}

fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(SUMMARY_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < text.trim_end().len() => format!("{line} …"),
        None => line.to_owned(),
    }
}

/// One entry of a todo list, as the coding agent writes it.
#[derive(Deserialize)]
struct Todo {
    content: String,
    status: String,
}

/// A todo list, as far as SCAR did not cut it off.
fn plan(input: &str) -> Step {
    let items = items(input);
    let done = items
        .iter()
        .filter(|item| item.state == PlanState::Done)
        .count();
    let now = items.iter().find(|item| item.state == PlanState::Doing);
    let summary = match (now, items.len(), input.ends_with(CUT)) {
        (Some(now), ..) => format!("Plan: {}", one_line(&now.text)),
        (None, 0, _) => "Updated the plan".to_owned(),
        (None, _, true) => "Updated the plan".to_owned(),
        (None, all, false) => format!("Plan: {done} of {all} done"),
    };
    Step::Plan {
        tool: PLANNER.1.to_owned(),
        summary,
        items,
        input: input.to_owned(),
    }
}

/// The entries that are whole: the list is cut anywhere, and what is missing is not guessed.
fn items(input: &str) -> Vec<PlanItem> {
    let Some(list) = input.split_once("\"todos\":[").map(|(_, list)| list) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    let mut rest = list;
    loop {
        let mut entries = serde_json::Deserializer::from_str(rest).into_iter::<Todo>();
        let Some(Ok(todo)) = entries.next() else {
            break;
        };
        let end = entries.byte_offset();
        items.push(todo.into());
        match rest[end..].strip_prefix(',') {
            Some(next) => rest = next,
            None => return items,
        }
    }
    items.extend(cut_item(rest));
    items
}

/// The entry in which the list was cut, if what it says and how it stands came before the cut.
fn cut_item(rest: &str) -> Option<PlanItem> {
    let string = |rest: &str| -> Option<(String, usize)> {
        let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let text = strings.next()?.ok()?;
        Some((text, strings.byte_offset()))
    };
    let rest = rest.strip_prefix("{\"content\":")?;
    let (content, end) = string(rest)?;
    let (status, _) = string(rest[end..].strip_prefix(",\"status\":")?)?;
    Some(Todo { content, status }.into())
}

impl From<Todo> for PlanItem {
    fn from(Todo { content, status }: Todo) -> Self {
        let state = match status.as_str() {
            "completed" => PlanState::Done,
            "in_progress" => PlanState::Doing,
            _ => PlanState::Open,
        };
        Self {
            text: content,
            state,
        }
    }
}
