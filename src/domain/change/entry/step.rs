//! The words the log keeps of a step.

use serde_json::{Map, Value, json};

use crate::domain::{
    activity::{Entry, Kind, Source, Verbosity},
    id::BlockId,
    step::{Call, Diff, Step, TextFormat, Usage},
};

/// What is kept of a step.
pub(super) fn taken(step: &Step) -> Entry {
    match step {
        Step::Tool {
            tool,
            summary,
            input,
            call,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(input.clone()),
            data: about(call),
            ..new(Kind::Tool, summary)
        },
        Step::ToolResult {
            tool,
            summary,
            output,
            cut_bytes,
            ok,
            duration_ms,
            call,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(output.clone()),
            status: Some(if *ok { "ok" } else { "failed" }.to_owned()),
            duration_ms: Some(*duration_ms),
            data: answered(*cut_bytes, call.as_ref()),
            ..new(Kind::ToolResult, summary)
        },
        Step::FileChange {
            tool,
            summary,
            path,
            diff,
            call,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(path.clone()),
            data: changed(path, diff.as_ref(), call.as_ref()),
            ..new(Kind::FileChange, summary)
        },
        Step::Plan {
            tool,
            summary,
            items,
            input,
        } => Entry {
            tool: Some(tool.clone()),
            detail: Some(input.clone()),
            data: Some(json!({ "items": items })),
            ..new(Kind::Plan, summary)
        },
        Step::Text {
            text,
            format,
            block,
        } => Entry {
            data: written(Some(*format), *block),
            ..new(Kind::Text, text)
        },
        Step::Thinking { text, block } => Entry {
            data: written(None, *block),
            ..new(Kind::Thinking, text)
        },
        Step::Usage(usage) => used(usage),
        Step::Raw { what, raw } => told(what, raw),
        Step::Status { text } => new(Kind::Status, text),
    }
}

fn new(kind: Kind, message: &str) -> Entry {
    Entry::new(Source::Claude, kind, message)
}

fn about(call: &Call) -> Option<Value> {
    object([
        ("call_id", call.id.clone().map(Value::from)),
        ("kind", call.kind.clone().map(Value::from)),
        (
            "locations",
            (!call.locations.is_empty()).then(|| json!(call.locations)),
        ),
    ])
}

fn answered(cut_bytes: u64, call: Option<&String>) -> Option<Value> {
    object([
        ("cut_bytes", (cut_bytes > 0).then(|| json!(cut_bytes))),
        ("call_id", call.map(|call| json!(call))),
    ])
}

fn written(format: Option<TextFormat>, block: Option<BlockId>) -> Option<Value> {
    object([
        ("format", format.map(|format| json!(format))),
        ("block_id", block.map(|block| json!(block))),
    ])
}

fn told(what: &str, raw: &str) -> Entry {
    Entry {
        verbosity: Verbosity::Full,
        detail: Some(raw.to_owned()),
        data: Some(json!({ "format": "output", "raw": true })),
        ..new(Kind::Text, &format!("The coding agent told: {what}"))
    }
}

fn changed(path: &str, diff: Option<&Diff>, call: Option<&String>) -> Option<Value> {
    object([
        ("path", Some(json!(path))),
        ("diff", diff.map(|diff| json!(diff.text))),
        ("added", diff.map(|diff| json!(diff.added))),
        ("removed", diff.map(|diff| json!(diff.removed))),
        ("call_id", call.map(|call| json!(call))),
    ])
}

fn used(usage: &Usage) -> Entry {
    let Usage { used, size, cost } = usage;
    let paid = cost.as_ref().map(|cost| {
        // Shown to people, who do not see the last digits of a sum.
        let amount = cost.millionths as f64 / 1_000_000.0;
        (amount, cost.currency.as_str())
    });
    let words = match paid {
        Some((amount, currency)) => format!("; {amount:.2} {currency} so far"),
        None => String::new(),
    };
    Entry {
        data: object([
            ("used_tokens", Some(json!(used))),
            ("size_tokens", Some(json!(size))),
            (
                "cost",
                paid.map(|(amount, currency)| json!({ "amount": amount, "currency": currency })),
            ),
        ]),
        ..new(
            Kind::Usage,
            &format!("The coding agent has {used} of {size} tokens in mind{words}"),
        )
    }
}

/// The fields that are there; none when none is.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Option<Value> {
    let fields = fields.into_iter();
    let there: Map<String, Value> = fields
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    (!there.is_empty()).then_some(Value::Object(there))
}
