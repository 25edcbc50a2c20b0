//! The events of a streamed answer, as each service writes them.

use serde_json::{Value, json};

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Anthropic,
    OpenAi,
}

impl Wire {
    pub(super) fn of(path: &str) -> Option<Self> {
        match path {
            "/v1/messages" => Some(Self::Anthropic),
            "/v1/chat/completions" => Some(Self::OpenAi),
            _ => None,
        }
    }

    pub(super) fn start(self) -> String {
        match self {
            Self::Anthropic => {
                let start = json!({ "type": "message_start", "message": {
                    "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
                    "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 25, "output_tokens": 1 },
                } });
                let block = json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } });
                let ping = json!({ "type": "ping" });
                [start, block, ping].iter().map(named).collect()
            }
            Self::OpenAi => choice(&json!({ "role": "assistant", "content": "" }), None),
        }
    }

    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::Anthropic => named(&json!({
                "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text },
            })),
            Self::OpenAi => choice(&json!({ "content": text }), None),
        }
    }

    pub(super) fn call(self, at: usize, tool: &str, arguments: &str) -> String {
        let id = format!("call_{at}");
        let middle = (0..=arguments.len() / 2)
            .rev()
            .find(|at| arguments.is_char_boundary(*at));
        let (first, second) = arguments.split_at(middle.unwrap_or(0));
        match self {
            Self::Anthropic => {
                let index = at + 1;
                let part = |part: &str| {
                    json!({
                        "type": "content_block_delta", "index": index,
                        "delta": { "type": "input_json_delta", "partial_json": part },
                    })
                };
                let block = json!({ "type": "tool_use", "id": id, "name": tool, "input": {} });
                [
                    json!({ "type": "content_block_start", "index": index, "content_block": block }),
                    part(first),
                    part(second),
                    json!({ "type": "content_block_stop", "index": index }),
                ]
                .iter()
                .map(named)
                .collect()
            }
            Self::OpenAi => {
                let begins = json!({ "tool_calls": [{
                    "index": at, "id": id, "type": "function", "function": { "name": tool, "arguments": first },
                }] });
                let goes_on =
                    json!({ "tool_calls": [{ "index": at, "function": { "arguments": second } }] });
                choice(&begins, None) + &choice(&goes_on, None)
            }
        }
    }

    pub(super) fn text_is_over(self) -> String {
        match self {
            Self::Anthropic => named(&json!({ "type": "content_block_stop", "index": 0 })),
            Self::OpenAi => String::new(),
        }
    }

    pub(super) fn end(self, has_calls: bool) -> String {
        match self {
            Self::Anthropic => {
                let reason = if has_calls { "tool_use" } else { "end_turn" };
                let delta = json!({
                    "type": "message_delta", "delta": { "stop_reason": reason, "stop_sequence": null },
                    "usage": { "output_tokens": 15 },
                });
                named(&delta) + &named(&json!({ "type": "message_stop" }))
            }
            Self::OpenAi => {
                let reason = if has_calls { "tool_calls" } else { "stop" };
                let usage = json!({
                    "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [],
                    "usage": { "prompt_tokens": 25, "completion_tokens": 15, "total_tokens": 40 },
                });
                choice(&json!({}), Some(reason)) + &data(&usage) + "data: [DONE]\n\n"
            }
        }
    }

    pub(super) fn error(self, kind: &str) -> String {
        let error = json!({ "type": kind, "message": "said by the test" });
        match self {
            Self::Anthropic => named(&json!({ "type": "error", "error": error })),
            Self::OpenAi => data(&json!({ "error": error })),
        }
    }

    pub(super) fn refusal(self, status: u16) -> String {
        let kind = match status {
            401 => "authentication_error",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            _ => "api_error",
        };
        let error = json!({ "type": kind, "message": "refused by the test" });
        match self {
            Self::Anthropic => json!({ "type": "error", "error": error }).to_string(),
            Self::OpenAi => json!({ "error": error }).to_string(),
        }
    }
}

fn named(event: &Value) -> String {
    format!(
        "event: {}\n{}",
        event["type"].as_str().expect("a type"),
        data(event)
    )
}

fn data(event: &Value) -> String {
    format!("data: {event}\n\n")
}

fn choice(delta: &Value, reason: Option<&str>) -> String {
    data(&json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "other-model",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }],
    }))
}
