//! Reading one answer from the wire.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use genai::chat::{
    ChatOptions, ChatStreamEvent, ChatStreamResponse, StreamEnd, ToolCall, ToolChoice, Usage,
};
use serde_json::Value;

use super::Failure;
use crate::domain::message::MESSAGE_CHARS_MAX;

/// Tokens an answer may have at most: several times what one reads in a chat, and room for a model to think.
const ANSWER_TOKENS_MAX: u32 = 8_192;

/// Tokens of an answer that nobody reads.
const TRIAL_TOKENS_MAX: u32 = 16;

/// How long one answer may take, however busy its service looks: nobody waits longer in front of a chat.
const ANSWER_WITHIN: Duration = Duration::from_secs(180);

/// Bytes of text after which no more is read: more than a message holds.
const TEXT_BYTES_MAX: usize = MESSAGE_CHARS_MAX * 4;

/// Bytes of a tool's arguments at most: no order is longer than a message.
const ARGUMENTS_BYTES_MAX: usize = MESSAGE_CHARS_MAX;

/// What is heard of an answer while it is written.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// It goes on so.
    More(&'a str),
    /// What was heard does not count; it begins again.
    Again,
}

/// A whole answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What it says.
    pub text: String,
    /// What it wants done.
    pub calls: Vec<Called>,
    /// What it took.
    pub used: Used,
}

/// A tool call, as it came.
#[derive(Debug, Clone)]
pub struct Called {
    /// The service's id for it.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Its arguments; none when they were too long to be read.
    pub arguments: Option<Value>,
}

/// Tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// That the model was told.
    pub input: u64,
    /// That it wrote.
    pub output: u64,
    /// Requests that were answered.
    pub requests: u64,
}

impl std::ops::AddAssign for Used {
    fn add_assign(&mut self, more: Self) {
        self.input = self.input.saturating_add(more.input);
        self.output = self.output.saturating_add(more.output);
        self.requests += more.requests;
    }
}

impl Used {
    fn of(usage: Option<&Usage>) -> Self {
        let count = |tokens: Option<i32>| {
            tokens
                .and_then(|tokens| tokens.try_into().ok())
                .unwrap_or(0)
        };
        Self {
            input: usage.map_or(0, |usage| count(usage.prompt_tokens)),
            output: usage.map_or(0, |usage| count(usage.completion_tokens)),
            requests: 1,
        }
    }
}

pub(super) fn options(must_call: Option<&str>) -> ChatOptions {
    let options = ChatOptions::default()
        .with_max_tokens(ANSWER_TOKENS_MAX)
        .with_capture_usage(true)
        .with_capture_content(true)
        .with_capture_reasoning_content(true)
        .with_capture_tool_calls(true);
    match must_call {
        Some(tool) => options.with_tool_choice(ToolChoice::tool(tool)),
        None => options,
    }
}

/// For an answer that only has to be one.
pub(super) fn trial() -> ChatOptions {
    ChatOptions::default().with_max_tokens(TRIAL_TOKENS_MAX)
}

/// Reads an answer until it is certain that there is one. Silence longer than `timeout` is a failure.
pub(super) async fn begun(
    asked: impl Future<Output = genai::Result<ChatStreamResponse>>,
    timeout: Duration,
) -> Result<(), Failure> {
    let reading = async {
        let response = asked.await.map_err(|error| Failure::of(&error))?;
        let mut stream = response.stream;
        loop {
            match stream.next().await {
                Some(Ok(ChatStreamEvent::Start)) => {}
                Some(Ok(_)) => return Ok(()),
                Some(Err(error)) => return Err(Failure::of(&error)),
                None => return Err(Failure::Nonsense),
            }
        }
    };
    tokio::time::timeout(timeout, reading)
        .await
        .map_err(|_| Failure::TimedOut)?
}

/// Reads an answer to its end. Silence longer than `timeout` is a failure.
pub(super) async fn read(
    asked: impl Future<Output = genai::Result<ChatStreamResponse>>,
    timeout: Duration,
    heard: &mut impl FnMut(Heard<'_>),
) -> Result<Answer, Failure> {
    let reading = async {
        let response = asked.await.map_err(|error| Failure::of(&error))?;
        follow(response.stream, timeout, heard).await
    };
    tokio::time::timeout(ANSWER_WITHIN, reading)
        .await
        .map_err(|_| Failure::TimedOut)?
}

async fn follow(
    mut stream: impl Stream<Item = genai::Result<ChatStreamEvent>> + Unpin,
    timeout: Duration,
    heard: &mut impl FnMut(Heard<'_>),
) -> Result<Answer, Failure> {
    let mut text = String::new();
    let mut is_begun = false;
    loop {
        let event = tokio::time::timeout(timeout, stream.next())
            .await
            .map_err(|_| Failure::TimedOut)?;
        let Some(event) = event else {
            // A page of a proxy has no event at all.
            return Err(match is_begun {
                true => Failure::BrokenOff,
                false => Failure::Nonsense,
            });
        };
        let event = event.map_err(|error| Failure::of(&error))?;
        is_begun |= !matches!(event, ChatStreamEvent::Start);
        match event {
            ChatStreamEvent::Chunk(chunk) => {
                heard(Heard::More(&chunk.content));
                text.push_str(&chunk.content);
                if text.len() > TEXT_BYTES_MAX {
                    return Ok(cut_off(text, Vec::new()));
                }
            }
            ChatStreamEvent::ToolCallChunk(chunk) => {
                let call = chunk.tool_call;
                let length = call.fn_arguments.as_str().map_or(0, str::len);
                if length > ARGUMENTS_BYTES_MAX {
                    let too_long = Called {
                        id: call.call_id,
                        name: call.fn_name,
                        arguments: None,
                    };
                    return Ok(cut_off(text, vec![too_long]));
                }
            }
            ChatStreamEvent::End(end) => return whole(text, end),
            ChatStreamEvent::Start
            | ChatStreamEvent::ReasoningChunk(_)
            | ChatStreamEvent::ThoughtSignatureChunk(_)
            | ChatStreamEvent::Heartbeat => {}
        }
    }
}

fn cut_off(text: String, calls: Vec<Called>) -> Answer {
    Answer {
        text,
        calls,
        used: Used::of(None),
    }
}

fn whole(text: String, end: StreamEnd) -> Result<Answer, Failure> {
    let used = Used::of(end.captured_usage.as_ref());
    let calls: Vec<Called> = end
        .captured_into_tool_calls()
        .unwrap_or_default()
        .into_iter()
        .map(called)
        .collect();
    let is_blank = text.chars().all(|one| one.is_whitespace() || one == '\0');
    match is_blank && calls.is_empty() {
        true => Err(Failure::Nonsense),
        false => Ok(Answer { text, calls, used }),
    }
}

fn called(call: ToolCall) -> Called {
    Called {
        id: call.call_id,
        name: call.fn_name,
        arguments: Some(call.fn_arguments),
    }
}
